package wire

import "fmt"

// Response is the body of a reply. It is nil where the protocol has no body: for delete, check, ping, auth, setWatches,
// setWatches2, checkWatches, removeWatches and closeSession. Responses are passed as values, not pointers.
type Response interface{ encodeResponse(*Encoder) }

// CreateResponse answers a create, with a Stat for everything but OpCreate.
type CreateResponse struct {
	Path string
	Stat *Stat
}

// SetDataResponse answers a setData.
type SetDataResponse struct{ Stat Stat }

// ExistsResponse answers an exists that found the znode.
type ExistsResponse struct{ Stat Stat }

// GetDataResponse answers a getData, and a reconfig.
type GetDataResponse struct {
	Data []byte
	Stat Stat
}

// GetChildrenResponse answers a getChildren. Stat is there only for OpGetChildren2.
type GetChildrenResponse struct {
	Names []string
	Stat  *Stat
}

// SyncResponse answers a sync.
type SyncResponse struct{ Path string }

// ErrorResponse answers an addWatch, where Err is OK. (The error of a request that failed stands in the reply's
// header.)
type ErrorResponse struct{ Err Code }

// EncodeReply makes a whole frame: header, and r if the header's Err is OK.
func EncodeReply(h ReplyHeader, r Response) []byte {
	e := Encoder{buf: make([]byte, 0, usualBytes)}
	e.Int32(h.Xid)
	e.Int64(h.Zxid)
	e.Int32(int32(h.Err))
	if h.Err == OK && r != nil {
		r.encodeResponse(&e)
	}
	return e.Bytes()
}

// DecodeReplyHeader reads the header of any frame that a server sends behind its ConnectResponse, and returns a
// decoder of what follows. By the header's xid a client knows what that is.
func DecodeReplyHeader(frame []byte) (ReplyHeader, *Decoder, error) {
	d := NewDecoder(frame)
	h := ReplyHeader{Xid: d.Int32(), Zxid: d.Int64(), Err: Code(d.Int32())}
	if err := d.Err(); err != nil {
		return ReplyHeader{}, d, fmt.Errorf("a reply's header: %w", err)
	}
	return h, d, nil
}

// DecodeReply reads the reply to a request of operation op. If the header's Err is not OK there is no response.
func DecodeReply(op OpCode, frame []byte) (ReplyHeader, Response, error) {
	h, d, err := DecodeReplyHeader(frame)
	if err != nil || h.Err != OK {
		return h, nil, err
	}
	r, err := DecodeResponse(op, d)
	return h, r, err
}

// DecodeResponse reads a reply's body. Errors wrap ErrMalformed, or ErrUnknownOp.
func DecodeResponse(op OpCode, d *Decoder) (Response, error) {
	switch op {
	case OpDelete, OpCheck, OpPing, OpAuth, OpSetWatches, OpSetWatches2, OpCheckWatches, OpRemoveWatches, OpCloseSession:
		return nil, nil
	}
	r := decodeResponse(op, d)
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("the reply to %v: %w", op, err)
	}
	if r == nil {
		return nil, fmt.Errorf("the reply to %v: %w", op, ErrUnknownOp)
	}
	return r, nil
}

// decodeResponse returns nil for an operation whose replies have no body, and for an unknown one.
func decodeResponse(op OpCode, d *Decoder) Response {
	switch op {
	case OpCreate:
		return CreateResponse{Path: d.String()}
	case OpCreate2, OpCreateContainer, OpCreateTTL:
		return CreateResponse{Path: d.String(), Stat: decodeStatPointer(d)}
	case OpSetData:
		return SetDataResponse{Stat: d.Stat()}
	case OpExists:
		return ExistsResponse{Stat: d.Stat()}
	case OpGetData, OpReconfig:
		return GetDataResponse{Data: d.Buffer(), Stat: d.Stat()}
	case OpGetChildren:
		return GetChildrenResponse{Names: d.strings()}
	case OpGetChildren2:
		return GetChildrenResponse{Names: d.strings(), Stat: decodeStatPointer(d)}
	case OpSync:
		return SyncResponse{Path: d.String()}
	case OpMulti, OpMultiRead:
		return decodeMultiResponse(d)
	case OpGetACL:
		return GetACLResponse{ACL: d.ACLs(), Stat: d.Stat()}
	case OpSetACL:
		return SetACLResponse{Stat: d.Stat()}
	case OpGetEphemerals:
		return GetEphemeralsResponse{Paths: d.strings()}
	case OpGetAllChildrenNumber:
		return GetAllChildrenNumberResponse{Number: d.Int32()}
	case OpWhoAmI:
		return WhoAmIResponse{IDs: d.IDs()}
	case OpAddWatch:
		return ErrorResponse{Err: Code(d.Int32())}
	}
	return nil
}

func decodeStatPointer(d *Decoder) *Stat {
	s := d.Stat()
	return &s
}

func (r CreateResponse) encodeResponse(e *Encoder) {
	e.String(r.Path)
	if r.Stat != nil {
		e.Stat(*r.Stat)
	}
}

func (r SetDataResponse) encodeResponse(e *Encoder) { e.Stat(r.Stat) }

func (r ExistsResponse) encodeResponse(e *Encoder) { e.Stat(r.Stat) }

func (r GetDataResponse) encodeResponse(e *Encoder) {
	e.Buffer(r.Data)
	e.Stat(r.Stat)
}

func (r GetChildrenResponse) encodeResponse(e *Encoder) {
	e.strings(r.Names)
	if r.Stat != nil {
		e.Stat(*r.Stat)
	}
}

func (r SyncResponse) encodeResponse(e *Encoder) { e.String(r.Path) }

func (r ErrorResponse) encodeResponse(e *Encoder) { e.Int32(int32(r.Err)) }
