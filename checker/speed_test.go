package checker

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
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

// benchmark is a kind of history: on one object where an algorithm of its own decides, and else on many. row is what
// docs/MODELS.md calls it in its table.
type benchmark struct {
	name, model, row string
	many             bool
	info             int
	draw             source
}

func benchmarks() []benchmark {
	return []benchmark{
		{"register, versions", "register", "versions in what is known", false, 0,
			just(func() twin { return &registerTwin{versioned: true} })},
		{"register, versions, unknown", "register", "the same, 5 % unknown", false, 5,
			just(func() twin { return &registerTwin{versioned: true} })},
		{"register, different values", "register", "no versions, all writes different", false, 1,
			just(func() twin { return &registerTwin{} })},
		{"cas-register", "cas-register", "few values, cas; 1,000 objects", true, 1,
			just(func() twin { return &registerTwin{cas: true, values: 5} })},
		{"kv, put and get", "kv", "put and get, all values different; 1,000 keys", false, 1,
			just(func() twin { return &kvTwin{keys: 1000, simple: true} })},
		{"kv, everything but ranges", "kv", "everything but ranges; 1,000 keys", false, 1,
			just(func() twin { return &kvTwin{keys: 1000, values: 5} })},
		{"kv, ranges", "kv", "everything; 1,000 stores of 3 keys", true, 1,
			just(func() twin { return &kvTwin{keys: 3, values: 5, ranges: true} })},
		{"set, each added once", "set", "no removes, each element added once", false, 1,
			just(func() twin { return &setTwin{} })},
		{"set, each added once, reads of all", "set", "the same, with reads of all; 1,000 sets", true, 1,
			just(func() twin { return &setTwin{reads: 20} })},
		{"set, removes, reads of all", "set", "removes, reads of all; 1,000 sets", true, 1,
			just(func() twin { return &setTwin{elements: 10, removes: true, reads: 20} })},
		{"counter, ones", "counter", "one amount for all adds", false, 1,
			just(func() twin { return &counterTwin{amounts: []int64{1}, gets: true} })},
		{"counter, different amounts", "counter", "different amounts; 1,000 counters", true, 0,
			just(func() twin { return &counterTwin{amounts: []int64{1, 2, -1, 5}} })},
		{"log", "log", "offsets, or entries that were seen, all different", false, 1,
			just(func() twin { return &logTwin{told: 10, appends: 5, tail: true} })},
		{"queue", "queue", "all elements different", false, 0, just(func() twin { return &queueTwin{} })},
		{"mutex", "mutex", "1,000 mutexes", true, 0, just(func() twin { return &mutexTwin{} })},
		{"lock", "lock", "no unknown grant that matters", false, 0, holds("acquire", "release", false, false)},
		{"lock, sessions that end, unknown", "lock", "sessions that end, 1 % unknown; 1,000 locks", true, 1,
			holds("acquire", "release", false, true)},
		{"fenced-lock", "fenced-lock", "no unknown grant that matters", false, 0, holds("acquire", "release", false, false)},
		{"election", "election", "no unknown grant that matters", false, 0, holds("campaign", "resign", true, false)},
		{"election, sessions that end, unknown", "election", "sessions that end, 1 % unknown; 1,000 elections", true, 1,
			holds("campaign", "resign", true, true)},
	}
}

// history is as long as all are.
func (k benchmark) history() history.History {
	r, c := rand.New(rand.NewPCG(3, 4)), chances{info: k.info}
	if k.many {
		return manyKeys(r, benchmarked/perObject, c, k.draw)
	}
	t, outside := k.draw(r)
	h := record(r, t, 10, benchmarked, c, outside)
	if k.model == "fenced-lock" {
		return withoutSessions(h, 10)
	}
	return h
}

// BenchmarkModels judges 100,000 operations by each model.
func BenchmarkModels(b *testing.B) {
	for _, k := range benchmarks() {
		b.Run(k.name, func(b *testing.B) { judgeAll(b, k.model, k.history()) })
	}
}

var renew = flag.Bool("renew", false, "measure what judging costs, and write it into docs/MODELS.md")

// TestRenewTimes writes the column of times in docs/MODELS.md anew, all of one run.
func TestRenewTimes(t *testing.T) {
	if !*renew {
		t.Skip("measures only if -renew says so")
	}
	const name = "../docs/MODELS.md"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	write := func(model, row string, judge func() Verdict) {
		line := regexp.MustCompile(`(?m)^(\| ` + regexp.QuoteMeta(model+" | "+row) + ` \| [^|]* \| )[^|]* \|$`)
		if !line.MatchString(text) {
			t.Fatalf("%s has no row %q of %s", name, row, model)
		}
		const times = 3
		before := cpu(t)
		for range times {
			if v := judge(); v.Outcome != Valid {
				t.Fatalf("%s, %s: %s: %s", model, row, v.Outcome, v.Reason)
			}
		}
		seconds := (cpu(t) - before).Seconds() / times
		t.Logf("%s, %s: %.2f s", model, row, seconds)
		text = line.ReplaceAllString(text, fmt.Sprintf("${1}%.2f s |", seconds))
	}
	for _, k := range benchmarks() {
		c, err := ForModel(k.model)
		if err != nil {
			t.Fatal(err)
		}
		h := k.history()
		runtime.GC()
		write(k.model, k.row, func() Verdict { return c.Check(h) })
	}
	h := recordTree(rand.New(rand.NewPCG(5, 6)), 10, benchmarked, true)
	write("tree", "one tree", func() Verdict { return Tree().Check(h) })
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
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
func cpu(t testing.TB) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
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
