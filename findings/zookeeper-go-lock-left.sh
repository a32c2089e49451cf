#!/usr/bin/env bash
# github.com/go-zookeeper/zk v1.0.4: a Lock that fails leaves its place in the line, and so holds the lock that it did not get.
#
# Lock makes an ephemeral znode, and then asks who stands before it. The making is guarded: if the connection is lost there, the
# client looks whether its znode was made (CreateProtectedEphemeralSequential). The asking is not. If the connection is lost there,
# Lock returns "zk: connection closed", and the znode stays, with nothing in the program that knows its name: Unlock says "not
# locked". The session goes on, since a client reconnects by itself, so the znode does too, and no client gets the lock; who tries
# again with the same Lock stands behind himself. Published as samuel/go-zookeeper 229 and 237. Upon an error of Lock the session
# has to be ended.
#
# Needs Debian 12 with java (default-jre-headless), its package mirror, Go and a module proxy. A connection ends when the client asks
# for the children. ZooKeeper is 3.8.0. Seen on linux/amd64 with go1.26, twice the same:
#
#   Lock, Unlock                             zk: connection closed, zk: not locked
#   znodes in the line, a second later       1
#   another client's Lock                    not within 3 s, and at once when the session of the first is ended
set -euo pipefail

version=3.8.0-11+deb12u2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

apt-get download -q "libzookeeper-java=$version" libcommons-cli-java libcommons-io-java libdropwizard-metrics-java \
	libjackson2-annotations-java libjackson2-core-java libjackson2-databind-java libnetty-java libslf4j-java libsnappy-java \
	>/dev/null 2>&1
for package in *.deb; do dpkg -x "$package" packages; done

cat > main.go <<'GO'
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-zookeeper/zk"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// free is an address that nothing listens at.
func free() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	defer l.Close()
	return l.Addr().String()
}

// serve starts a ZooKeeper, which ends with this program, and is where it serves.
func serve() string {
	runtime.LockOSThread()
	at := free()
	check(os.WriteFile("zoo.cfg", []byte("tickTime=2000\ndataDir=data\nclientPort="+at[len("127.0.0.1:"):]+
		"\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"), 0o644))
	server := exec.Command("java", "-cp", "packages/usr/share/java/*", "-Dzookeeper.jmx.log4j.disable=true",
		"org.apache.zookeeper.server.quorum.QuorumPeerMain", "zoo.cfg")
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	check(server.Start())
	return at
}

type silent struct{}

func (silent) Printf(string, ...any) {}

// connect is a client that has a session, and what happens to it.
func connect(at string) (*zk.Conn, <-chan zk.Event) {
	c, events, err := zk.Connect([]string{at}, 20*time.Second, zk.WithLogger(silent{}))
	check(err)
	await(events)
	return c, events
}

// await waits until a client has its session, or has it again.
func await(events <-chan zk.Event) {
	for e := range events {
		if e.State == zk.StateHasSession {
			return
		}
	}
}

const getChildren2 = 12

// lay lays a line to the server, on which the first connection that asks for children ends there.
func lay(to string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	var cut atomic.Bool
	go func() {
		for {
			c, err := l.Accept()
			check(err)
			s, err := net.Dial("tcp", to)
			check(err)
			go func() { _, _ = io.Copy(c, s) }()
			go func() {
				defer c.Close()
				defer s.Close()
				for first := true; ; first = false {
					head := make([]byte, 4)
					if _, err := io.ReadFull(c, head); err != nil {
						return
					}
					body := make([]byte, binary.BigEndian.Uint32(head))
					if _, err := io.ReadFull(c, body); err != nil {
						return
					}
					if !first && binary.BigEndian.Uint32(body[4:]) == getChildren2 && cut.CompareAndSwap(false, true) {
						return
					}
					if _, err := s.Write(append(head, body...)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func main() {
	at := serve()
	acl := zk.WorldACL(zk.PermAll)
	other, _ := connect(at)
	first, events := connect(lay(at))
	lock := zk.NewLock(first, "/lock", acl)
	fmt.Println("lock:", lock.Lock())
	fmt.Println("unlock:", lock.Unlock())
	await(events)
	time.Sleep(time.Second)
	line, _, err := other.Children("/lock")
	check(err)
	fmt.Println("in the line:", len(line))

	granted := make(chan error, 1)
	go func() { granted <- zk.NewLock(other, "/lock", acl).Lock() }()
	select {
	case err := <-granted:
		fmt.Println("other:", err)
	case <-time.After(3 * time.Second):
		fmt.Println("other: not within 3 s")
	}
	first.Close()
	fmt.Println("other, when the session has ended:", <-granted)
}
GO

go mod init finding 2>/dev/null
go get github.com/go-zookeeper/zk@v1.0.4 2>/dev/null
go run -mod=mod . | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
lock: zk: connection closed
unlock: zk: not locked
in the line: 1
other: not within 3 s
other, when the session has ended: <nil>
END
