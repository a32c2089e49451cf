package sim

import (
	"bytes"
	"testing"

	"ordeal/host"
)

// TestSyncedIsTheLeastThatAPowerLossLeaves: of a disk only what a sync has made durable, whatever else it shows.
func TestSyncedIsTheLeastThatAPowerLossLeaves(t *testing.T) {
	f := files{names: map[string]*content{}}
	step := func(s host.Step) {
		t.Helper()
		if err := f.apply(&s); err != nil {
			t.Fatal(err)
		}
	}
	sync := func(name string, fails bool) {
		t.Helper()
		if err := f.sync(name, fails); (err != nil) != fails {
			t.Fatal(err)
		}
	}
	step(host.Append("log", []byte("durable")))
	sync("log", false)
	if err := f.syncDir(false); err != nil {
		t.Fatal(err)
	}
	step(host.Append("log", []byte(" and not")))
	step(host.Truncate("log", 3))
	step(host.Append("new", []byte("x")))
	sync("new", false)
	want := func(files map[string]string) {
		t.Helper()
		got := f.synced()
		if len(got) != len(files) {
			t.Errorf("%d files: %q", len(got), got)
		}
		for name, data := range files {
			if !bytes.Equal(got[name], []byte(data)) {
				t.Errorf("%s holds %q, and not %q", name, got[name], data)
			}
		}
	}
	want(map[string]string{"log": "durable"})
	sync("log", false)
	step(host.Rename("log", "old"))
	want(map[string]string{"log": "dur"})
	if err := f.syncDir(false); err != nil {
		t.Fatal(err)
	}
	want(map[string]string{"old": "dur", "new": "x"})
	step(host.Append("new", []byte("yz")))
	sync("new", true)
	sync("new", false) // it says so, and what the failed one left is in doubt for good
	want(map[string]string{"old": "dur", "new": "x\x00\x00"})
	if shown, err := f.read("new"); err != nil || string(shown) != "xyz" {
		t.Errorf("looking changed the disk: %q, %v", shown, err)
	}
}
