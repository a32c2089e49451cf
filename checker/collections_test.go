package checker

import (
	"flag"
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

var roundsFlag = flag.Int("rounds", 0, "how many random histories of each kind are judged in several ways; 0 is a few")

// rounds is how many random histories a test judges.
func rounds() int {
	switch {
	case *roundsFlag > 0:
		return *roundsFlag
	case testing.Short():
		return 500
	}
	return 3000
}

func small(info int, make func(r *rand.Rand) twin) func(r *rand.Rand) history.History {
	return func(r *rand.Rand) history.History {
		return record(r, make(r), 3, 3+r.IntN(5), chances{info: info, fail: 3}, nil)
	}
}

func TestDifferentialKV(t *testing.T) {
	for _, tt := range []struct {
		name string
		info int
		twin kvTwin
	}{
		{"one key, get and put", 10, kvTwin{keys: 1, simple: true}},
		{"one key", 10, kvTwin{keys: 1, values: 3}},
		{"ranges", 10, kvTwin{keys: 3, values: 2, ranges: true}},
		{"ranges, all known", 0, kvTwin{keys: 2, values: 2, ranges: true, wholeOnly: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			draw := small(tt.info, func(*rand.Rand) twin { one := tt.twin; return &one })
			differ(t, model.KV(), fastKV, false, rounds(), draw)
		})
	}
}

func TestDifferentialSet(t *testing.T) {
	for _, tt := range []struct {
		name string
		info int
		twin setTwin
	}{
		{"each added once", 0, setTwin{reads: 25}},
		{"each added once, unknown", 15, setTwin{reads: 25}},
		{"reads", 15, setTwin{reads: 60}},
		{"removes", 15, setTwin{elements: 2, removes: true, reads: 20}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			draw := small(tt.info, func(*rand.Rand) twin { one := tt.twin; return &one })
			differ(t, model.Set(), fastSet, false, rounds(), draw)
		})
	}
}

func TestDifferentialCounter(t *testing.T) {
	for _, tt := range []struct {
		name string
		info int
		twin counterTwin
	}{
		{"ones", 0, counterTwin{amounts: []int64{1}}},
		{"ones, unknown", 15, counterTwin{amounts: []int64{1}}},
		{"down by two, with values", 15, counterTwin{amounts: []int64{-2}, gets: true}},
		{"ones and nothing", 15, counterTwin{amounts: []int64{1, 1, 0}, gets: true}},
		{"different amounts", 15, counterTwin{amounts: []int64{1, 2, -1, 5}, gets: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			draw := small(tt.info, func(*rand.Rand) twin { one := tt.twin; return &one })
			differ(t, model.Counter(), fastCounter, false, rounds(), draw)
		})
	}
}

func TestDifferentialLog(t *testing.T) {
	for _, tt := range []struct {
		name string
		info int
		twin logTwin
	}{
		{"offsets", 0, logTwin{told: 10, appends: 5}},
		{"offsets, unknown", 15, logTwin{told: 10, appends: 5}},
		{"some offsets", 15, logTwin{told: 5, appends: 4}},
		{"equal entries", 15, logTwin{told: 5, appends: 5, values: 2}},
		{"many appends", 30, logTwin{told: 9, appends: 8}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			draw := small(tt.info, func(*rand.Rand) twin { one := tt.twin; return &one })
			differ(t, model.Log(), fastLog, false, rounds(), draw)
		})
	}
}

// TestPartsAreExact judges stores and sets part by part, and as one object.
func TestPartsAreExact(t *testing.T) {
	draw := small(10, func(r *rand.Rand) twin { return &kvTwin{keys: 4, values: 2, ranges: true} })
	whole := Linearizable(model.KV(), Budget{})
	compare(t, "kv", draw, KV(Budget{}), whole)
	draw = small(10, func(r *rand.Rand) twin { return &setTwin{elements: 3, removes: true, reads: 10 * r.IntN(2)} })
	compare(t, "set", draw, Set(Budget{}), Linearizable(model.Set(), Budget{}))
}

// TestElementsAreLookedAt holds the look at all elements at once against the search.
func TestElementsAreLookedAt(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	search := Linearizable(model.Set(), Budget{})
	var right, wrong int
	for range rounds() {
		h := record(r, &setTwin{elements: 3 * r.Int64N(2)}, 3, 3+r.IntN(5), chances{info: 10, fail: 3}, nil)
		for range 6 * r.IntN(3) {
			h = corrupt(r, h)
		}
		ops, err := h.Pair()
		if err != nil || len(ops) == 0 {
			continue
		}
		v := search.Check(h)
		switch _, elements, ok := looked(ops); {
		case ok && (v.Outcome != Valid || elements == 0):
			t.Fatalf("%d elements are right, and the search says %s:\n%s", elements, v.Outcome, lines(ops))
		case ok:
			right++
		case v.Outcome == Invalid:
			wrong++
		}
	}
	if right < rounds()/4 || wrong < rounds()/50 {
		t.Errorf("%d right and %d wrong: that tries too little", right, wrong)
	}
}

func compare(t *testing.T, name string, draw func(r *rand.Rand) history.History, a, b Checker) {
	r := rand.New(rand.NewPCG(3, 4))
	var count [3]int
	divided := 0
	for range rounds() {
		h := draw(r)
		for range 6 * r.IntN(3) {
			h = corrupt(r, h)
		}
		va, vb := a.Check(h), b.Check(h)
		if _, _, broken := va.Mismatched(); broken {
			continue
		}
		if va.Outcome != vb.Outcome {
			t.Fatalf("%s: %s part by part, %s as one: %s %s", name, va.Outcome, vb.Outcome, va.Reason, vb.Reason)
		}
		count[va.Outcome]++
		if va.Measures[0].Value > vb.Measures[0].Value {
			divided++
		}
	}
	if count[Valid] < rounds()/20 || count[Invalid] < rounds()/50 || divided < rounds()/10 {
		t.Errorf("%s: %d valid, %d invalid, %d of several parts: that tries too little",
			name, count[Valid], count[Invalid], divided)
	}
}
