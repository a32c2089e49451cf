package sim

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"ordeal/host"
)

// replayed are files after steps.
func replayed(t *testing.T, steps ...host.Step) *files {
	t.Helper()
	f := &files{names: map[string]*content{}}
	for i := range steps {
		must(t, applyAny(f, &steps[i]))
	}
	return f
}

// left are the contents of files in each state that a crash may leave after steps, and how many are left out.
func left(t *testing.T, steps ...host.Step) (all []map[string][]byte, more int) {
	t.Helper()
	before := replayed(t, steps...)
	states, more := before.states()
	for i := range states {
		f := before.after(make([]bool, len(before.dir))) // leave looks at nothing but the names and changes
		f.dir = before.dir
		f.leave(&states[i])
		all = append(all, contents(&f))
	}
	return all, more
}

func sameFiles(a, b map[string][]byte) bool { return maps.EqualFunc(a, b, bytes.Equal) }

// fewSteps draws steps whose appends have so many bytes at most.
func fewSteps(seed uint64, most int) (steps []host.Step, picture *twin) {
	s, picture := newStream(seed, "steps"), newTwin()
	for i := range 1 + int(s.below(9)) {
		step := randomStep(picture, s, i)
		step.Data = step.Data[:min(len(step.Data), most)]
		picture.apply(step)
		steps = append(steps, step)
	}
	return steps, picture
}

// TestEveryStateIsOneThatACrashMayLeave: the list has each state once, none that a crash may not leave, and begins with
// what is durable.
func TestEveryStateIsOneThatACrashMayLeave(t *testing.T) {
	most := 0
	for seed := range uint64(150) {
		steps, picture := fewSteps(seed, 1500)
		durable := replayed(t, steps...).synced()
		all, _ := left(t, steps...)
		most = max(most, len(all))
		for i, state := range all {
			f := &files{names: map[string]*content{}}
			for name, data := range state {
				f.names[name] = &content{data: data}
			}
			if !picture.allows(f) {
				t.Fatalf("seed %d: a crash may not leave state %d of %d", seed, i, len(all))
			}
			if i < 100 && slices.ContainsFunc(all[:i], func(other map[string][]byte) bool { return sameFiles(other, state) }) {
				t.Fatalf("seed %d: state %d of %d stands twice", seed, i, len(all))
			}
		}
		if !sameFiles(all[0], durable) {
			t.Fatalf("seed %d: the first state is not what is durable", seed)
		}
	}
	if most < 50 {
		t.Errorf("never more than %d states", most)
	}
}

// TestNoCrashLeavesAnotherState: what chance leaves of writes of one byte is in the list.
func TestNoCrashLeavesAnotherState(t *testing.T) {
	seen := 0
	for seed := range uint64(400) {
		steps, _ := fewSteps(seed, 1)
		all, more := left(t, steps...)
		if more > 0 {
			continue
		}
		seen++
		for again := range uint64(20) {
			f := replayed(t, steps...)
			f.crash(newStream(seed<<8+again, "crash"))
			if got := contents(f); !slices.ContainsFunc(all, func(state map[string][]byte) bool { return alike(state, got) }) {
				t.Fatalf("seed %d: after %v chance left %v, which is not listed", seed, steps, got)
			}
		}
	}
	if seen < 300 {
		t.Errorf("only %d lists were whole", seen)
	}
}

// alike holds if files are the same but for what is rubbish.
func alike(state, got map[string][]byte) bool {
	return maps.EqualFunc(state, got, func(a, b []byte) bool {
		if len(a) != len(b) {
			return false
		}
		rubbish := slices.Clone(a)
		spoilt(rubbish, 0)
		for i := range a {
			if a[i] != b[i] && a[i] != rubbish[i] {
				return false
			}
		}
		return true
	})
}

func TestStatesOfOneAppend(t *testing.T) {
	old := []host.Step{host.Append("f", []byte("old")), host.Sync("f"), host.SyncDir()}
	all, more := left(t, append(old, host.Append("f", []byte("abcdef")))...)
	rubbish := []byte("oldabcdef")
	spoilt(rubbish, 3)
	want := []string{"old", "olda", "oldabc", "old\x00\x00\x00\x00\x00\x00", string(rubbish), "oldabcde", "oldabcdef"}
	var got []string
	for _, state := range all {
		got = append(got, string(state["f"]))
	}
	if more != 0 || !slices.Equal(got, want) {
		t.Errorf("%d more than %q, want %q", more, got, want)
	}
}

// TestManyStatesAreCutOff: of too many there is a part, and the number of the others.
func TestManyStatesAreCutOff(t *testing.T) {
	var steps []host.Step
	for _, name := range []string{"a", "b", "c"} {
		steps = append(steps, host.Append(name, bytes.Repeat([]byte{1}, 2000)), host.Append(name, bytes.Repeat([]byte{2},
			6000)))
	}
	states, more := replayed(t, steps...).states()
	if len(states) < 100 || len(states) > statesMax || more < len(states) {
		t.Errorf("%d states, and %d more", len(states), more)
	}
}

// TestFailedSyncsAreInTheList: a piece that a failed sync left in doubt is there or not, whatever comes after.
func TestFailedSyncsAreInTheList(t *testing.T) {
	f := replayed(t, host.Append("f", []byte("one")), host.Sync("f"), host.SyncDir(), host.Append("f", []byte("two")))
	if f.sync("f", true) == nil {
		t.Fatal("a sync that fails returned no error")
	}
	must(t, f.sync("f", false))
	states, more := f.states()
	if len(states) != 2 || more != 0 {
		t.Errorf("%d states and %d more", len(states), more)
	}
}
