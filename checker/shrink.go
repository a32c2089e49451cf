package checker

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/anishathalye/porcupine"

	"ordeal/history"
	"ordeal/model"
)

const (
	// shrinkChecks bounds how many smaller histories are tried.
	shrinkChecks = 400
	// drawnMax is the most operations that are worth a page, and that Porcupine draws in reasonable memory.
	drawnMax = 300
	// shownMax is the most operations that a reason lists.
	shownMax = 6
)

// explain cuts an invalid object's operations down to ones that contradict each other, and says so in the verdict.
//
// A smaller history must be invalid only if the whole one is. So no operation is just taken out (a read is surely
// wrong without the write that it saw): instead it is made unknown, which allows everything that was allowed before,
// and what is unknown and cannot matter is then left out by the specification.
func (s search[S, I, O]) explain(v *Verdict, part model.Part[I, O], decide decision[I, O]) {
	sh := shrinker[S, I, O]{spec: s.spec, invalid: func(p model.Part[I, O]) bool { return decide(p).outcome == Invalid }}
	total, all := len(part.Calls), part.Operations
	part, last := sh.prefix(part)
	part = sh.relax(part)
	v.Evidence = originals(part, all)
	v.Reason = fmt.Sprintf("%s, among %d operations", v.Reason, total)
	if last != nil {
		v.Reason += fmt.Sprintf("; none is left once event %d returns (%s)", last.Return, model.Text(*last))
	}
	v.Reason += contradiction(v.Evidence)
	if len(part.Calls) <= drawnMax {
		v.page = func(w io.Writer) error { return s.draw(w, part) }
	}
}

func contradiction(ops []history.Operation) string {
	if len(ops) == 0 {
		return ""
	}
	if len(ops) > shownMax {
		return fmt.Sprintf("; %d operations contradict each other", len(ops))
	}
	words := make([]string, len(ops))
	for i, op := range ops {
		words[i] = fmt.Sprintf("[%s, events %s]", model.Text(op), span(op))
	}
	return "; what contradicts: " + strings.Join(words, " ")
}

func span(op history.Operation) string {
	if op.End == history.Info {
		return fmt.Sprintf("%d to …", op.Call)
	}
	return fmt.Sprintf("%d to %d", op.Call, op.Return)
}

// originals are the operations behind a part's calls, as they stand in the whole history.
func originals[I, O any](part model.Part[I, O], all []history.Operation) []history.Operation {
	var out []history.Operation
	kept := map[int]bool{}
	for _, c := range part.Calls {
		kept[c.Op.Call] = true
	}
	for _, op := range all {
		if kept[op.Call] {
			out = append(out, op)
		}
	}
	return out
}

type shrinker[S, I, O any] struct {
	spec    model.Spec[S, I, O]
	invalid func(model.Part[I, O]) bool
	checks  int
}

// try reads the operations again and keeps them if they are still invalid.
func (sh *shrinker[S, I, O]) try(key string, ops []history.Operation) (model.Part[I, O], bool) {
	if sh.checks++; sh.checks > shrinkChecks {
		return model.Part[I, O]{}, false
	}
	p, err := sh.spec.Part(key, ops)
	return p, err == nil && sh.invalid(p)
}

// prefix cuts the history behind the first return after which no order is possible, and names the operation that
// returned there; nil if it was not found. A history that is invalid stays so as it goes on, so halving finds it.
func (sh *shrinker[S, I, O]) prefix(part model.Part[I, O]) (model.Part[I, O], *history.Operation) {
	var returns []history.Operation
	for _, op := range part.Operations {
		if op.End == history.OK {
			returns = append(returns, op)
		}
	}
	slices.SortFunc(returns, func(a, b history.Operation) int { return cmp.Compare(a.Return, b.Return) })
	best := part
	at := sort.Search(len(returns), func(i int) bool {
		p, bad := sh.try(part.Key, until(part.Operations, returns[i].Return))
		if bad {
			best = p
		}
		return bad
	})
	if at == len(returns) {
		return part, nil
	}
	return best, &returns[at]
}

// until is what was known right after an event.
func until(ops []history.Operation, event int) []history.Operation {
	var out []history.Operation
	for _, op := range ops {
		if op.Call > event {
			continue
		}
		// What will have failed did not happen, whether that is known yet or not.
		if op.Return > event && op.End != history.Fail {
			op = unknown(op)
		}
		out = append(out, op)
	}
	return out
}

// unknown is an operation of which nobody knows whether it took effect. Its result stays: what it got, if it got
// anything.
func unknown(op history.Operation) history.Operation {
	op.End, op.Return = history.Info, -1
	return op
}

// relax makes operations unknown, many at a time and then one by one, as long as the rest is invalid.
func (sh *shrinker[S, I, O]) relax(part model.Part[I, O]) model.Part[I, O] {
	for size := (len(part.Calls) + 1) / 2; size > 0 && sh.checks < shrinkChecks; {
		smaller := false
		for from := 0; from < len(part.Calls); {
			p, bad := sh.try(part.Key, without(part, from, from+size))
			if bad && len(p.Calls) < len(part.Calls) {
				part, smaller = p, true
				continue
			}
			from += size
		}
		if size == 1 && !smaller {
			break
		}
		size = max(size/2, 1)
	}
	return part
}

// without is a part's operations with the calls from..to made unknown, and those that are no calls any more left out.
func without[I, O any](part model.Part[I, O], from, to int) []history.Operation {
	var out []history.Operation
	for _, op := range part.Operations {
		if op.End == history.Fail {
			out = append(out, op)
		}
	}
	for i, c := range part.Calls {
		op := c.Op
		if from <= i && i < to {
			op = unknown(op)
		}
		out = append(out, op)
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Call < out[j].Call })
	return out
}

// draw writes Porcupine's page of a part.
func (s search[S, I, O]) draw(w io.Writer, part model.Part[I, O]) error {
	used := &spent{entry: cacheEntry(len(part.Calls)), limit: s.budget}
	m := s.model(used)
	_, info := porcupine.CheckOperationsVerbose(m, timed(part.Calls), 0)
	// Drawing steps through the orders again, which the budget was not meant for.
	used.limit = Budget{Steps: 1 << 62, Bytes: 1 << 62}
	if err := porcupine.Visualize(m, info, w); err != nil {
		return fmt.Errorf("draw the operations on %q: %w", part.Key, err)
	}
	return nil
}
