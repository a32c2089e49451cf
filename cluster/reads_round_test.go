package cluster

import (
	"testing"

	"go.etcd.io/raft/v3/raftpb"
)

func TestWhenALeaderIsSure(t *testing.T) {
	for _, c := range []struct {
		voters, outgoing, known []uint64
		sure                    bool
	}{
		{[]uint64{1}, nil, []uint64{1}, true},
		{[]uint64{1, 2}, nil, []uint64{1}, false},
		{[]uint64{1, 2, 3}, nil, []uint64{1}, false},
		{[]uint64{1, 2, 3}, nil, []uint64{1, 3}, true},
		{[]uint64{1, 2, 3}, nil, []uint64{1, 4}, false}, // 4 does not vote
		{[]uint64{1, 2, 3, 4, 5}, nil, []uint64{1, 5}, false},
		{[]uint64{1, 2, 3, 4, 5}, nil, []uint64{1, 5, 4}, true},
		{[]uint64{1, 2, 3, 4}, nil, []uint64{1, 2}, false},
		// While the voters change it takes a majority of each.
		{[]uint64{1, 4, 5}, []uint64{1, 2, 3}, []uint64{1, 4}, false},
		{[]uint64{1, 4, 5}, []uint64{1, 2, 3}, []uint64{1, 2}, false},
		{[]uint64{1, 4, 5}, []uint64{1, 2, 3}, []uint64{1, 2, 4}, true},
	} {
		r := readRound{known: c.known}
		if sure := r.sure(&raftpb.ConfState{Voters: c.voters, VotersOutgoing: c.outgoing}); sure != c.sure {
			t.Errorf("of the voters %v and %v, %v are known: sure %v", c.voters, c.outgoing, c.known, sure)
		}
	}
}
