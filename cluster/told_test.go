package cluster_test

import (
	"testing"
	"time"

	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cluster/client"
	"ordeal/cluster/raftwire"
	"ordeal/host"
)

// answers counts the answers to appends that arrive, and the appends, from now on.
func (e *ensemble) answers() (answers, appends *int) {
	answers, appends = new(int), new(int)
	e.Overhear(func(_, _ host.Addr, payload []byte) {
		m, err := raftwire.DecodeMessage(payload[1 : len(payload)-4])
		switch {
		case payload[0] != 1 || err != nil: // none of raft's
		case m.GetType() == raftpb.MsgAppResp:
			*answers++
		case m.GetType() == raftpb.MsgApp:
			*appends++
		}
	})
	return answers, appends
}

// A write costs two appends to each follower, the entry and that it is committed, and the leader waits for one answer.
func TestWhatALeaderKnowsIsNotSaidAgain(t *testing.T) {
	const writes = 200
	e := newEnsemble(t, 50, 3)
	e.RunUntil(2 * time.Second)
	answers, appends := e.answers()
	e.do(time.Minute, func(_ host.Process, c *client.Client) {
		_, _, err := c.Create("/a", nil, 0)
		must(t, err)
		for range writes {
			_, err := c.Set("/a", nil, -1)
			must(t, err)
		}
	})
	// Where a tick comes in between, the same is said twice.
	if *appends < 2*2*writes || *answers < 2*writes || *answers > 2*writes*5/4 {
		t.Errorf("%d writes took %d appends and %d answers", writes, *appends, *answers)
	}
}

// An answer that was lost is asked for and given again, though no client writes anything else.
func TestALostAnswerIsGivenAgain(t *testing.T) {
	for seed := range uint64(20) {
		e := newEnsemble(t, 60+seed, 3)
		e.RunUntil(2 * time.Second)
		leader := e.leader()
		var others []host.Addr
		for _, s := range e.servers {
			if s != leader {
				others = append(others, s)
			}
		}
		e.mustDo(e.Crash(others[1])) // so it takes the other one's answer
		e.mustDo(e.Cut(others[0], leader))
		e.At(e.Now()+time.Duration(150+seed)*time.Millisecond, func() { e.mustDo(e.Mend(others[0], leader)) })
		e.at(leader, time.Second, func(_ host.Process, c *client.Client) {
			_, _, err := c.Create("/a", nil, 0)
			must(t, err)
			if took := e.Now(); took > 2600*time.Millisecond {
				t.Errorf("seed %d: the write took until %v", seed, took)
			}
		})
	}
}
