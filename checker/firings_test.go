package checker

import (
	"testing"
	"time"

	"ordeal/history"
	"ordeal/model/recipes"
)

// TestAResumeMayTakeEffectTwice: a resume whose first attempt lost its answer shows the transaction of the second. What
// was claimed in between is right if the resume had begun, and only then.
func TestAResumeMayTakeEffectTwice(t *testing.T) {
	for name, c := range map[string]struct {
		claimed int // between which events: 1 before the resume began, 2 behind, 3 when the job was paused again
		want    Outcome
	}{
		"before it began": {1, Invalid}, "while it was under way": {2, Valid}, "when it was paused again": {3, Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			var now time.Duration
			rec := history.NewRecorder(func() time.Duration { now += time.Millisecond; return now })
			do := func(process int, f string, argument, result any) {
				rec.Invoke(process, f, "", argument)
				rec.OK(process, f, "", result)
			}
			zxid := int64(2)
			change := func() []any { zxid++; return []any{"a", int64(1), zxid} }
			claim := func(at int) {
				if at == c.claimed {
					zxid++
					firing := []any{"a", int64(1), int64(7), int64(1)}
					do(1, "claim", "s1", []any{"s1", firing, int64(1), zxid, int64(7)})
				}
			}
			do(0, "define", []any{"a", "hand", int64(0), "", "all", int64(1), int64(0), "allow", int64(9), int64(0)},
				[]any{"a", int64(1), int64(1), int64(5)})
			do(0, "pause", "a", change())
			claim(1)
			rec.Invoke(0, "resume", "", "a")
			claim(2)
			rec.OK(0, "resume", "", change())
			do(0, "pause", "a", change())
			claim(3)
			ops, err := rec.Ops().Pair()
			if err != nil {
				t.Fatal(err)
			}
			if v := Firings().CheckOperations(ops); v.Outcome != c.want {
				t.Errorf("the judge says %s, %s; want %s", v.Outcome, v.Reason, c.want)
			}
			parts, err := recipes.Schedule().OrDefault().Parts(ops)
			if err != nil {
				t.Fatal(err)
			}
			if got := newSearch(recipes.Schedule().OrDefault(), Budget{}).decide(parts[0]); got.outcome != c.want {
				t.Errorf("a search through all orders says %s; want %s", got.outcome, c.want)
			}
		})
	}
}

// TestAJobThatWasPerhapsRemovedIsAddedAgain: long after the answer to its removal was lost.
func TestAJobThatWasPerhapsRemovedIsAddedAgain(t *testing.T) {
	var now time.Duration
	rec := history.NewRecorder(func() time.Duration { now += time.Millisecond; return now })
	job := []any{"a", "hand", int64(0), "", "all", int64(1), int64(0), "allow", int64(9), int64(0)}
	rec.Invoke(0, "define", "", job)
	rec.OK(0, "define", "", []any{"a", int64(1), int64(1), int64(5)})
	rec.Invoke(0, "drop", "", "a")
	rec.Info(0, "drop", "", "a", "lost")
	rec.Invoke(1, "define", "", job)
	rec.OK(1, "define", "", []any{"a", int64(2), int64(4), int64(9)})
	if v := Firings().Check(rec.Ops()); v.Outcome != Valid {
		t.Errorf("the judge says %s, %s", v.Outcome, v.Reason)
	}
}

// TestWhatEndedWellIsNotClaimedAgain: an end that is unknown may have come about, and then a firing that went well is
// over; it is not free for others, whatever became of it.
func TestWhatEndedWellIsNotClaimedAgain(t *testing.T) {
	for well, want := range map[bool]Outcome{true: Invalid, false: Valid} {
		var now time.Duration
		rec := history.NewRecorder(func() time.Duration { now += time.Millisecond; return now })
		firing := []any{"a", int64(1), int64(7), int64(1)}
		rec.Invoke(0, "define", "", []any{"a", "hand", int64(0), "", "all", int64(1), int64(0), "allow", int64(9), int64(0)})
		rec.OK(0, "define", "", []any{"a", int64(1), int64(1), int64(5)})
		rec.Invoke(1, "claim", "", "s1")
		rec.OK(1, "claim", "", []any{"s1", firing, int64(1), int64(2), int64(7)})
		rec.Invoke(1, "finish", "", []any{"s1", firing, int64(2), well})
		rec.Invoke(2, "claim", "", "s2")
		rec.OK(2, "claim", "", []any{"s2", firing, int64(2), int64(4), int64(7)})
		rec.Info(1, "finish", "", []any{"s1", firing, int64(2), well}, "lost")
		ops, err := rec.Ops().Pair()
		if err != nil {
			t.Fatal(err)
		}
		if v := Firings().CheckOperations(ops); v.Outcome != want {
			t.Errorf("it went well: %v; the judge says %s, %s; want %s", well, v.Outcome, v.Reason, want)
		}
		parts, err := recipes.Schedule().OrDefault().Parts(ops)
		if err != nil {
			t.Fatal(err)
		}
		if got := newSearch(recipes.Schedule().OrDefault(), Budget{}).decide(parts[0]); got.outcome != want {
			t.Errorf("it went well: %v; a search through all orders says %s; want %s", well, got.outcome, want)
		}
	}
}
