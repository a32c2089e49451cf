package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/host/oshost"
)

// ensemble is real servers in processes of their own, on loopback.
type ensemble struct {
	t       *testing.T
	servers []*serving
}

// serving is one of them. Its process ends and begins anew; its folder and ports stay.
type serving struct {
	name    host.Addr
	dir     string // zoo.cfg, the log of what it said, and data/
	client  string // host:port
	process *exec.Cmd
}

// startEnsemble starts so many servers, which end with the test.
func startEnsemble(t *testing.T, size int) *ensemble {
	t.Helper()
	e := &ensemble{t: t}
	list := ""
	for i := range size {
		client, _ := freeAddr(t)
		peer, port := freeAddr(t)
		e.servers = append(e.servers, &serving{name: host.Addr(fmt.Sprintf("n%d", i+1)), dir: t.TempDir(), client: client})
		list += fmt.Sprintf("server.%d=%s:%s\n", i+1, peer, port)
	}
	for i, s := range e.servers {
		data := s.dataDir()
		if err := os.Mkdir(data, 0o755); err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(s.client)
		writeFile(t, filepath.Join(s.dir, "zoo.cfg"),
			"tickTime=500\nmaxSessionTimeout=60000\ninitLimit=5\nclientPortAddress=127.0.0.1\nclientPort="+
				port+"\ndataDir="+data+"\n"+list)
		writeFile(t, filepath.Join(data, "myid"), strconv.Itoa(i+1)+"\n")
	}
	t.Cleanup(e.end)
	for _, s := range e.servers {
		e.start(s)
	}
	return e
}

func (s *serving) dataDir() string { return filepath.Join(s.dir, "data") }

func (e *ensemble) start(s *serving) {
	e.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "said"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		e.t.Fatal(err)
	}
	defer log.Close()
	s.process = ordealCommand(e.t, "serve", filepath.Join(s.dir, "zoo.cfg"))
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		e.t.Fatal(err)
	}
}

// kill is kill -9 of several at once.
func (e *ensemble) kill(servers ...*serving) {
	for _, s := range servers {
		_ = s.process.Process.Kill()
	}
	for _, s := range servers {
		_ = s.process.Wait()
	}
}

// end kills what runs, and shows what the servers said if the test failed.
func (e *ensemble) end() {
	for _, s := range e.servers {
		if s.process != nil {
			e.kill(s)
		}
		if e.t.Failed() {
			said, _ := os.ReadFile(filepath.Join(s.dir, "said"))
			e.t.Logf("%s said:\n%s", s.name, said)
		}
	}
}

// addresses is where the servers are, by name.
func (e *ensemble) addresses() map[host.Addr]string {
	m := make(map[host.Addr]string)
	for _, s := range e.servers {
		m[s.name] = s.client
	}
	return m
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freeAddr finds a loopback address that nothing listens on.
func freeAddr(t *testing.T) (addr, port string) {
	t.Helper()
	addr, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	_, port, err = net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return addr, port
}

// until waits until something holds. It looks often, and gives up late.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("%v passed, and not yet: %s", patience, what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
