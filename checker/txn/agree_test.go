package txn

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"ordeal/history"
)

var rounds = flag.Int("rounds", 3000, "how many random histories the tests judge in two ways")

// TestListsAgree holds the judge of lists against a search through all orders: where a last transaction reads
// everything, so that all orders of versions are known, the two must say the same.
func TestListsAgree(t *testing.T) {
	agree(t, lists, ListAppend, true)
}

// TestRegistersAgree does the same for registers, whose versions need not be known: what is said to be wrong must be.
func TestRegistersAgree(t *testing.T) {
	agree(t, registers, RWRegister, false)
}

func agree(t *testing.T, kind objects, judge func([]history.Operation, Options) (Result, error), exact bool) {
	r := rand.New(rand.NewPCG(1, 2))
	var valid, invalid, missed int
	for n := range *rounds {
		ops := drawn(r, kind, n%2 == 0)
		model, inTime := "serializable", r.IntN(2) == 0
		if inTime {
			model = "strict-serializable"
		}
		got, err := judge(ops, Options{Models: []string{model}})
		if err != nil {
			t.Fatal(err)
		}
		want := hasOrder(kind, ops, inTime)
		switch wrong := len(got.Forbidden) > 0; {
		case wrong && want || exact && !wrong && !want:
			t.Fatalf("round %d: %s: an order of all transactions is there: %v, and the judge says:\n%s\n%s",
				n, model, want, render(got), lines(ops))
		case want:
			valid++
		case wrong:
			invalid++
		default:
			missed++
		}
	}
	t.Logf("%d valid, %d invalid, %d invalid and not seen", valid, invalid, missed)
	if valid < *rounds/4 || invalid < *rounds/20 {
		t.Errorf("%d valid and %d invalid try too little", valid, invalid)
	}
}

// drawn is a small history by chance, which may be wrong in one place if it is to be spoilt.
func drawn(r *rand.Rand, kind objects, spoilt bool) []history.Operation {
	w := newTwin(kind, 2, 3)
	ops := readAll(w, record(r, w, 3, 2+r.IntN(4), 3, 5, 5))
	before := lines(ops)
	for try := 0; spoilt && try < 8 && lines(ops) == before; try++ { // most change nothing
		ops = corrupt(r, ops)
	}
	return ops
}

func lines(ops []history.Operation) string {
	var s strings.Builder
	for _, op := range ops {
		s.WriteString(Text(op) + "\n")
	}
	return s.String()
}

// spent is the nanoseconds of CPU that this process has used.
func spent() int64 {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return used.Utime.Nano() + used.Stime.Nano()
}

// BenchmarkTransactions judges a million transactions that are strictly serializable.
func BenchmarkTransactions(b *testing.B) {
	for _, k := range []struct {
		name  string
		kind  objects
		judge func([]history.Operation, Options) (Result, error)
		o     Options
	}{
		{"list-append", lists, ListAppend, Options{}},
		{"rw-register", registers, RWRegister, Options{}},
		{"rw-register, linearizable keys", registers, RWRegister, Options{LinearizableKeys: true, SequentialKeys: true}},
	} {
		b.Run(k.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(3, 4))
			ops := record(r, newTwin(k.kind, 10, 32), 10, 1_000_000, 4, 1, 5)
			b.ReportAllocs()
			runtime.GC()
			start := spent()
			defer func() { b.ReportMetric(float64(spent()-start)/1e9/float64(b.N), "cpu-s/op") }()
			for b.Loop() {
				got, err := k.judge(ops, k.o)
				if err != nil || len(got.Found) > 0 {
					b.Fatal(err, render(got))
				}
			}
		})
	}
}
