package checker

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"ordeal/history"
)

// benchmarked is how many operations BenchmarkModels judges, and perObject how many of them concern one object where
// there are many.
const (
	benchmarked = 100_000
	perObject   = 100
)

// source makes a twin, and what the service does of its own accord.
type source func(r *rand.Rand) (twin, func(*history.Recorder))

func just(make func() twin) source {
	return func(*rand.Rand) (twin, func(*history.Recorder)) { return make(), nil }
}

// holds has sessions that end if there are other objects to go on with: who waits in an ended one does nothing more.
func holds(acquire, release string, observes, ends bool) source {
	return func(r *rand.Rand) (twin, func(*history.Recorder)) {
		t := newHoldTwin(acquire, release)
		t.tries, t.observes = true, observes
		if !ends {
			return t, nil
		}
		return t, t.end(r, 10)
	}
}

// mutexTwin is held or free.
type mutexTwin struct{ held bool }

func (t *mutexTwin) draw(_ *rand.Rand, process int) (string, any) {
	return [...]string{"acquire", "release"}[process%2], nil
}

func (t *mutexTwin) apply(f string, _ any) (any, bool) {
	if t.held == (f == "acquire") {
		return nil, false
	}
	t.held = !t.held
	return nil, true
}

// manyKeys records 10 clients that use objects one after the other, perObject operations each, as a trial does.
func manyKeys(r *rand.Rand, keys int, c chances, draw source) history.History {
	now := time.Duration(0)
	rec := history.NewRecorder(func() time.Duration { now += 10; return now })
	for k := range keys {
		t, outside := draw(r)
		h := record(r, t, 10, perObject, c, outside)
		for _, op := range h {
			if op.Process >= 0 {
				op.Process += 10000 * k
			}
			op.Key = fmt.Sprintf("k%03d", k)
			rec.Record(op)
		}
	}
	return rec.Ops()
}

// BenchmarkModels judges 100,000 operations by each model: on one object where an algorithm of its own decides, and
// else on 1,000. docs/MODELS.md has its results.
func BenchmarkModels(b *testing.B) {
	for _, k := range []struct {
		name, model string
		many        bool
		info        int
		draw        source
	}{
		{"register, versions", "register", false, 0, just(func() twin { return &registerTwin{versioned: true} })},
		{"register, versions, unknown", "register", false, 5, just(func() twin { return &registerTwin{versioned: true} })},
		{"register, different values", "register", false, 1, just(func() twin { return &registerTwin{} })},
		{"cas-register", "cas-register", true, 1, just(func() twin { return &registerTwin{cas: true, values: 5} })},
		{"kv, put and get", "kv", false, 1, just(func() twin { return &kvTwin{keys: 1000, simple: true} })},
		{"kv, everything but ranges", "kv", false, 1, just(func() twin { return &kvTwin{keys: 1000, values: 5} })},
		{"kv, ranges", "kv", true, 1, just(func() twin { return &kvTwin{keys: 3, values: 5, ranges: true} })},
		{"set, each added once", "set", false, 1, just(func() twin { return &setTwin{} })},
		{"set, each added once, reads of all", "set", true, 1, just(func() twin { return &setTwin{reads: 20} })},
		{"set, removes, reads of all", "set", true, 1, just(func() twin {
			return &setTwin{elements: 10, removes: true, reads: 20}
		})},
		{"counter, ones", "counter", false, 1, just(func() twin { return &counterTwin{amounts: []int64{1}, gets: true} })},
		{"counter, different amounts", "counter", true, 0, just(func() twin {
			return &counterTwin{amounts: []int64{1, 2, -1, 5}}
		})},
		{"log", "log", false, 1, just(func() twin { return &logTwin{told: 10, appends: 5, tail: true} })},
		{"queue", "queue", false, 0, just(func() twin { return &queueTwin{} })},
		{"mutex", "mutex", true, 0, just(func() twin { return &mutexTwin{} })},
		{"lock", "lock", false, 0, holds("acquire", "release", false, false)},
		{"lock, sessions that end, unknown", "lock", true, 1, holds("acquire", "release", false, true)},
		{"election", "election", false, 0, holds("campaign", "resign", true, false)},
		{"election, sessions that end, unknown", "election", true, 1, holds("campaign", "resign", true, true)},
	} {
		b.Run(k.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 4))
			c := chances{info: k.info}
			h := history.History(nil)
			if k.many {
				h = manyKeys(r, benchmarked/perObject, c, k.draw)
			} else {
				t, outside := k.draw(r)
				h = record(r, t, 10, benchmarked, c, outside)
			}
			judgeAll(b, k.model, h)
		})
	}
	b.Run("fenced-lock", func(b *testing.B) {
		r := rand.New(rand.NewPCG(3, 4))
		t, _ := holds("acquire", "release", false, false)(r)
		judgeAll(b, "fenced-lock", withoutSessions(record(r, t, 10, benchmarked, chances{}, nil), 10))
	})
}

func judgeAll(b *testing.B, model string, h history.History) {
	ops, err := h.Pair()
	if err != nil {
		b.Fatal(err)
	}
	c, err := ForModel(model)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(ops)), "operations")
	b.ReportAllocs()
	for b.Loop() {
		if v := c.Check(h); v.Outcome != Valid {
			b.Fatalf("%s: %s", v.Outcome, v.Reason)
		}
	}
	b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "operations/s")
}

// cpu is the CPU time that the process has used, the collector's too.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkTree reports operations on the tree judged in a second of one CPU, and the bytes that judging one allocates:
// the same for histories ten times as long.
func BenchmarkTree(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := recordTree(rand.New(rand.NewPCG(5, 6)), 10, n, true)
			ops, err := h.Pair()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if v := Tree().judge(h, ops); v.Outcome != Valid {
					b.Fatal(v.Reason)
				}
			}
			b.ReportMetric((cpu(b)-before).Seconds()/float64(b.N), "CPU-s/op")
			b.ReportMetric(float64(len(ops)*b.N)/b.Elapsed().Seconds(), "operations/s")
		})
	}
}
