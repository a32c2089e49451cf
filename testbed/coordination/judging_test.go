package coordination

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/cmd/bench/usage"
	"ordeal/history"
	"ordeal/model/recipes"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/workloads/uses"
)

// searches are the models of recipes that Porcupine can decide alone.
var searches = map[string]checker.Checker{
	"rw-lock":        checker.Searched(recipes.ReadWrite().Spec(), checker.Budget{}),
	"leases":         checker.Searched(recipes.Semaphore(2).Spec(), checker.Budget{}),
	"reentrant-lock": checker.Searched(recipes.Reentrant().Spec(), checker.Budget{}),
	"multi-lock":     checker.Searched(recipes.Several().Spec(), checker.Budget{}),
	"barrier":        checker.Searched(recipes.Barrier(), checker.Budget{}),
	"double-barrier": checker.Searched(recipes.Meeting(3), checker.Budget{}),
	"members":        checker.Searched(recipes.Members(), checker.Budget{}),
	"dns":            checker.Searched(recipes.Answers(), checker.Budget{}),
	"priority-queue": checker.Searched(recipes.PriorityQueue(), checker.Budget{}),
	"delay-queue":    checker.Searched(recipes.DelayQueue(), checker.Budget{}),
	"work-queue":     checker.Searched(recipes.WorkQueue(), checker.Budget{}),
	"config":         checker.Searched(recipes.Config(), checker.Budget{}),
	"ids":            checker.Searched(recipes.IDs(), checker.Budget{}),
}

// judgedMost is how many operations are judged, and searchedMost how many of them Porcupine searches beside that.
const judgedMost, searchedMost = 1_000_000, 1000

// BenchmarkJudging has a million operations of each workload of a recipe judged: a trial with the faults of the swarm,
// again and again, each time with objects, processes and sessions of its own. In the unit of CPU time; search is what
// Porcupine alone takes for the first thousand of them.
func BenchmarkJudging(b *testing.B) {
	for _, u := range uses.Workloads() {
		_, searched := searches[u.Model]
		if !searched && u.Model != "schedule" && u.Model != "latch" {
			continue
		}
		b.Run(u.Name, func(b *testing.B) {
			judge, err := checker.ForModelWith(u.Model, u.Told)
			if err != nil {
				b.Fatal(err)
			}
			one := trial.Trial{Service: Service(), Seed: 1, Workload: u.Name, Nodes: 3, Length: time.Minute,
				Rate: trial.DefaultRate, Faults: []string{"swarm"}}
			played, err := play.Run(one, play.Ask{})
			if err != nil {
				b.Fatal(err)
			}
			long := repeated(played.History, judgedMost)
			for b.Loop() {
				runtime.GC() // of what made the history, which is no part of judging it
				began := usage.Own()
				v := judge.Check(long)
				b.ReportMetric((usage.Own() - began).Seconds(), "cpu-s/judge")
				if v.Outcome != checker.Valid {
					b.Fatalf("%v: %s", v.Outcome, v.Reason)
				}
			}
			if searched {
				began := usage.Own()
				v := searches[u.Model].Check(first(played.History, searchedMost))
				b.ReportMetric((usage.Own() - began).Seconds(), "cpu-s/search")
				b.Logf("a search of %d operations: %v", searchedMost, v.Outcome)
			}
		})
	}
}

// first is a history up to so many operations.
func first(h history.History, operations int) history.History {
	for i, op := range h {
		if op.Type == history.Invoke {
			if operations--; operations < 0 {
				return h[:i]
			}
		}
	}
	return h
}

// repeated is a history again and again, until there are so many operations.
func repeated(h history.History, operations int) (long history.History) {
	each, processes := 0, 0
	for _, op := range h {
		if op.Type == history.Invoke {
			each++
		}
		processes = max(processes, op.Process+1)
	}
	length := h[len(h)-1].Time + time.Second
	for n := range operations / each {
		offset := len(long)
		for _, op := range h {
			op.Index, op.Time = len(long), op.Time+time.Duration(n)*length
			if op.Process >= 0 {
				op.Process += n * processes
			}
			if op.Key != "" {
				op.Key = fmt.Sprintf("%s.%d", op.Key, n)
			}
			op.Value = renamed(op.Value, n)
			if list, ok := op.Value.([]any); ok && op.F == "cached" && op.Type == history.OK {
				list[len(list)-1] = list[len(list)-1].(int64) + int64(offset) // an event of the history
			}
			long = append(long, op)
		}
	}
	return long
}

// renamed is a value whose sessions and instances are those of one time.
func renamed(v any, n int) any {
	switch v := v.(type) {
	case string:
		if id, ok := strings.CutPrefix(v, "0x"); ok {
			return fmt.Sprintf("0x%x%s", n+1, id)
		}
		if strings.HasPrefix(v, "instance ") {
			return fmt.Sprintf("%s.%d", v, n)
		}
	case []any:
		list := make([]any, len(v))
		for i, one := range v {
			list[i] = renamed(one, n)
		}
		return list
	}
	return v
}
