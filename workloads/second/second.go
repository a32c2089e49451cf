// Package second speaks ZooKeeper's protocol for a client through a codec that is not the service's.
package second

import (
	"fmt"

	"ordeal/cluster/wire"
	"ordeal/workloads/jute"
)

// Codec is a connection on which the client speaks through a codec that is not the service's (package jute): what the
// client library writes is read and written anew, and what comes from the server too. So the server is spoken to as the
// protocol's description has it, even where the service's own codec errs in both directions.
type Codec struct {
	begun, welcomed bool
	asked           []wire.RequestHeader // not answered yet, in order
}

// header is a header of each kind: of requests, of replies, and within multis.
type header struct {
	Xid  int32
	Zxid int64
	Op   wire.OpCode
	Done bool
	Err  wire.Code
}

// requestRecords are the records behind the header of a request.
var requestRecords = map[wire.OpCode]string{
	wire.OpCreate: "CreateRequest", wire.OpCreate2: "CreateRequest", wire.OpCreateContainer: "CreateRequest",
	wire.OpCreateTTL: "CreateTTLRequest", wire.OpDelete: "DeleteRequest", wire.OpSetData: "SetDataRequest",
	wire.OpCheck: "CheckVersionRequest", wire.OpExists: "PathWatch", wire.OpGetData: "PathWatch",
	wire.OpGetChildren: "PathWatch", wire.OpGetChildren2: "PathWatch", wire.OpSync: "Path", wire.OpGetACL: "Path",
	wire.OpGetAllChildrenNumber: "Path", wire.OpGetEphemerals: "GetEphemeralsRequest", wire.OpSetACL: "SetACLRequest",
	wire.OpSetWatches: "SetWatches", wire.OpSetWatches2: "SetWatches2", wire.OpAddWatch: "AddWatchRequest",
	wire.OpCheckWatches: "WatchesRequest", wire.OpRemoveWatches: "WatchesRequest", wire.OpReconfig: "ReconfigRequest",
	wire.OpAuth: "AuthPacket", wire.OpPing: "Nothing", wire.OpCloseSession: "Nothing", wire.OpWhoAmI: "Nothing",
}

// replyRecords are the records behind the header of a reply, and what stands for them; an operation that is not here
// has none.
var replyRecords = map[wire.OpCode]struct {
	record string
	read   func(b []byte, record string) (wire.Response, []byte, error)
}{
	wire.OpCreate:               {"CreateResponse", readAs[wire.CreateResponse]},
	wire.OpCreate2:              {"Create2Response", readAs[wire.CreateResponse]},
	wire.OpCreateContainer:      {"Create2Response", readAs[wire.CreateResponse]},
	wire.OpCreateTTL:            {"Create2Response", readAs[wire.CreateResponse]},
	wire.OpSetData:              {"StatResponse", readAs[wire.SetDataResponse]},
	wire.OpExists:               {"StatResponse", readAs[wire.ExistsResponse]},
	wire.OpSetACL:               {"StatResponse", readAs[wire.SetACLResponse]},
	wire.OpGetData:              {"GetDataResponse", readAs[wire.GetDataResponse]},
	wire.OpReconfig:             {"GetDataResponse", readAs[wire.GetDataResponse]},
	wire.OpGetChildren:          {"GetChildrenResponse", readAs[wire.GetChildrenResponse]},
	wire.OpGetChildren2:         {"GetChildren2Response", readAs[wire.GetChildrenResponse]},
	wire.OpSync:                 {"Path", readAs[wire.SyncResponse]},
	wire.OpGetACL:               {"GetACLResponse", readAs[wire.GetACLResponse]},
	wire.OpGetEphemerals:        {"GetEphemeralsResponse", readAs[wire.GetEphemeralsResponse]},
	wire.OpGetAllChildrenNumber: {"GetAllChildrenNumberResponse", readAs[wire.GetAllChildrenNumberResponse]},
	wire.OpWhoAmI:               {"WhoAmIResponse", readAs[wire.WhoAmIResponse]},
	wire.OpAddWatch:             {"ErrorResponse", readAs[wire.ErrorResponse]},
	wire.OpError:                {"ErrorResponse", readAs[wire.ErrorResponse]},
}

// Outgoing is what the client wrote, written anew. What the service's own codec can't read goes out as it is.
func (s *Codec) Outgoing(frame []byte) []byte {
	if !s.begun {
		s.begun = true
		r, err := wire.DecodeConnectRequest(frame)
		if err != nil {
			return frame
		}
		return jute.Append(nil, "ConnectRequest", r)
	}
	h, r, err := wire.DecodeRequest(frame)
	if err != nil {
		return frame
	}
	if h.Xid != wire.XidPing && h.Xid != wire.XidAuth {
		s.asked = append(s.asked, h)
	}
	b := jute.Append(make([]byte, 0, len(frame)), "RequestHeader", h)
	switch r := r.(type) {
	case wire.MultiRequest:
		return appendParts(b, r.Ops)
	case wire.MultiReadRequest:
		return appendParts(b, r.Ops)
	}
	return jute.Append(b, requestRecords[h.Op], r)
}

func appendParts(b []byte, ops []wire.Request) []byte {
	for _, op := range ops {
		b = jute.Append(b, "MultiHeader", header{Op: op.Op(), Err: -1})
		b = jute.Append(b, requestRecords[op.Op()], op)
	}
	return jute.Append(b, "MultiHeader", header{Op: wire.OpError, Done: true, Err: -1})
}

// Incoming is what the server wrote, read by the description and written for the client library. An error says that it
// can't be read.
func (s *Codec) Incoming(frame []byte) ([]byte, error) {
	if !s.welcomed {
		s.welcomed = true
		r := wire.ConnectResponse{HasReadOnly: true}
		_, err := jute.Read(frame, "ConnectResponse", &r)
		return r.Encode(), err
	}
	var h header
	b, err := jute.Read(frame, "ReplyHeader", &h)
	if err != nil {
		return nil, err
	}
	out := wire.ReplyHeader{Xid: h.Xid, Zxid: h.Zxid, Err: h.Err}
	switch h.Xid {
	case wire.XidNotification:
		var e wire.WatcherEvent
		_, err = jute.Read(b, "WatcherEvent", &e)
		return wire.EncodeEvent(e, h.Zxid), err
	case wire.XidPing, wire.XidAuth:
		return wire.EncodeReply(out, nil), nil
	}
	if len(s.asked) == 0 || s.asked[0].Xid != h.Xid {
		return frame, nil // the client library says what is wrong with it
	}
	op := s.asked[0].Op
	s.asked = s.asked[1:]
	if h.Err != wire.OK {
		return wire.EncodeReply(out, nil), nil
	}
	r, rest, err := readReply(b, op)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%d bytes are left behind the answer to %v", len(rest), op)
	}
	return wire.EncodeReply(out, r), err
}

func readReply(b []byte, op wire.OpCode) (r wire.Response, rest []byte, err error) {
	if op == wire.OpMulti || op == wire.OpMultiRead {
		return readParts(b)
	}
	what, some := replyRecords[op]
	if !some {
		return nil, b, nil
	}
	return what.read(b, what.record)
}

// readAs reads a record into what stands for it.
func readAs[T wire.Response](b []byte, record string) (wire.Response, []byte, error) {
	var v T
	rest, err := jute.Read(b, record, &v)
	return v, rest, err
}

func readParts(b []byte) (r wire.Response, rest []byte, err error) {
	var m wire.MultiResponse
	for {
		var h header
		if b, err = jute.Read(b, "MultiHeader", &h); err != nil || h.Done {
			return m, b, err
		}
		one := wire.MultiResult{Op: h.Op}
		var response wire.Response
		if response, b, err = readReply(b, h.Op); err != nil {
			return m, b, err
		}
		if failed, ok := response.(wire.ErrorResponse); ok {
			one.Err = failed.Err
		} else {
			one.Response = response
		}
		m.Results = append(m.Results, one)
	}
}
