package jobs

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/recipes/schedule"
)

// How much the page shows at most. The last executions are those of the jobs that changed last.
const (
	jobRows      = 200
	nextRows     = 20
	instanceRows = 100
	latestRows   = 50
	latestJobs   = 25
	latestEach   = 10
	foreignRows  = 20
)

// board is what is known of the jobs at an instant. What the work of jobs is and what executions have said is not in
// it: whoever can reach the page is not therefore who may read these.
type board struct {
	Path string
	// Read is when, "" for never, and Problem why it is not newer.
	Read, Problem string
	Instances     []instanceRow
	Jobs          []jobRow // by name
	Next          []nextRow
	Latest        []executionRow
	Foreign       []string
}

// instanceRow is an instance, with the shards that it has, how many jobs these are, and how many executions.
type instanceRow struct {
	Name, Shards string
	Jobs, Open   int
}

// jobRow is a job. State says in words what it is about.
type jobRow struct {
	Name, When, Next, State, Instance string
	Shard                             int
	Paused                            bool
}

// nextRow is a firing that is next by a job's schedule, and how long from Read on.
type nextRow struct{ Instant, In, Job, Instance string }

// executionRow is what the log has of a firing: when it was due, by how much later it was claimed, and how long after
// that the log last changed.
type executionRow struct{ Due, Job, Outcome, Late, Took, Tries, By string }

func newBoard(shares []schedule.Share, list []schedule.Status, foreign []string, latest []schedule.Execution,
	now time.Time) *board {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b schedule.Status) int { return strings.Compare(a.Name, b.Name) })
	b := &board{Read: now.UTC().Format("2006-01-02 15:04:05 UTC"), Foreign: foreign}
	at := map[string]int{}
	for i, s := range shares {
		b.Instances = append(b.Instances, instanceRow{Name: s.Instance, Shards: spans(s.Shards)})
		at[s.Instance] = i
	}
	var due []schedule.Status
	for _, s := range list {
		b.Jobs = append(b.Jobs, jobRow{Name: s.Name, When: when(s.Job), Next: showTime(s.Next), State: stateOf(s),
			Instance: s.Instance, Shard: s.Shard, Paused: s.Paused})
		if i, there := at[s.Instance]; there {
			b.Instances[i].Jobs++
			b.Instances[i].Open += len(s.Open)
		}
		if s.Next > 0 && !s.Paused {
			due = append(due, s)
		}
	}
	slices.SortStableFunc(due, func(a, b schedule.Status) int { return cmp.Compare(a.Next, b.Next) })
	for _, s := range due[:min(len(due), nextRows)] {
		b.Next = append(b.Next, nextRow{showTime(s.Next), distance(s.Next - now.UnixMilli()), s.Name, s.Instance})
	}
	for _, e := range latest[:min(len(latest), latestRows)] {
		b.Latest = append(b.Latest, showExecution(e))
	}
	return b
}

func stateOf(s schedule.Status) string {
	var words []string
	if s.Paused {
		words = append(words, "paused")
	}
	for _, part := range []struct {
		count int
		word  string
	}{{len(s.Open), "running"}, {len(s.Resting), "to be tried again"}, {len(s.Asked), "asked for"}} {
		if part.count > 0 {
			words = append(words, fmt.Sprintf("%d %s", part.count, part.word))
		}
	}
	return cmp.Or(strings.Join(words, ", "), "waiting")
}

func showExecution(e schedule.Execution) executionRow {
	row := executionRow{Due: showTime(e.Instant), Job: e.Job, Outcome: e.Outcome, By: e.By}
	switch e.Outcome {
	case schedule.Missed:
		row.Outcome = fmt.Sprintf("missed %d up to %s, by the policy %s", e.Count, showTime(e.To), e.Policy)
		return row
	case schedule.Asked:
		return row
	}
	row.Tries = fmt.Sprint(e.Attempts)
	if e.Failures > 0 {
		row.Tries = fmt.Sprintf("%d, %d ended badly", e.Attempts, e.Failures)
	}
	if e.Number == 0 {
		row.Late = span(e.Claimed - e.Instant)
	}
	if e.Outcome != schedule.Running {
		row.Took = span(e.Changed - e.Claimed)
	}
	return row
}

// showTime writes an instant, "" for none.
func showTime(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04:05.000")
}

// span writes how long something took.
func span(ms int64) string { return duration(ms).String() }

// duration is so many milliseconds, or as many years as it can be.
func duration(ms int64) time.Duration {
	const most = int64(math.MaxInt64 / time.Millisecond)
	return time.Duration(min(max(ms, -most), most)) * time.Millisecond
}

// distance says how far an instant is away.
func distance(ms int64) string {
	if ms <= 0 {
		return "now"
	}
	d := duration(ms).Round(time.Second)
	if days := d / (24 * time.Hour); days > 0 {
		return fmt.Sprintf("in %d d %d h", days, (d%(24*time.Hour))/time.Hour)
	}
	return "in " + d.String()
}

// spans writes numbers in their order as few as can be: 0-3, 7.
func spans(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		last := i
		for last+1 < len(numbers) && numbers[last+1] == numbers[last]+1 {
			last++
		}
		part := fmt.Sprint(numbers[i])
		if last > i {
			part += fmt.Sprintf("-%d", numbers[last])
		}
		parts = append(parts, part)
		i = last + 1
	}
	return strings.Join(parts, ", ")
}
