package wire

// A multi is a list of (MultiHeader, body), both ways, with a last header that says done.
//
//	MultiHeader{type int, done boolean, err int}
//
// In a request err is -1. In a reply type is the operation's own, or OpError with the code twice: in the header and
// as the body.

// MultiReadRequest is several reads of one state: getData and getChildren, which set no watches here. Each succeeds or
// fails for itself.
type MultiReadRequest struct{ Ops []Request }

// MultiResult is what became of one operation of a multi. When the multi failed, every Op is OpError, and Err is OK
// for those before the one that failed, its code, and RuntimeInconsistency for those behind it. In the reply to a
// MultiReadRequest each that failed is OpError with its own code.
type MultiResult struct {
	Op  OpCode
	Err Code
	// Response is as for the same operation alone: nil for delete, check and OpError.
	Response Response
}

// MultiResponse answers a multi, whether it took effect or not, and a MultiReadRequest.
type MultiResponse struct{ Results []MultiResult }

// Failed returns the code of the operation that failed, and its index; or OK and -1 if the multi took effect.
func (r MultiResponse) Failed() (Code, int) {
	for i, one := range r.Results {
		if one.Op == OpError && one.Err != OK {
			return one.Err, i
		}
	}
	return OK, -1
}

type multiHeader struct {
	op   OpCode
	done bool
	err  int32
}

func (h multiHeader) encode(e *Encoder) {
	e.Int32(int32(h.op))
	e.Bool(h.done)
	e.Int32(h.err)
}

func decodeMultiHeader(d *Decoder) multiHeader {
	return multiHeader{op: OpCode(d.Int32()), done: d.Bool(), err: d.Int32()}
}

var multiEnd = multiHeader{op: OpError, done: true, err: -1}

// Op is OpMultiRead.
func (r MultiReadRequest) Op() OpCode { return OpMultiRead }

func (r MultiRequest) encodeRequest(e *Encoder) { encodeMulti(e, r.Ops) }

func (r MultiReadRequest) encodeRequest(e *Encoder) { encodeMulti(e, r.Ops) }

func encodeMulti(e *Encoder, ops []Request) {
	for _, op := range ops {
		multiHeader{op: op.Op(), err: -1}.encode(e)
		EncodeBody(e, op)
	}
	multiEnd.encode(e)
}

func decodeMultiRequest(d *Decoder) MultiRequest { return MultiRequest{decodeMulti(d, false)} }

func decodeMultiReadRequest(d *Decoder) MultiReadRequest {
	return MultiReadRequest{decodeMulti(d, true)}
}

// decodeInside reads what may stand in a multi, or in one of reads; nil for an operation that may not.
func decodeInside(op OpCode, d *Decoder, reads bool) Request {
	switch {
	case !reads:
		return decodeWrite(op, d)
	case op == OpGetData || op == OpGetChildren:
		return decodeRead(op, d)
	}
	return nil
}

// decodeMulti reads a list of operations. If one is met that may not stand there, it stops, and the last of the list is
// nil: where an unknown operation ends, and the next begins, can't be known.
func decodeMulti(d *Decoder, reads bool) []Request {
	var ops []Request
	for {
		h := decodeMultiHeader(d)
		if d.Err() != nil || h.done {
			return ops
		}
		op := decodeInside(h.op, d, reads)
		ops = append(ops, op)
		if op == nil {
			return ops
		}
	}
}

// strangeInside says whether decoding a multi stopped at an operation that may not stand in it.
func strangeInside(r Request) bool {
	var ops []Request
	switch r := r.(type) {
	case MultiRequest:
		ops = r.Ops
	case MultiReadRequest:
		ops = r.Ops
	}
	return len(ops) > 0 && ops[len(ops)-1] == nil
}

func (r MultiResponse) encodeResponse(e *Encoder) {
	for _, one := range r.Results {
		multiHeader{op: one.Op, err: int32(one.Err)}.encode(e)
		if one.Op == OpError {
			e.Int32(int32(one.Err))
		} else if one.Response != nil {
			one.Response.encodeResponse(e)
		}
	}
	multiEnd.encode(e)
}

func decodeMultiResponse(d *Decoder) MultiResponse {
	var m MultiResponse
	for {
		h := decodeMultiHeader(d)
		if d.Err() != nil || h.done {
			return m
		}
		m.Results = append(m.Results, decodeMultiResult(h, d))
	}
}

func decodeMultiResult(h multiHeader, d *Decoder) MultiResult {
	switch h.op {
	case OpError:
		return MultiResult{Op: OpError, Err: Code(d.Int32())}
	case OpCreate, OpCreate2, OpSetData, OpDelete, OpCheck, OpGetData, OpGetChildren:
		return MultiResult{Op: h.op, Response: decodeResponse(h.op, d)}
	}
	d.fail("a multi's reply has a result of %v", h.op)
	return MultiResult{}
}
