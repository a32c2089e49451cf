package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// controlled is what becomes of a Job.
type controlled struct {
	mu sync.Mutex
	// codes are the exit codes of each index's pods, in order; failed are the indexes that are given up.
	codes  map[int][]int
	failed map[int]bool
	// stopped is why the whole Job was stopped before all indexes were done; "" if it was not.
	stopped string
}

// evicted stands for the exit code of a pod that was evicted, or whose node was drained.
const evicted = -1

// control plays the part of Kubernetes' controller for an Indexed Job: play runs the pod of an index for the try-th
// time, from 0, and returns its exit code.
func (j job) control(play func(index, try int) int) *controlled {
	c := &controlled{codes: make(map[int][]int), failed: make(map[int]bool)}
	slots := make(chan struct{}, j.Spec.Parallelism)
	var pods sync.WaitGroup
	for index := range j.Spec.Completions {
		slots <- struct{}{}
		pods.Go(func() {
			counted := 0
			for try := 0; c.goesOn(index); try++ {
				if j.note(c, index, play(index, try), &counted) {
					break
				}
			}
			<-slots
		})
	}
	pods.Wait()
	return c
}

func (c *controlled) goesOn(index int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopped == "" && !c.failed[index]
}

// note notes how a pod ended, and says whether its index is complete. Of its failures so many have counted.
func (j job) note(c *controlled, index, code int, counted *int) (complete bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes[index] = append(c.codes[index], code)
	if code == 0 {
		return true
	}
	action := j.after(code)
	if action == "Count" {
		*counted++
	}
	switch {
	case action == "FailJob":
		c.stopped = "PodFailurePolicy"
	case action == "FailIndex", *counted > *j.Spec.BackoffLimitPerIndex:
		c.failed[index] = true
		if len(c.failed) > *j.Spec.MaxFailedIndexes {
			c.stopped = "MaxFailedIndexesExceeded"
		}
	}
	return false
}

// after is what is done about an exit code that is not 0: what the first rule says that it matches, or else Count.
func (j job) after(code int) string {
	for _, rule := range j.Spec.PodFailurePolicy.Rules {
		if on := rule.OnExitCodes; on != nil && slices.Contains(on.Values, code) == (on.Operator == "In") {
			return rule.Action
		}
		for _, on := range rule.OnPodConditions {
			if on.Type == "DisruptionTarget" && code == evicted {
				return rule.Action
			}
		}
	}
	return "Count"
}

// reason is that of the Job's last condition.
func (c *controlled) reason() string {
	switch {
	case c.stopped != "":
		return c.stopped
	case len(c.failed) > 0:
		return "FailedIndexes"
	}
	return "CompletionsReached"
}

// indexes writes a set of indexes as Kubernetes does: 0-2,7.
func indexes(set map[int]bool) string {
	var parts []string
	for _, i := range slices.Sorted(maps.Keys(set)) {
		switch {
		case set[i-1] && set[i+1]:
		case set[i-1]:
			separator := "-"
			if !set[i-2] {
				separator = ","
			}
			parts[len(parts)-1] += fmt.Sprint(separator, i)
		default:
			parts = append(parts, fmt.Sprint(i))
		}
	}
	return strings.Join(parts, ",")
}

// TestWhatTheJobRetries holds the manifest to what the exit codes mean: 1 and 2 are what a campaign says, 254 is true
// of all shards, and all else is the tool's failure.
func TestWhatTheJobRetries(t *testing.T) {
	_, run, _ := manifests(t)
	for _, rule := range run.Spec.PodFailurePolicy.Rules {
		if on := rule.OnExitCodes; on != nil && (!slices.IsSorted(on.Values) || slices.Contains(on.Values, 0) ||
			on.ContainerName != "ordeal") {
			t.Errorf("%+v is no rule that Kubernetes has", *on)
		}
	}
	text, err := os.ReadFile(filepath.Join(repository, "deploy", "kubernetes", "testdata", "retries.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Codes          map[int][]int
		Tries          map[int]int
		Failed, Reason string
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 10 {
		t.Fatalf("%d cases, %v", len(cases), err)
	}
	run.Spec.Parallelism = 1 // one after the other, so that what stops the Job is the last
	for _, c := range cases {
		got := run.control(func(index, try int) int {
			codes := append(c.Codes[index], 0)
			return codes[min(try, max(len(c.Codes[index])-1, 0))]
		})
		for index := range run.Spec.Completions {
			if want := max(1, c.Tries[index]); len(got.codes[index]) != want {
				t.Errorf("%v: index %d was tried %d times, and not %d", c.Codes, index, len(got.codes[index]), want)
			}
		}
		if failed := indexes(got.failed); failed != c.Failed || got.reason() != c.Reason {
			t.Errorf("%v: %s failed, and the Job is over for %s", c.Codes, failed, got.reason())
		}
	}
}
