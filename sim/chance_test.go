package sim

import (
	"math"
	"slices"
	"testing"
	"time"
)

func TestExponentialMatchesTheRealOne(t *testing.T) {
	s := newStream(1, "exponential")
	const n, mean = 200_000, time.Millisecond
	values := make([]time.Duration, n)
	var sum time.Duration
	for i := range values {
		values[i] = exponential(s.draw(), mean)
		sum += values[i]
	}
	if got := sum / n; got < 990*time.Microsecond || got > 1010*time.Microsecond {
		t.Errorf("mean %v, want about %v", got, mean)
	}
	slices.Sort(values)
	if n := len(slices.Compact(slices.Clone(values))); n < 100_000 {
		t.Errorf("only %d different values", n)
	}
	for _, q := range []float64{0.1, 0.5, 0.9, 0.99, 0.999} {
		got := float64(values[int(q*n)])
		want := -math.Log(1-q) * float64(mean)
		if math.Abs(got-want) > want*0.07 {
			t.Errorf("quantile %v: %v, want %v", q, got, want)
		}
	}
	if exponential(0, time.Hour) < 0 || exponential(math.MaxUint64, time.Hour) < 0 {
		t.Error("negative at an end of the range")
	}
}

func TestHits(t *testing.T) {
	s := newStream(2, "hits")
	count := 0
	for range 100_000 {
		if hits(s.draw(), 250_000) {
			count++
		}
	}
	if count < 24_000 || count > 26_000 {
		t.Errorf("a quarter of 100000 came out as %d", count)
	}
	if hits(0, 0) || !hits(math.MaxUint64, million) {
		t.Error("0 ppm hit, or a million missed")
	}
}

func TestStreamsDifferByNameAndSeed(t *testing.T) {
	w := New(7, Config{})
	if a, again := w.Rand("a"), w.Rand("a"); a != again {
		t.Error("one name has two streams")
	}
	first := map[uint64]string{}
	for seed := range uint64(50) {
		for _, name := range []string{"net/n1>n2", "net/n2>n1", "disk/n1", "client/c1/1"} {
			v := newStream(seed, name).draw()
			if first[v] != "" {
				t.Errorf("%s and %s begin with the same value", name, first[v])
			}
			first[v] = name
		}
	}
}

// TestQueueKeepsTotalOrder compares the heap with sorting.
func TestQueueKeepsTotalOrder(t *testing.T) {
	type expected struct {
		at    time.Duration
		place int
	}
	s := newStream(3, "queue")
	var q queue
	var twin []expected
	m := make([]machine, 5000)
	pushed := 0
	for pushed < len(m) || len(twin) > 0 {
		if pushed < len(m) && s.below(3) != 0 {
			at := time.Duration(s.below(50))
			q.push(at, event{m: &m[pushed]}, 0)
			twin = append(twin, expected{at, pushed})
			pushed++
			continue
		}
		if len(twin) == 0 {
			continue
		}
		least := 0
		for i := range twin {
			if twin[i].at < twin[least].at {
				least = i
			}
		}
		want := twin[least]
		twin = slices.Delete(twin, least, least+1)
		var ev event
		if at := q.pop(&ev); at != want.at || ev.m != &m[want.place] {
			t.Fatalf("popped an event of instant %v out of order, want %v", at, want.at)
		}
	}
	if q.len() != 0 || len(q.free) != len(q.slots) {
		t.Errorf("%d keys are left, and %d of %d slots", q.len(), len(q.slots)-len(q.free), len(q.slots))
	}
}

func TestInboxKeepsOrder(t *testing.T) {
	s := newStream(4, "inbox")
	var b inbox
	m := make([]machine, 20_000)
	pushed, popped := 0, 0
	for popped < len(m) {
		grows := popped < 5000 || pushed == popped // grows, shrinks to nothing, and stays short
		if pushed < len(m) && (grows && s.below(3) != 0 || pushed == popped) {
			b.push(event{m: &m[pushed]})
			pushed++
			continue
		}
		if ev := b.pop(); ev.m != &m[popped] {
			t.Fatalf("input %d came out of order", popped)
		}
		if popped++; b.len() != pushed-popped {
			t.Fatalf("%d inputs wait, want %d", b.len(), pushed-popped)
		}
	}
}

func TestHashBytesSeesEveryByte(t *testing.T) {
	for _, n := range []int{1, 7, 8, 9, 64, 65} {
		b := make([]byte, n)
		seen := map[uint64]bool{hashBytes(b): true}
		for i := range b {
			b[i]++
			seen[hashBytes(b)] = true
		}
		seen[hashBytes(append(b, 0))] = true
		if len(seen) != n+2 {
			t.Errorf("%d bytes: %d hashes, want %d", n, len(seen), n+2)
		}
	}
}
