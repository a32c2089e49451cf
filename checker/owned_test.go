package checker

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

// permitTwin is permits that processes hold, at most limit each and so many in all; or a mutex, if they may not share.
type permitTwin struct {
	permits, limit int64
	alone, fenced  bool
	held           map[int]int64
	wants          map[int]int64 // what a process has, once what it does is done
	fence, last    int64
}

func (t *permitTwin) draw(r *rand.Rand, process int) (string, any) {
	n := int64(1)
	if !t.alone {
		n += r.Int64N(t.permits)
	}
	if t.held == nil {
		t.held, t.wants = map[int]int64{}, map[int]int64{}
	}
	// The process's number is in the argument, so that apply knows who it is.
	if t.wants[process] >= n && (t.wants[process]+n > t.limit || r.IntN(2) == 0) {
		t.wants[process] -= n
		return "release", []any{int64(process), n}
	}
	if t.wants[process]+n > t.limit {
		return "", nil
	}
	t.wants[process] += n
	return "acquire", []any{int64(process), n}
}

func (t *permitTwin) apply(f string, argument any) (any, bool) {
	a := argument.([]any)
	process, n := int(a[0].(int64)), a[1].(int64)
	if f == "release" {
		t.held[process] -= n
		return nil, true
	}
	others := int64(0)
	for p, h := range t.held {
		if p != process {
			others += h
		}
	}
	if t.alone && others > 0 || !t.alone && others+t.held[process]+n > t.permits {
		return nil, false
	}
	if t.held[process] == 0 {
		t.last++
		t.fence = t.last
	}
	t.held[process] += n
	if t.fenced {
		return t.fence, true
	}
	return nil, true
}

// plainPermits takes the processes out of the arguments. Where there are owners, names are those of sessions.
func plainPermits(h history.History, alone, owners bool) history.History {
	for i, op := range h {
		if a, ok := op.Value.([]any); ok {
			h[i].Value = a[1]
			if alone {
				h[i].Value = nil
			}
			if owners {
				h[i].Value = fmt.Sprint("c", a[0])
			}
		}
	}
	return h
}

func TestDifferentialOwned(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spec   model.OwnedSpec
		fast   decision[model.OwnedInput, model.OwnedOutput]
		twin   permitTwin
		owners bool
	}{
		{"semaphore", model.Semaphore(3), fastSemaphore(3), permitTwin{permits: 3, limit: 3}, false},
		{"owner-mutex", model.OwnedMutex("owner-mutex", 1, false), fastOwnedMutex(1),
			permitTwin{alone: true, limit: 1}, false},
		{"owner-mutex, named", model.OwnedMutex("owner-mutex", 1, false), fastOwnedMutex(1),
			permitTwin{alone: true, limit: 1}, true},
		{"reentrant-mutex", model.OwnedMutex("reentrant-mutex", 2, false), fastOwnedMutex(2),
			permitTwin{alone: true, limit: 2}, false},
		{"reentrant-fenced-lock", model.OwnedMutex("reentrant-fenced-lock", 2, true), fastOwnedMutex(2),
			permitTwin{alone: true, limit: 2, fenced: true}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			differ(t, tt.spec, tt.fast, false, rounds(), func(r *rand.Rand) history.History {
				one := tt.twin
				return plainPermits(record(r, &one, 3, 3+r.IntN(5), chances{info: 5, fail: 3}, nil), one.alone, tt.owners)
			})
		})
	}
}

func TestDifferentialUnorderedQueue(t *testing.T) {
	draw := func(info int) func(r *rand.Rand) history.History {
		return func(r *rand.Rand) history.History {
			h := record(r, &queueTwin{}, 3, 3+r.IntN(5), chances{info: info, fail: 3}, nil)
			return nameDequeues(r, shuffled(r, h))
		}
	}
	// What is pruned is evidence that an unknown dequeue spoils, so brute force gets what is left.
	t.Run("known", func(t *testing.T) { differ(t, model.UnorderedQueue(), fastBag, true, rounds(), draw(0)) })
	t.Run("unknown", func(t *testing.T) { differ(t, model.UnorderedQueue(), fastBag, true, rounds(), draw(15)) })
}

// shuffled swaps what two dequeues got.
func shuffled(r *rand.Rand, h history.History) history.History {
	var got []int
	for i, op := range h {
		if op.F == "dequeue" && op.Type == history.OK && op.Value != nil {
			got = append(got, i)
		}
	}
	if len(got) > 1 {
		a, b := got[r.IntN(len(got))], got[r.IntN(len(got))]
		h[a].Value, h[b].Value = h[b].Value, h[a].Value
	}
	return h
}

// multiTwin is registers.
type multiTwin struct {
	values map[any]any
	last   int64
	most   int64 // how many values there are; 0: all different
}

func (t *multiTwin) draw(r *rand.Rand, _ int) (string, any) {
	var parts []any
	for range 1 + r.IntN(2) {
		t.last++
		v := t.last
		if t.most > 0 {
			v = r.Int64N(t.most)
		}
		key := []any{"x", "y"}[r.IntN(2)]
		if r.IntN(2) == 0 {
			parts = append(parts, []any{"w", key, v})
		} else {
			parts = append(parts, []any{"r", key, nil})
		}
	}
	return "txn", parts
}

func (t *multiTwin) apply(_ string, argument any) (any, bool) {
	if t.values == nil {
		t.values = map[any]any{}
	}
	var out []any
	for _, part := range argument.([]any) {
		p := part.([]any)
		if p[0] == "w" {
			t.values[p[1]] = p[2]
			out = append(out, p)
		} else {
			out = append(out, []any{"r", p[1], t.values[p[1]]})
		}
	}
	return out, true
}

// misread changes what one read of an operation saw to what another one did: an answer must be one to its invoke, so
// nothing else can be wrong in it.
func misread(r *rand.Rand, h history.History) history.History {
	var reads [][]any
	for _, op := range h {
		if op.Type == history.OK {
			for _, part := range op.Value.([]any) {
				if p := part.([]any); p[0] == "r" {
					reads = append(reads, p)
				}
			}
		}
	}
	if len(reads) > 1 {
		reads[r.IntN(len(reads))][2] = reads[r.IntN(len(reads))][2]
	}
	return h
}

func TestDifferentialMulti(t *testing.T) {
	for _, most := range []int64{0, 2} {
		t.Run(fmt.Sprint(most), func(t *testing.T) {
			differ(t, model.MultiRegister(), fastMulti, false, rounds(), func(r *rand.Rand) history.History {
				h := record(r, &multiTwin{most: most}, 3, 3+r.IntN(4), chances{info: 10, fail: 3}, nil)
				if r.IntN(2) == 0 {
					return misread(r, h)
				}
				return h
			})
		})
	}
}
