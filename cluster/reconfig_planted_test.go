package cluster_test

import (
	"testing"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// split asks for an ensemble of the leader and one other of five, and cuts the two off so long after. It reports
// whether two leaders then went on by themselves, each with writes that the other's log does not have.
func split(t *testing.T, seed uint64, after time.Duration) bool {
	e := newChangeable(t, seed, 5)
	e.RunUntil(3 * time.Second)
	leader, other := e.leader(), e.follower()
	var ids []int
	for i, s := range e.servers {
		if s == leader || s == other {
			ids = append(ids, i+1)
		}
	}
	e.Spawn("c9", func(p host.Process) {
		c := client.New(p, client.Config{Servers: []host.Addr{leader}, SessionTimeout: 20 * time.Second})
		if c.Sync("/") != nil {
			return
		}
		e.At(e.Now()+after, func() {
			for _, s := range e.servers {
				if s != leader && s != other {
					for _, in := range []host.Addr{leader, other} {
						_, _ = e.Cut(s, in), e.Cut(in, s)
					}
				}
			}
		})
		_ = c.Submit(wire.ReconfigRequest{NewMembers: []byte(lines(ids...)), ConfigID: -1}, nil, nil).Wait()
	})
	e.RunUntil(e.Now() + 5*time.Second)
	var applied []cluster.Status
	for _, s := range e.servers {
		if st := e.node(s).Status(); st.Leading && st.Applied > 1 {
			applied = append(applied, st)
		}
	}
	return len(applied) > 1 && applied[0].LogHash != applied[1].LogHash
}

func TestReconfigBeforeCommitSplitsTheEnsemble(t *testing.T) {
	const mark = "ordeal/cluster/bugReconfigBeforeCommit"
	splits := func() (n int) {
		for i := range uint64(20) {
			if split(t, 200+i, time.Duration(i)*200*time.Microsecond) {
				n++
			}
		}
		return n
	}
	if n := splits(); n > 0 {
		t.Fatalf("without the bug two leaders went on by themselves %d times", n)
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
	if splits() == 0 {
		t.Error("the bug did not show")
	}
}
