#!/usr/bin/env bash
# go.etcd.io/raft/v3 v3.6.0: ReadIndex confirms a stale read, of a leader that was deposed, where another read was asked for twice.
#
# A linearizable read asks the leader by ReadIndex, which has a majority confirm that it leads still. The request has a name, the
# context. It may be lost without a word, and to ask again is left to the caller, who does so under that name. But answers are
# matched by the name alone. An answer to the first question that was late counts for the second, and confirms with it all reads
# that were asked for before; by then another may lead, and have taken writes that these reads do not show. No message is doubled
# or wrong here. v3.7.0 numbers the questions itself (raft 397). etcd gives each retry a name of its own since 20418, and whoever
# stays with v3.6.0 has to do the same.
#
# Three RawNodes, whose messages this program hands over. 2 asks 1, the leader, for the read A, which is confirmed by 2's answer; 3's
# answer is late, and so is 2's second question for A. 2 becomes leader and commits a write. 1, which has heard of nothing, is asked
# for the read B. Then what was late comes to 1: the question for A, and 3's answer to the first one.
#
# Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same:
#
#   v3.6.0   1 confirms B at index 3, behind which 2 has committed index 5
#   v3.7.0   1 does not confirm B
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"io"
	"log"

	"go.etcd.io/raft/v3"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

type node struct {
	*raft.RawNode
	storage *raft.MemoryStorage
	reads   map[string]uint64 // what was confirmed, and at which index
}

var (
	nodes []*node
	late  []message
)

func newNode(id uint64) *node {
	s := raft.NewMemoryStorage()
	check(found(s))
	r, err := raft.NewRawNode(&raft.Config{
		ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: s, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256,
		Logger: &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
	})
	check(err)
	return &node{RawNode: r, storage: s, reads: map[string]uint64{}}
}

// fate is what becomes of a message.
type fate int

const (
	comes fate = iota
	isLate
	isLost // or comes much later, which is all the same
)

// settle works off what the nodes have ready until nothing is left.
func settle(decide func(m message) fate) {
	for busy := true; busy; {
		busy = false
		for _, n := range nodes {
			for n.HasReady() {
				busy = true
				ready := n.Ready()
				if !raft.IsEmptyHardState(ready.HardState) {
					check(n.storage.SetHardState(ready.HardState))
				}
				check(n.storage.Append(ready.Entries))
				for _, r := range ready.ReadStates {
					n.reads[string(r.RequestCtx)] = r.Index
				}
				for _, m := range ready.Messages {
					switch decide(m) {
					case comes:
						check(nodes[to(m)-1].Step(m))
					case isLate:
						late = append(late, m)
					}
				}
				n.Advance(ready)
			}
		}
	}
}

func all(message) fate { return comes }

// without1 is when what 1 sends and is sent does not come.
func without1(m message) fate {
	if to(m) == 1 || from(m) == 1 {
		return isLost
	}
	return comes
}

func main() {
	nodes = []*node{newNode(1), newNode(2), newNode(3)}
	check(nodes[0].Campaign())
	settle(all)
	check(nodes[0].Propose([]byte("old")))
	settle(all)

	nodes[1].ReadIndex([]byte("A"))
	settle(func(m message) fate {
		if from(m) == 3 && to(m) == 1 {
			return isLate
		}
		return comes
	})
	nodes[1].ReadIndex([]byte("A"))
	settle(func(message) fate { return isLate })
	late[0], late[1] = late[1], late[0] // the question comes before the older answer

	check(nodes[1].Campaign())
	settle(without1)
	check(nodes[1].Propose([]byte("new")))
	settle(without1)

	nodes[0].ReadIndex([]byte("B"))
	settle(without1)
	for _, m := range late {
		check(nodes[0].Step(m))
		settle(without1)
	}
	index, confirmed := nodes[0].reads["B"]
	fmt.Printf("A at %d, late %d, B confirmed %v at %d, committed %d\n", nodes[1].reads["A"], len(late), confirmed, index,
		committed(nodes[1]))
}
GO

cat > raft36.go <<'GO'
//go:build !raft37

package main

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

type message = raftpb.Message

func to(m message) uint64      { return m.To }
func from(m message) uint64    { return m.From }
func committed(n *node) uint64 { return n.Status().Commit }
func found(s *raft.MemoryStorage) error {
	return s.ApplySnapshot(raftpb.Snapshot{Metadata: raftpb.SnapshotMetadata{
		Index: 1, Term: 1, ConfState: raftpb.ConfState{Voters: []uint64{1, 2, 3}},
	}})
}
GO

cat > raft37.go <<'GO'
//go:build raft37

package main

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

type message = *raftpb.Message

func to(m message) uint64      { return m.GetTo() }
func from(m message) uint64    { return m.GetFrom() }
func committed(n *node) uint64 { return n.Status().GetCommit() }
func found(s *raft.MemoryStorage) error {
	return s.ApplySnapshot(&raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{
		Index: proto.Uint64(1), Term: proto.Uint64(1), ConfState: &raftpb.ConfState{Voters: []uint64{1, 2, 3}},
	}})
}
GO

# run VERSION TAG
run() {
	rm -f go.mod go.sum
	go mod init finding 2>/dev/null
	go get "go.etcd.io/raft/v3@$1" google.golang.org/protobuf@v1.36.11 2>/dev/null
	echo "$1: $(go run -mod=mod ${2:+-tags "$2"} .)"
}

{ run v3.6.0 ""; run v3.7.0 raft37; } | tee out

diff - out <<'END' || { echo "changed" >&2; exit 1; }
v3.6.0: A at 3, late 2, B confirmed true at 3, committed 5
v3.7.0: A at 3, late 2, B confirmed false at 0, committed 5
END
