package revisions

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// twin is a dumb service with a few clients: what it records is right by construction.
type twin struct {
	r       *rand.Rand
	now     time.Duration
	rec     *history.Recorder
	s       *mvcc.Store
	pending []*twinCall
	values  int
	index   int64
	next    int // process
}

type twinCall struct {
	process int
	f       string
	args    []any
	request mvcc.Request
	applied bool
	answer  any
}

// makeTwin makes a history of so many operations of clients.
func makeTwin(seed uint64, operations int) history.History {
	w := &twin{r: rand.New(rand.NewPCG(seed, 1)), s: mvcc.New()}
	w.rec = history.NewRecorder(func() time.Duration { w.now += time.Millisecond; return w.now })
	for begun := 0; begun < operations || len(w.pending) > 0; {
		switch n := w.r.IntN(10); {
		case n < 4 && begun < operations && len(w.pending) < 3:
			begun++
			w.begin()
		case len(w.pending) > 0:
			w.goOn(w.r.IntN(len(w.pending)))
		}
	}
	return w.rec.Ops()
}

func (w *twin) key() string { return string(rune('a' + w.r.IntN(2))) }

// begin begins an operation, over a connection of its own.
func (w *twin) begin() {
	c := &twinCall{process: w.next}
	w.next++
	w.values++
	revision := w.s.Revision()
	switch w.r.IntN(12) {
	case 0, 1, 2:
		lease := int64(0)
		if w.r.IntN(4) == 0 {
			lease = 1
		}
		c.f, c.args = "put", []any{w.key(), fmt.Sprint("v", w.values), lease, ""}
	case 3, 4:
		c.f, c.args = "delete", []any{"a", "c", ""}
	case 5:
		c.f, c.args = "compact", []any{max(1, revision-int64(w.r.IntN(2)))}
	case 6:
		c.f, c.args = "grant", []any{int64(1), int64(5)}
	case 7:
		c.f, c.args = "revoke", []any{int64(1)}
	case 8:
		c.f, c.args = "txn", []any{[]any{[]any{"version", "=", w.key(), "", int64(w.r.IntN(2))}},
			[]any{[]any{"put", w.key(), fmt.Sprint("v", w.values), int64(0), ""}}, []any{[]any{"delete", w.key(), "", ""}}}
	case 9:
		c.f, c.args = "range", []any{"a", "c", max(0, revision-int64(w.r.IntN(3))), int64(0), "", "", nil}
	case 10:
		c.f, c.args = "range", []any{"a", "c", int64(0), int64(0), "", "s", nil}
	default:
		c.f, c.args = "range", []any{w.key(), "", int64(0), int64(0), "", "", nil}
	}
	c.request, _ = mvcc.ParseRequest(c.f, c.args)
	w.rec.Invoke(c.process, c.f, "", append([]any{int64(c.process), ""}, c.args...))
	w.pending = append(w.pending, c)
}

// goOn takes a step with an operation: it is applied, answered, or lost.
func (w *twin) goOn(i int) {
	c := w.pending[i]
	over := func() { w.pending = slices.Delete(w.pending, i, i+1) }
	reads, _ := c.request.Reads()
	switch {
	case w.r.IntN(12) == 0 && !reads:
		w.rec.Info(c.process, c.f, "", nil, "lost")
		over()
		if !c.applied && w.r.IntN(2) == 0 {
			w.apply(c)
		}
	case c.applied:
		w.rec.OK(c.process, c.f, "", c.answer)
		over()
	case reads:
		c.answer, c.applied = w.s.Now().Look(mvcc.Who{}, &c.request), true
	default:
		w.apply(c)
	}
}

func (w *twin) apply(c *twinCall) {
	w.index++
	w.rec.OK(history.Service, "applied", "", append([]any{w.index, "", int64(0), false, c.f}, c.args...))
	c.answer, c.applied = w.s.Apply(mvcc.Who{}, &c.request), true
}

// bend changes one answer of a history, and says which; nil if there is none to change.
func bend(r *rand.Rand, h history.History) history.History {
	h = slices.Clone(h)
	var at []int
	for i, op := range h {
		if op.Type == history.OK && op.Process >= 0 {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return nil
	}
	op := &h[at[r.IntN(len(at))]]
	if text, refused := op.Value.(string); refused {
		if op.Value = any([]any{int64(2)}); r.IntN(2) == 0 {
			op.Value = text + "?"
		}
		return h
	}
	list := slices.Clone(op.Value.([]any))
	switch n := r.IntN(4); {
	case n == 0:
		list[0] = list[0].(int64) + 1
	case n == 1:
		list[0] = list[0].(int64) - 1
	case n == 2:
		op.Value = "etcdserver: mvcc: required revision has been compacted"
		return h
	default:
		if kvs, ok := list[len(list)-1].([]any); ok && len(kvs) > 0 {
			list[len(list)-1] = kvs[1:]
		} else {
			list[0] = list[0].(int64) + 2
		}
	}
	op.Value = list
	return h
}

// slow judges a history by trying everything: every way to give calls their entries, and Porcupine for the rest, with
// the state of each position made anew.
func slow(h history.History) bool {
	ops, err := h.Pair()
	if err != nil {
		panic(err)
	}
	l, err := read(ops)
	if err != nil {
		panic(err)
	}
	states := make([]mvcc.Moment, 0, len(l.entries)+1)
	answers := make([]any, len(l.entries))
	for p := range len(l.entries) + 1 {
		s := mvcc.New()
		for i := range p {
			answers[i] = s.Apply(l.entries[i].who, &l.entries[i].request)
		}
		states = append(states, s.Now())
	}
	return assigned(l, answers, 0, map[int]bool{}) && ordered(l, states)
}

// assigned tries to give calls, from one on, their entries.
func assigned(l *log, answers []any, from int, taken map[int]bool) bool {
	if from == len(l.calls) {
		return len(taken) == len(l.entries)
	}
	c := &l.calls[from]
	if c.reads {
		return assigned(l, answers, from+1, taken)
	}
	for i := range l.entries {
		e := &l.entries[i]
		late := c.answered() && e.op.Call > c.op.Return
		if taken[i] || e.bucket != c.bucket || e.op.Call < c.op.Call || late {
			continue
		}
		if c.answered() && !mvcc.Equal(answers[i], c.op.Result) {
			continue
		}
		taken[i] = true
		if assigned(l, answers, from+1, taken) {
			return true
		}
		delete(taken, i)
	}
	return !c.answered() && assigned(l, answers, from+1, taken)
}

// ordered has Porcupine place what reads among the entries, each of which takes effect when it was applied.
func ordered(l *log, states []mvcc.Moment) bool {
	type step struct {
		entry int
		look  *call
	}
	model := porcupine.Model{
		Init: func() any { return 0 },
		Step: func(state, in, _ any) (bool, any) {
			p, s := state.(int), in.(step)
			if s.look == nil {
				return s.entry == p, p + 1
			}
			if !s.look.any {
				return mvcc.Equal(states[p].Look(mvcc.Who{}, &s.look.request), s.look.op.Result), p
			}
			for _, m := range states[:p+1] {
				if mvcc.Equal(m.Look(mvcc.Who{}, &s.look.request), s.look.op.Result) {
					return true, p
				}
			}
			return false, p
		},
	}
	var ops []porcupine.Operation
	for i := range l.entries {
		at := int64(2 * l.entries[i].op.Call)
		ops = append(ops, porcupine.Operation{ClientId: 1000 + i, Input: step{entry: i}, Call: at, Return: at + 1})
	}
	for i := range l.calls {
		if c := &l.calls[i]; c.reads && c.answered() {
			ops = append(ops, porcupine.Operation{ClientId: i, Input: step{look: c}, Call: int64(2 * c.op.Call),
				Return: int64(2 * c.op.Return)})
		}
	}
	return porcupine.CheckOperations(model, ops)
}

// TestTheJudgeAgreesWithASearch compares both on small histories, of which half are wrong in one place.
func TestTheJudgeAgreesWithASearch(t *testing.T) {
	wrong := 0
	for seed := range uint64(3000) {
		h := makeTwin(seed, 4+int(seed%7))
		if seed%2 == 1 {
			if h = bend(rand.New(rand.NewPCG(seed, 2)), h); h == nil {
				continue
			}
		}
		want := slow(h)
		ops, err := h.Pair()
		if err != nil {
			t.Fatal(err)
		}
		findings, whole, err := Judge(ops)
		if err != nil || !whole {
			t.Fatalf("seed %d: %v %v", seed, whole, err)
		}
		if got := len(findings) == 0; got != want {
			t.Errorf("seed %d: the judge says %v, and a search %v: %+v", seed, got, want, findings)
			for _, op := range h {
				t.Logf("%+v", op)
			}
			return
		}
		if seed%2 == 0 && !want {
			t.Fatalf("seed %d: a history that is right by construction is wrong", seed)
		}
		if !want {
			wrong++
		}
	}
	if wrong < 800 {
		t.Errorf("only %d histories were wrong", wrong)
	}
}
