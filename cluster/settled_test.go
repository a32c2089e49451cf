package cluster_test

import (
	"testing"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/sim"
)

// bereft has the leader answer a change, and at that very instant all that the new ensemble can spare are gone: the one
// that was taken out, and as many of the rest as a majority allows, the leader among them. What the leader said last is
// lost. It reports whether those that are left serve.
func bereft(t *testing.T, seed uint64) (served bool) {
	e := newChangeable(t, seed, 3)
	e.join(4)
	e.RunUntil(2 * time.Second)
	e.do(30*time.Second, func(p host.Process, c *client.Client) { reconfig(t, p, c, joining(4)) })
	e.RunUntil(e.Now() + 2*time.Second)
	leader, gone := e.leader(), host.Addr("n1")
	if leader == gone {
		gone = "n2"
	}
	var left []host.Addr
	for _, s := range e.servers {
		if s != leader && s != gone {
			left = append(left, s)
			e.mustDo(e.SetLink(leader, s, sim.LinkFault{Delay: 5 * time.Millisecond})) // clients hear sooner
		}
	}
	answered := false
	e.Spawn("c7", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 4 * time.Second})
		reconfig(t, p, c, leaving(string(gone[1:])))
		e.At(e.Now(), func() {
			answered = true
			for _, s := range left {
				e.mustDo(e.Cut(leader, s))
			}
			e.mustDo(e.Crash(gone))
			e.mustDo(e.Crash(leader))
			e.mustDo(e.Crash(left[seed%2]))
			e.mustDo(e.Restart(left[seed%2]))
		})
	})
	for end := e.Now() + 10*time.Second; !answered && e.Now() < end; {
		e.RunUntil(e.Now() + 10*time.Millisecond)
	}
	if !answered {
		t.Fatalf("seed %d: the change is not answered", seed)
	}
	e.Spawn("c8", func(p host.Process) {
		c := client.New(p, client.Config{Servers: left, SessionTimeout: 4 * time.Second})
		must(t, persistently(p, func() error {
			_, _, err := c.Create("/a", nil, 0)
			return err
		}))
		served = true
	})
	e.RunUntil(e.Now() + 20*time.Second)
	return served
}

func TestAnsweredChangeNeedsNoOtherServer(t *testing.T) {
	const mark = "ordeal/cluster/bugReconfigUnsettled"
	stuck := func() (n int) {
		for i := range uint64(20) {
			if !bereft(t, 300+i) {
				n++
			}
		}
		return n
	}
	if n := stuck(); n > 0 {
		t.Errorf("a majority of the new ensemble could not go on by itself, %d times of 20", n)
	}
	if failpoint.Enable("ordeal/cluster/marked", "return(true)") != nil {
		t.Fatal("the failpoint can't be enabled")
	}
	defer func() { _ = failpoint.Disable("ordeal/cluster/marked") }()
	if !cluster.Marked() {
		t.Skip("a plain build: the marks do nothing, as they should")
	}
	if err := failpoint.Enable(mark, "return(true)"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = failpoint.Disable(mark) }()
	if stuck() == 0 {
		t.Error("the bug did not show")
	}
}
