package search

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// numbers is a search for the first number that is good; try waits as long as it is told.
func numbers(jobs int, try func(n int) error, good func(n int) bool) *Search[int, int] {
	return &Search[int, int]{
		Jobs: jobs, Key: func(n int) string { return fmt.Sprint(n) }, Good: good,
		Try: func(_ context.Context, n int) (int, error) { return n, try(n) },
	}
}

func instantly(int) error { return nil }

func TestFirstIsFirstInOrderAndNotInTime(t *testing.T) {
	late := make(chan struct{})
	s := numbers(3, func(n int) error {
		switch n {
		case 1:
			<-late // the good one before is done last
		case 2:
			close(late)
		}
		return nil
	}, func(n int) bool { return n > 0 })
	i, r, err := s.First(t.Context(), []int{0, 1, 2})
	if i != 1 || r != 1 || err != nil || s.Tried() != 2 {
		t.Errorf("it took candidate %d, result %d, %v, after %d", i, r, err, s.Tried())
	}
}

func TestTriedOnce(t *testing.T) {
	var calls atomic.Int64
	var told []int
	s := numbers(4, func(int) error { calls.Add(1); return nil }, func(n int) bool { return n == 7 })
	s.Done = func(c, _ int, good bool) {
		if good != (c == 7) {
			t.Errorf("%d was told as %v", c, good)
		}
		told = append(told, c)
	}
	for range 3 {
		if i, _, err := s.First(t.Context(), []int{1, 2, 1, 3, 7, 9}); i != 4 || err != nil {
			t.Errorf("candidate %d, %v", i, err)
		}
	}
	s.Wait()
	if n := calls.Load(); n > 5 || s.Tried() != 4 || !slices.Equal(told, []int{1, 2, 3, 7}) {
		t.Errorf("%d calls, %d tried, told %v", n, s.Tried(), told)
	}
}

func TestSearchEnds(t *testing.T) {
	s := numbers(2, instantly, func(int) bool { return false })
	s.Limit = 3
	if i, _, err := s.First(t.Context(), []int{1, 2, 3, 4, 5}); i != -1 || !errors.Is(err, ErrSpent) || s.Tried() != 3 {
		t.Errorf("candidate %d, %v, after %d", i, err, s.Tried())
	}
	broken := errors.New("broken")
	s = numbers(2, func(n int) error {
		if n == 2 {
			return broken
		}
		return nil
	}, func(n int) bool { return n == 3 })
	if i, _, err := s.First(t.Context(), []int{1, 2, 3}); i != -1 || !errors.Is(err, broken) {
		t.Errorf("candidate %d, %v", i, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	s = numbers(1, func(int) error { cancel(broken); select {} }, nil)
	if i, _, err := s.First(ctx, []int{1}); i != -1 || !errors.Is(err, broken) {
		t.Errorf("candidate %d, %v", i, err)
	}
}

// subset runs Subset with a search of so many jobs.
func subset(t *testing.T, n, jobs, limit int, enough func(kept []int) bool) (kept []int, tried int, err error) {
	t.Helper()
	var mu sync.Mutex
	s := &Search[[]int, bool]{
		Jobs: jobs, Limit: limit, Key: func(c []int) string { return fmt.Sprint(c) }, Good: func(ok bool) bool { return ok },
		Try: func(_ context.Context, c []int) (bool, error) { mu.Lock(); defer mu.Unlock(); return enough(c), nil },
	}
	kept, err = Subset(n, func(candidates [][]int) (int, error) {
		i, _, err := s.First(t.Context(), candidates)
		return i, err
	})
	s.Wait()
	return kept, s.Tried(), err
}

func TestSubset(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := rng.IntN(60)
		var needed []int
		for i := range n {
			if rng.IntN(12) == 0 {
				needed = append(needed, i)
			}
		}
		enough := func(kept []int) bool {
			return !slices.ContainsFunc(needed, func(i int) bool { return !slices.Contains(kept, i) })
		}
		one, tried, err := subset(t, n, 1, 0, enough)
		many, triedToo, _ := subset(t, n, 4, 0, enough)
		if err != nil || !slices.Equal(one, needed) || !slices.Equal(many, needed) || tried != triedToo {
			t.Errorf("of %d, %v are needed: %v with one job after %d, %v with four after %d, %v", n, needed, one, tried, many,
				triedToo, err)
		}
	}
}

// TestSubsetOfOneMinimality: what is left can't spare any single thing, also where one stands in for another.
func TestSubsetOfOneMinimality(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		n := 2 + rng.IntN(30)
		pairs := [][2]int{{rng.IntN(n), rng.IntN(n)}, {rng.IntN(n), rng.IntN(n)}}
		enough := func(kept []int) bool {
			return slices.ContainsFunc(pairs, func(p [2]int) bool {
				return slices.Contains(kept, p[0]) && slices.Contains(kept,
					p[1])
			})
		}
		kept, _, err := subset(t, n, 2, 0, enough)
		if err != nil || !enough(kept) || len(kept) > 2 {
			t.Errorf("of %d, a pair of %v is needed: %v, %v", n, pairs, kept, err)
		}
	}
}

func TestSubsetKeepsWhatItHasWhenSpent(t *testing.T) {
	enough := func(kept []int) bool { return slices.Contains(kept, 3) && slices.Contains(kept, 40) }
	kept, tried, err := subset(t, 64, 2, 9, enough)
	if !errors.Is(err, ErrSpent) || tried != 9 || !enough(kept) || len(kept) > 40 {
		t.Errorf("%v after %d, %v", kept, tried, err)
	}
	if again, _, _ := subset(t, 64, 5, 9, enough); !reflect.DeepEqual(again, kept) {
		t.Errorf("with more jobs it is %v and not %v", again, kept)
	}
	if !strings.Contains(ErrSpent.Error(), "budget") {
		t.Error("the error does not say what is spent")
	}
}
