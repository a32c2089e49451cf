package reports

import (
	"slices"
	"time"

	"ordeal/history"
)

// operation is an invoke and its completion, of one client process.
type operation struct {
	f       string
	call    int // the place of its invoke among the events
	outcome outcome
	// begun is the time of the invoke, done that of the completion; pending has none.
	begun, done time.Duration
}

// latency is how long the operation took. A pending one has none.
func (o operation) latency() time.Duration { return o.done - o.begun }

// outcome is how an operation ended. The order is that of legends and tables.
type outcome int

const (
	ok outcome = iota
	info
	fail
	// pending: the history ends before the operation does.
	pending
)

// outcomes are all of them, in order.
var outcomes = [...]outcome{ok, info, fail, pending}

func (o outcome) String() string {
	return [...]string{"ok", "info", "fail", "pending"}[o]
}

// operations pairs the events of client processes, in the order of their invokes. A completion that nothing began is
// left out: it has no latency. An invoke whose process begins anew without a completion stays pending. Unlike Pair of
// package history it refuses nothing: a history that breaks the assumptions is just what a reader wants to look at.
func operations(events []history.Op) []operation {
	var all []operation
	under := map[int]int{} // by process: the place in all of what it has under way
	for i, e := range events {
		if e.Process < 0 {
			continue
		}
		if e.Type == history.Invoke {
			under[e.Process] = len(all)
			all = append(all, operation{f: e.F, call: i, outcome: pending, begun: e.Time})
			continue
		}
		at, begun := under[e.Process]
		if !begun {
			continue
		}
		delete(under, e.Process)
		all[at].done = e.Time
		all[at].outcome = completion(e.Type)
	}
	return all
}

func completion(t history.Type) outcome {
	switch t {
	case history.OK:
		return ok
	case history.Fail:
		return fail
	}
	return info
}

// names are the different F of the operations, sorted.
func names(ops []operation) []string {
	var all []string
	for _, o := range ops {
		if i, found := slices.BinarySearch(all, o.f); !found {
			all = slices.Insert(all, i, o.f)
		}
	}
	return all
}
