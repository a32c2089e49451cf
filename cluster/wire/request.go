package wire

import "fmt"

// requestBody is a Request that this protocol can carry. (Other packages have requests of their own, which travel
// only inside the cluster.)
type requestBody interface {
	Request
	encodeRequest(*Encoder)
}

// EncodeRequest makes a whole frame: header and body.
func EncodeRequest(xid int32, r Request) []byte {
	e := Encoder{buf: make([]byte, 0, usualBytes)}
	e.Int32(xid)
	e.Int32(int32(r.Op()))
	EncodeBody(&e, r)
	return e.Bytes()
}

// EncodeBody appends a request without its header. It panics on a request of another package.
func EncodeBody(e *Encoder, r Request) {
	b, ok := r.(requestBody)
	if !ok {
		panic(fmt.Sprintf("wire: %T is not a request of the client protocol", r))
	}
	b.encodeRequest(e)
}

// DecodeRequest reads a frame. Requests come back as values (CreateRequest, not *CreateRequest). If the error wraps
// ErrUnknownOp then the header is good and the request nil; any other error wraps ErrMalformed. Bytes behind the body
// are ignored, as ZooKeeper does: a later protocol may add fields.
func DecodeRequest(frame []byte) (RequestHeader, Request, error) {
	d := NewDecoder(frame)
	h := RequestHeader{Xid: d.Int32(), Op: OpCode(d.Int32())}
	if err := d.Err(); err != nil {
		return RequestHeader{}, nil, fmt.Errorf("a request's header: %w", err)
	}
	r, err := DecodeBody(h.Op, d)
	return h, r, err
}

// DecodeBody reads a request without its header. Errors are those of DecodeRequest.
func DecodeBody(op OpCode, d *Decoder) (Request, error) {
	r := decodeBody(op, d)
	if r == nil && d.Err() == nil {
		return nil, fmt.Errorf("%w: %v", ErrUnknownOp, op)
	}
	if d.Err() == nil && strangeInside(r) {
		return nil, fmt.Errorf("%w in a %v", ErrUnknownOp, op)
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("a request %v: %w", op, err)
	}
	return r, nil
}

func decodeBody(op OpCode, d *Decoder) Request {
	switch op {
	case OpMulti:
		return decodeMultiRequest(d)
	case OpMultiRead:
		return decodeMultiReadRequest(d)
	case OpSync:
		return SyncRequest{Path: d.String()}
	case OpPing:
		return PingRequest{}
	case OpCloseSession:
		return CloseSessionRequest{}
	case OpReconfig:
		return ReconfigRequest{Joining: d.Buffer(), Leaving: d.Buffer(), NewMembers: d.Buffer(), ConfigID: d.Int64()}
	case OpSetACL:
		return SetACLRequest{Path: d.String(), ACL: d.ACLs(), Version: d.Int32()}
	case OpAuth:
		return AuthRequest{Type: d.Int32(), Scheme: d.String(), Auth: d.Buffer()}
	case OpSetWatches, OpSetWatches2, OpAddWatch, OpCheckWatches, OpRemoveWatches:
		return decodeWatchRequest(op, d)
	case OpCreate, OpCreate2, OpCreateContainer, OpCreateTTL, OpDelete, OpSetData, OpCheck:
		return decodeWrite(op, d)
	}
	return decodeRead(op, d)
}

// decodeRead reads what only looks at the state; nil for anything else.
func decodeRead(op OpCode, d *Decoder) Request {
	switch op {
	case OpExists:
		return ExistsRequest{Path: d.String(), Watch: d.Bool()}
	case OpGetData:
		return GetDataRequest{Path: d.String(), Watch: d.Bool()}
	case OpGetChildren, OpGetChildren2:
		return GetChildrenRequest{Path: d.String(), Watch: d.Bool(), Stat: op == OpGetChildren2}
	case OpGetACL:
		return GetACLRequest{Path: d.String()}
	case OpGetEphemerals:
		return GetEphemeralsRequest{Prefix: d.String()}
	case OpGetAllChildrenNumber:
		return GetAllChildrenNumberRequest{Path: d.String()}
	case OpWhoAmI:
		return WhoAmIRequest{}
	}
	return nil
}

// decodeWrite reads what may stand in a multi; nil for an operation that may not.
func decodeWrite(op OpCode, d *Decoder) Request {
	switch op {
	case OpCreate, OpCreate2:
		return CreateRequest{Path: d.String(), Data: d.Buffer(), ACL: d.ACLs(), Flags: d.Int32(), Stat: op == OpCreate2}
	case OpCreateContainer:
		return CreateContainerRequest{Path: d.String(), Data: d.Buffer(), ACL: d.ACLs(), Flags: d.Int32()}
	case OpCreateTTL:
		return CreateTTLRequest{Path: d.String(), Data: d.Buffer(), ACL: d.ACLs(), Flags: d.Int32(), TTLMs: d.Int64()}
	case OpDelete:
		return DeleteRequest{Path: d.String(), Version: d.Int32()}
	case OpSetData:
		return SetDataRequest{Path: d.String(), Data: d.Buffer(), Version: d.Int32()}
	case OpCheck:
		return CheckRequest{Path: d.String(), Version: d.Int32()}
	}
	return nil
}

// Op is OpCreate, or OpCreate2 with Stat.
func (r CreateRequest) Op() OpCode {
	if r.Stat {
		return OpCreate2
	}
	return OpCreate
}

// Op is OpDelete.
func (r DeleteRequest) Op() OpCode { return OpDelete }

// Op is OpSetData.
func (r SetDataRequest) Op() OpCode { return OpSetData }

// Op is OpCheck.
func (r CheckRequest) Op() OpCode { return OpCheck }

// Op is OpMulti.
func (r MultiRequest) Op() OpCode { return OpMulti }

// Op is OpExists.
func (r ExistsRequest) Op() OpCode { return OpExists }

// Op is OpGetData.
func (r GetDataRequest) Op() OpCode { return OpGetData }

// Op is OpGetChildren, or OpGetChildren2 with Stat.
func (r GetChildrenRequest) Op() OpCode {
	if r.Stat {
		return OpGetChildren2
	}
	return OpGetChildren
}

// Op is OpSync.
func (r SyncRequest) Op() OpCode { return OpSync }

// Op is OpPing.
func (r PingRequest) Op() OpCode { return OpPing }

// Op is OpCloseSession.
func (r CloseSessionRequest) Op() OpCode { return OpCloseSession }

func (r CreateRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Buffer(r.Data)
	e.ACLs(r.ACL)
	e.Int32(r.Flags)
}

func (r DeleteRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Int32(r.Version)
}

func (r SetDataRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Buffer(r.Data)
	e.Int32(r.Version)
}

func (r CheckRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Int32(r.Version)
}

func (r ExistsRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Bool(r.Watch)
}

func (r GetDataRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Bool(r.Watch)
}

func (r GetChildrenRequest) encodeRequest(e *Encoder) {
	e.String(r.Path)
	e.Bool(r.Watch)
}

func (r SyncRequest) encodeRequest(e *Encoder) { e.String(r.Path) }

func (r PingRequest) encodeRequest(*Encoder) {}

func (r CloseSessionRequest) encodeRequest(*Encoder) {}
