package tree

import (
	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
)

// multi carries out all operations, each on what those before it have left, or none of them.
func (u *update) multi(r wire.MultiRequest) wire.MultiResponse {
	u.undoable = true
	sum, bytes := u.t.sum, u.t.bytes
	results := make([]wire.MultiResult, 0, len(r.Ops))
	for i, op := range r.Ops {
		response, code := u.write(asInMulti(op))
		if code != wire.OK {
			u.rollback()
			u.t.sum, u.t.bytes = sum, bytes
			return failedMulti(len(r.Ops), i, code)
		}
		failpoint.Inject("bugHalfMultiInSnapshot", func(_ failpoint.Value) {
			if i+1 == len(r.Ops)/2 {
				u.t.keepHalf()
			}
		})
		results = append(results, wire.MultiResult{Op: resultOp(op, response), Response: response})
	}
	return wire.MultiResponse{Results: results}
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

// rollback takes the changes back, the last one first. The records hold their own hashes; the caller restores the sum.
func (u *update) rollback() {
	for i := len(u.undo) - 1; i >= 0; i-- {
		u.undo[i]()
	}
	u.events, u.undo = nil, nil
	u.t.half = halfMulti{}
}

// halfMulti is what bugHalfMultiInSnapshot shows for the state behind a multi: a snapshot from the midst of it.
type halfMulti struct {
	zxid     int64
	snapshot []byte
}

func (t *Tree) keepHalf() {
	t.half = halfMulti{}
	t.half = halfMulti{t.zxid, t.AppendSnapshot(nil)}
}

func (t *Tree) halfAt(zxid int64) []byte {
	if t.half.zxid != zxid {
		return nil
	}
	return t.half.snapshot
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
