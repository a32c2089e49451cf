#!/usr/bin/env bash
# Go for wasip1 (go1.26.8), run by wazero v1.12.0: a program that asks for signals is never told of a connection again.
#
# There are no signals in WASI, so signal.Notify, which servers call to end in good order, should do nothing there: it returns, and
# nothing ever comes. But the goroutine that package os/signal starts to wait for signals waits by yielding, over and over. A
# scheduler that always has a goroutine to run looks at its timers, and never at its network: goroutines that sleep go on, and whoever
# waits in Accept or Read waits for ever, while connections are made and the processor is busy (notetsleepg in the runtime's
# lock_wasip1.go). Frameworks for servers call Notify without being asked.
#
# Needs Go 1.26 and a module proxy. The same guest with a listener from its host, with and without Notify; a client connects, and
# waits for five seconds. Seen on linux/amd64, twice the same:
#
#   without Notify   guest: slept   client: hello
#   with Notify      guest: slept   client: nothing
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

mkdir guest
cat > guest/main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	if os.Getenv("NOTIFY") != "" {
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	const listener = 3 // where the host puts it
	check(syscall.SetNonblock(listener, true))
	l, err := net.FileListener(os.NewFile(listener, "listener"))
	check(err)
	go func() { time.Sleep(2 * time.Second); fmt.Println("guest: slept") }()
	c, err := l.Accept()
	check(err)
	_, err = io.CopyN(c, c, 5)
	check(err)
	time.Sleep(3 * time.Second) // for the other to tell
}
GO

cat > main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental/sock"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	at := free.Addr().(*net.TCPAddr)
	check(free.Close())
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	wasi_snapshot_preview1.MustInstantiate(ctx, r)
	code, err := os.ReadFile("guest.wasm")
	check(err)
	compiled, err := r.CompileModule(ctx, code)
	check(err)
	go func() {
		ctx := sock.WithConfig(ctx, sock.NewConfig().WithTCPListener("127.0.0.1", at.Port))
		_, _ = r.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithEnv("NOTIFY", os.Getenv("NOTIFY")).
			WithStdout(os.Stdout).WithStderr(os.Stderr).WithSysWalltime().WithSysNanotime().WithSysNanosleep())
	}()
	var c net.Conn
	for range 100 { // until it listens
		if c, err = net.Dial("tcp", at.String()); err == nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	check(err)
	time.Sleep(time.Second) // the guest has looked, and waits
	_, err = c.Write([]byte("hello"))
	check(err)
	check(c.SetReadDeadline(time.Now().Add(5 * time.Second)))
	text := make([]byte, 5)
	if n, _ := c.Read(text); n == 0 {
		text = []byte("nothing")
	}
	time.Sleep(2 * time.Second)
	fmt.Printf("client: %s\n", text)
}
GO

go mod init finding 2>/dev/null
go get github.com/tetratelabs/wazero@v1.12.0 2>/dev/null
GOOS=wasip1 GOARCH=wasm go build -o guest.wasm ./guest
go build -mod=mod -o host .

{ echo without; NOTIFY='' ./host; echo with; NOTIFY=yes ./host; } | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
without
guest: slept
client: hello
with
guest: slept
client: nothing
END
