// Package syncs measures what a disk does without a service: how long syncs take that come as those of its servers do.
package syncs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

const (
	// bytes is about what a server adds to its log between two syncs, and pause how long it has nothing to add.
	bytes = 2 << 10
	pause = 4 * time.Millisecond
)

// Times is how long each of several syncs took, the shortest first.
type Times []time.Duration

// Measure has writers add to a file each, in a folder, and sync it, for so long.
func Measure(folder string, writers int, length time.Duration) (Times, error) {
	var mu sync.Mutex
	var all Times
	var failed error
	var wg sync.WaitGroup
	for n := range writers {
		wg.Go(func() {
			times, err := one(filepath.Join(folder, fmt.Sprintf("sync%d", n)), time.Now().Add(length))
			mu.Lock()
			defer mu.Unlock()
			if all = append(all, times...); err != nil {
				failed = err
			}
		})
	}
	wg.Wait()
	if failed == nil && len(all) == 0 {
		failed = fmt.Errorf("no sync was over within %v", length)
	}
	slices.Sort(all)
	return all, failed
}

// one is a writer. Its file is gone in the end.
func one(name string, until time.Time) (times Times, err error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	defer os.Remove(name)
	defer f.Close()
	for data := make([]byte, bytes); time.Now().Before(until); time.Sleep(pause) {
		if _, err := f.Write(data); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := f.Sync(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(began))
	}
	return times, nil
}

// String is the times in the middle, that only one of a hundred was longer than, and of the longest.
func (t Times) String() string {
	at := func(percent int) time.Duration { return t[len(t)*percent/100].Round(time.Millisecond / 10) }
	return fmt.Sprintf("p50 %v, p99 %v, the longest %v", at(50), at(99), t[len(t)-1].Round(time.Millisecond/10))
}
