package cluster

import (
	"cmp"
	"slices"

	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
)

// Applied is one transaction of the log as it was applied here: for operators, what became of a request; and by its
// session and xid, the zxid of a request whose answer was lost.
type Applied struct {
	Zxid int64
	// Term and Index are those of the entry which it was in. The zxid's epoch may be ahead of the term: it goes up where
	// its counter is at its end, too.
	Term, Index uint64
	Session     int64
	// Xid is the client's number of its request; 0 for what the service decided itself.
	Xid int32
	// Op is OpCloseSession for an expiry too.
	Op  wire.OpCode
	Err wire.Code
	// Failed is the code of the operation for which a multi was taken back; OK for everything else.
	Failed wire.Code
	// Path is that of a container, or a znode with a time to live, that the service removed.
	Path string
	// Target is the path that a create, a delete or a change of data names; "" for everything else.
	Target string
	// Config is the ensemble's configuration that the transaction put in force; Op is then OpReconfig. The request for it
	// is a transaction of its own, before.
	Config string
}

// recentMax is how many transactions a node remembers unless it is told otherwise.
const recentMax = 1024

// recent are the newest transactions that were applied in this boot, one by one: those that a snapshot has swallowed
// are not among them. The ring is allocated by the first.
type recent struct {
	ring  []Applied
	count uint64
	// most is how many there may be; 0 for recentMax.
	most int
	// from is the zxid behind which nothing is missing.
	from int64
}

func (r *recent) note(zxid int64, term, index uint64, txn tree.Txn, result tree.Result) {
	if r.ring == nil {
		r.ring = make([]Applied, cmp.Or(r.most, recentMax))
	}
	op := txn.Request.Op()
	if _, expiry := txn.Request.(tree.ExpireSession); expiry {
		op = wire.OpCloseSession
	}
	set, configures := txn.Request.(tree.SetConfig)
	if configures {
		op = wire.OpReconfig
	}
	reaped, _ := txn.Request.(tree.DeleteContainer)
	at := &r.ring[r.count%uint64(len(r.ring))]
	r.from = max(r.from, at.Zxid)
	*at = Applied{Zxid: zxid, Term: term, Index: index, Session: txn.Session, Xid: txn.Xid, Op: op, Err: result.Err,
		Path: reaped.Path, Target: target(txn.Request), Config: string(set.Data)}
	if multi, ok := result.Response.(wire.MultiResponse); ok {
		at.Failed, _ = multi.Failed()
	}
	r.count++
}

// AppliedSince lists the transactions applied behind a zxid, oldest first, as far as the node remembers them: the
// newest of this boot, 1024 unless the node was to remember more. whole says that none is missing.
func (n *Node) AppliedSince(zxid int64) (list []Applied, whole bool) {
	r := &n.recent
	for i, most := r.count, uint64(len(r.ring)); i > 0 && r.count-i < most; i-- {
		a := r.ring[(i-1)%most]
		if a.Zxid <= zxid {
			break
		}
		list = append(list, a)
	}
	slices.Reverse(list)
	return list, zxid >= r.from
}

// target is the path that a request for one change names.
func target(req wire.Request) string {
	switch r := req.(type) {
	case wire.CreateRequest:
		return r.Path
	case wire.DeleteRequest:
		return r.Path
	case wire.SetDataRequest:
		return r.Path
	}
	return ""
}
