package wal

import (
	"bytes"
	"testing"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

const marks = "ordeal/cluster/wal/"

// marked skips the test in a build without failpoint marks, and turns one on.
func marked(t *testing.T, name string) {
	t.Helper()
	in := false
	if err := failpoint.Enable(marks+"marked", "return(true)"); err != nil {
		t.Fatal(err)
	}
	failpoint.Inject("marked", func(_ failpoint.Value) { in = true })
	if !in {
		t.Skip("built without failpoint marks: see cmd/failpoint-build")
	}
	if err := failpoint.Enable(marks+name, "return(true)"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { failpoint.Disable(marks + name) })
}

// Each planted bug is found by the trials that find nothing without it.
func TestCrashTrialsCatchPlantedBugs(t *testing.T) {
	for _, bug := range []string{"bugAckBeforeSync", "bugVoteNotPersisted", "bugTornTailKept"} {
		t.Run(bug, func(t *testing.T) {
			marked(t, bug)
			for seed := range uint64(200) {
				if err := crashTrial(seed, false); err != nil {
					t.Logf("seed %d: %v", seed, err)
					return
				}
			}
			t.Error("200 trials found nothing")
		})
	}
}

func TestCrashPlacesAreCalledInOrder(t *testing.T) {
	marked(t, "none")
	var calls []string
	for _, name := range []string{"walBeforeWrite", "walBeforeSync", "walAfterSync", "walBeforePiece", "walBeforeRename",
		"walAfterRename", "walBeforeCompact"} {
		err := failpoint.EnableCall(marks+name, func(self host.Addr) { calls = append(calls, string(self)+" "+name) })
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { failpoint.Disable(marks + name) })
	}
	d := testDisk()
	l := mustOpen(t, d, 0)
	l.Append(hard(1, 1, 0), []*raftpb.Entry{entry(1, 1, "a")}, ignore(t))
	in := l.Receive(9)
	whole := bytes.Join(encodeSnapshot(snapshotAt(9, 1, "")), nil)
	if err := in.Add(whole, func([]byte) error { return nil }, ignore(t)); err != nil {
		t.Fatal(err)
	}
	l.Install(in, nil, nil, ignore(t))
	d.settle()
	want := []string{"walBeforeWrite", "walBeforeSync", "walBeforePiece", "walAfterSync", "walBeforeRename",
		"walAfterRename",
		"walBeforeWrite", "walBeforeSync", "walAfterSync", "walBeforeCompact"}
	if len(calls) != len(want) {
		t.Fatalf("called: %v", calls)
	}
	for i := range want {
		if calls[i] != "n1 "+want[i] {
			t.Errorf("call %d was %s, not %s", i, calls[i], want[i])
		}
	}
}
