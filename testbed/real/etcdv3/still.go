package etcdv3

import (
	"slices"

	"ordeal/history"
)

// at is behind which event an operation is placed that showed a revision and made none.
func (p *placing) at(op *history.Operation, revision int64) int {
	if revision >= int64(len(p.earliest)) {
		return op.Call
	}
	return max(op.Call, p.earliest[revision])
}

// placeOthers places what changed no keys.
func (p *placing) placeOthers() {
	for i := range p.ops {
		op := &p.ops[i]
		asked, ok := args(op)
		if !ok || !slices.Contains([]string{"put", "delete", "txn", "grant", "revoke", "compact"}, op.F) {
			continue
		}
		_, revision := answer(op)
		switch {
		case revision != 0 && p.made[revision] == op:
			continue
		case op.F == "compact":
			p.placeCompaction(op, asked, revision)
			continue
		case op.End != history.OK:
			continue // nothing shows that it was done, so it need not have been
		case op.F == "revoke" && revision != 0 && p.revokedAt(op):
			continue
		}
		e := placed{still: true, name: "placed", value: applied(op.F, asked), revision: revision}
		e.event = p.at(op, revision)
		if op.F == "grant" {
			list, _ := answer(op)
			e.value = applied(op.F, []any{list[1], list[2]})
		}
		if revision == 0 { // it was refused
			e.event, e.revision = p.refusedAt(op, asked)
		}
		e.at = p.times[op.Call]
		p.entries = append(p.entries, e)
	}
}

// revokedAt says whether a revocation made a revision: its answer need not show which.
func (p *placing) revokedAt(op *history.Operation) bool {
	for _, made := range p.made { //house:unordered whether there is any
		if made == op {
			return true
		}
	}
	return false
}

// refusedAt is where a request that was refused is placed: it was for a lease that had ended.
func (p *placing) refusedAt(op *history.Operation, asked []any) (event int, revision int64) {
	lease := asked[0]
	if op.F == "put" {
		lease = asked[2]
	}
	for r := int64(2); r < p.v.log.next; r++ {
		if leaseOf(p.v.log.seen[r].events) == lease {
			return max(op.Call, p.earliest[r]), r
		}
	}
	return op.Call, 0
}

// placeCompaction places a compaction: behind all reads of what it forgot, and before those that were refused for it.
// One without an answer is placed only if there was such a refusal.
func (p *placing) placeCompaction(op *history.Operation, asked []any, revision int64) {
	to, _ := asked[0].(int64)
	e := placed{event: p.at(op, revision), revision: revision, still: true, name: "placed", value: applied(op.F, asked)}
	shown := op.End == history.OK
	for i := range p.ops {
		other := &p.ops[i]
		list, _ := other.Result.([]any)
		switch {
		case other.F == "canceled" && len(list) == 3 && list[2] == any(to):
			shown = true
		case other.F == "range" && other.End == history.OK:
			past, _ := args(other)
			at, _ := past[2].(int64)
			if _, ok := other.Result.([]any); at == 0 || at >= to {
				continue
			} else if ok {
				e.event = max(e.event, other.Call)
			} else if other.Return > op.Call {
				shown = true
			}
		}
	}
	if e.at = p.times[op.Call]; shown {
		p.entries = append(p.entries, e)
	}
}
