package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/host"
)

// TestHandOver: the leader that an operator asks lets the named server lead; a server that does not lead refuses.
func TestHandOver(t *testing.T) {
	for seed := range uint64(5) {
		e := newObserved(t, 50+seed, 3, 1)
		e.RunUntil(2 * time.Second)
		old := e.leader()
		var transferee uint64
		for _, s := range e.servers {
			st := e.node(s).Status()
			if s != old && !st.Observing {
				transferee = st.ID
			}
			if s != old && e.node(s).HandOver(0) == nil {
				t.Errorf("%s does not lead and hands over", s)
			}
		}
		for _, wrong := range []uint64{4, 9, e.node(old).Status().ID} {
			if e.node(old).HandOver(wrong) == nil {
				t.Errorf("%s handed over to server %d", old, wrong)
			}
		}
		e.mustDo(e.Do(old, func(p host.Program) { must(t, p.(*cluster.Node).HandOver(transferee)) }))
		e.RunUntil(e.Now() + 100*time.Millisecond)
		if now := e.leader(); now != cluster.ServerName(transferee) {
			t.Errorf("seed %d: %s handed over to server %d, and %q leads", seed, old, transferee, now)
		}
		e.agree()
	}
}

// TestSaveSnapshot: a snapshot that was asked for is what the next start begins from.
func TestSaveSnapshot(t *testing.T) {
	e := newEnsemble(t, 7, 3)
	e.do(20*time.Second, func(p host.Process, c *client.Client) {
		_, _, err := c.Create("/a", nil, 0)
		must(t, err)
		for i := range 20 {
			_, err := c.Set("/a", fmt.Append(nil, i), -1)
			must(t, err)
		}
	})
	n := e.node("n2")
	before := n.NewestSnapshot()
	saves := 0
	ask := func(p host.Program) {
		for range 3 {
			if p.(*cluster.Node).SaveSnapshot() {
				saves++
			}
		}
	}
	e.mustDo(e.Do("n2", ask))
	e.RunUntil(e.Now() + time.Second)
	after := n.NewestSnapshot()
	if saves != 1 || after.Zxid <= before.Zxid || after.Zxid != n.Status().Zxid {
		t.Errorf("%d were saved, at 0x%x after 0x%x; the newest zxid is 0x%x", saves, after.Zxid, before.Zxid,
			n.Status().Zxid)
	}
	e.mustDo(e.Crash("n2"))
	e.mustDo(e.Restart("n2"))
	e.RunUntil(e.Now() + 10*time.Millisecond)
	if got := e.node("n2").NewestSnapshot().Zxid; got != after.Zxid {
		t.Errorf("after a restart the newest snapshot is at 0x%x", got)
	}
	e.agree()
}
