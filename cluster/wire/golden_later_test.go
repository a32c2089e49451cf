package wire

import "testing"

// The operations that ZooKeeper got after its first years, and those about ACLs; written by hand as the others.
var goldenLaterRequests = []goldenRequest{
	{"getACL", 1, GetACLRequest{Path: "/a"}, `00000001 00000006 00000002 '/a`},
	{"setACL", 2, SetACLRequest{Path: "/a", ACL: []ACL{{Perms: 1, ID: ID{"digest", "u:p"}}}, Version: -1},
		`00000002 00000007 00000002 '/a 00000001 00000001 00000006 'digest 00000003 'u:p ffffffff`},
	{"createContainer", 3, CreateContainerRequest{Path: "/c", Flags: 4},
		`00000003 00000013 00000002 '/c ffffffff 00000000 00000004`},
	{"createTTL", 4, CreateTTLRequest{Path: "/t", Data: []byte("d"), Flags: 6, TTLMs: 1 << 39},
		`00000004 00000015 00000002 '/t 00000001 'd 00000000 00000006 0000008000000000`},
	{"reconfig by joining", 5, ReconfigRequest{Joining: []byte("server.4=h"), Leaving: []byte{}, ConfigID: -1},
		`00000005 00000010 0000000a 'server.4=h 00000000 ffffffff ffffffffffffffff`},
	{"reconfig as a whole", 6, ReconfigRequest{NewMembers: []byte("m"), ConfigID: 7},
		`00000006 00000010 ffffffff ffffffff 00000001 'm 0000000000000007`},
	{"checkWatches", 7, CheckWatchesRequest{Path: "/a", Type: WatcherAny}, `00000007 00000011 00000002 '/a 00000003`},
	{"removeWatches", 8, RemoveWatchesRequest{Path: "/a", Type: WatcherPersistentRecursive},
		`00000008 00000012 00000002 '/a 00000005`},
	{"addWatch", 9, AddWatchRequest{Path: "/a", Mode: ModePersistentRecursive}, `00000009 0000006a 00000002 '/a 00000001`},
	{"auth", XidAuth, AuthRequest{Scheme: "digest", Auth: []byte("u:p")},
		`fffffffc 00000064 00000000 00000006 'digest 00000003 'u:p`},
	{"getEphemerals", 10, GetEphemeralsRequest{Prefix: "/a"}, `0000000a 00000067 00000002 '/a`},
	{"getAllChildrenNumber", 11, GetAllChildrenNumberRequest{Path: "/a"}, `0000000b 00000068 00000002 '/a`},
	{"whoAmI", 12, WhoAmIRequest{}, `0000000c 0000006b`},
	{"setWatches2", XidSetWatches, SetWatchesRequest{Second: true, RelativeZxid: 9, Exist: []string{"/e"},
		Persistent: []string{"/p"}, PersistentRecursive: []string{"/r", "/"}},
		`fffffff8 00000069 0000000000000009 00000000 00000001 00000002 '/e 00000000
		00000001 00000002 '/p 00000002 00000002 '/r 00000001 '/`},
	{"setWatches2 of nothing", XidSetWatches, SetWatchesRequest{Second: true},
		`fffffff8 00000069 0000000000000000 00000000 00000000 00000000 00000000 00000000`},
	{"multiRead", 13, MultiReadRequest{Ops: []Request{
		GetDataRequest{Path: "/a"}, GetChildrenRequest{Path: "/b", Watch: true},
	}}, `0000000d 00000016
		00000004 00 ffffffff 00000002 '/a 00
		00000008 00 ffffffff 00000002 '/b 01
		ffffffff 01 ffffffff`},
	{"multi of the later creates", 14, MultiRequest{Ops: []Request{
		CreateContainerRequest{Path: "/c", Data: []byte{}, Flags: 4}, CreateTTLRequest{Path: "/t", Flags: 5, TTLMs: 1},
	}}, `0000000e 0000000e
		00000013 00 ffffffff 00000002 '/c 00000000 00000000 00000004
		00000015 00 ffffffff 00000002 '/t ffffffff 00000000 00000005 0000000000000001
		ffffffff 01 ffffffff`},
}

const replyHeader3 = `00000003 0000000000000000 00000000 `

var goldenLaterReplies = []goldenReply{
	{"getACL", OpGetACL, ReplyHeader{Xid: 3}, GetACLResponse{ACL: []ACL{{Perms: 31, ID: ID{"ip", "::1"}}},
		Stat: goldenStat},
		replyHeader3 + `00000001 0000001f 00000002 'ip 00000003 '::1` + goldenStatBytes},
	{"setACL", OpSetACL, ReplyHeader{Xid: 3}, SetACLResponse{goldenStat}, replyHeader3 + goldenStatBytes},
	{"createContainer", OpCreateContainer, ReplyHeader{Xid: 3}, CreateResponse{Path: "/c", Stat: &goldenStat},
		replyHeader3 + `00000002 '/c` + goldenStatBytes},
	{"createTTL", OpCreateTTL, ReplyHeader{Xid: 3}, CreateResponse{Path: "/t", Stat: &goldenStat},
		replyHeader3 + `00000002 '/t` + goldenStatBytes},
	{"reconfig", OpReconfig, ReplyHeader{Xid: 3}, GetDataResponse{Data: []byte("c"), Stat: goldenStat},
		replyHeader3 + `00000001 'c` + goldenStatBytes},
	{"checkWatches", OpCheckWatches, ReplyHeader{Xid: 3}, nil, replyHeader3},
	{"removeWatches", OpRemoveWatches, ReplyHeader{Xid: 3, Err: NoWatcher}, nil, `00000003 0000000000000000 ffffff87`},
	{"addWatch", OpAddWatch, ReplyHeader{Xid: 3}, ErrorResponse{}, replyHeader3 + `00000000`},
	{"auth", OpAuth, ReplyHeader{Xid: XidAuth}, nil, `fffffffc 0000000000000000 00000000`},
	{"auth that failed", OpAuth, ReplyHeader{Xid: XidAuth, Err: AuthFailed}, nil, `fffffffc 0000000000000000 ffffff8d`},
	{"getEphemerals", OpGetEphemerals, ReplyHeader{Xid: 3}, GetEphemeralsResponse{Paths: []string{"/e"}},
		replyHeader3 + `00000001 00000002 '/e`},
	{"getAllChildrenNumber", OpGetAllChildrenNumber, ReplyHeader{Xid: 3}, GetAllChildrenNumberResponse{Number: 258},
		replyHeader3 + `00000102`},
	{"whoAmI", OpWhoAmI, ReplyHeader{Xid: 3}, WhoAmIResponse{IDs: []ID{{"ip", "10.0.0.1"}, {"digest", "u"}}},
		replyHeader3 + `00000002 00000002 'ip 00000008 '10.0.0.1 00000006 'digest 00000001 'u`},
	{"setWatches2", OpSetWatches2, ReplyHeader{Xid: XidSetWatches}, nil, `fffffff8 0000000000000000 00000000`},
	{"multiRead", OpMultiRead, ReplyHeader{Xid: 3}, MultiResponse{[]MultiResult{
		{Op: OpGetData, Response: GetDataResponse{Data: []byte{}, Stat: goldenStat}},
		{Op: OpError, Err: NoAuth},
		{Op: OpGetChildren, Response: GetChildrenResponse{Names: []string{"n"}}},
	}}, replyHeader3 + `
		00000004 00 00000000 00000000` + goldenStatBytes + `
		ffffffff 00 ffffff9a ffffff9a
		00000008 00 00000000 00000001 00000001 'n
		ffffffff 01 ffffffff`},
}

// Numbers and names, as they stand in ZooKeeper's documents.
func TestNames(t *testing.T) {
	for code, want := range map[interface{ String() string }]string{
		OK: "OK", Code(-125): "QuotaExceeded", Code(-121): "NoWatcher", Code(-123): "ReconfigDisabled", Code(-9): "Code(-9)",
		OpCode(6): "getACL", OpCode(19): "createContainer", OpCode(22): "multiRead", OpCode(102): "sasl",
		OpCode(107): "whoAmI",
		OpCode(105): "setWatches2", OpCode(10): "OpCode(10)", OpCode(-10): "createSession",
		EventType(-1): "None", EventType(1): "NodeCreated", EventType(4): "NodeChildrenChanged",
		EventType(7): "PersistentWatchRemoved", EventType(8): "EventType(8)",
	} {
		if got := code.String(); got != want {
			t.Errorf("%#v is named %q, want %q", code, got, want)
		}
	}
}
