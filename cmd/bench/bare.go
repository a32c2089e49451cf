package main

import (
	"fmt"
	"io"
	"log"
	"runtime"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/cmd/bench/usage"
)

// What raft itself costs is the limit of what a trial can: five raft.RawNode in memory, without a disk, a client or a
// state, whose messages wait in one queue. An entry at a time is proposed, and the next when all have applied it, so
// none shares its messages with another.

// bareServers are as many as the trials beside them have.
const bareServers = 5

// bareRaft is an ensemble of nothing but raft.
type bareRaft struct {
	nodes []bareNode // by their number less one
	queue []*raftpb.Message
	// applied is the sum of what the nodes have applied.
	applied int
}

type bareNode struct {
	raft    *raft.RawNode
	storage *raft.MemoryStorage
}

func newBareRaft() (*bareRaft, error) {
	b := &bareRaft{}
	var voters []uint64
	for id := range uint64(bareServers) {
		voters = append(voters, id+1)
	}
	for _, id := range voters {
		storage := raft.NewMemoryStorage()
		founding := &raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{
			Index: new(uint64(1)), Term: new(uint64(1)), ConfState: &raftpb.ConfState{Voters: voters},
		}}
		if err := storage.ApplySnapshot(founding); err != nil {
			return nil, err
		}
		node, err := raft.NewRawNode(&raft.Config{
			ID: id, ElectionTick: 10, HeartbeatTick: 2, Storage: storage, Applied: 1, MaxSizePerMsg: 1 << 20,
			MaxInflightMsgs: 256,
			Logger:          &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
		})
		if err != nil {
			return nil, err
		}
		b.nodes = append(b.nodes, bareNode{node, storage})
	}
	if err := b.nodes[0].raft.Campaign(); err != nil {
		return nil, err
	}
	return b, b.settle()
}

// settle carries out what raft wants done until it wants nothing more.
func (b *bareRaft) settle() error {
	for i := range b.nodes {
		if err := b.carryOut(&b.nodes[i]); err != nil {
			return err
		}
	}
	for len(b.queue) > 0 {
		m := b.queue[0]
		b.queue = b.queue[1:]
		n := &b.nodes[m.GetTo()-1]
		if err := n.raft.Step(m); err != nil {
			return err
		}
		if err := b.carryOut(n); err != nil {
			return err
		}
	}
	return nil
}

func (b *bareRaft) carryOut(n *bareNode) error {
	for n.raft.HasReady() {
		rd := n.raft.Ready()
		if !raft.IsEmptyHardState(rd.HardState) {
			if err := n.storage.SetHardState(rd.HardState); err != nil {
				return err
			}
		}
		if err := n.storage.Append(rd.Entries); err != nil {
			return err
		}
		b.queue = append(b.queue, rd.Messages...)
		b.applied += len(rd.CommittedEntries)
		n.raft.Advance(rd)
	}
	return nil
}

// commit proposes an entry, and returns when every node has applied it.
func (b *bareRaft) commit(data []byte) error {
	want := b.applied + bareServers
	if err := b.nodes[0].raft.Propose(data); err != nil {
		return err
	}
	if err := b.settle(); err != nil {
		return err
	}
	if b.applied != want {
		return fmt.Errorf("bare raft: an entry was applied %d times by %d servers", b.applied-want+bareServers, bareServers)
	}
	return nil
}

// compact forgets what all have applied, as a server does that keeps snapshots.
func (b *bareRaft) compact() error {
	for _, n := range b.nodes {
		last, err := n.storage.LastIndex()
		if err != nil {
			return err
		}
		if err := n.storage.Compact(last); err != nil {
			return err
		}
	}
	return nil
}

// bareBytes is the size of an entry: about that of a trial's.
const bareBytes = 100

// bareSlack is counted as alive by the collector, so that it costs raft no more than a worker.
const bareSlack = 64 << 20

// commitFor commits entries for some CPU time of this process, and returns how many in a CPU-second.
func (b *bareRaft) commitFor(d time.Duration) (float64, error) {
	const batch = 500
	slack := make([]byte, bareSlack)
	defer runtime.KeepAlive(&slack)
	for n, began := 0, usage.Own(); ; {
		for range batch {
			if err := b.commit(make([]byte, bareBytes)); err != nil {
				return 0, err
			}
		}
		if err := b.compact(); err != nil {
			return 0, err
		}
		n += batch
		if took := usage.Own() - began; took >= d {
			return perSecond(float64(n), took), nil
		}
	}
}
