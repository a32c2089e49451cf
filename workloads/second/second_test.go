package second

import (
	"bytes"
	"testing"

	"ordeal/cluster/wire"
)

var (
	someACL = []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "world", ID: "anyone"}},
		{Perms: 1, ID: wire.ID{Scheme: "ip"}}}
	someStat = wire.Stat{Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Cversion: 6, Aversion: 7, EphemeralOwner: -8,
		DataLength: 9, NumChildren: 10, Pzxid: 11}
	someWrites = []wire.Request{
		wire.CreateRequest{Path: "/a", Data: []byte("x"), ACL: someACL, Flags: 3},
		wire.DeleteRequest{Path: "/b", Version: -1},
		wire.SetDataRequest{Path: "/c", Version: 7}, wire.CheckRequest{Path: "/d", Version: 2},
	}
)

// exchanges are requests, and answers to them.
var exchanges = []struct {
	asked    wire.Request
	answered wire.Response
}{
	{wire.CreateRequest{Path: "/a", Data: []byte{}, ACL: someACL, Flags: 1}, wire.CreateResponse{Path: "/a"}},
	{wire.CreateRequest{Path: "/a", Stat: true}, wire.CreateResponse{Path: "/a", Stat: &someStat}},
	{wire.CreateContainerRequest{Path: "/a", Flags: 4}, wire.CreateResponse{Path: "/a", Stat: &someStat}},
	{wire.CreateTTLRequest{Path: "/a", Flags: 5, TTLMs: 1 << 33}, wire.CreateResponse{Path: "/a", Stat: &someStat}},
	{wire.DeleteRequest{Path: "/a", Version: -1}, nil},
	{wire.SetDataRequest{Path: "/a", Data: []byte("y"), Version: 8}, wire.SetDataResponse{Stat: someStat}},
	{wire.CheckRequest{Path: "/a"}, nil},
	{wire.ExistsRequest{Path: "/a", Watch: true}, wire.ExistsResponse{Stat: someStat}},
	{wire.GetDataRequest{Path: "/a", Watch: true}, wire.GetDataResponse{Data: []byte("z"), Stat: someStat}},
	{wire.GetChildrenRequest{Path: "/a"}, wire.GetChildrenResponse{Names: []string{"b", ""}}},
	{wire.GetChildrenRequest{Path: "/a", Stat: true}, wire.GetChildrenResponse{Stat: &someStat}},
	{wire.SyncRequest{Path: "/"}, wire.SyncResponse{Path: "/"}},
	{wire.GetACLRequest{Path: "/a"}, wire.GetACLResponse{ACL: someACL, Stat: someStat}},
	{wire.SetACLRequest{Path: "/a", ACL: someACL, Version: 1}, wire.SetACLResponse{Stat: someStat}},
	{wire.GetEphemeralsRequest{Prefix: "/"}, wire.GetEphemeralsResponse{Paths: []string{"/e"}}},
	{wire.GetAllChildrenNumberRequest{Path: "/"}, wire.GetAllChildrenNumberResponse{Number: 12}},
	{wire.WhoAmIRequest{}, wire.WhoAmIResponse{IDs: []wire.ID{{Scheme: "digest", ID: "ada"}}}},
	{wire.AddWatchRequest{Path: "/a", Mode: 1}, wire.ErrorResponse{}},
	{wire.CheckWatchesRequest{Path: "/a", Type: 3}, nil},
	{wire.RemoveWatchesRequest{Path: "/a", Type: 2}, nil},
	{wire.SetWatchesRequest{RelativeZxid: 5, Data: []string{"/d"}, Exist: []string{"/e"}, Child: []string{"/c"}}, nil},
	{wire.SetWatchesRequest{RelativeZxid: 5, Exist: []string{"/e"}, Second: true, Persistent: []string{"/p"}}, nil},
	{wire.ReconfigRequest{Leaving: []byte("3"), ConfigID: -1}, wire.GetDataResponse{Stat: someStat}},
	{wire.CloseSessionRequest{}, nil},
	{wire.MultiRequest{Ops: someWrites}, wire.MultiResponse{Results: []wire.MultiResult{
		{Op: wire.OpCreate, Response: wire.CreateResponse{Path: "/a"}}, {Op: wire.OpDelete},
		{Op: wire.OpSetData, Response: wire.SetDataResponse{Stat: someStat}}, {Op: wire.OpCheck}}}},
	{wire.MultiRequest{Ops: someWrites}, wire.MultiResponse{Results: []wire.MultiResult{{Op: wire.OpError},
		{Op: wire.OpError, Err: wire.NoNode}, {Op: wire.OpError, Err: wire.RuntimeInconsistency}}}},
	{wire.MultiReadRequest{Ops: []wire.Request{wire.GetDataRequest{Path: "/a"}, wire.GetChildrenRequest{Path: "/b"}}},
		wire.MultiResponse{Results: []wire.MultiResult{
			{Op: wire.OpGetData, Response: wire.GetDataResponse{Data: []byte("z"), Stat: someStat}},
			{Op: wire.OpError, Err: wire.NoNode}}}},
}

// TestTheSecondCodecAgrees holds the two codecs to each other: what is different in one of them alone shows here, and
// what is wrong in both directions of the service's in a trial.
func TestTheSecondCodecAgrees(t *testing.T) {
	s := &Codec{}
	same := func(what any, got, want []byte, err error) {
		t.Helper()
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%+v: %x, and must be %x: %v", what, got, want, err)
		}
	}
	hello := wire.ConnectRequest{TimeoutMs: 1, LastZxidSeen: 2, SessionID: 3, Passwd: []byte("p"),
		HasReadOnly: true}.Encode()
	same("handshake", s.Outgoing(hello), hello, nil)
	welcome := wire.ConnectResponse{TimeoutMs: 1, SessionID: 3, Passwd: []byte("p"), HasReadOnly: true}.Encode()
	got, err := s.Incoming(welcome)
	same("welcome", got, welcome, err)
	for _, auth := range [][]byte{
		wire.EncodeRequest(wire.XidPing, wire.PingRequest{}),
		wire.EncodeRequest(wire.XidAuth, wire.AuthRequest{Scheme: "digest", Auth: []byte("a:b")}),
	} {
		same("apart", s.Outgoing(auth), auth, nil)
	}
	for i, x := range exchanges {
		xid := int32(i + 1)
		request := wire.EncodeRequest(xid, x.asked)
		same(x.asked, s.Outgoing(request), request, nil)
		reply := wire.EncodeReply(wire.ReplyHeader{Xid: xid, Zxid: 9}, x.answered)
		got, err := s.Incoming(reply)
		same(x.answered, got, reply, err)
		s.Outgoing(request)
		refusal := wire.EncodeReply(wire.ReplyHeader{Xid: xid, Zxid: 9, Err: wire.NoAuth}, nil)
		got, err = s.Incoming(refusal)
		same(wire.NoAuth, got, refusal, err)
	}
	event := wire.EncodeEvent(wire.WatcherEvent{Type: wire.EventNone, State: 3, Path: "/a"}, 77)
	got, err = s.Incoming(event)
	same("event", got, event, err)
	if _, err := s.Incoming(event[:len(event)-1]); err == nil {
		t.Error("an event that ends too early is read")
	}
	s.Outgoing(wire.EncodeRequest(99, wire.SyncRequest{Path: "/"}))
	long := append(wire.EncodeReply(wire.ReplyHeader{Xid: 99}, wire.SyncResponse{Path: "/"}), 0)
	if _, err := s.Incoming(long); err == nil {
		t.Error("an answer that goes on behind its end is read")
	}
}
