package scenario

import (
	"strings"
	"testing"
	"time"
)

// TestAFileReadsBack: every form of a step, and the comment above as what it is for.
func TestAFileReadsBack(t *testing.T) {
	list, err := Parse("file", []byte(`# A heading that belongs to nothing.

# What comes back
# is new.
one: boot A, receives A within 5s, no appends leader for 1s,
	power-loss follower B within 200 events   # not this
two: down
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"one: boot A, receives A within 5s, no appends leader for 1s, power-loss follower B within 200 events", "two: down",
	}
	if len(list) != len(want) || list[0].String() != want[0] || list[1].String() != want[1] {
		t.Fatalf("%v", list)
	}
	if list[0].What != "What comes back is new." || list[1].What != "" {
		t.Errorf("%q and %q", list[0].What, list[1].What)
	}
	p := list[0].Pattern
	if again, err := FromWord(p.Word()); err != nil || again.String() != p.String() {
		t.Errorf("%s: %v, %v", p.Word(), again, err)
	}
	if _, ok := Named(list, "two"); !ok {
		t.Error("two is not found")
	}
	if err := p.Check(func(deed string) bool { return deed != "appends" }); err == nil ||
		err.Error() != `the deed "appends" is not known` {
		t.Error(err)
	}
}

// TestErrorsSayWhere: each with line and column, and what would be right.
func TestErrorsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		"Boot: down":                       `f:1:1: "Boot" is no name`,
		"one down":                         "f:1:5: behind the name must be a colon",
		"one:":                             "f:1:5: here must be a deed",
		"one: down E":                      `f:1:11: "E" is one server too many`,
		"one: down A B":                    `f:1:13: "B" is too much`,
		"one: down A within 2s":            "f:1:6: the first step has none before it",
		"one: no down A for 2s":            "f:1:6: the first step has none before it",
		"one: down, no boot A":             "f:1:21: what is not done, is not done for some time",
		"one: down, boot within":           "f:1:23: here must be a time, such as 2s, and not \"\"",
		"one: down, boot within 20":        "f:1:26: behind a number must be events",
		"one: down, boot within -2s":       "f:1:24: here must be a time",
		"# x\n\none: down\none: boot":      "f:4:1: there is a scenario one already",
		"one: down,\n\n":                   "f:1:11: here must be another step",
		"one: down, within A":              `f:1:12: "within" has a meaning of its own here`,
		"one: down\n  two: down, boot for": `f:2:19: "for" is too much`,
	} {
		if _, err := Parse("f", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, and not %s", text, err, want)
		}
	}
}

// stage is a clock and a tracker of one pattern.
type stage struct {
	t      *testing.T
	now    time.Duration
	events uint64
	leader string
	timers []func()
	*Tracker
}

func newStage(t *testing.T) *stage {
	s := &stage{t: t}
	s.Tracker = NewTracker(func() time.Duration { return s.now }, func() uint64 { return s.events },
		func(server string) bool { return server == s.leader },
		func(_ time.Duration, f func()) { s.timers = append(s.timers, f) })
	return s
}

// play lets deeds happen: "100 n1 boot" is one of n1's after 100 ms, and "3 - " lets time pass alone.
func (s *stage) play(script string) {
	for line := range strings.SplitSeq(script, ";") {
		words := strings.Fields(line)
		ms, err := time.ParseDuration(words[0] + "ms")
		if err != nil {
			s.t.Fatal(err)
		}
		s.now += ms
		s.events += uint64(ms / time.Millisecond)
		if len(words) > 2 {
			s.Did(words[1], words[2])
		}
	}
}

// TestWhatLinesUp: patterns, deeds that make them and deeds that do not, and how far these get.
func TestWhatLinesUp(t *testing.T) {
	for _, tt := range []struct {
		pattern, script string
		times, reached  int
	}{
		{"boot A, sends A within 1s", "0 n1 boot; 900 n1 sends", 1, 2},
		{"boot A, sends A within 1s", "0 n1 boot; 1001 n1 sends", 0, 1},
		{"boot A, sends A within 1s", "0 n1 boot; 10 n2 sends", 0, 1},
		{"boot A, sends A within 1s", "0 n1 sends; 10 n1 boot", 0, 1},
		{"boot A, sends A within 1s", "0 n1 boot; 600 n1 boot; 600 n1 sends", 1, 2},
		{"boot A, sends A within 1s", "0 n1 boot; 1 n1 sends; 1 n1 boot; 1 n1 sends", 2, 2},
		{"boot A, boot B", "0 n1 boot; 1 n1 boot", 0, 1},
		{"boot A, boot B", "0 n1 boot; 1 n2 boot", 1, 2},
		{"boot, boot", "0 n1 boot; 1 n1 boot", 1, 2},
		{"boot A, sends A within 20 events", "0 n1 boot; 20 n1 sends", 1, 2},
		{"boot A, sends A within 20 events", "0 n1 boot; 21 n1 sends", 0, 1},
		{"boot leader A, sends A", "0 n2 boot; 1 n2 sends", 0, 0},
		{"boot leader A, sends A", "0 n1 boot; 1 n1 sends", 1, 2},
		{"boot follower A, sends A", "0 n1 boot; 0 n2 boot; 1 n2 sends", 1, 2},
		{"boot A, no sends for 1s, down A within 1s", "0 n1 boot; 1500 n1 down", 1, 3},
		{"boot A, no sends for 1s, down A within 1s", "0 n1 boot; 500 n2 sends; 1000 n1 down", 0, 1},
		{"boot A, no sends A for 1s, down A within 1s", "0 n1 boot; 500 n2 sends; 1000 n1 down", 1, 3},
		{"boot A, no sends for 1s, down A within 1s", "0 n1 boot; 500 n1 down; 1600 n1 down", 0, 2},
		{"boot A, no sends for 1s, down A within 1s", "0 n1 boot; 999 n1 down", 0, 1},
		{"boot A, no sends for 1s", "0 n1 boot; 1000 -", 1, 2},
		{"boot A, no sends for 1s", "0 n1 boot; 999 -", 0, 1},
		{"boot A, sends B, down A within 1s", "0 n1 boot; 0 n2 boot; 1 n2 sends; 1 n2 down", 0, 2},
		{"boot A, sends B, down A within 1s", "0 n1 boot; 0 n2 boot; 1 n2 sends; 1 n1 down", 1, 3},
	} {
		p, err := parsePattern("p", tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t)
		s.leader = "n1"
		w := s.Follow(p, nil)
		s.play(tt.script)
		s.End(w)
		if w.Times != tt.times || w.Reached != tt.reached {
			t.Errorf("%s after %s: %d times, %d steps; and not %d and %d", tt.pattern, tt.script, w.Times, w.Reached, tt.times,
				tt.reached)
		}
	}
}

// TestWhoWaitsIsToldWho: also when something only had to stay away, and not once it is left.
func TestWhoWaitsIsToldWho(t *testing.T) {
	s := newStage(t)
	p, err := FromWord("boot_A,sends_B,no_down_A_for_1s")
	if err != nil {
		t.Fatal(err)
	}
	var told []Servers
	w := s.Follow(p, func(who Servers) { told = append(told, who) })
	s.play("0 n1 boot; 5 n2 sends; 1000 -")
	for _, f := range s.timers {
		f()
	}
	if len(told) != 1 || told[0].Of('A') != "n1" || told[0].Of('B') != "n2" || told[0].Of('C') != "" {
		t.Fatalf("%v", told)
	}
	s.Leave(w)
	s.play("0 n1 boot; 5 n2 sends; 1000 n1 boot")
	if len(told) != 1 {
		t.Errorf("it was told again: %v", told)
	}
}

// TestManyBeginningsAreBounded: what never goes on is given up in the end.
func TestManyBeginningsAreBounded(t *testing.T) {
	s := newStage(t)
	p, err := parsePattern("p", "boot A, sends B, down C, down D")
	if err != nil {
		t.Fatal(err)
	}
	w := s.Follow(p, nil)
	for _, a := range "abcdefghi" {
		s.Did(string(a), "boot")
		for _, b := range "abcdefghi" {
			s.Did(string(b), "sends")
		}
	}
	if len(w.partial) > partialsMax {
		t.Errorf("%d beginnings", len(w.partial))
	}
}

func FuzzParse(f *testing.F) {
	f.Add("one: boot A, receives A within 5s, no appends leader for 1s, power-loss follower B within 200 events")
	f.Add("# what\nx: down,\n boot")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Parse("f", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f:") {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		for _, s := range list {
			again, err := Parse("f", []byte(s.String()))
			if err != nil || len(again) != 1 || again[0].String() != s.String() {
				t.Fatalf("%q: %v, %v", s, again, err)
			}
			if p, err := FromWord(s.Pattern.Word()); err != nil || p.String() != s.Pattern.String() {
				t.Fatalf("%q: %v, %v", s.Pattern.Word(), p, err)
			}
		}
	})
}
