package checker

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strings"

	"github.com/anishathalye/porcupine"

	"ordeal/history"
	"ordeal/model"
)

const (
	// shrinkChecks bounds how many smaller histories are tried, and shrinkSteps the steps of all of them.
	shrinkChecks = 1_000
	shrinkSteps  = 4_000_000
	// drawnMax is the most operations that are worth a page, and that Porcupine draws in reasonable memory.
	drawnMax = 300
	// shownMax is the most operations that a reason lists.
	shownMax = 6
)

// explain cuts an invalid object's operations down to ones that contradict each other, and says so in the verdict.
//
// A smaller history must be invalid only if the whole one is. So no operation is just taken out (a read is surely wrong
// without the write that it saw): instead it is relaxed, which allows everything that was allowed before, and what is
// unknown and cannot matter is then left out by the specification.
func (s search[S, I, O]) explain(v *Verdict, part model.Part[I, O], decide decision[I, O]) {
	sh := shrinker[S, I, O]{spec: s.spec, decide: decide}
	total, all := len(part.Calls), part.Operations
	part, last := sh.prefix(part)
	part = sh.relax(part)
	v.Evidence = originals(part, all)
	v.Reason = fmt.Sprintf("%s, among %d operations", v.Reason, total)
	if last != nil {
		v.Reason += fmt.Sprintf("; none is left once event %d returns (%s)", last.Return, model.Text(*last))
	}
	v.Reason += contradiction(v.Evidence)
	// What was too large for Porcupine may be small enough now.
	if s.small().decide(part).outcome == Valid {
		v.Disagree = true
		v.Reason = "the checkers disagree: Porcupine finds an order of what is left of this: " + v.Reason
	}
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

// originals are the operations behind a part's calls, as they stand in the whole history. A call that was relaxed and
// still there is needed for others to be possible at all (the writes that made the versions before, say), and how it
// ended contradicts nothing; so it is left out.
func originals[I, O any](part model.Part[I, O], all []history.Operation) []history.Operation {
	kept := map[int]bool{}
	for _, c := range part.Calls {
		kept[c.Op.Call] = c.Unknown()
	}
	var out []history.Operation
	for _, op := range all {
		if unknown, ok := kept[op.Call]; ok && unknown == (op.End == history.Info) {
			out = append(out, op)
		}
	}
	return out
}

type shrinker[S, I, O any] struct {
	spec          model.Spec[S, I, O]
	decide        decision[I, O]
	checks, steps int
}

func (sh *shrinker[S, I, O]) tired() bool {
	return sh.checks >= shrinkChecks || sh.steps >= shrinkSteps
}

// try prunes a smaller history and tells whether it is invalid still.
func (sh *shrinker[S, I, O]) try(part model.Part[I, O], calls []model.Call[I, O]) (model.Part[I, O], bool) {
	if sh.tired() {
		return part, false
	}
	part.Calls = sh.spec.Prune(calls, part.Failed)
	f := sh.decide(part)
	sh.checks, sh.steps = sh.checks+1, sh.steps+f.steps+len(part.Calls)
	return part, f.outcome == Invalid
}

// prefix cuts the history behind the first return after which no order is possible, and names the operation that
// returned there; nil if it was not found. A history that is invalid stays so as it goes on, so halving finds it.
func (sh *shrinker[S, I, O]) prefix(part model.Part[I, O]) (model.Part[I, O], *history.Operation) {
	var returns []*history.Operation
	for _, c := range part.Calls {
		if !c.Unknown() {
			returns = append(returns, c.Op)
		}
	}
	slices.SortFunc(returns, func(a, b *history.Operation) int { return cmp.Compare(a.Return, b.Return) })
	best := part
	at := sort.Search(len(returns), func(i int) bool {
		p, bad := sh.try(part, sh.until(part.Calls, returns[i].Return))
		if bad {
			best = p
		}
		return bad
	})
	if at == len(returns) {
		return part, nil
	}
	return best, returns[at]
}

// until is what was known right after an event.
func (sh *shrinker[S, I, O]) until(calls []model.Call[I, O], event int) []model.Call[I, O] {
	return sh.relaxed(calls, func(i int) bool { return !calls[i].Unknown() && calls[i].Op.Return > event },
		func(i int) bool { return calls[i].Op.Call <= event })
}

// relaxed is the calls that stay, those that are to be relaxed relaxed.
func (sh *shrinker[S, I, O]) relaxed(calls []model.Call[I, O], relax, stays func(i int) bool) []model.Call[I, O] {
	out := make([]model.Call[I, O], 0, len(calls))
	for i, c := range calls {
		keep := stays(i)
		if keep && relax(i) {
			c, keep = sh.spec.Relaxed(c)
		}
		if keep {
			out = append(out, c)
		}
	}
	return out
}

// relax relaxes calls, many at a time and then one by one, as long as the rest is invalid.
func (sh *shrinker[S, I, O]) relax(part model.Part[I, O]) model.Part[I, O] {
	for size := (len(part.Calls) + 1) / 2; size > 0 && !sh.tired(); {
		smaller := false
		for from := 0; from < len(part.Calls) && !sh.tired(); {
			calls := sh.relaxed(part.Calls,
				func(i int) bool { return from <= i && i < from+size }, func(int) bool { return true })
			if p, bad := sh.try(part, calls); bad && sh.smaller(p.Calls, part.Calls) {
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

// smaller says whether a history has fewer calls than another one. Where the specification does not say what can be
// dropped of what is unknown, fewer known calls are enough: only those are shown.
func (sh *shrinker[S, I, O]) smaller(calls, than []model.Call[I, O]) bool {
	return len(calls) < len(than) || sh.spec.Relax == nil && known(calls) < known(than)
}

func known[I, O any](calls []model.Call[I, O]) int {
	n := 0
	for _, c := range calls {
		if !c.Unknown() {
			n++
		}
	}
	return n
}

// draw writes Porcupine's page of a part.
func (s search[S, I, O]) draw(w io.Writer, part model.Part[I, O]) error {
	used := &spent{entry: cacheEntry(len(part.Calls)), limit: s.budget}
	m := s.model(used)
	_, info := porcupine.CheckOperationsVerbose(m, timed(part.Calls), 0)
	// Drawing steps through the orders again, which the budget was not meant for.
	used.limit = Budget{Steps: math.MaxInt, Bytes: math.MaxInt}
	if err := porcupine.Visualize(m, info, w); err != nil {
		return fmt.Errorf("draw the operations on %q: %w", part.Key, err)
	}
	return nil
}
