package etcdv3

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/history"
)

// placing finds out in which order the store did what it was asked for, and where in the history. Revisions say the
// order of what changed keys: those in answers, and for what was not answered those at which scouts saw its values.
// A revision is placed as early as it may be: behind the call of whoever made it, and behind the calls of all whose
// answers show an older one. What changed no key is placed at the revision that its answer shows.
type placing struct {
	v     *visit
	ops   []history.Operation
	times []time.Duration // of the history's events
	// made is who made a revision, nil if no client is known to have; earliest is the event that it is behind.
	made     map[int64]*history.Operation
	earliest []int
	entries  []placed
	// keys are those that there are, in mid-replay.
	keys map[string]bool
}

// placed is one entry of the order.
type placed struct {
	event    int
	revision int64 // the newest when it was done, its own included
	still    bool  // it made no revision: it is behind the one that did
	name     string
	value    []any // behind the event and the time
	at       time.Duration
}

// place finds out the order, and records it behind all other events.
func (v *visit) place() error {
	h := v.Record.Ops()
	ops, err := h.Pair()
	if err != nil {
		return err
	}
	p := &placing{v: v, ops: ops, made: map[int64]*history.Operation{}, keys: map[string]bool{}}
	for i := range h {
		p.times = append(p.times, h[i].Time)
	}
	p.bound()
	p.placeRevisions()
	p.placeOthers()
	slices.SortStableFunc(p.entries, func(a, b placed) int {
		switch {
		case a.event != b.event:
			return a.event - b.event
		case a.revision != b.revision:
			return int(a.revision - b.revision)
		case a.still != b.still && b.still:
			return -1
		case a.still != b.still:
			return 1
		}
		return 0
	})
	for i, e := range p.entries {
		value := append([]any{int64(e.event), e.at.Milliseconds(), int64(i + 1)}, e.value...)
		v.Record.OK(history.Service, e.name, "", value)
	}
	return nil
}

// answer is what an operation was answered with: a list that begins with a revision.
func answer(op *history.Operation) (list []any, revision int64) {
	list, _ = op.Result.([]any)
	if op.End != history.OK || len(list) == 0 {
		return nil, 0
	}
	revision, _ = list[0].(int64)
	return list, revision
}

// args are those of a client's operation, behind its connection and user; ok is false for all others.
func args(op *history.Operation) (list []any, ok bool) {
	list, _ = op.Argument.([]any)
	if op.Process < 0 || len(list) < 2 {
		return nil, false
	}
	return list[2:], true
}

// changes says whether an answered operation made the revision that its answer shows.
func changes(op *history.Operation) bool {
	list, _ := answer(op)
	if list == nil {
		return false
	}
	switch op.F {
	case "put":
		return true
	case "delete":
		return list[1] != any(int64(0))
	case "txn":
		asked, _ := args(op)
		branch, _ := asked[2].([]any)
		if list[1] == any(true) {
			branch, _ = asked[1].([]any)
		}
		parts, _ := list[2].([]any)
		for i, v := range branch {
			one, _ := v.([]any)
			part, _ := parts[i].([]any)
			if one[0] == any("put") || one[0] == any("delete") && part[1] != any(int64(0)) {
				return true
			}
		}
	}
	return false
}

// exact says whether an answer shows the newest revision of an instant between the call and the answer.
func exact(op *history.Operation) bool {
	asked, ok := args(op)
	switch {
	case !ok:
		return false
	case op.F == "range":
		flags, _ := asked[5].(string)
		return !strings.Contains(flags, "s")
	}
	return slices.Contains([]string{"put", "delete", "txn", "grant", "revoke"}, op.F)
}

// bound finds who made which revision, and behind which event each is.
func (p *placing) bound() {
	last := p.v.log.next - 1
	p.earliest = make([]int, last+2)
	for i := range p.ops {
		op := &p.ops[i]
		_, revision := answer(op)
		if revision == 0 || revision > last || !exact(op) {
			continue
		}
		if changes(op) {
			p.made[revision] = op
			p.earliest[revision] = max(p.earliest[revision], op.Call)
		}
		p.earliest[revision+1] = max(p.earliest[revision+1], op.Call)
	}
	p.attribute(last)
	p.boundLapses(last)
	for r := int64(2); r <= last; r++ {
		p.earliest[r] = max(p.earliest[r], p.earliest[r-1])
	}
}

// boundLapses has leases end behind the calls of the keep-alives that found them there, but for those that were asked
// for when the end had been seen: such an answer is for the judge.
func (p *placing) boundLapses(last int64) {
	lapses := map[int64]int64{}
	for r := int64(2); r <= last; r++ {
		if lease := leaseOf(p.v.log.seen[r].events); lease != 0 && p.made[r] == nil {
			lapses[lease] = r
		}
	}
	for i := range p.ops {
		op := &p.ops[i]
		list, _ := answer(op)
		if op.F != "alive" || len(list) != 3 || list[2] == any(int64(0)) {
			continue
		}
		asked, _ := args(op)
		lease, _ := asked[0].(int64)
		if r := lapses[lease]; r != 0 && op.Call < p.v.log.seen[r].event {
			p.earliest[r] = max(p.earliest[r], op.Call)
		}
	}
}

// attribute finds who made the revisions that no answer shows: by the values that were put, which no other put has;
// or, for what only deleted, by what it deleted.
func (p *placing) attribute(last int64) {
	puts := map[string]*history.Operation{}
	for i := range p.ops {
		if op := &p.ops[i]; op.End != history.OK {
			for _, value := range valuesPut(op) {
				puts[value] = op
			}
		}
	}
	taken := map[*history.Operation]bool{}
	for r := int64(2); r <= last; r++ {
		events := p.v.log.seen[r].events
		if p.made[r] == nil {
			op := p.maker(r, events, puts, taken)
			if op != nil {
				p.made[r], taken[op] = op, true
				p.earliest[r] = max(p.earliest[r], op.Call)
			}
		}
		for _, e := range events {
			p.keys[string(e.Kv.Key)] = e.Type == mvccpb.PUT
		}
	}
}

func (p *placing) maker(r int64, events []*clientv3.Event, puts map[string]*history.Operation,
	taken map[*history.Operation]bool) *history.Operation {
	for _, e := range events {
		if e.Type == mvccpb.PUT {
			return puts[string(e.Kv.Value)]
		}
	}
	if lease := leaseOf(events); lease != 0 {
		for i := range p.ops {
			asked, _ := args(&p.ops[i])
			if op := &p.ops[i]; op.F == "revoke" && asked[0] == any(lease) && op.Call < p.v.log.seen[r].event {
				return op
			}
		}
		return nil
	}
	for i := range p.ops {
		op := &p.ops[i]
		if op.F == "delete" && op.End == history.Info && !taken[op] && op.Call < p.v.log.seen[r].event &&
			p.deletes(op, events) {
			return op
		}
	}
	return nil
}

// leaseOf is the lease that all of some events are of, if all are deletions; 0 if there is none.
func leaseOf(events []*clientv3.Event) (lease int64) {
	for i, e := range events {
		if e.Type != mvccpb.DELETE || e.PrevKv == nil || i > 0 && e.PrevKv.Lease != lease {
			return 0
		}
		lease = e.PrevKv.Lease
	}
	return lease
}

// deletes says whether a deletion, now, would be of just these keys.
func (p *placing) deletes(op *history.Operation, events []*clientv3.Event) bool {
	asked, _ := args(op)
	from, _ := asked[0].(string)
	to, _ := asked[1].(string)
	count := 0
	for key, there := range p.keys { //house:unordered they are counted
		if there && (key == from || to != "" && key >= from && key < to) {
			count++
		}
	}
	for _, e := range events {
		if key := string(e.Kv.Key); key != from && (to == "" || key < from || key >= to) {
			return false
		}
	}
	return count == len(events)
}

// valuesPut are the values that an operation puts.
func valuesPut(op *history.Operation) (values []string) {
	asked, ok := args(op)
	if !ok {
		return nil
	}
	switch op.F {
	case "put":
		value, _ := asked[1].(string)
		return []string{value}
	case "txn":
		branch, _ := asked[1].([]any)
		for _, v := range branch {
			if one, _ := v.([]any); one[0] == any("put") {
				value, _ := one[2].(string)
				values = append(values, value)
			}
		}
	}
	return values
}

// applied is what an entry says of who asked for what.
func applied(f string, asked []any) []any { return append([]any{"", int64(0), false, f}, asked...) }

// placeRevisions places all that changed keys.
func (p *placing) placeRevisions() {
	for r := int64(2); r < p.v.log.next; r++ {
		e := placed{event: p.earliest[r], revision: r, name: "placed"}
		e.at = p.times[e.event]
		seen := p.v.log.seen[r]
		switch op := p.made[r]; {
		case op != nil:
			asked, _ := args(op)
			e.value = applied(op.F, asked)
		case leaseOf(seen.events) != 0:
			e.name, e.at = "lapsed", seen.at+time.Millisecond
			e.value = []any{leaseOf(seen.events), int64(1)}
		default: // no client asked for it, as the judge will say
			key := string(seen.events[0].Kv.Key)
			e.value = applied("delete", []any{key, "", ""})
			if seen.events[0].Type == mvccpb.PUT {
				e.value = applied("put", []any{key, fmt.Sprintf("%s (at revision %d)", seen.events[0].Kv.Value, r), int64(0), ""})
			}
		}
		p.entries = append(p.entries, e)
	}
}
