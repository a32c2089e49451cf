package checker

import (
	"fmt"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/model"
)

// setFull looks at each element of a set that is only added to and read as a whole. An element is known from the
// return of its add, or of the first read that shows it. If reads that were called later than that do not show it,
// and none that was called after the last of them does, it is lost; if one does, the set was stale. Stale reads are
// measured, and violations if o says so. So are elements that a read shows twice, and those that were never added.
//
// How long it took until all reads showed an element, or for how long none was right that missed it, are latencies: the
// time from when it was known to the call of the last read without it.
func setFull(o Options) Checker {
	return whole("set-full", func(ops []history.Operation) ([]Verdict, []Measure) {
		s := fullSet{ids: map[any]int{}}
		for i := range ops {
			op := &ops[i]
			if why := s.note(op); why != "" {
				s.bad.malformed(op, why)
				return s.bad.list, nil
			}
		}
		s.findAbsent()
		return s.judge(o)
	})
}

// seenElement is what became of one element.
type seenElement struct {
	value any
	add   *history.Operation
	added bool
	made  made
	// known is the event at which it was known, -1 if it never was, and since when.
	known int
	since time.Duration
	// shown is the read called last that shows it, absent the one called last that does not, from 1; 0 if there is
	// none.
	shown, absent int
}

type fullSet struct {
	bad      violations
	ids      map[any]int
	elements []seenElement
	reads    []*history.Operation
	shows    [][]int // of each read, the elements
}

func (s *fullSet) of(v any) int {
	id, ok := s.ids[history.Single(v)]
	if !ok {
		id = len(s.elements)
		s.ids[history.Single(v)] = id
		s.elements = append(s.elements, seenElement{value: v, known: -1})
	}
	return id
}

func (s *fullSet) know(id int, op *history.Operation) {
	if e := &s.elements[id]; e.known < 0 || op.Return < e.known {
		e.known, e.since = op.Return, op.Completed
	}
}

func (s *fullSet) note(op *history.Operation) (why string) {
	switch op.F {
	case "add":
		id := s.of(op.Argument)
		if op.End == history.Fail {
			return ""
		}
		s.elements[id].add, s.elements[id].added = op, true
		s.elements[id].made.by(op)
		if op.End == history.OK {
			s.know(id, op)
		}
	case "read":
		if op.End != history.OK {
			return ""
		}
		list, ok := elementsOf(op.Result)
		if !ok {
			return fmt.Sprintf("%s was read where a list or a set of elements belongs", model.TextOf(op.Result))
		}
		ids := make([]int, 0, len(list))
		s.reads = append(s.reads, op)
		for _, v := range list {
			id := s.of(v)
			if s.elements[id].shown == len(s.reads) {
				s.bad.add("duplicated", fmt.Sprintf("a read shows %s twice", model.TextOf(v)), op)
				continue
			}
			s.elements[id].shown = len(s.reads)
			s.elements[id].made.show(op)
			s.know(id, op)
			ids = append(ids, id)
		}
		s.shows = append(s.shows, ids)
	default:
		return noOperation(op, "add", "read")
	}
	return ""
}

// findAbsent finds the last read that misses each element, from the last read on: those that all reads until there show
// get fewer from one to the next, so that no more is looked at than the reads have elements.
func (s *fullSet) findAbsent() {
	all := make([]int, len(s.elements))
	for i := range all {
		all[i] = i
	}
	in := make([]int, len(s.elements)) // the read that shows an element, from 1
	for r := len(s.reads); r > 0 && len(all) > 0; r-- {
		for _, id := range s.shows[r-1] {
			in[id] = r
		}
		all = slices.DeleteFunc(all, func(id int) bool {
			if in[id] != r {
				s.elements[id].absent = r
			}
			return in[id] != r
		})
	}
}

func (s *fullSet) judge(o Options) ([]Verdict, []Measure) {
	var stable, never, lost, stale int64
	var stableAfter, lostAfter []time.Duration
	for _, e := range s.elements {
		missed := e.absent > 0 && e.known >= 0 && s.reads[e.absent-1].Call > e.known
		if e.shown > 0 && !e.added {
			s.bad.add("unexpected", fmt.Sprintf("a read shows %s, which was never added", model.TextOf(e.value)),
				s.reads[e.shown-1])
			continue
		}
		if e.made.early() {
			s.bad.add("unexpected", fmt.Sprintf("a read shows %s before anything added it", model.TextOf(e.value)), e.made.shown,
				e.made.first)
		}
		latency := time.Duration(0)
		if missed {
			latency = max(0, s.reads[e.absent-1].Invoked-e.since)
		}
		switch {
		case missed && e.absent > e.shown:
			lost++
			lostAfter = append(lostAfter, latency)
			s.bad.add("lost", fmt.Sprintf("%s was there, and the reads at the end do not show it", model.TextOf(e.value)),
				e.add, s.reads[e.absent-1])
		case e.shown > e.absent:
			stable++
			stableAfter = append(stableAfter, latency)
			if missed {
				stale++
			}
			if missed && o.Linearizable {
				s.bad.add("stale", fmt.Sprintf("a read does not show %s, which was there before, and is later",
					model.TextOf(e.value)), e.add, s.reads[e.absent-1], s.reads[e.shown-1])
			}
		default:
			never++
		}
	}
	if stable+lost == 0 {
		s.bad.list = append(s.bad.list, Verdict{Outcome: Unknown, Reason: "no read shows an element, so nothing was tried"})
	}
	return s.bad.list, append([]Measure{{"stable", stable, "elements"}, {"lost", lost, "elements"},
		{"stale", stale, "elements"}, {"never read", never, "elements"}},
		append(quantiles("stable after", stableAfter), quantiles("lost after", lostAfter)...)...)
}

// quantiles are the median, the 99th percentile and the maximum of latencies.
func quantiles(name string, all []time.Duration) []Measure {
	if len(all) == 0 {
		return nil
	}
	slices.Sort(all)
	at := func(percent int) int64 { return all[(len(all)-1)*percent/100].Milliseconds() }
	return []Measure{{name + ", median", at(50), "ms at most"}, {name + ", 99 %", at(99), "ms at most"},
		{name + ", worst", at(100), "ms at most"}}
}
