package model

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// KVParts divides stores into what can be judged one by one, as the Key of a KVSpec. Two keys are in one part if a
// range covers both and every key between them that the history names; so a part is a run of neighbouring keys, and a
// history without ranges has a part for each key. A range that covers no such key is a part of its own, in which it
// must be empty.
//
// It is exact: a store is legal if and only if each part is, because no operation is in two of them. A range over the
// whole store makes it one part.
func KVParts(ops []history.Operation) func(op history.Operation) (part string, everywhere bool) {
	stores := map[string]*kvRuns{}
	for i := range ops {
		op := &ops[i]
		in, err := parseKVInput(*op)
		if err != nil || op.Process == history.Nemesis {
			continue
		}
		s := stores[op.Key]
		if s == nil {
			s = &kvRuns{named: map[string]bool{}}
			stores[op.Key] = s
		}
		if in.Op == KVRange {
			s.ranges = append(s.ranges, in)
		} else if !s.named[in.Key] {
			s.named[in.Key] = true
			s.keys = append(s.keys, in.Key)
		}
	}
	for _, s := range stores { //house:unordered each changes only itself
		s.join()
	}
	return func(op history.Operation) (string, bool) {
		in, err := parseKVInput(op)
		if err != nil {
			return op.Key, false // malformed, as the specification will say
		}
		part := stores[op.Key].part(in)
		if op.Key != "" {
			part = op.Key + "/" + part
		}
		return part, false
	}
}

// kvRuns is the keys of one store, sorted, and which of them are in one part.
type kvRuns struct {
	keys   []string
	named  map[string]bool
	ranges []KVInput
	// first is, for each key, the place of the first one of its part; last of the last.
	first, last []int
}

func (s *kvRuns) join() {
	slices.Sort(s.keys)
	n := len(s.keys)
	opened := make([]int, n+1) // how many ranges more than before cover a key and the one behind it
	for _, r := range s.ranges {
		if from, to := s.covered(r); from < to {
			opened[from]++
			opened[to-1]--
		}
	}
	s.first, s.last = make([]int, n), make([]int, n)
	open := 0
	for i := range n {
		s.first[i] = i
		if open > 0 {
			s.first[i] = s.first[i-1]
		}
		s.last[s.first[i]] = i
		open += opened[i]
	}
}

// covered are the places of the keys that a range covers.
func (s *kvRuns) covered(r KVInput) (from, to int) {
	from, _ = slices.BinarySearch(s.keys, r.Key)
	to = len(s.keys)
	if r.To != "" {
		to, _ = slices.BinarySearch(s.keys, r.To)
	}
	return from, to
}

// part names the part that an operation is in.
func (s *kvRuns) part(in KVInput) string {
	if len(s.ranges) == 0 {
		return in.Key
	}
	at, found := slices.BinarySearch(s.keys, in.Key)
	if in.Op == KVRange {
		from, to := s.covered(in)
		if at, found = from, from < to; !found {
			return fmt.Sprintf("[%q %q]", in.Key, in.To)
		}
	}
	if !found {
		return in.Key
	}
	first := s.first[at]
	if last := s.last[first]; last > first {
		return s.keys[first] + ".." + s.keys[last]
	}
	return s.keys[first]
}
