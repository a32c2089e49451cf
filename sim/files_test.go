package sim

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ordeal/host"
)

// twin is a dumb picture of a disk: every state that a crash may leave, written down as it arises.
type twin struct {
	dir  map[string]*twinFile
	dirs []map[string]*twinFile // since the last sync of the directory, the oldest first
	// changes are what led from each of dirs to the next.
	changes []twinChange
}

// twinChange gives names to files; nil is no file.
type twinChange map[string]*twinFile

type twinFile struct {
	data   []byte
	states [][]byte // since the last sync
}

func newTwin() *twin {
	t := &twin{dir: map[string]*twinFile{}}
	t.syncDir()
	return t
}

func (t *twin) syncDir() { t.dirs, t.changes = []map[string]*twinFile{maps.Clone(t.dir)}, nil }

// change is a change of the directory.
func (t *twin) change(c twinChange) {
	for name, file := range c {
		if t.dir[name] = file; file == nil {
			delete(t.dir, name)
		}
	}
	t.changes = append(t.changes, c)
	t.dirs = append(t.dirs, maps.Clone(t.dir))
}

// reordered are the directories that a crash may leave if the disk has written the changes in an order of its own: of
// those of one name a beginning is there.
func (t *twin) reordered() (dirs []map[string]*twinFile) {
subsets:
	for mask := range 1 << len(t.changes) {
		dir, lost := maps.Clone(t.dirs[0]), map[string]bool{}
		for i, c := range t.changes {
			for name, file := range c {
				switch kept := mask>>i&1 == 1; {
				case !kept:
					lost[name] = true
				case lost[name]:
					continue subsets
				case file == nil:
					delete(dir, name)
				default:
					dir[name] = file
				}
			}
		}
		dirs = append(dirs, dir)
	}
	return dirs
}

func (t *twin) apply(s host.Step) {
	f := t.dir[s.Name]
	switch s.Kind {
	case host.StepAppend:
		if f == nil {
			f = &twinFile{states: [][]byte{nil}}
			t.change(twinChange{s.Name: f})
		}
		f.become(append(slices.Clone(f.data), s.Data...))
	case host.StepTruncate:
		f.become(slices.Clone(f.data[:s.Size]))
	case host.StepSync:
		f.states = [][]byte{f.data}
	case host.StepRename:
		t.change(twinChange{s.Name: nil, s.To: f})
	case host.StepRemove:
		t.change(twinChange{s.Name: nil})
	case host.StepSyncDir:
		t.syncDir()
	}
}

func (f *twinFile) become(data []byte) {
	f.data = data
	f.states = append(f.states, data)
}

// allows says whether a crash may leave this.
func (t *twin) allows(f *files) bool {
	return slices.ContainsFunc(append(t.reordered(), t.dirs...), func(dir map[string]*twinFile) bool {
		if len(dir) != len(f.names) {
			return false
		}
		for name, file := range dir {
			if f.names[name] == nil || !file.allows(f.names[name].data) {
				return false
			}
		}
		return true
	})
}

// scattered holds if got is the file as it was, but for sectors of what was appended since the last sync.
func (f *twinFile) scattered(got []byte) bool {
	if len(got) != len(f.data) {
		return false
	}
	for i, state := range f.states[1:] {
		if !bytes.HasPrefix(state, f.states[i]) {
			return false // it was cut in between
		}
	}
	for i, state := range f.states[1:] {
		for at := len(f.states[i]); at < len(state); at += sectorBytes {
			piece := got[at:min(at+sectorBytes, len(state))]
			if !bytes.Equal(piece, state[at:at+len(piece)]) && bytes.Count(piece, []byte{0}) != len(piece) {
				return false
			}
		}
	}
	return bytes.HasPrefix(got, f.states[0])
}

func (f *twinFile) allows(got []byte) bool {
	if f.scattered(got) {
		return true
	}
	for i, state := range f.states {
		if bytes.Equal(got, state) {
			return true
		}
		if i+1 == len(f.states) || len(f.states[i+1]) < len(got) || !bytes.HasPrefix(got, state) {
			continue
		}
		whole := max(len(state), (len(got)-1)/sectorBytes*sectorBytes) // before the sector that may be torn
		if bytes.Equal(got[:whole], f.states[i+1][:whole]) {
			return true
		}
	}
	return false
}

// randomStep draws a step that is legal in the twin's present state.
func randomStep(t *twin, s *stream, n int) host.Step {
	names := slices.Sorted(maps.Keys(t.dir))
	fresh := fmt.Sprintf("f%d", s.below(4))
	if len(names) == 0 || s.below(2) == 0 {
		return host.Append(fresh, bytes.Repeat([]byte{byte(n + 1)}, int(s.below(1500))))
	}
	name := names[s.below(uint64(len(names)))]
	switch s.below(6) {
	case 0:
		return host.Truncate(name, int64(s.below(uint64(len(t.dir[name].data)+1))))
	case 1:
		if fresh != name {
			return host.Rename(name, fresh)
		}
		return host.SyncDir()
	case 2:
		return host.Remove(name)
	case 3:
		return host.SyncDir()
	default:
		return host.Sync(name)
	}
}

// TestCrashLeavesOnlyWhatItMay runs random steps on a disk and its twin, crashes, and asks the twin. What was synced is
// in every state that the twin allows, so this holds too that nothing synced is ever lost.
func TestCrashLeavesOnlyWhatItMay(t *testing.T) {
	for seed := range uint64(3000) {
		s := newStream(seed, "steps")
		f := &files{names: map[string]*content{}}
		twin := newTwin()
		var steps []host.Step
		for i := range int(s.below(25)) {
			step := randomStep(twin, s, i)
			steps = append(steps, step)
			if err := applyAny(f, &step); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			twin.apply(step)
			for name, file := range twin.dir {
				if data, err := f.read(name); err != nil || !bytes.Equal(data, file.data) {
					t.Fatalf("seed %d: %s reads otherwise than written: %v", seed, name, err)
				}
			}
		}
		f.crash(newStream(seed, "crash"))
		if !twin.allows(f) {
			t.Fatalf("seed %d: after %d steps a crash left what it may not", seed, len(steps))
		}
		before := contents(f)
		f.crash(newStream(seed, "again"))
		if !maps.EqualFunc(before, contents(f), bytes.Equal) {
			t.Fatalf("seed %d: a second crash changed what the first left", seed)
		}
	}
}

func applyAny(f *files, s *host.Step) error {
	switch s.Kind {
	case host.StepSync:
		return f.sync(s.Name, false)
	case host.StepSyncDir:
		return f.syncDir(false)
	}
	return f.apply(s)
}

func contents(f *files) map[string][]byte {
	all := map[string][]byte{}
	for name, file := range f.names {
		all[name] = slices.Clone(file.data)
	}
	return all
}

// afterCrashes applies steps, crashes, and counts over many seeds what describe says of what is left.
func afterCrashes(t *testing.T, describe func(f *files) string, steps ...host.Step) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for seed := range uint64(400) {
		f := &files{names: map[string]*content{}}
		for i := range steps {
			must(t, applyAny(f, &steps[i]))
		}
		f.crash(newStream(seed, "crash"))
		counts[describe(f)]++
	}
	return counts
}

func expectKinds(t *testing.T, got map[string]int, want ...string) {
	t.Helper()
	kinds := slices.Sorted(maps.Keys(got))
	slices.Sort(want)
	if !slices.Equal(kinds, want) {
		t.Errorf("crashes left %v, want each of %q", got, want)
	}
}

func TestEveryFateOfAnAppendOccurs(t *testing.T) {
	written := bytes.Repeat([]byte{7}, 2000)
	describe := func(f *files) string {
		got := f.names["f"].data
		same := bytes.Count(got, []byte{7})
		switch {
		case len(got) == 0:
			return "nothing"
		case same == 2000:
			return "all"
		case same == len(got):
			return "a part"
		case bytes.Count(got, []byte{0}) == len(got)-same && len(got)-same > 1:
			return "zeros"
		}
		return "rubbish"
	}
	created := []host.Step{host.Append("f", nil), host.Sync("f"), host.SyncDir()}
	counts := afterCrashes(t, describe, append(created, host.Append("f", written))...)
	expectKinds(t, counts, "nothing", "all", "a part", "zeros", "rubbish")
	expectKinds(t, afterCrashes(t, describe, append(created, host.Append("f", written), host.Sync("f"))...), "all")
}

func names(f *files) string { return fmt.Sprint(f.list()) }

func TestNamesAreDurableOnlyByADirectorySync(t *testing.T) {
	made := []host.Step{host.Append("a", []byte("1")), host.Sync("a")}
	expectKinds(t, afterCrashes(t, names, made...), "[]", "[a]")
	expectKinds(t, afterCrashes(t, names, append(made, host.SyncDir())...), "[a]")
	changed := append(made, host.SyncDir(), host.Rename("a", "b"), host.Append("c", nil), host.Remove("b"))
	// Changes of other names need not wait for each other: c may be there and the renaming not.
	expectKinds(t, afterCrashes(t, names, changed...), "[a]", "[b]", "[b c]", "[c]", "[a c]", "[]")
	expectKinds(t, afterCrashes(t, names, append(changed, host.SyncDir())...), "[c]")
}

func TestRenameOverAFileLeavesOneOrTheOther(t *testing.T) {
	first := func(f *files) string { return fmt.Sprintf("%v %s", f.list(), f.names["f"].data) }
	steps := []host.Step{
		host.Append("f", []byte("old")), host.Append("tmp", []byte("new")), host.Sync("f"), host.Sync("tmp"), host.SyncDir(),
		host.Rename("tmp", "f"),
	}
	expectKinds(t, afterCrashes(t, first, steps...), "[f tmp] old", "[f] new")
	expectKinds(t, afterCrashes(t, first, append(steps, host.SyncDir())...), "[f] new")
}

func TestTruncateIsDurableOnlyByASync(t *testing.T) {
	data := func(f *files) string { return string(f.names["f"].data) }
	steps := []host.Step{host.Append("f", []byte("abcdef")), host.Sync("f"), host.SyncDir(), host.Truncate("f", 2)}
	expectKinds(t, afterCrashes(t, data, steps...), "abcdef", "ab")
	expectKinds(t, afterCrashes(t, data, append(steps, host.Sync("f"))...), "ab")
}

// TestFailedSyncStaysInDoubt is the trap that a retry falls into: the second sync succeeds and saves nothing.
func TestFailedSyncStaysInDoubt(t *testing.T) {
	counts := map[string]int{}
	for seed := range uint64(100) {
		f := &files{names: map[string]*content{}}
		f.append("f", []byte("one"))
		must(t, f.sync("f", false), f.syncDir(false))
		f.append("f", []byte("two"))
		if f.sync("f", true) == nil {
			t.Fatal("a sync that fails returned no error")
		}
		f.append("f", []byte("three"))
		must(t, f.sync("f", false))
		f.crash(newStream(seed, "crash"))
		counts[string(f.names["f"].data)]++
	}
	expectKinds(t, counts, "onetwothree", "one\x00\x00\x00three")
}

func TestDoubtEndsWhereTheFileIsCut(t *testing.T) {
	for seed := range uint64(50) {
		f := &files{names: map[string]*content{}}
		f.append("f", []byte("doubtful"))
		if f.sync("f", true) == nil {
			t.Fatal("a sync that fails returned no error")
		}
		must(t, f.truncate("f", 3))
		f.append("f", []byte("sound"))
		must(t, f.sync("f", false), f.syncDir(false))
		f.crash(newStream(seed, "crash"))
		if got := string(f.names["f"].data); got != "dousound" && got != "\x00\x00\x00sound" {
			t.Fatalf("left %q", got)
		}
	}
}

// TestALaterPieceMaySurviveAnEarlier holds that what is not durable has no order.
func TestALaterPieceMaySurviveAnEarlier(t *testing.T) {
	describe := func(f *files) string {
		return strings.NewReplacer("\x00\x00\x00", "-").Replace(string(f.names["f"].data))
	}
	counts := afterCrashes(t, describe, host.Append("f", []byte("old")), host.Sync("f"), host.SyncDir(),
		host.Append("f", []byte("one")), host.Append("f", []byte("two")))
	for _, want := range []string{"old", "oldone", "oldonetwo", "old-two", "oldone-"} {
		if counts[want] == 0 {
			t.Errorf("crashes left %v, and never %q", counts, want)
		}
	}
}
