package tree

import (
	"bytes"
	"testing"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

const packagePath = "ordeal/cluster/tree/"

// planted returns a snapshot of tree that was taken and loaded with a planted bug switched on. In a plain build the
// marks do nothing: that is what is checked then, and the rest of the test is skipped.
func planted(t *testing.T, bug string, tree *Tree) *Tree {
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
	loaded, err := Load(bad)
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
	d.tree = planted(t, "bugSnapshotWithoutSessions", d.tree)
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
	d.tree = planted(t, "bugSequenceReused", d.tree)
	d.must(create("/q/", wire.FlagSequential))
	d.stat("/q/0000000000") // a second time
}
