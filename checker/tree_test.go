package checker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"ordeal/history"
)

// What is right by construction is valid, and holds what the judge looks at.
func TestTreeAcceptsWhatIsRight(t *testing.T) {
	seen := map[string]int{}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		h := recordTree(r, 1+int(seed%6), 300, seed%2 == 0)
		if v := Tree().Check(h); v.Outcome != Valid {
			t.Fatalf("seed %d: %s: %s", seed, v.Outcome, v.Reason)
		}
		for _, op := range h {
			what := op.F + " " + op.Type.String()
			if l, ok := op.Value.([]any); ok && op.Process >= 0 && op.Type == history.OK {
				what += fmt.Sprint(" ", l[0])
			}
			seen[what]++
		}
	}
	for _, what := range []string{"create ok 0", "create ok -101", "create ok -108", "create ok -110", "create2 ok 0",
		"delete ok 0", "delete ok -103", "delete ok -111", "setData ok 0", "setData info", "multi ok 0", "multi info",
		"sync ok 0",
		"event ok", "setWatches ok", "applied ok", "closeSession ok 0"} {
		if seen[what] < 20 {
			t.Errorf("%s: %d times", what, seen[what])
		}
	}
}

// Without the service's word on lost writes the judge may not know, but accuses no one.
func TestTreeIsSoundWithoutTheServicesWord(t *testing.T) {
	outcomes := map[Outcome]int{}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		h := silenced(recordTree(r, 1+int(seed%6), 60+int(seed%3)*60, true))
		v := Tree().Check(h)
		if v.Outcome == Invalid {
			t.Fatalf("seed %d: %s", seed, v.Reason)
		}
		outcomes[v.Outcome]++
	}
	if outcomes[Valid] < 250 {
		t.Errorf("of 300 histories only %v", outcomes)
	}
}

// silenced is a history without what the service tells, but for the ends of sessions, which are found out about in the
// end.
func silenced(h history.History) history.History {
	var kept, ends history.History
	for _, op := range h {
		if op.F != "applied" {
			kept = append(kept, op)
			continue
		}
		if v := op.Value.([]any); v[3] == "closeSession" && v[2] == int64(0) {
			op.F, op.Value = "ended", []any{v[0], v[1]}
			ends = append(ends, op)
		}
	}
	for i := range ends {
		ends[i].Time = kept[len(kept)-1].Time
	}
	return renumbered(append(kept, ends...))
}

func renumbered(h history.History) history.History {
	for i := range h {
		h[i].Index = i
	}
	return h
}

// mutation changes one thing in a history, if it finds something to change from the place at on, and says what.
type mutation struct {
	name string
	// change returns the changed history; nil if this event does not suit it.
	change func(h history.History, at int) history.History
}

// at is the value of an answer that a client has, to be changed: a copy, with the path to a part of it.
func answer(op history.Op, fs ...string) []any {
	if op.Process < 0 || op.Type != history.OK || !slices.Contains(fs, op.F) {
		return nil
	}
	return deepCopy(op.Value).([]any)
}

func deepCopy(v any) any {
	l, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(l))
	for i := range l {
		out[i] = deepCopy(l[i])
	}
	return out
}

func with(h history.History, at int, v any) history.History {
	h = slices.Clone(h)
	h[at].Value = v
	return h
}

// statIn is the Stat in an answer.
func statIn(v []any) []any {
	for _, one := range v {
		if l, ok := one.([]any); ok && len(l) == 11 {
			if _, ok := l[0].(int64); ok {
				return l
			}
		}
	}
	return nil
}

var everyAnswer = []string{"create", "create2", "delete", "setData", "exists", "getData", "getChildren", "getChildren2",
	"multi"}

func treeMutations() []mutation {
	return slices.Concat(statMutations(), resultMutations(), eventMutations(), orderMutations())
}

func statMutations() []mutation {
	var all []mutation
	for i, field := range []string{"czxid", "mzxid", "", "", "version", "cversion", "aversion", "ephemeralOwner",
		"dataLength",
		"numChildren", "pzxid"} {
		if field == "" {
			continue
		}
		all = append(all, mutation{field, func(h history.History, at int) history.History {
			v := answer(h[at], everyAnswer...)
			if s := statIn(v); s != nil {
				s[i] = s[i].(int64) + 1
				return with(h, at, v)
			}
			return nil
		}})
	}
	return all
}

func resultMutations() []mutation {
	return []mutation{
		{"code", func(h history.History, at int) history.History {
			v := answer(h[at], "delete", "exists", "getChildren")
			if v == nil || v[0] == int64(0) && h[at].F != "delete" {
				return nil
			}
			v[0] = int64(-103 - v[0].(int64)%2)
			return with(h, at, v)
		}},
		{"zxid of a write", func(h history.History, at int) history.History {
			if v := answer(h[at], "create", "delete", "setData"); v != nil {
				v[1] = v[1].(int64) + 1_000_000
				return with(h, at, v)
			}
			return nil
		}},
		{"data", func(h history.History, at int) history.History {
			if v := answer(h[at], "getData"); len(v) == 4 {
				v[2] = "other"
				return with(h, at, v)
			}
			return nil
		}},
		{"a child less", func(h history.History, at int) history.History {
			if v := answer(h[at], "getChildren", "getChildren2"); len(v) > 2 && len(v[2].([]any)) > 0 {
				v[2] = v[2].([]any)[1:]
				return with(h, at, v)
			}
			return nil
		}},
		{"part of a multi", func(h history.History, at int) history.History {
			v := answer(h[at], "multi")
			if v == nil || len(v[2].([]any)) < 2 {
				return nil
			}
			last := v[2].([]any)[len(v[2].([]any))-1].([]any)
			last[0] = last[0].(int64) - 1
			v[2].([]any)[len(v[2].([]any))-1] = last[:1]
			for i, one := range v[2].([]any) { // the shape of a multi that failed
				v[2].([]any)[i] = one.([]any)[:1]
			}
			return with(h, at, v)
		}},
	}
}

func eventMutations() []mutation {
	return []mutation{
		{"an event lost", func(h history.History, at int) history.History {
			if h[at].F != "event" || !answeredBehind(h, at) {
				return nil
			}
			return renumbered(slices.Delete(slices.Clone(h), at, at+1))
		}},
		{"an event twice", func(h history.History, at int) history.History {
			if h[at].F != "event" {
				return nil
			}
			return renumbered(slices.Insert(slices.Clone(h), at, h[at]))
		}},
		{"an event of another kind", func(h history.History, at int) history.History {
			if h[at].F != "event" {
				return nil
			}
			v := deepCopy(h[at].Value).([]any)
			v[2] = v[2].(int64)%4 + 1
			return with(h, at, v)
		}},
	}
}

func orderMutations() []mutation {
	return []mutation{
		{"an event behind the data", func(h history.History, at int) history.History {
			if h[at].F != "event" || !answeredBehind(h, at) {
				return nil
			}
			h, to := slices.Clone(h), nextAnswer(h, at)
			event := h[at]
			h = slices.Insert(slices.Delete(h, at, at+1), to, event)
			return renumbered(h)
		}},
		{"a watch not set again", func(h history.History, at int) history.History {
			v, _ := deepCopy(h[at].Value).([]any)
			if h[at].F != "setWatches" || len(v[4].([]any)) == 0 || !answeredBehind(h, at) {
				return nil
			}
			v[4] = v[4].([]any)[1:]
			return with(h, at, v)
		}},
		{"two answers in the wrong order", func(h history.History, at int) history.History {
			if answer(h[at], everyAnswer...) == nil {
				return nil
			}
			to := nextAnswer(h, at)
			if to < 0 || h[to].F == "setWatches" || begunAt(h, to) > at {
				return nil
			}
			h = slices.Clone(h)
			h[at], h[to] = h[to], h[at]
			h[at].Time, h[to].Time = h[to].Time, h[at].Time
			return renumbered(h)
		}},
	}
}

// whose is the session and connection of an event of the history.
func whose(h history.History, at int) (session, conn any) {
	v, _ := h[at].Value.([]any)
	if h[at].Process >= 0 && h[at].Type == history.OK {
		v = h[begunAt(h, at)].Value.([]any)
	}
	if len(v) < 2 || h[at].F == "applied" {
		return nil, nil
	}
	return v[0], v[1]
}

func begunAt(h history.History, at int) int {
	for i := at; i >= 0; i-- {
		if h[i].Process == h[at].Process && h[i].Type == history.Invoke {
			return i
		}
	}
	return -1
}

// nextAnswer is the next answer on the same connection, or -1.
func nextAnswer(h history.History, at int) int {
	session, conn := whose(h, at)
	for i := at + 1; i < len(h); i++ {
		if h[i].Type != history.OK || h[i].Process < 0 && h[i].F != "setWatches" {
			continue
		}
		if s, c := whose(h, i); s == session && c == conn {
			return i
		}
	}
	return -1
}

func answeredBehind(h history.History, at int) bool { return nextAnswer(h, at) >= 0 }

// Whatever is changed in a history that was right is seen.
func TestTreeSeesEveryMutation(t *testing.T) {
	for _, m := range treeMutations() {
		t.Run(m.name, func(t *testing.T) {
			tried := 0
			for seed := uint64(0); tried < 40 && seed < 400; seed++ {
				r := rand.New(rand.NewPCG(seed, 2))
				h := recordTree(r, 3, 200, seed%2 == 0)
				for at := r.IntN(len(h)); at < len(h); at++ {
					changed := m.change(h, at)
					if changed == nil {
						continue
					}
					tried++
					v := Tree().Check(changed)
					if v.Outcome != Invalid {
						t.Errorf("seed %d, event %d (%s %v): %s %s", seed, at, h[at].F, h[at].Value, v.Outcome, v.Reason)
					}
					for _, part := range v.Parts {
						if part.Outcome == Invalid && part.Rule == "" {
							t.Errorf("seed %d, event %d: no rule says %q", seed, at, part.Reason)
						}
					}
					break
				}
			}
			if tried < 40 {
				t.Errorf("only %d histories could be changed", tried)
			}
		})
	}
}

// Porcupine and the replay agree, about histories that are right and about those that are not: a disagreement would
// show as one.
func TestPorcupineAgreesAboutTheTree(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 3))
		h := recordTree(r, 4, 60, seed%2 == 0)
		l, state := judgedState(t, h)
		if state.Outcome != Valid || porcupineSays(l, len(l.steps)/2) != Valid {
			t.Fatalf("seed %d: %s, Porcupine %s", seed, state.Outcome, porcupineSays(l, len(l.steps)/2))
		}
		at := r.IntN(len(h))
		for ; at < len(h) && statIn(answer(h[at], everyAnswer...)) == nil; at++ {
		}
		if at == len(h) {
			continue
		}
		v := answer(h[at], everyAnswer...)
		statIn(v)[4] = int64(77)
		l, state = judgedState(t, with(h, at, v))
		wrong := slices.IndexFunc(l.steps, func(s treeStep) bool { return s.known == at })
		if state.Outcome != Invalid || state.Disagree || porcupineSays(l, wrong) != Invalid {
			t.Errorf("seed %d, event %d: %s (%s), Porcupine %s", seed, at, state.Outcome, state.Reason, porcupineSays(l, wrong))
		}
	}
}

func judgedState(t *testing.T, h history.History) (*treeLog, Verdict) {
	t.Helper()
	ops, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	l, err := readTree(ops)
	if err != nil {
		t.Fatal(err)
	}
	l.judgeOrder()
	v, _ := l.judgeState()
	return l, v
}

// porcupineSays is Porcupine's word on the window around a step.
func porcupineSays(l *treeLog, at int) Outcome { return l.search(at).outcome }

// Porcupine is asked about real time, too: a transaction that was over before one with a smaller zxid was asked for.
func TestPorcupineSeesRealTime(t *testing.T) {
	h := parseScript(t, `1 invoke create [1 1 1 "/a" "x" 0]
1 ok create [0 9 "/a"]
2 invoke setData [2 1 1 "/b" "y" -1]
2 ok setData [-101 8]`)
	l, _ := judgedState(t, h)
	if got := porcupineSays(l, 0); got != Invalid {
		t.Errorf("Porcupine says %s", got)
	}
	if l.realTime() == nil {
		t.Error("the order is thought right")
	}
}
