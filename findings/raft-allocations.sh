#!/usr/bin/env bash
# go.etcd.io/raft/v3: from v3.6.0 to v3.7.0 a committed entry costs several times as many allocations.
#
# The API kept its shape: RawNode, Ready, MemoryStorage. But v3.7.0 generates its messages with Google's protobuf instead of
# gogo/protobuf, so that every number in a message, an entry or a hard state is a pointer to a number of its own. Whoever
# upgrades expects a change of types, and not that the same writes make several times as much work for the collector.
#
# Three RawNodes in one process, each with a MemoryStorage, commit 20,000 entries one after the other, and hand their messages
# over: as they are, and by way of bytes. Needs Go and a module proxy. Seen on linux/amd64 with go1.26, twice the same:
#
#   version  handed-over    allocations and bytes an entry
#   v3.6.0   as it is       17, 3365
#   v3.7.0   as it is       125, 5099
#   v3.6.0   as bytes       29, 4117
#   v3.7.0   as bytes       199, 7957
#
# So 7 times as many allocations; the time an entry took with messages as bytes was 2.5 times as long (20 and 50 µs).
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
	"os"
	"runtime"
	"time"

	"go.etcd.io/raft/v3"
)

const entries = 20_000

type node struct {
	*raft.RawNode
	storage *raft.MemoryStorage
	applied int
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func newNode(id uint64) *node {
	s := raft.NewMemoryStorage()
	check(found(s))
	r, err := raft.NewRawNode(&raft.Config{
		ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: s, MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256,
		Logger: &raft.DefaultLogger{Logger: log.New(io.Discard, "", 0)},
	})
	check(err)
	return &node{RawNode: r, storage: s}
}

// settle works off what the nodes have ready until nothing is left.
func settle(nodes []*node, coded bool) {
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
				for _, m := range ready.Messages {
					check(deliver(nodes, m, coded))
				}
				n.applied += len(ready.CommittedEntries)
				n.Advance(ready)
			}
		}
	}
}

// measure is how many allocations, and how many bytes of them, an entry takes.
func measure(coded bool) (allocations, bytes float64) {
	nodes := []*node{newNode(1), newNode(2), newNode(3)}
	check(nodes[0].Campaign())
	settle(nodes, coded)
	data := make([]byte, 100)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	was, began := nodes[2].applied, time.Now()
	for range entries {
		check(nodes[0].Propose(data))
		settle(nodes, coded)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if got := nodes[2].applied - was; got != entries {
		panic(fmt.Sprintf("the third node applied %d entries", got))
	}
	allocations = float64(after.Mallocs-before.Mallocs) / entries
	bytes = float64(after.TotalAlloc-before.TotalAlloc) / entries
	fmt.Fprintf(os.Stderr, "# %s, encoded: %v: %v an entry\n", version, coded, took/entries)
	return allocations, bytes
}

func main() {
	a, b := measure(false)
	c, d := measure(true)
	fmt.Printf("%.0f %.0f %.0f %.0f\n", a, b, c, d)
}
GO

cat > raft36.go <<'GO'
//go:build !raft37

package main

import (
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

const version = "v3.6.0"

func found(s *raft.MemoryStorage) error {
	return s.ApplySnapshot(raftpb.Snapshot{Metadata: raftpb.SnapshotMetadata{
		Index: 1, Term: 1, ConfState: raftpb.ConfState{Voters: []uint64{1, 2, 3}},
	}})
}

func deliver(nodes []*node, m raftpb.Message, coded bool) error {
	if !coded {
		return nodes[m.To-1].Step(m)
	}
	b, err := m.Marshal()
	if err != nil {
		return err
	}
	var got raftpb.Message
	if err := got.Unmarshal(b); err != nil {
		return err
	}
	return nodes[m.To-1].Step(got)
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

const version = "v3.7.0"

func found(s *raft.MemoryStorage) error {
	return s.ApplySnapshot(&raftpb.Snapshot{Metadata: &raftpb.SnapshotMetadata{
		Index: proto.Uint64(1), Term: proto.Uint64(1), ConfState: &raftpb.ConfState{Voters: []uint64{1, 2, 3}},
	}})
}

func deliver(nodes []*node, m *raftpb.Message, coded bool) error {
	if !coded {
		return nodes[m.GetTo()-1].Step(m)
	}
	b, err := proto.Marshal(m)
	if err != nil {
		return err
	}
	got := new(raftpb.Message)
	if err := proto.Unmarshal(b, got); err != nil {
		return err
	}
	return nodes[m.GetTo()-1].Step(got)
}
GO

# run VERSION TAG: allocations and bytes an entry, handed over as they are and encoded.
run() {
	rm -f go.mod go.sum
	go mod init finding 2>/dev/null
	go get "go.etcd.io/raft/v3@$1" google.golang.org/protobuf@v1.36.11 2>/dev/null
	go run -mod=mod ${2:+-tags "$2"} .
}

read -r a36 b36 c36 d36 < <(run v3.6.0 "")
read -r a37 b37 c37 d37 < <(run v3.7.0 raft37)

printf '%-8s %-14s %s\n' version handed-over "allocations and bytes an entry"
printf '%-8s %-14s %s\n' v3.6.0 "as it is" "$a36, $b36" v3.7.0 "as it is" "$a37, $b37" \
	v3.6.0 "as bytes" "$c36, $d36" v3.7.0 "as bytes" "$c37, $d37"

if ((a37 < 2 * a36 || c37 < 2 * c36)); then
	echo "changed: v3.7.0 no longer allocates twice as often as v3.6.0" >&2
	exit 1
fi
