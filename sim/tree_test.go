package sim_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"ordeal/host"
	"ordeal/sim"
)

// write writes over a file, which is made if there is none.
func write(t *testing.T, tree host.Tree, path, text string, at int64) host.Node {
	t.Helper()
	n, err := tree.Open(path, host.Opening{Create: true})
	if err == nil {
		_, err = n.WriteAt([]byte(text), at)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// sync makes a file or directory durable.
func (k *kernels) sync(t *testing.T, path string) {
	t.Helper()
	n, err := k.list["n1"].Tree().Open(path, host.Opening{})
	if err != nil {
		t.Fatal(err)
	}
	done := false
	n.Sync(func(err error) {
		if done = true; err != nil {
			t.Error(err)
		}
	})
	k.Wait("a sync", func() bool { return done })
}

// dump is what is on the disk of n1.
func (k *kernels) dump(t *testing.T) string {
	t.Helper()
	files, err := k.w.Files("n1")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, name := range []string{"a", "b", "d/a", "d/b", "e/a"} {
		if text, ok := files[name]; ok {
			all = append(all, name+"="+string(text))
		}
		delete(files, name)
	}
	for name := range files {
		t.Errorf("there is a file %s", name)
	}
	return strings.Join(all, " ")
}

// left is what a crash leaves of what happens on a disk, by how often it does so: in many worlds, and in each state
// that is listed for one.
func left(t *testing.T, happens func(t *testing.T, k *kernels, tree host.Tree)) (chance, listed map[string]int) {
	t.Helper()
	chance, listed = map[string]int{}, map[string]int{}
	crash := func(k *kernels, into map[string]int) {
		k.Crash("n1")
		into[k.dump(t)]++
		k.boot("n1")
	}
	for seed := range uint64(200) {
		k := newKernels(t, seed)
		happens(t, k, k.list["n1"].Tree())
		crash(k, chance)
	}
	for state, states := 0, 1; state < states; state++ {
		k := newKernels(t, 0)
		happens(t, k, k.list["n1"].Tree())
		n, more, err := k.w.DiskStates("n1")
		if _, leave := k.w.LeaveDisk("n1", state); err != nil || leave != nil || more > 0 {
			t.Fatalf("%v, %v, %d states are not listed", err, leave, more)
		}
		states = n
		crash(k, listed)
	}
	return chance, listed
}

// crashes are what happens on a disk, and all that a crash may leave of it.
var crashes = map[string]struct {
	happens func(t *testing.T, k *kernels, tree host.Tree)
	want    []string
}{
	"all synced": {func(t *testing.T, k *kernels, tree host.Tree) {
		_ = tree.Mkdir("d")
		write(t, tree, "d/a", "x", 0)
		k.sync(t, "d/a")
		k.sync(t, "d")
		k.sync(t, "")
	}, []string{"d/a=x"}},
	"the file is synced, and not its name": {func(t *testing.T, k *kernels, tree host.Tree) {
		write(t, tree, "a", "x", 0)
		k.sync(t, "a")
	}, []string{"", "a=x"}},
	"the directory is synced, and not its own name": {func(t *testing.T, k *kernels, tree host.Tree) {
		_ = tree.Mkdir("d")
		write(t, tree, "d/a", "x", 0)
		k.sync(t, "d/a")
		k.sync(t, "d")
	}, []string{"", "d/a=x"}},
	"a rename over another": {func(t *testing.T, k *kernels, tree host.Tree) {
		write(t, tree, "a", "x", 0)
		write(t, tree, "b", "y", 0)
		k.sync(t, "a")
		k.sync(t, "b")
		k.sync(t, "")
		_ = tree.Rename("a", "b")
	}, []string{"a=x b=y", "b=x"}},
	"a rename between directories, of which one is synced": {func(t *testing.T, k *kernels, tree host.Tree) {
		_, _ = tree.Mkdir("d"), tree.Mkdir("e")
		write(t, tree, "d/a", "x", 0)
		k.sync(t, "d/a")
		k.sync(t, "d")
		k.sync(t, "")
		_ = tree.Rename("d/a", "e/a")
		k.sync(t, "e")
	}, []string{"e/a=x"}},
	"a directory moves with what is in it": {func(t *testing.T, k *kernels, tree host.Tree) {
		_ = tree.Mkdir("d")
		write(t, tree, "d/a", "x", 0)
		k.sync(t, "d/a")
		k.sync(t, "d")
		k.sync(t, "")
		_ = tree.Rename("d", "e")
	}, []string{"d/a=x", "e/a=x"}},
	"a write over what was there": {func(t *testing.T, k *kernels, tree host.Tree) {
		write(t, tree, "a", "0123", 0)
		k.sync(t, "a")
		k.sync(t, "")
		write(t, tree, "a", "ab", 1)
	}, []string{"a=0123", "a=0a23", "a=0ab3"}},
	"what is written while a sync is under way": {func(t *testing.T, k *kernels, tree host.Tree) {
		n := write(t, tree, "a", "old", 0)
		k.sync(t, "")
		done := false
		n.Sync(func(error) { done = true })
		write(t, tree, "a", "N", 0)
		k.Wait("the sync", func() bool { return done })
	}, []string{"a=Nld", "a=old"}},
	"cut": {func(t *testing.T, k *kernels, tree host.Tree) {
		n := write(t, tree, "a", "old", 0)
		k.sync(t, "a")
		k.sync(t, "")
		_ = n.Truncate(1)
	}, []string{"a=o", "a=old"}},
}

// TestCrashesOfTrees: a crash leaves what it may leave, and each of it at times.
func TestCrashesOfTrees(t *testing.T) {
	for name, c := range crashes {
		t.Run(name, func(t *testing.T) {
			chance, listed := left(t, c.happens)
			for _, seen := range []map[string]int{chance, listed} {
				for _, want := range c.want {
					if seen[want] == 0 {
						t.Errorf("%q is never left, but %v", want, seen)
					}
				}
				if len(seen) != len(c.want) {
					t.Errorf("left are %v, and not %q", seen, c.want)
				}
			}
		})
	}
}

// TestSectorsThatAreWrittenOver: of sectors that are written over, a crash leaves any, each whole or torn.
func TestSectorsThatAreWrittenOver(t *testing.T) {
	const sector = 512
	old, over := strings.Repeat("o", 2*sector), strings.Repeat("N", 2*sector)
	chance, listed := left(t, func(t *testing.T, k *kernels, tree host.Tree) {
		write(t, tree, "a", old, 0)
		k.sync(t, "a")
		k.sync(t, "")
		write(t, tree, "a", over, 0)
	})
	for _, want := range []string{old, over, over[:sector] + old[:sector], old[:sector] + over[:sector]} {
		if listed["a="+want] == 0 || chance["a="+want] == 0 {
			t.Errorf("%.1s…%.1s is never left: %d states", want, want[sector:], len(listed))
		}
	}
	if len(chance) < 10 {
		t.Errorf("chance leaves only %d states", len(chance))
	}
}

// TestFaultsOfTrees: a full disk, one that can't be read, and syncs that fail.
func TestFaultsOfTrees(t *testing.T) {
	k := newKernels(t, 3)
	tree := k.list["n1"].Tree()
	n := write(t, tree, "a", "0123", 0)
	k.sync(t, "")
	fault := func(f sim.DiskFault) {
		if err := k.w.SetDisk("n1", f); err != nil {
			t.Fatal(err)
		}
	}
	fault(sim.DiskFault{Full: true})
	if wrote, err := n.WriteAt([]byte("abcdef"), 2); wrote < 2 || wrote > 5 || !errors.Is(err, host.ErrFull) {
		t.Errorf("%d bytes were written: %v", wrote, err)
	}
	if wrote, err := n.WriteAt([]byte("ab"), 1); wrote != 2 || err != nil {
		t.Errorf("over what is there %d bytes were written: %v", wrote, err)
	}
	if err := tree.Mkdir("d"); !errors.Is(err, host.ErrFull) {
		t.Errorf("a directory on a full disk: %v", err)
	}
	fault(sim.DiskFault{FailRead: true})
	if _, err := n.ReadAt(make([]byte, 1), 0); !errors.Is(err, host.ErrDisk) {
		t.Errorf("reading: %v", err)
	}
	fault(sim.DiskFault{FailSyncPPM: 1_000_000})
	var failed error
	n.Sync(func(err error) { failed = err })
	k.Wait("the sync", func() bool { return failed != nil })
	if !errors.Is(failed, host.ErrDisk) {
		t.Error(failed)
	}
	fault(sim.DiskFault{})
	k.sync(t, "a") // succeeds, and makes nothing durable of what the one before left
	states, _, err := k.w.DiskStates("n1")
	if states < 2 || err != nil {
		t.Errorf("a disk with a failed sync has %d states: %v", states, err)
	}
}

// TestRottenTrees: damage shows where a tree is read, until it is repaired or written over.
func TestRottenTrees(t *testing.T) {
	k := newKernels(t, 3)
	tree := k.list["n1"].Tree()
	n := write(t, tree, "a", strings.Repeat("x", 100), 0)
	k.sync(t, "a")
	write(t, tree, "a", "y", 100)
	k.sync(t, "a")
	read := func() string {
		b := make([]byte, 200)
		got, _ := n.ReadAt(b, 0)
		return string(b[:got])
	}
	right := read()
	if what, err := k.w.Damage("n1", sim.BitRot, false); what == "" || err != nil || read() == right {
		t.Errorf("%q was damaged: %v", what, err)
	}
	write(t, tree, "a", right, 0)
	if read() != right || k.w.Damaged("n1") {
		t.Error("what was written over is still wrong")
	}
}

// TestOldTrees: a disk that goes back has its directories again, and one that is wiped nothing.
func TestOldTrees(t *testing.T) {
	k := newKernels(t, 3)
	tree := k.list["n1"].Tree()
	_ = tree.Mkdir("d")
	write(t, tree, "d/a", "old", 0)
	if err := k.w.Remember("n1"); err != nil {
		t.Fatal(err)
	}
	write(t, tree, "d/a", "new", 0)
	write(t, tree, "b", "new", 0)
	k.Crash("n1")
	if err := k.w.GoBack("n1"); err != nil || k.dump(t) != "d/a=old" {
		t.Errorf("back is %q: %v", k.dump(t), err)
	}
	k.boot("n1")
	if _, err := k.list["n1"].Tree().Stat("d"); err != nil {
		t.Error(err)
	}
	k.Crash("n1")
	if err := k.w.Wipe("n1"); err != nil || k.dump(t) != "" {
		t.Errorf("left is %q: %v", k.dump(t), err)
	}
}

// TestTreesAreInTheTrace: what is written, and where, shows in the trace hash at once.
func TestTreesAreInTheTrace(t *testing.T) {
	seen := map[uint64]string{}
	for i, text := range []string{"a", "b"} {
		for at := range int64(2) {
			for _, path := range []string{"a", "b"} {
				k := newKernels(t, 3)
				write(t, k.list["n1"].Tree(), path, text, at)
				how := fmt.Sprint(i, at, path)
				if other := seen[k.w.TraceHash()]; other != "" {
					t.Errorf("%s and %s have one hash", how, other)
				}
				seen[k.w.TraceHash()] = how
			}
		}
	}
}
