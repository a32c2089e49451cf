package checker

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ordeal/history"
)

// manyKeys records 10 clients that use keys one after the other, about 100 operations each, as a trial does.
func manyKeys(r *rand.Rand, keys int, c chances, draw func(r *rand.Rand) (twin, func(*history.Recorder))) history.History {
	now := time.Duration(0)
	rec := history.NewRecorder(func() time.Duration { now += 10; return now })
	for k := range keys {
		t, outside := draw(r)
		h := record(r, t, 10, 100, c, outside)
		for _, op := range h {
			if op.Process >= 0 {
				op.Process += 10000 * k
			}
			op.Key = "k" + string(rune('a'+k/26)) + string(rune('a'+k%26))
			rec.Record(op)
		}
	}
	return rec.Ops()
}

// BenchmarkForModel reports operations judged in a second of one CPU.
func BenchmarkForModel(b *testing.B) {
	kinds := []struct {
		name, model string
		info        int
		draw        func(r *rand.Rand) (twin, func(*history.Recorder))
	}{
		{"register", "register", 1, func(*rand.Rand) (twin, func(*history.Recorder)) { return &registerTwin{versioned: true}, nil }},
		{"register, 5 % unknown", "register", 5, func(*rand.Rand) (twin, func(*history.Recorder)) { return &registerTwin{versioned: true}, nil }},
		{"plain", "register", 1, func(*rand.Rand) (twin, func(*history.Recorder)) { return &registerTwin{}, nil }},
		{"cas", "cas-register", 1, func(*rand.Rand) (twin, func(*history.Recorder)) { return &registerTwin{cas: true, values: 5}, nil }},
		{"lock", "lock", 1, func(r *rand.Rand) (twin, func(*history.Recorder)) {
			t := newHoldTwin("acquire", "release")
			t.tries = true
			return t, t.end(r, 10)
		}},
		{"election", "election", 1, func(r *rand.Rand) (twin, func(*history.Recorder)) {
			t := newHoldTwin("campaign", "resign")
			t.observes = true
			return t, t.end(r, 10)
		}},
		{"queue", "queue", 0, func(*rand.Rand) (twin, func(*history.Recorder)) { return &queueTwin{}, nil }},
	}
	for _, k := range kinds {
		b.Run(k.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 4))
			h := manyKeys(r, 50, chances{info: k.info}, k.draw)
			ops, err := h.Pair()
			if err != nil {
				b.Fatal(err)
			}
			c, err := ForModel(k.model)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if v := c.Check(h); v.Outcome != Valid {
					b.Fatalf("%s: %s", v.Outcome, v.Reason)
				}
			}
			b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "ops/s")
		})
	}
}

// BenchmarkTree reports operations on the tree judged in a second of one CPU, and the bytes that judging one allocates: the same for
// histories ten times as long.
func BenchmarkTree(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := recordTree(rand.New(rand.NewPCG(5, 6)), 10, n, true)
			ops, err := h.Pair()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if v := Tree().judge(h, ops); v.Outcome != Valid {
					b.Fatal(v.Reason)
				}
			}
			b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "operations/s")
		})
	}
}
