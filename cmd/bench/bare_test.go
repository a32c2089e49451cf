package main

import (
	"testing"
	"time"
)

func TestBareRaftCommitsEachEntryEverywhere(t *testing.T) {
	b, err := newBareRaft()
	if err != nil {
		t.Fatal(err)
	}
	before := b.applied
	for range 50 {
		if err := b.commit([]byte("entry")); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.applied - before; got != 50*bareServers {
		t.Errorf("50 entries were applied %d times by %d servers", got, bareServers)
	}
	b.nodes[4].raft = nil // a server that is gone applies nothing, and that must not go unnoticed
	defer func() {
		if recover() == nil {
			t.Error("an ensemble without one of its servers commits everywhere")
		}
	}()
	_ = b.commit([]byte("one more"))
}

func TestBareRaftIsMeasured(t *testing.T) {
	b, err := newBareRaft()
	if err != nil {
		t.Fatal(err)
	}
	rate, err := b.commitFor(100 * time.Millisecond)
	if err != nil || rate < 100 {
		t.Errorf("%.0f entries in a CPU-second (%v)", rate, err)
	}
	t.Logf("%.0f entries in a CPU-second", rate)
}
