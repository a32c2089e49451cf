package cluster

import (
	"slices"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// What the planted bugs of long requests and long answers do; see planted.go.

// longRequest is from how many parts on a request is a long one to them.
const longRequest = 9

// halfRead is a multiRead of which bugMultiReadGivesWay has read a half, and goes on with a tick later.
type halfRead struct {
	conn *conn
	call *call
	done []wire.MultiResult
}

// bendGivesWay reports whether a long read gives way to what else the server has to do, and is gone on with later.
func (n *Node) bendGivesWay(c *conn, cl *call) bool {
	waits := false
	if r, ok := cl.request.(wire.MultiReadRequest); ok && len(r.Ops) >= longRequest {
		failpoint.Inject("bugMultiReadGivesWay", func(_ failpoint.Value) {
			if waits = n.halfOf(cl) < 0; waits {
				half, _ := n.state.tree.ReadAs(cl.ids, wire.MultiReadRequest{Ops: r.Ops[:len(r.Ops)/2]})
				n.planted.halves = append(n.planted.halves, halfRead{c, cl, half.(wire.MultiResponse).Results})
			}
		})
	}
	return waits
}

func (n *Node) halfOf(cl *call) int {
	return slices.IndexFunc(n.planted.halves, func(h halfRead) bool { return h.call == cl })
}

// bendGoneOn returns the answer to a read: to one that gave way, with the half that was read before.
func (n *Node) bendGoneOn(cl *call, response wire.Response) wire.Response {
	if i := n.halfOf(cl); i >= 0 {
		if all, ok := response.(wire.MultiResponse); ok {
			copy(all.Results, n.planted.halves[i].done)
		}
		n.planted.halves = slices.Delete(n.planted.halves, i, i+1)
	}
	return response
}

// bendGoOn is called with every tick.
func (n *Node) bendGoOn() {
	for _, h := range slices.Clone(n.planted.halves) {
		if h.conn.phase == phaseGone {
			n.planted.halves = slices.Delete(n.planted.halves, n.halfOf(h.call), n.halfOf(h.call)+1)
			continue
		}
		n.answer(h.conn)
	}
}

// bendChecked returns a write as it goes into the log: for bugLongMultiCheckedOnce, a long multi without the versions
// that it names, if they are those of the state here and now.
func (n *Node) bendChecked(r wire.Request) wire.Request {
	m, ok := r.(wire.MultiRequest)
	if !ok || len(m.Ops) < longRequest {
		return r
	}
	failpoint.Inject("bugLongMultiCheckedOnce", func(_ failpoint.Value) {
		ops := slices.Clone(m.Ops)
		for i, op := range ops {
			switch op := op.(type) {
			case wire.SetDataRequest:
				ok = ok && versionHolds(n.state.tree, op.Path, op.Version)
				op.Version = wire.AnyVersion
				ops[i] = op
			case wire.CheckRequest:
				ok = ok && versionHolds(n.state.tree, op.Path, op.Version)
				op.Version = wire.AnyVersion
				ops[i] = op
			}
		}
		if ok {
			r = wire.MultiRequest{Ops: ops}
		}
	})
	return r
}

// versionHolds says whether a znode has a version.
func versionHolds(t *tree.Tree, path string, version int32) bool {
	there, code := t.Read(wire.ExistsRequest{Path: path})
	return code == wire.OK && (version == wire.AnyVersion || there.(wire.ExistsResponse).Stat.Version == version)
}

// longList is from how many children on bugLongListKept keeps the list of them.
const longList = 100

// bendListed returns the answer to a read: for bugLongListKept, a long list of children as it was the last time.
func (n *Node) bendListed(r wire.Request, response wire.Response) wire.Response {
	list, ok := response.(wire.GetChildrenResponse)
	if !ok || len(list.Names) < longList {
		return response
	}
	failpoint.Inject("bugLongListKept", func(_ failpoint.Value) {
		path := r.(wire.GetChildrenRequest).Path
		if n.planted.lists == nil {
			n.planted.lists = make(map[string][]string)
		}
		if kept := n.planted.lists[path]; kept != nil {
			list.Names = kept
		}
		n.planted.lists[path] = list.Names
	})
	return list
}

// bendForget is called with what was applied: bugLongListKept forgets the lists that it may have changed, unless it was
// a multi.
func (n *Node) bendForget(r wire.Request) {
	if _, multi := r.(wire.MultiRequest); !multi && n.planted.lists != nil {
		clear(n.planted.lists)
	}
}
