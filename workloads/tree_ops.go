package workloads

import (
	"ordeal/cluster/wire"
)

// treeOp is one operation of the workload: how often each profile draws it, and how.
type treeOp struct {
	weights [4]int // write-heavy, read-heavy, watch-heavy, churn
	draw    func(w *worker, profile treeProfile) wire.Request
}

// treeOps is the table of them. An operation that the service learns to serve is another row.
var treeOps = []treeOp{
	{[4]int{15, 4, 10, 16}, func(w *worker, _ treeProfile) wire.Request { return w.drawCreate(false) }},
	{[4]int{10, 3, 7, 10}, func(w *worker, _ treeProfile) wire.Request { return w.drawCreate(true) }},
	{[4]int{16, 5, 11, 14}, func(w *worker, _ treeProfile) wire.Request { return w.drawDelete() }},
	{[4]int{22, 6, 16, 12}, func(w *worker, _ treeProfile) wire.Request { return w.drawSetData() }},
	{[4]int{30, 10, 18, 20}, func(w *worker, _ treeProfile) wire.Request { return w.drawMulti() }},
	{[4]int{5, 18, 14, 9}, func(w *worker, p treeProfile) wire.Request {
		return wire.ExistsRequest{Path: w.drawPath(), Watch: w.p.Chance(p.watches)}
	}},
	{[4]int{8, 26, 14, 11}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetDataRequest{Path: w.drawPath(), Watch: w.p.Chance(p.watches)}
	}},
	{[4]int{2, 8, 6, 5}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetChildrenRequest{Path: w.drawPath(), Watch: w.p.Chance(p.watches)}
	}},
	{[4]int{5, 18, 10, 9}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetChildrenRequest{Path: w.drawPath(), Watch: w.p.Chance(p.watches), Stat: true}
	}},
	{[4]int{2, 1, 2, 2}, func(w *worker, _ treeProfile) wire.Request { return w.drawContainer() }},
	{[4]int{3, 1, 2, 3}, func(w *worker, _ treeProfile) wire.Request { return w.drawTTL() }},
	{[4]int{1, 1, 1, 1}, func(w *worker, _ treeProfile) wire.Request {
		return wire.CheckRequest{Path: w.drawPath(), Version: wire.AnyVersion} // it is allowed in a multi only
	}},
	{[4]int{3, 1, 2, 2}, func(w *worker, _ treeProfile) wire.Request { return w.drawSetACL() }},
	{[4]int{1, 4, 1, 2}, func(w *worker, _ treeProfile) wire.Request { return wire.GetACLRequest{Path: w.drawPath()} }},
	{[4]int{1, 3, 1, 1}, func(w *worker, _ treeProfile) wire.Request {
		return wire.GetAllChildrenNumberRequest{Path: w.drawPath()}
	}},
	{[4]int{1, 2, 1, 3}, func(w *worker, _ treeProfile) wire.Request {
		return wire.GetEphemeralsRequest{Prefix: w.drawPath()}
	}},
	{[4]int{1, 4, 1, 1}, func(w *worker, _ treeProfile) wire.Request { return w.drawMultiRead() }},
	{[4]int{1, 2, 1, 2}, func(*worker, treeProfile) wire.Request { return wire.WhoAmIRequest{} }},
	{[4]int{1, 1, 6, 2}, func(w *worker, _ treeProfile) wire.Request { return w.drawAddWatch() }},
	{[4]int{1, 1, 4, 2}, func(w *worker, _ treeProfile) wire.Request {
		return wire.CheckWatchesRequest{Path: w.drawPath(), Type: w.drawWatcherType()}
	}},
	{[4]int{1, 1, 4, 2}, func(w *worker, _ treeProfile) wire.Request {
		return wire.RemoveWatchesRequest{Path: w.drawPath(), Type: w.drawWatcherType()}
	}},
	{[4]int{5, 9, 4, 5}, func(w *worker, _ treeProfile) wire.Request { return wire.SyncRequest{Path: w.drawPath()} }},
	{[4]int{1, 3, 2, 2}, func(w *worker, p treeProfile) wire.Request { return w.drawGetConfig(p) }},
	{[4]int{1, 1, 1, 1}, func(w *worker, _ treeProfile) wire.Request { return w.drawReconfig() }},
	{[4]int{4, 4, 3, 3}, func(w *worker, _ treeProfile) wire.Request { return w.drawQuota() }},
}

func (w *worker) drawTreeOp(profile treeProfile) treeOp {
	total := 0
	for _, op := range treeOps {
		total += op.weights[profile.column]
	}
	n := w.p.Rand().IntN(total)
	for _, op := range treeOps {
		if n -= op.weights[profile.column]; n < 0 {
			return op
		}
	}
	panic("workloads: the weights of the tree's operations do not add up")
}
