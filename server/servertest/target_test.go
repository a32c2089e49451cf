package servertest_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server"
	"ordeal/server/servertest"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	trying "ordeal/testbed/target"
)

// target is a short trial; the seed's clients watch a lot.
func target(workload string, servers ...string) trying.Target {
	return trying.Target{Service: coordination.Service(), Servers: servers, Workload: workload, Seed: 3,
		Length: 2 * time.Second, Rate: 150}
}

// try puts a target on trial, and wants one of the outcomes.
func try(t *testing.T, target trying.Target, want ...string) play.Result {
	r, err := target.Run(t.Context())
	if err != nil {
		t.Errorf("%s: %v", target.Line(), err)
		return r
	}
	if !slices.Contains(want, r.Summary.Outcome) {
		t.Errorf("%s, want %v:\n%s", r.Summary.Outcome, want, r.Summary.Text)
	}
	if r.Summary.Operations < 20 {
		t.Errorf("%s: there were only %d operations", target.Line(), r.Summary.Operations)
	}
	return r
}

// names lists what is below the root of a server.
func names(t *testing.T, server string) (all []string) {
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "looker"}, func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(server)}, SessionTimeout: 10 * time.Second})
		var err error
		if all, _, err = c.SyncChildren("/", nil); err != nil {
			t.Error(err)
		}
		_ = c.Close()
	})
	<-p.Done()
	return all
}

// Targets are put on trial in real time, most of which is spent waiting: so all of these run at once, however few
// processors there are.
func TestTargets(t *testing.T) {
	one, three, stopped, again := servertest.Start(t), servertest.StartEnsemble(t, 3), servertest.StartEnsemble(t, 3),
		servertest.Start(t)
	var all sync.WaitGroup
	for _, workload := range coordination.Service().DefaultWorkloads("") {
		all.Go(func() { try(t, target(workload, one.Addrs()...), play.Valid) })
	}
	all.Go(func() { targetOfThree(t, three) })
	all.Go(func() { targetThatRestarts(t, "tree", stopped) })
	all.Go(func() { targetThatRestarts(t, "lock", again) })
	all.Go(func() { targetIsCutShort(t, one) })
	for _, w := range wrongs {
		server := proxy(t, one.Addrs()[0], w.spoil)
		all.Go(func() {
			if r := try(t, target(w.workload, server), play.Invalid); r.Summary.Checker != w.checker {
				t.Errorf("a server that %s: found by %s, want %s:\n%s", w.name, r.Summary.Checker, w.checker,
					r.Summary.Text)
			}
		})
	}
	all.Wait()
	if left := names(t, one.Addrs()[0]); !slices.Equal(left, []string{"zookeeper"}) {
		t.Errorf("%q was left behind", left)
	}
}

func targetOfThree(t *testing.T, e *server.Ensemble) {
	r := try(t, target("tree", e.Addrs()...), play.Valid)
	if !strings.Contains(r.Summary.Text, "can't be played again") || !strings.Contains(r.Summary.Text, "leader") {
		t.Errorf("the text does not say what this was:\n%s", r.Summary.Text)
	}
	if r.Summary.Command != "" || r.Summary.TraceHash != "" {
		t.Errorf("it looks like a trial that can be played again: %+v", r.Summary)
	}
}

// A server is killed and started again under the clients: operations become unknown, and no violation is reported.
func targetThatRestarts(t *testing.T, workload string, e *server.Ensemble) {
	restarted := make(chan error, 1)
	go func() {
		time.Sleep(time.Second)
		err := e.Stop(0)
		time.Sleep(300 * time.Millisecond)
		restarted <- errors.Join(err, e.Start(0))
	}()
	try(t, target(workload, e.Addrs()...), play.Valid, play.Unknown)
	if err := <-restarted; err != nil {
		t.Error(err)
	}
}

// A caller that ends it early gets the results so far.
func targetIsCutShort(t *testing.T, e *server.Ensemble) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	long := target("tree", e.Addrs()...)
	long.Length = time.Hour
	r, err := long.Run(ctx)
	if err != nil {
		t.Error(err)
		return
	}
	if r.Summary.Outcome != play.Valid || !strings.Contains(r.Summary.Text, "cut short") {
		t.Errorf("%s:\n%s", r.Summary.Outcome, r.Summary.Text)
	}
}

// wrongs are servers that are wrong: proxies that spoil what a good one says. n counts the frames.
var wrongs = []struct {
	name, workload, checker string
	spoil                   func(n int, frame []byte) []byte
}{
	{"loses events", "tree", "watches", func(_ int, frame []byte) []byte {
		if isEvent(frame) {
			return nil
		}
		return frame
	}},
	{"changes a Stat", "tree", "linearizable tree state", func(_ int, frame []byte) []byte {
		if len(frame) == 16+68 { // an exists, or a setData
			frame[len(frame)-1]++
		}
		return frame
	}},
	{"loses writes", "queue", "linearizable queue", func(n int, frame []byte) []byte {
		if len(frame) == 16 && n%3 == 0 { // a delete
			binary.BigEndian.PutUint32(frame[12:], 0xffffff9b) // NoNode
		}
		return frame
	}},
}

func isEvent(frame []byte) bool {
	return len(frame) >= 4 && binary.BigEndian.Uint32(frame) == 0xffffffff
}

// proxy stands before a server, and hands on the n-th frame of all that come from it as spoil leaves it: not at all if
// that is nil. It stands until the test ends.
func proxy(t *testing.T, server string, spoil func(n int, frame []byte) []byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	frames := make(chan int, 1)
	frames <- 0
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go relay(c, server, func(frame []byte) []byte {
				n := <-frames
				frames <- n + 1
				return spoil(n, frame)
			})
		}
	}()
	return l.Addr().String()
}

func relay(c net.Conn, server string, spoil func([]byte) []byte) {
	defer c.Close()
	s, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	go func() {
		defer s.Close()
		_, _ = io.Copy(s, c)
	}()
	for first := true; ; first = false {
		var size [4]byte
		if _, err := io.ReadFull(s, size[:]); err != nil {
			return
		}
		n := binary.BigEndian.Uint32(size[:])
		if n > 1<<20 { // the answer to a four-letter word
			_, _ = c.Write(size[:])
			_, _ = io.Copy(c, s)
			return
		}
		frame := make([]byte, n)
		if _, err := io.ReadFull(s, frame); err != nil {
			return
		}
		if !first {
			if frame = spoil(frame); frame == nil {
				continue
			}
		}
		if _, err := c.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(frame))), frame...)); err != nil {
			return
		}
	}
}

// An address without a server, or with one that refuses, is no target.
func TestNoTarget(t *testing.T) {
	absent, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := target("lock", absent).Run(ctx); !errors.Is(err, trying.ErrRefused) {
		t.Errorf("no server there: %v", err)
	}
	if _, err := target("chess", absent).Run(ctx); err == nil || errors.Is(err, trying.ErrRefused) {
		t.Errorf("an unknown workload: %v", err)
	}
}
