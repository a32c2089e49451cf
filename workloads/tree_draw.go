package workloads

import (
	"fmt"
	"strings"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// treeRoot is the znode under which everything happens.
const treeRoot = "/t"

// treePaths are few, so that the clients meet; and as deep as it takes for a parent to have a parent.
var treePaths = func() []string {
	paths := []string{treeRoot}
	for _, a := range []string{"a", "b", "c"} {
		paths = append(paths, treeRoot+"/"+a)
		for _, x := range []string{"x", "y"} {
			paths = append(paths, treeRoot+"/"+a+"/"+x)
		}
	}
	return append(paths, treeRoot+"/a/x/p", treeRoot+"/a/x/q")
}()

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
	{[4]int{12, 3, 8, 9}, func(w *worker, _ treeProfile) wire.Request { return w.drawMulti() }},
	{[4]int{5, 18, 14, 9}, func(w *worker, p treeProfile) wire.Request {
		return wire.ExistsRequest{Path: w.drawPath(), Watch: w.chance(p.watches)}
	}},
	{[4]int{8, 26, 14, 11}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetDataRequest{Path: w.drawPath(), Watch: w.chance(p.watches)}
	}},
	{[4]int{2, 8, 6, 5}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetChildrenRequest{Path: w.drawPath(), Watch: w.chance(p.watches)}
	}},
	{[4]int{5, 18, 10, 9}, func(w *worker, p treeProfile) wire.Request {
		return wire.GetChildrenRequest{Path: w.drawPath(), Watch: w.chance(p.watches), Stat: true}
	}},
	{[4]int{2, 1, 2, 2}, func(w *worker, _ treeProfile) wire.Request {
		r := client.CreateRequest(w.drawPath(), w.drawData(), wire.FlagContainer)
		return wire.CreateContainerRequest{Path: r.Path, Data: r.Data, ACL: r.ACL, Flags: r.Flags}
	}},
	{[4]int{3, 1, 2, 2}, func(w *worker, _ treeProfile) wire.Request { return w.drawSetACL() }},
	{[4]int{1, 4, 1, 2}, func(w *worker, _ treeProfile) wire.Request { return wire.GetACLRequest{Path: w.drawPath()} }},
	{[4]int{1, 3, 1, 1}, func(w *worker, _ treeProfile) wire.Request {
		return wire.GetAllChildrenNumberRequest{Path: w.drawPath()}
	}},
	{[4]int{1, 2, 1, 3}, func(w *worker, _ treeProfile) wire.Request { return wire.GetEphemeralsRequest{Prefix: w.drawPath()} }},
	{[4]int{1, 4, 1, 1}, func(w *worker, _ treeProfile) wire.Request { return w.drawMultiRead() }},
	{[4]int{1, 1, 3, 2}, func(w *worker, _ treeProfile) wire.Request {
		return wire.CheckWatchesRequest{Path: w.drawPath(), Type: wire.WatcherType(1 + w.p.Rand().IntN(3))}
	}},
	{[4]int{1, 1, 3, 2}, func(w *worker, _ treeProfile) wire.Request {
		return wire.RemoveWatchesRequest{Path: w.drawPath(), Type: wire.WatcherType(1 + w.p.Rand().IntN(3))}
	}},
	{[4]int{5, 9, 4, 5}, func(w *worker, _ treeProfile) wire.Request { return wire.SyncRequest{Path: w.drawPath()} }},
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

// drawPath draws a path, and sometimes that of a sequential znode which was seen.
func (w *worker) drawPath() string {
	if seen := w.treeState().seen; len(seen) > 0 && w.chance(10) {
		return seen[w.p.Rand().IntN(len(seen))]
	}
	return treePaths[w.p.Rand().IntN(len(treePaths))]
}

func (w *worker) drawCreate(stat bool) wire.Request {
	path := w.drawPath()
	var flags int32
	if w.chance(40) {
		flags |= wire.FlagEphemeral
	}
	if w.chance(20) {
		flags |= wire.FlagSequential
		path = join(path, "s")
	}
	if path == treeRoot {
		flags = 0 // an ephemeral root would have no tree below it
	}
	r := client.CreateRequest(path, w.drawData(), flags)
	r.Stat = stat
	return r
}

func (w *worker) drawDelete() wire.Request {
	if t := w.treeState(); len(t.seen) > 0 && w.chance(45) {
		i := w.p.Rand().IntN(len(t.seen))
		path := t.seen[i]
		t.seen = append(t.seen[:i:i], t.seen[i+1:]...)
		return wire.DeleteRequest{Path: path, Version: wire.AnyVersion}
	}
	path := w.drawPath()
	return wire.DeleteRequest{Path: path, Version: w.drawVersion(path)}
}

func (w *worker) drawSetData() wire.Request {
	path := w.drawPath()
	return wire.SetDataRequest{Path: path, Data: w.drawData(), Version: w.drawVersion(path)}
}

// drawMulti draws a few writes. Often the first makes what the next ones need.
func (w *worker) drawMulti() wire.Request {
	var ops []wire.Request
	for range 1 + w.p.Rand().IntN(4) {
		switch n := w.p.Rand().IntN(100); {
		case n < 35:
			ops = append(ops, w.drawCreate(w.chance(50)))
		case n < 55:
			ops = append(ops, w.drawDelete())
		case n < 85:
			ops = append(ops, w.drawSetData())
		default:
			path := w.drawPath()
			ops = append(ops, wire.CheckRequest{Path: path, Version: w.drawVersion(path)})
		}
	}
	return wire.MultiRequest{Ops: ops}
}

// drawSetACL draws what anybody may do: all, or all but one thing. Nobody loses the right to set it anew.
func (w *worker) drawSetACL() wire.Request {
	perms := int32(wire.PermAll)
	if w.chance(40) {
		perms &^= 1 << w.p.Rand().IntN(4)
	}
	version := int32(w.p.Rand().IntN(4)) - 1
	return wire.SetACLRequest{Path: w.drawPath(), ACL: []wire.ACL{{Perms: perms, ID: wire.ID{Scheme: "world", ID: "anyone"}}}, Version: version}
}

func (w *worker) drawMultiRead() wire.Request {
	var ops []wire.Request
	for range 1 + w.p.Rand().IntN(4) {
		if path := w.drawPath(); w.chance(50) {
			ops = append(ops, wire.GetDataRequest{Path: path})
		} else {
			ops = append(ops, wire.GetChildrenRequest{Path: path})
		}
	}
	return wire.MultiReadRequest{Ops: ops}
}

// drawVersion draws any version, the one last seen, or perhaps a wrong one.
func (w *worker) drawVersion(path string) int32 {
	switch n := w.p.Rand().IntN(100); {
	case n < 50:
		return wire.AnyVersion
	case n < 85:
		return w.treeState().versions[path]
	}
	return int32(w.p.Rand().IntN(4))
}

// drawData draws something that nobody has written before, or nothing in both of its forms.
func (w *worker) drawData() []byte {
	switch n := w.p.Rand().IntN(100); {
	case n < 4:
		return nil
	case n < 8:
		return []byte{}
	}
	return fmt.Appendf(nil, "%d%s", w.e.newValue(), strings.Repeat(".", w.p.Rand().IntN(30)))
}

func watches(req wire.Request) bool {
	switch r := req.(type) {
	case wire.ExistsRequest:
		return r.Watch
	case wire.GetDataRequest:
		return r.Watch
	case wire.GetChildrenRequest:
		return r.Watch
	}
	return false
}
