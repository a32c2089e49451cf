package coordination

import (
	"cmp"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/cluster"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/workloads"
)

// truth is what became of every write, as the simulator knows and clients may not: whether it was applied, and when the
// first server did. No client can have seen anything of it before that instant, and one that begins to read behind it
// sees it: so the write takes effect then.
//
// Two histories are judged. In what clients saw, an operation that ended unknown may have taken effect at any time, or
// never. In the one that is resolved from the truth it took effect when it did. A promise that is broken in the second
// only is broken nonetheless, but no client could have seen it: the violation is masked.
type truth struct {
	zxid   int64
	gap    bool // some transactions are not known: nothing can be said of what is missing
	writes []write
}

// write is a request that was applied.
type write struct {
	cluster.Applied
	at int // the length of the history then
}

// look looks at a server after an event.
func (t *truth) look(n *cluster.Node, st *cluster.Status, length int) {
	if st.Zxid <= t.zxid {
		return
	}
	list, whole := n.AppliedSince(t.zxid)
	t.gap = t.gap || !whole
	for _, one := range list {
		t.zxid = one.Zxid
		named := one.Target != "" || one.Op == wire.OpMulti
		if one.Xid != 0 && named && one.Err != wire.SessionMoved && one.Err != wire.SessionExpired {
			t.writes = append(t.writes, write{one, length})
		}
	}
}

// resolution is a history in which operations that ended unknown end as they did in truth.
type resolution struct {
	history history.History
	count   int // of operations that were resolved
}

// resolve resolves what can be.
func (t *truth) resolve(h history.History, unknowns []workloads.Unknown) resolution {
	ends := make(map[int]history.Op) // by the index of the info event that they replace
	places := make(map[int][]int)    // the infos that go behind so many events
	moved := make(map[int]bool)
	for _, u := range unknowns {
		end, at, ok := t.end(h[u.Index], u)
		if !ok {
			continue
		}
		ends[u.Index] = end
		if at != u.Index {
			moved[u.Index] = true
			places[at] = append(places[at], u.Index)
		}
	}
	r := resolution{count: len(ends), history: make(history.History, 0, len(h))}
	put := func(op history.Op) {
		op.Index = len(r.history)
		r.history = append(r.history, op)
	}
	for i := 0; i <= len(h); i++ {
		for _, info := range places[i] {
			end := ends[info]
			end.Time = h[max(0, i-1)].Time
			put(end)
		}
		if i == len(h) || moved[i] {
			continue
		}
		op := h[i]
		if end, ok := ends[i]; ok {
			op = end
		}
		put(op)
	}
	return r
}

// end is how an operation ended that its client saw end with info, and behind how many events of the history. What was
// not applied while the history went on had no effect that is in it.
func (t *truth) end(info history.Op, u workloads.Unknown) (end history.Op, at int, ok bool) {
	ops, known := decisive[info.F]
	if !known {
		return info, 0, false
	}
	for _, w := range t.writes {
		if w.Session != u.Session || !u.Made(w.Xid) || !slices.Contains(ops, w.Op) || !concerns(w.Op, w.Target, u.Path) {
			continue
		}
		if value, took := effect(info, cmp.Or(w.Err, w.Failed)); took {
			info.Type, info.Value, info.Error = history.OK, value, ""
			return info, w.at, value != nil
		}
	}
	if t.gap {
		return info, 0, false
	}
	info.Type, info.Error = history.Fail, "it was never applied"
	return info, info.Index, true
}

// decisive names the requests of which one makes an operation take effect. What an acquire or a campaign does is
// decided by others too, so they stay unknown; so does a transfer, of which its model knows nothing. The client library
// makes every znode by OpCreate2.
var decisive = map[string][]wire.OpCode{
	"write": {wire.OpSetData}, "set-if": {wire.OpSetData}, "enqueue": {wire.OpCreate2}, "dequeue": {wire.OpDelete},
	"release": {wire.OpDelete}, "resign": {wire.OpDelete}, "txn": {wire.OpMulti}, "send": {wire.OpMulti},
	"add": {wire.OpCreate2, wire.OpMulti, wire.OpSetData}, "remove": {wire.OpDelete},
}

// concerns says whether a request is on what an operation is about: the object's own znode if that is the object, and
// else a znode in it. To make the object's is no part of the operation.
func concerns(op wire.OpCode, target, object string) bool {
	switch op {
	case wire.OpSetData:
		return target == object
	case wire.OpMulti: // an operation has one at most that is not taken back
		return true
	}
	return strings.HasPrefix(target, object+"/")
}

// effect is the result of an operation whose decisive request was applied, or nil if it is not known; took is false if
// the request did nothing, and the operation may have made another.
func effect(info history.Op, err wire.Code) (value any, took bool) {
	switch {
	case err == wire.BadVersion && info.F == "set-if":
		return "refused", true
	case err != wire.OK:
		return nil, false
	case info.F == "add", info.F == "remove":
		return true, true
	case info.F == "txn" && !readsKnown(info.Value):
		return nil, true
	case info.F == "set-if":
		if list, ok := info.Value.([]any); ok && len(list) == 2 {
			return list[0], true
		}
		return nil, true
	}
	return info.Value, true
}

// readsKnown says whether it is known of a transaction what it read: it is not if its client crashed meanwhile.
func readsKnown(value any) bool {
	mops, _ := value.([]any)
	return !slices.ContainsFunc(mops, func(v any) bool {
		mop, _ := v.([]any)
		return len(mop) == 3 && mop[0] == any("r") && mop[2] == nil
	})
}

// judgeTruth judges the history that is resolved from the truth, where clients could see nothing wrong.
func (i *instance) judgeTruth(ops history.History, seen []checker.Verdict) trial.Truth {
	wrong := slices.ContainsFunc(seen, broken)
	if i.keys != nil {
		return trial.Truth{} // its judge goes by what was applied
	}
	if i.workload == "tree" {
		return trial.Truth{Masked: wrong && maskedTree(ops)}
	}
	r := i.truth.resolve(ops, i.env.Unknowns())
	known := trial.Truth{Resolved: r.count}
	if wrong || r.count == 0 {
		return known
	}
	verdicts := play.JudgeHistory(i.stage.Trial.Service, i.workload, r.history)
	at := slices.IndexFunc(verdicts, broken)
	if at < 0 {
		known.Verdicts = []checker.Verdict{{Outcome: checker.Valid, Checker: play.Truth}}
		return known
	}
	v := verdicts[at]
	v.Reason = "masked: no client could have seen it, but where unknown operations end as they did, this is not " +
		v.Checker + ": " +
		v.Reason
	v.Checker = play.Truth
	known.Masked, known.History, known.Verdicts = true, r.history, []checker.Verdict{v}
	return known
}

func broken(v checker.Verdict) bool { return v.Outcome == checker.Invalid }

// maskedTree says whether what is wrong with a history of the tree shows only by what the simulator knows: which
// requests were applied whose answers were lost.
func maskedTree(h history.History) bool {
	blind := slices.DeleteFunc(slices.Clone(h), func(op history.Op) bool {
		return op.Process == history.Service && (op.F == "applied" || op.F == "gap")
	})
	for i := range blind {
		blind[i].Index = i
	}
	return checker.Tree().Check(blind).Outcome != checker.Invalid
}
