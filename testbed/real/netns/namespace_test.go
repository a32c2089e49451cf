//go:build linux

package netns

import (
	"bufio"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/real/router"
)

// machine makes a namespace, or skips the test where none can be had.
func machine(t *testing.T, n int) *Namespace {
	t.Helper()
	m, err := New(Address(n))
	if errors.Is(err, errUnable) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMachinesReachEachOther has a program on one machine, which a client on another talks to over the router: while
// the way is sound, late, and cut in one direction.
func TestMachinesReachEachOther(t *testing.T) {
	server, client := machine(t, 1), machine(t, 2)
	r := router.New(func(nemesis.Way) *rand.Rand { return rand.New(rand.NewPCG(1, 2)) })
	t.Cleanup(r.Close)
	if err := errors.Join(r.Attach("n1", server.Address(), server.Device()),
		r.Attach("c1", client.Address(), client.Device())); err != nil {
		t.Fatal(err)
	}
	// What runs there has only to be there.
	program := exec.Command("sleep", "60")
	if err := server.Start(program); err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	begun := time.Now()
	_, err := client.Dial(ctx, server.Address().String()+":7")
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("no program listens there: %v, after %v", err, time.Since(begun))
	}
	r.Set("c1", "n1", nemesis.Link{Delay: 200 * time.Millisecond})
	begun = time.Now()
	if _, err = client.Dial(ctx, server.Address().String()+":7"); time.Since(begun) < 200*time.Millisecond {
		t.Errorf("a late packet was answered after %v: %v", time.Since(begun), err)
	}
	r.Set("c1", "n1", nemesis.Link{})
	r.Cut("n1", "c1")
	ctx, cancel = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err = client.Dial(ctx, server.Address().String()+":7")
	if late := net.Error(nil); !errors.As(err, &late) || !late.Timeout() {
		t.Errorf("what the server sends is lost: %v", err)
	}
	server.Close()
	if err := program.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Errorf("the program on a machine that is closed: %v", err)
	}
}

func TestAMachineHasANetworkOfItsOwn(t *testing.T) {
	m := machine(t, 9)
	defer m.Close()
	c := exec.Command("cat", "/proc/net/dev")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(c); err != nil {
		t.Fatal(err)
	}
	var names []string
	for s := bufio.NewScanner(out); s.Scan(); {
		if name, _, found := strings.Cut(s.Text(), ":"); found {
			names = append(names, strings.TrimSpace(name))
		}
	}
	if err := c.Wait(); err != nil || len(names) < 2 || !strings.Contains(strings.Join(names, " "), "net0") {
		t.Errorf("%v: %q", err, names)
	}
}
