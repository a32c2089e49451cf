package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// longFork looks at reads of several registers, each of which is written once. Of two reads of the same registers,
// one must show all that the other does: if each shows a write that the other lacks, they saw two writes in opposite
// orders. And what a read shows must have been written by then. An operation is a list of ["r" key value] or
// ["w" key value].
func longFork() Checker {
	return whole("long-fork", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		groups := map[string][]forkRead{}
		reads := int64(0)
		written := map[any]*forkWrite{}
		var order []*forkWrite
		for i := range ops {
			op := &ops[i]
			in, unknown, err := model.MultiRegister().Parse(*op)
			if op.End == history.Fail && err != nil {
				continue
			}
			if err != nil {
				bad.malformed(op, err.Error())
				return bad.list, nil
			}
			r := forkRead{op: op}
			for _, p := range in {
				w := written[p.Key]
				if w == nil {
					w = &forkWrite{key: p.Key}
					written[p.Key], order = w, append(order, w)
				}
				switch {
				case !p.Write && !unknown:
					w.show(op, p.Value)
					r.keys = append(r.keys, p.Key)
					if p.Value != nil {
						r.shows = append(r.shows, p.Key)
					}
				case p.Write && !w.write(op, p.Value):
					bad.malformed(op, fmt.Sprintf("it writes to %s, which was written to before", model.TextOf(p.Key)))
					return bad.list, nil
				}
			}
			if len(r.keys) > 1 {
				slices.SortFunc(r.keys, history.Compare)
				slices.SortFunc(r.shows, history.Compare)
				reads++
				groups[model.TextOf(r.keys)] = append(groups[model.TextOf(r.keys)], r)
			}
		}
		for _, w := range order {
			w.judge(&bad)
		}
		for _, name := range sortedKeys(groups) {
			forks(&bad, groups[name])
		}
		return bad.list, []Measure{{"reads", reads, ""}, {"groups", int64(len(groups)), ""}}
	})
}

// forkWrite is the write of one register, and what reads show of it.
type forkWrite struct {
	key, value any
	made       made
	failed     *history.Operation
	// shows are the first read that shows something, and the first that shows something else.
	shows  [2]*history.Operation
	values [2]any
}

// write notes the write; false if there was one before.
func (w *forkWrite) write(op *history.Operation, v any) bool {
	if op.End == history.Fail {
		w.failed = op
		return true
	}
	again := w.made.first != nil
	w.made.by(op)
	w.value = v
	return !again
}

func (w *forkWrite) show(op *history.Operation, v any) {
	if v == nil {
		return
	}
	w.made.show(op)
	for i := range w.shows {
		if w.shows[i] == nil {
			w.shows[i], w.values[i] = op, v
		}
		if w.values[i] == v {
			return
		}
	}
}

// judge holds what reads show of a register against what was written.
func (w *forkWrite) judge(bad *violations) {
	for i, op := range w.shows {
		switch {
		case op == nil || w.made.first != nil && w.value == w.values[i]:
		case w.failed != nil:
			bad.add("aborted-read", fmt.Sprintf("a read shows %s of %s, and writing to it had failed", model.TextOf(w.values[i]),
				model.TextOf(w.key)), w.failed, op)
		default:
			bad.add("garbage-read", fmt.Sprintf("a read shows %s of %s, which was never written", model.TextOf(w.values[i]),
				model.TextOf(w.key)), op)
		}
	}
	if w.made.early() {
		bad.add("garbage-read", fmt.Sprintf("a read shows %s of %s before it was written", model.TextOf(w.value),
			model.TextOf(w.key)), w.made.shown, w.made.first)
	}
}

// forkRead is a read of several registers: which, and which of them had been written to.
type forkRead struct {
	op          *history.Operation
	keys, shows []any
}

// forks holds the reads of a group against each other, in the order of how much they show: it is enough that each shows
// what the one before does.
func forks(bad *violations, reads []forkRead) {
	slices.SortStableFunc(reads, func(a, b forkRead) int { return cmp.Compare(len(a.shows), len(b.shows)) })
	for i := 1; i < len(reads); i++ {
		a, b := reads[i-1], reads[i]
		for _, key := range a.shows {
			if _, there := slices.BinarySearchFunc(b.shows, key, history.Compare); !there {
				bad.add("long-fork", fmt.Sprintf("of two reads, each shows a write that the other does not; one of them to %s",
					model.TextOf(key)), a.op, b.op)
				break
			}
		}
	}
}
