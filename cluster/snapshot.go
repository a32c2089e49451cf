package cluster

import (
	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// snapshots keeps account of the snapshots that this node saves and sends.
type snapshots struct {
	// index is the newest one's, and saving says that it is not durable yet.
	index  uint64
	saving bool
	// shown is the newest durable one, for operators.
	shown SavedSnapshot
	// sentTo says at which tick a follower was last sent one. Sorted by server.
	sentTo []sentSnapshot
}

type sentSnapshot struct{ to, at uint64 }

// snapshotSendTicks is how long a snapshot may be on its way before the leader tries something else: the message may be
// lost, and raft sends a follower nothing more until it hears how it went.
const snapshotSendTicks = 2 * raftTicksPerTick

// maybeSnapshot saves the state when enough was applied since the last time, and then lets the log forget what the
// snapshot holds.
func (n *Node) maybeSnapshot() {
	due := n.state.index-n.snapshots.index >= n.config.SnapshotEvery || n.snapshots.index < n.state.confIndex
	if !n.snapshots.saving && due {
		n.saveSnapshot()
	}
}

func (n *Node) saveSnapshot() {
	failpoint.InjectCall("snapshotBeforeSave", n.host.Self())
	n.snapshots.saving, n.snapshots.index = true, n.state.index
	zxid := n.state.tree.Zxid()
	n.log.Save(&raftpb.Snapshot{
		Data: n.state.encode(),
		Metadata: &raftpb.SnapshotMetadata{
			ConfState: n.confState(), Index: proto.Uint64(n.state.index), Term: proto.Uint64(n.state.term),
		},
	}, func(err error) {
		n.mustPersist(err)
		n.snapshots.saving = false
		n.snapshots.shown = SavedSnapshot{Zxid: zxid, SavedMs: n.wallMs()}
		n.log.Compact(n.config.KeepEntries)
	})
}

// confState is raft's configuration at the newest entry that was applied.
func (n *Node) confState() *raftpb.ConfState {
	if n.state.conf != nil {
		return proto.Clone(n.state.conf).(*raftpb.ConfState)
	}
	_, conf, _ := n.log.InitialState()
	return conf
}

// SavedSnapshot is the newest snapshot on a node's disk.
type SavedSnapshot struct {
	Zxid int64
	// SavedMs is the time of day at which it was saved, since 1970; −1 for one that was there when the node booted.
	SavedMs int64
}

// NewestSnapshot tells of the newest snapshot on the disk.
func (n *Node) NewestSnapshot() SavedSnapshot { return n.snapshots.shown }

func (s *snapshots) sent(to, now uint64) {
	for i := range s.sentTo {
		if s.sentTo[i].to == to {
			s.sentTo[i].at = now
			return
		}
	}
	s.sentTo = append(s.sentTo, sentSnapshot{to, now})
}

// tickSnapshots tells raft that a snapshot which is on its way for too long is lost. If it was not, the follower's next
// answer says so.
func (n *Node) tickSnapshots() {
	rest := n.snapshots.sentTo[:0]
	for _, s := range n.snapshots.sentTo {
		if n.ticks-s.at >= snapshotSendTicks {
			n.raft.ReportSnapshot(s.to, raft.SnapshotFailure)
		} else {
			rest = append(rest, s)
		}
	}
	n.snapshots.sentTo = rest
}
