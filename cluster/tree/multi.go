package tree

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// multi carries out all operations, each on what those before it have left, or none of them. The code is OK for one
// that failed in the ordinary way: the response tells.
func (u *update) multi(r wire.MultiRequest) (wire.Response, wire.Code) {
	u.undoable = true
	sum, bytes := u.t.sum, u.t.bytes
	results := make([]wire.MultiResult, 0, len(r.Ops))
	for i, op := range r.Ops {
		if lacksTTL(op) {
			u.rollback(sum, bytes)
			return nil, wire.MarshallingError
		}
		if i > 0 && i%8 == 0 {
			failpoint.Inject("bugMultiInBatches", func(_ failpoint.Value) { u.undo, sum, bytes = nil, u.t.sum, u.t.bytes })
		}
		response, code := u.write(InMulti(op))
		if code != wire.OK {
			u.rollback(sum, bytes)
			return failedMulti(len(r.Ops), i, code), wire.OK
		}
		u.t.bendDone(i+1, len(r.Ops))
		results = append(results, wire.MultiResult{Op: resultOp(op, response), Response: response})
	}
	return wire.MultiResponse{Results: results}, wire.OK
}

// lacksTTL says of a create whether its flags ask for a time to live that the operation has no room for. ZooKeeper
// comes to grief over one in a multi, when its turn comes, and refuses the whole multi as one that it can't read.
func lacksTTL(r wire.Request) bool {
	switch r := r.(type) {
	case wire.CreateRequest:
		return isTTL(r.Flags)
	case wire.CreateContainerRequest:
		return isTTL(r.Flags)
	}
	return false
}

// resultOp is the operation that a result stands under: for a create, which of the two kinds of response it has.
func resultOp(op wire.Request, response wire.Response) wire.OpCode {
	r, ok := response.(wire.CreateResponse)
	switch {
	case !ok:
		return op.Op()
	case r.Stat != nil:
		return wire.OpCreate2
	}
	return wire.OpCreate
}

// rollback takes the changes back, the last one first, to a state of such a sum and size. The records hold their own
// hashes.
func (u *update) rollback(sum uint64, bytes int64) {
	failpoint.Inject("bugMultiHalfUndone", func(_ failpoint.Value) { u.undo = u.undo[len(u.undo)/2:] })
	for i := len(u.undo) - 1; i >= 0; i-- {
		u.undo[i]()
	}
	u.undo, u.t.sum, u.t.bytes = nil, sum, bytes
	if !u.bendRolledBack() {
		u.events, u.readers = nil, nil
	}
}

// failedMulti says of every operation that it was taken back, failed, or was never tried.
func failedMulti(n, failed int, code wire.Code) wire.MultiResponse {
	results := make([]wire.MultiResult, n)
	for i := range results {
		results[i].Op = wire.OpError
		switch {
		case i == failed:
			results[i].Err = code
		case i > failed:
			results[i].Err = wire.RuntimeInconsistency
		}
	}
	return wire.MultiResponse{Results: results}
}
