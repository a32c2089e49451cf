package tree

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

const packagePath = "ordeal/cluster/tree/"

// plant switches a planted bug on until the test ends.
func plant(t *testing.T, bug string) {
	t.Helper()
	if err := failpoint.Enable(packagePath+bug, "return(true)"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := failpoint.Disable(packagePath + bug); err != nil {
			t.Error(err)
		}
	})
}

// skipIn ends the test if a planted bug did nothing: this is a plain build then.
func skipIn(t *testing.T, plain bool) {
	t.Helper()
	if plain {
		t.Skip("a plain build: the marks do nothing, as they should")
	}
}

// loadedWith returns a snapshot of tree that was taken and loaded with a planted bug switched on. In a plain build the
// marks do nothing: that is what is checked then, and the rest of the test is skipped.
func loadedWith(t *testing.T, bug string, tree *Tree) *Tree {
	t.Helper()
	good := tree.AppendSnapshot(nil)
	if err := failpoint.Enable(packagePath+bug, "return(true)"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := failpoint.Disable(packagePath + bug); err != nil {
			t.Error(err)
		}
	}()
	bad := tree.AppendSnapshot(nil)
	loaded, err := load(bad)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(good, bad) {
		t.Skip("a plain build: the marks do nothing, as they should")
	}
	if loaded.Hash() == tree.Hash() {
		t.Error("the hash doesn't tell")
	}
	return loaded
}

func TestBugSnapshotWithoutSessions(t *testing.T) {
	d := newDriver(t)
	d.furnish()
	d.tree = loadedWith(t, "bugSnapshotWithoutSessions", d.tree)
	if len(d.tree.Sessions()) != 0 || d.stat("/e").EphemeralOwner != alice {
		t.Error("the sessions are there, or the ephemeral isn't")
	}
	if got := d.apply(Txn{Request: ExpireSession{ID: alice}}); got.Err != wire.SessionExpired {
		t.Error(got.Err)
	}
	d.stat("/e") // outlives its session
}

func TestBugSequenceReused(t *testing.T) {
	d := newDriver(t)
	d.must(create("/q", 0), create("/q/", wire.FlagSequential), wire.DeleteRequest{Path: "/q/0000000000"})
	d.tree = loadedWith(t, "bugSequenceReused", d.tree)
	d.must(create("/q/", wire.FlagSequential))
	d.stat("/q/0000000000") // a second time
}

func TestBugCversionNotInSnapshot(t *testing.T) {
	d := newDriver(t)
	d.must(create("/q", 0), create("/q/", wire.FlagSequential), create("/q/", wire.FlagSequential))
	d.tree = loadedWith(t, "bugCversionNotInSnapshot", d.tree)
	if got := d.stat("/q").Cversion; got != -2 {
		t.Errorf("the child version is %d", got)
	}
	if got := d.as(alice, create("/q/", wire.FlagSequential)); got.Err != wire.NodeExists {
		t.Error(got)
	}
}

func TestBugHalfMultiInSnapshot(t *testing.T) {
	plant(t, "bugHalfMultiInSnapshot")
	d := newDriver(t)
	d.must(create("/before", 0))
	failed := wire.MultiRequest{Ops: []wire.Request{create("/no", 0), create("/no", 0)}}
	d.must(failed)
	reload(t, d.tree) // what was taken back is in no snapshot
	d.must(wire.MultiRequest{Ops: []wire.Request{create("/a", 0), create("/b", 0)}})
	loaded, err := load(d.tree.AppendSnapshot(nil))
	if err != nil {
		t.Fatal(err)
	}
	skipIn(t, loaded.Hash() == d.tree.Hash())
	if loaded.Zxid() != d.tree.Zxid() || loaded.nodes["/a"] == nil || loaded.nodes["/b"] != nil {
		t.Error("the snapshot has no half of the multi")
	}
	d.must(create("/after", 0))
	if d.tree = reload(t, d.tree); d.tree.nodes["/b"] == nil {
		t.Error("the next snapshot lacks it too")
	}
}

func TestBugSnapshotNotFrozen(t *testing.T) {
	plant(t, "bugSnapshotNotFrozen")
	d := newDriver(t)
	d.must(create("/a", 0))
	hash := d.tree.Hash()
	s := d.tree.BeginSnapshot()
	d.must(wire.SetDataRequest{Path: "/a", Data: []byte("later"), Version: -1}, wire.DeleteRequest{Path: "/a",
		Version: -1})
	b, _ := s.Append(nil, 1<<20)
	loaded, err := load(b)
	skipIn(t, err == nil && loaded.Hash() == hash)
	if err == nil || !strings.Contains(err.Error(), "and the state of") {
		t.Errorf("a snapshot with later changes in it is loaded: %v", err)
	}
}

func TestBugACLCheckSkippedOnReplay(t *testing.T) {
	plant(t, "bugACLCheckSkippedOnReplay")
	d := newDriver(t)
	d.must(wire.CreateRequest{Path: "/a", ACL: readOnlyACL})
	set := wire.SetDataRequest{Path: "/a", Version: -1}
	if got := d.as(alice, set); got.Err != wire.NoAuth {
		t.Fatal(got)
	}
	d.tree = reload(t, d.tree)
	got := d.as(alice, set)
	skipIn(t, got.Err == wire.NoAuth)
	if got.Err != wire.OK {
		t.Error(got)
	}
}

func TestBugExpiredSessionResurrected(t *testing.T) {
	plant(t, "bugExpiredSessionResurrected")
	d := newDriver(t)
	d.furnish()
	d.apply(Txn{Request: ExpireSession{ID: alice}})
	got := d.apply(Txn{Owner: there, Request: AttachSession{ID: alice, Passwd: []byte("alice's")}})
	skipIn(t, got.Err == wire.SessionExpired)
	d.must(create("/late", wire.FlagEphemeral))
	if d.tree = reload(t, d.tree); d.stat("/late").EphemeralOwner != alice || d.tree.nodes["/e"] != nil {
		t.Error("the session did not come back, or not without what it had")
	}
}

func TestBugContainerReapedInUse(t *testing.T) {
	plant(t, "bugContainerReapedInUse")
	d := newDriver(t)
	d.must(wire.CreateContainerRequest{Path: "/c", ACL: open}, create("/c/x", 0), create("/c/x/y", wire.FlagEphemeral))
	due := d.tree.Reapable(0, 0, 10)
	got := d.apply(Txn{Request: DeleteContainer{Path: "/c"}})
	skipIn(t, due == nil && got.Err == wire.NotEmpty)
	if len(due) != 1 || got.Err != wire.OK || len(got.Events) != 6 || d.tree.nodes["/c/x/y"] != nil {
		t.Errorf("due %v, %v", due, got)
	}
	reload(t, d.tree)
}

func TestBugPersistentWatchTwice(t *testing.T) {
	plant(t, "bugPersistentWatchTwice")
	w := NewWatches()
	w.Add(Data, "/a", 1)
	w.Add(PersistentRecursive, "/", 2)
	got := w.Fire(Event{wire.EventDataChanged, "/a"})
	skipIn(t, slices.Equal(got, []uint64{1, 2}))
	if !slices.Equal(got, []uint64{1, 2, 2}) {
		t.Error(got)
	}
}

func TestBugServedAfterClose(t *testing.T) {
	plant(t, "bugServedAfterClose")
	d := newDriver(t)
	must := d.as(alice, wire.CloseSessionRequest{})
	got := d.as(alice, wire.CreateRequest{Path: "/late", ACL: []wire.ACL{everybody}, Flags: wire.FlagEphemeral})
	if must.Err != wire.OK {
		t.Fatalf("the session was not closed: %v", must.Err)
	}
	skipIn(t, got.Err == wire.SessionExpired)
	if got.Err != wire.OK || d.tree.nodes["/late"] == nil {
		t.Errorf("the bug leaves no znode behind: %v", got.Err)
	}
}
