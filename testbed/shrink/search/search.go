// Package search looks for something small that still fails, by trying smaller and smaller things. It knows nothing of
// what they are: only how to try one, and that is slow, so several are tried side by side. What comes out does not
// depend on which of them is done first.
package search

import (
	"context"
	"errors"
	"sync"
)

// ErrSpent ends a search whose limit is reached. What was found until then stands.
var ErrSpent = errors.New("the budget is spent")

// Search tries candidates. Each has a key: two with one key are the same and are tried once.
type Search[C, R any] struct {
	// Jobs is how many are tried at once, at least 1.
	Jobs int
	// Limit is how many may be tried in all; 0 is no limit.
	Limit int
	Key   func(C) string
	// Try tries one. It is called from several goroutines at once. An error ends the search.
	Try func(ctx context.Context, c C) (R, error)
	// Good says whether a result is what is looked for.
	Good func(R) bool
	// Done, if it is not nil, is called for each that was asked for and tried, in the order of the candidates.
	Done func(c C, r R, good bool)

	tried   int
	known   map[string]*attempt[R]
	slots   chan struct{}
	running sync.WaitGroup
}

// attempt is one candidate's, under way or over.
type attempt[R any] struct {
	done    chan struct{}
	result  R
	err     error
	counted bool
}

// Tried is how many different candidates were asked for and tried. It does not count those that were begun because
// there was time, and not needed.
func (s *Search[C, R]) Tried() int { return s.tried }

// First tries candidates and returns the first of them, in their order, that is good, and its result; or -1. As many as
// there are jobs are under way at once, but whether a later one is good is asked only when no earlier one is. It ends
// with ErrSpent when the limit is reached, and with ctx's cause when ctx is done.
func (s *Search[C, R]) First(ctx context.Context, candidates []C) (int, R, error) {
	var none R
	if s.known == nil {
		s.known, s.slots = make(map[string]*attempt[R]), make(chan struct{}, max(1, s.Jobs))
	}
	begun := 0
	for i, c := range candidates {
		for ; begun < len(candidates) && begun < i+max(1, s.Jobs); begun++ {
			s.begin(ctx, candidates[begun])
		}
		a := s.known[s.Key(c)]
		if !a.counted {
			if s.Limit > 0 && s.tried >= s.Limit {
				return -1, none, ErrSpent
			}
			s.tried++
		}
		if err := a.wait(ctx); err != nil {
			return -1, none, err
		}
		good := s.Good(a.result)
		if !a.counted && s.Done != nil {
			s.Done(c, a.result, good)
		}
		a.counted = true
		if good {
			return i, a.result, nil
		}
	}
	return -1, none, nil
}

// All tries all candidates and returns the result of each.
func (s *Search[C, R]) All(ctx context.Context, candidates []C) ([]R, error) {
	var results []R
	good := s.Good
	defer func() { s.Good = good }()
	s.Good = func(r R) bool { results = append(results, r); return false }
	_, _, err := s.First(ctx, candidates)
	return results, err
}

// wait waits for an attempt's end.
func (a *attempt[R]) wait(ctx context.Context) error {
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// begin starts to try a candidate, unless it was begun before.
func (s *Search[C, R]) begin(ctx context.Context, c C) {
	key := s.Key(c)
	if s.known[key] != nil {
		return
	}
	a := &attempt[R]{done: make(chan struct{})}
	s.known[key] = a
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		defer close(a.done)
		s.slots <- struct{}{}
		defer func() { <-s.slots }()
		if a.err = context.Cause(ctx); a.err == nil {
			a.result, a.err = s.Try(ctx, c)
		}
	}()
}

// Wait waits for whatever is still being tried: after it, Try is not called any more.
func (s *Search[C, R]) Wait() { s.running.Wait() }
