package tree

import "ordeal/cluster/wire"

// multi carries out all operations, each on what those before it have left, or none of them.
func (u *update) multi(r wire.MultiRequest) wire.MultiResponse {
	u.undoable = true
	sum, bytes := u.t.sum, u.t.bytes
	results := make([]wire.MultiResult, 0, len(r.Ops))
	for i, op := range r.Ops {
		response, code := u.write(op)
		if code != wire.OK {
			u.rollback()
			u.t.sum, u.t.bytes = sum, bytes
			return failedMulti(len(r.Ops), i, code)
		}
		results = append(results, wire.MultiResult{Op: op.Op(), Response: response})
	}
	return wire.MultiResponse{Results: results}
}

// rollback takes the changes back, the last one first. The records hold their own hashes; the caller restores the sum.
func (u *update) rollback() {
	for i := len(u.undo) - 1; i >= 0; i-- {
		u.undo[i]()
	}
	u.events, u.undo = nil, nil
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
