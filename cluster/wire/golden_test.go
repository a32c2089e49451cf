package wire

import (
	"bytes"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
)

// unhex reads hand-written bytes: blanks separate fields, and 'text' stands for its ASCII.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for _, field := range strings.Fields(s) {
		if text, ok := strings.CutPrefix(field, "'"); ok {
			out = append(out, text...)
			continue
		}
		b, err := hex.DecodeString(field)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b...)
	}
	return out
}

// goldenStat has another value in every field, and its jute.
var goldenStat = Stat{
	Czxid: 1, Mzxid: 2, Ctime: 3, Mtime: 4, Version: 5, Cversion: 6, Aversion: 7, EphemeralOwner: -8,
	DataLength: 9, NumChildren: 10, Pzxid: 11,
}

const goldenStatBytes = ` 0000000000000001 0000000000000002 0000000000000003 0000000000000004
	00000005 00000006 00000007 fffffffffffffff8 00000009 0000000a 000000000000000b `

type goldenRequest struct {
	name  string
	xid   int32
	req   Request
	bytes string
}

type goldenReply struct {
	name  string
	op    OpCode
	h     ReplyHeader
	resp  Response
	bytes string
}

func allGoldenRequests() []goldenRequest {
	return append(goldenRequests[:len(goldenRequests):len(goldenRequests)], goldenLaterRequests...)
}

func allGoldenReplies() []goldenReply {
	return append(goldenReplies[:len(goldenReplies):len(goldenReplies)], goldenLaterReplies...)
}

// Every frame here was written by hand from the jute rules: a codec that is wrong in both directions fails.
var goldenRequests = []goldenRequest{
	{"create", 1, CreateRequest{Path: "/a", Data: []byte("xy"), ACL: []ACL{{Perms: 31, ID: ID{"world", "anyone"}}},
		Flags: 3},
		`00000001 00000001 00000002 '/a 00000002 'xy 00000001 0000001f 00000005 'world 00000006 'anyone 00000003`},
	{"create2 with null data and no ACL", 2, CreateRequest{Path: "/a", Stat: true},
		`00000002 0000000f 00000002 '/a ffffffff 00000000 00000000`},
	{"delete", 3, DeleteRequest{Path: "/a", Version: -1}, `00000003 00000002 00000002 '/a ffffffff`},
	{"exists", 4, ExistsRequest{Path: "/a", Watch: true}, `00000004 00000003 00000002 '/a 01`},
	{"getData", 5, GetDataRequest{Path: "/a"}, `00000005 00000004 00000002 '/a 00`},
	{"setData with empty data", 6, SetDataRequest{Path: "/a", Data: []byte{}, Version: 7},
		`00000006 00000005 00000002 '/a 00000000 00000007`},
	{"getChildren", 7, GetChildrenRequest{Path: "/"}, `00000007 00000008 00000001 '/ 00`},
	{"getChildren2", 8, GetChildrenRequest{Path: "/", Watch: true, Stat: true}, `00000008 0000000c 00000001 '/ 01`},
	{"sync", 9, SyncRequest{Path: "/"}, `00000009 00000009 00000001 '/`},
	{"ping", XidPing, PingRequest{}, `fffffffe 0000000b`},
	{"closeSession", 10, CloseSessionRequest{}, `0000000a fffffff5`},
	{"setWatches", XidSetWatches, SetWatchesRequest{RelativeZxid: 1 << 32, Data: []string{"/a", "/b"},
		Child: []string{"/"}},
		`fffffff8 00000065 0000000100000000 00000002 00000002 '/a 00000002 '/b 00000000 00000001 00000001 '/`},
	{"multi", 11, MultiRequest{Ops: []Request{
		CheckRequest{Path: "/c", Version: 2},
		CreateRequest{Path: "/a", Data: []byte{}},
		DeleteRequest{Path: "/b", Version: 0},
	}}, `0000000b 0000000e
		0000000d 00 ffffffff 00000002 '/c 00000002
		00000001 00 ffffffff 00000002 '/a 00000000 00000000 00000000
		00000002 00 ffffffff 00000002 '/b 00000000
		ffffffff 01 ffffffff`},
	{"empty multi", 12, MultiRequest{}, `0000000c 0000000e ffffffff 01 ffffffff`},
}

func TestGoldenRequests(t *testing.T) {
	for _, c := range allGoldenRequests() {
		want := unhex(t, c.bytes)
		if got := EncodeRequest(c.xid, c.req); !bytes.Equal(got, want) {
			t.Errorf("%s: encoded\n%x, want\n%x", c.name, got, want)
		}
		h, req, err := DecodeRequest(want)
		if err != nil || h.Xid != c.xid || h.Op != c.req.Op() || !reflect.DeepEqual(req, c.req) {
			t.Errorf("%s: decoded %v %#v %v", c.name, h, req, err)
		}
	}
}

var goldenReplies = []goldenReply{
	{"create", OpCreate, ReplyHeader{Xid: 1, Zxid: 2}, CreateResponse{Path: "/a"},
		`00000001 0000000000000002 00000000 00000002 '/a`},
	{"create2", OpCreate2, ReplyHeader{Xid: 1, Zxid: 2}, CreateResponse{Path: "/a", Stat: &goldenStat},
		`00000001 0000000000000002 00000000 00000002 '/a` + goldenStatBytes},
	{"delete", OpDelete, ReplyHeader{Xid: 1, Zxid: 2}, nil, `00000001 0000000000000002 00000000`},
	{"an error has no body", OpSetData, ReplyHeader{Xid: 1, Zxid: 2, Err: BadVersion}, nil,
		`00000001 0000000000000002 ffffff99`},
	{"setData", OpSetData, ReplyHeader{Xid: 3, Zxid: -1}, SetDataResponse{goldenStat},
		`00000003 ffffffffffffffff 00000000` + goldenStatBytes},
	{"exists", OpExists, ReplyHeader{Xid: 3}, ExistsResponse{goldenStat},
		`00000003 0000000000000000 00000000` + goldenStatBytes},
	{"getData", OpGetData, ReplyHeader{Xid: 3}, GetDataResponse{Data: []byte("d"), Stat: goldenStat},
		`00000003 0000000000000000 00000000 00000001 'd` + goldenStatBytes},
	{"getData of null", OpGetData, ReplyHeader{Xid: 3}, GetDataResponse{Stat: goldenStat},
		`00000003 0000000000000000 00000000 ffffffff` + goldenStatBytes},
	{"getChildren", OpGetChildren, ReplyHeader{Xid: 3}, GetChildrenResponse{Names: []string{"a", "bc"}},
		`00000003 0000000000000000 00000000 00000002 00000001 'a 00000002 'bc`},
	{"getChildren2 of none", OpGetChildren2, ReplyHeader{Xid: 3}, GetChildrenResponse{Stat: &goldenStat},
		`00000003 0000000000000000 00000000 00000000` + goldenStatBytes},
	{"sync", OpSync, ReplyHeader{Xid: 3}, SyncResponse{Path: "/"}, `00000003 0000000000000000 00000000 00000001 '/`},
	{"multi", OpMulti, ReplyHeader{Xid: 3}, MultiResponse{[]MultiResult{
		{Op: OpCheck}, {Op: OpCreate, Response: CreateResponse{Path: "/a"}},
		{Op: OpSetData, Response: SetDataResponse{goldenStat}}, {Op: OpDelete},
	}}, `00000003 0000000000000000 00000000
		0000000d 00 00000000
		00000001 00 00000000 00000002 '/a
		00000005 00 00000000` + goldenStatBytes + `
		00000002 00 00000000
		ffffffff 01 ffffffff`},
	{"multi that failed", OpMulti, ReplyHeader{Xid: 3}, MultiResponse{[]MultiResult{
		{Op: OpError}, {Op: OpError, Err: NoNode}, {Op: OpError, Err: RuntimeInconsistency},
	}}, `00000003 0000000000000000 00000000
		ffffffff 00 00000000 00000000
		ffffffff 00 ffffff9b ffffff9b
		ffffffff 00 fffffffe fffffffe
		ffffffff 01 ffffffff`},
}

func TestGoldenReplies(t *testing.T) {
	for _, c := range allGoldenReplies() {
		want := unhex(t, c.bytes)
		if got := EncodeReply(c.h, c.resp); !bytes.Equal(got, want) {
			t.Errorf("%s: encoded\n%x, want\n%x", c.name, got, want)
		}
		h, resp, err := DecodeReply(c.op, want)
		if err != nil || h != c.h || !reflect.DeepEqual(resp, c.resp) {
			t.Errorf("%s: decoded %v %#v %v", c.name, h, resp, err)
		}
	}
}

func TestGoldenEvent(t *testing.T) {
	ev := WatcherEvent{Type: EventDataChanged, State: StateSyncConnected, Path: "/a"}
	want := unhex(t, `ffffffff ffffffffffffffff 00000000 00000003 00000003 00000002 '/a`)
	if got := EncodeEvent(ev, -1); !bytes.Equal(got, want) {
		t.Errorf("encoded\n%x, want\n%x", got, want)
	}
	h, got, err := DecodeEvent(want)
	if err != nil || h != (ReplyHeader{Xid: XidNotification, Zxid: -1}) || got != ev {
		t.Errorf("decoded %v %v %v", h, got, err)
	}
}

func TestGoldenConnect(t *testing.T) {
	passwd := []byte("0123456789abcdef")
	req := ConnectRequest{LastZxidSeen: 5, TimeoutMs: 6000, SessionID: -2, Passwd: passwd}
	short := unhex(t, `00000000 0000000000000005 00001770 fffffffffffffffe 00000010 '0123456789abcdef`)
	if len(short) != 44 {
		t.Fatalf("the old form has %d bytes, want 44", len(short))
	}
	resp := ConnectResponse{TimeoutMs: 6000, SessionID: -2, Passwd: passwd}
	shortResp := unhex(t, `00000000 00001770 fffffffffffffffe 00000010 '0123456789abcdef`)
	for _, readOnly := range []string{"", "00", "01"} {
		tail := unhex(t, readOnly)
		req.HasReadOnly, req.ReadOnly = readOnly != "", readOnly == "01"
		resp.HasReadOnly, resp.ReadOnly = req.HasReadOnly, req.ReadOnly
		long, longResp := append(bytes.Clone(short), tail...), append(bytes.Clone(shortResp), tail...)
		if got := req.Encode(); !bytes.Equal(got, long) {
			t.Errorf("request encoded\n%x, want\n%x", got, long)
		}
		if got := resp.Encode(); !bytes.Equal(got, longResp) {
			t.Errorf("response encoded\n%x, want\n%x", got, longResp)
		}
		if got, err := DecodeConnectRequest(long); err != nil || !reflect.DeepEqual(got, req) {
			t.Errorf("request decoded %v %v", got, err)
		}
		if got, err := DecodeConnectResponse(longResp); err != nil || !reflect.DeepEqual(got, resp) {
			t.Errorf("response decoded %v %v", got, err)
		}
	}
}
