package tree

import (
	"reflect"
	"testing"

	"ordeal/cluster/wire"
)

var open = []wire.ACL{everybody}

// driver applies transactions one behind the other.
type driver struct {
	t    *testing.T
	tree *Tree
}

var (
	here  = Owner{Server: 1, Incarnation: 1, Conn: 7}
	there = Owner{Server: 2, Incarnation: 1, Conn: 8}
)

const (
	alice int64 = 0x100000000000001
	bob   int64 = 0x200000000000002
)

// newDriver makes a tree with the sessions of alice, here, and bob, there.
func newDriver(t *testing.T) *driver {
	d := &driver{t: t, tree: New()}
	for _, s := range []Txn{
		{Owner: here, Request: CreateSession{ID: alice, TimeoutMs: 4000, Passwd: []byte("alice's")}},
		{Owner: there, Request: CreateSession{ID: bob, TimeoutMs: 6000, Passwd: []byte("bob's")}},
	} {
		if got := d.apply(s); got.Err != wire.OK {
			t.Fatal(got.Err)
		}
	}
	return d
}

func (d *driver) apply(txn Txn) Result { return d.tree.Apply(d.tree.Zxid()+1, txn) }

// as applies a request of a session's owner.
func (d *driver) as(session int64, r wire.Request) Result {
	s, _ := d.tree.Session(session)
	return d.apply(Txn{Session: session, Owner: s.Owner, TimeMs: 1000 + d.tree.Zxid(), Request: r})
}

// must applies requests of alice that succeed.
func (d *driver) must(requests ...wire.Request) {
	d.t.Helper()
	for _, r := range requests {
		if got := d.as(alice, r); got.Err != wire.OK {
			d.t.Fatalf("%v: %v", r, got.Err)
		}
	}
}

func (d *driver) stat(path string) wire.Stat {
	d.t.Helper()
	r, code := d.tree.Read(wire.ExistsRequest{Path: path})
	if code != wire.OK {
		d.t.Fatalf("%s: %v", path, code)
	}
	return r.(wire.ExistsResponse).Stat
}

func create(path string, flags int32) wire.CreateRequest {
	return wire.CreateRequest{Path: path, Data: []byte("data"), ACL: open, Flags: flags}
}

// The state that the table of errors works on: /a (version 1), /a/b, /e of alice.
func (d *driver) furnish() {
	d.t.Helper()
	d.must(create("/a", 0), create("/a/b", 0), create("/e", wire.FlagEphemeral),
		wire.SetDataRequest{Path: "/a", Version: 0})
}

var errorTable = []struct {
	name string
	req  wire.Request
	want wire.Code
}{
	{"create: bad flags come first", wire.CreateRequest{Path: "nonsense", Flags: 7}, wire.BadArguments},
	{"create: negative flags", create("/x", -1), wire.BadArguments},
	{"create: with the flag of a container", create("/x", 4), wire.OK},
	{"create: TTL", create("/x", 6), wire.Unimplemented},
	{"createContainer: bad flags", wire.CreateContainerRequest{Path: "/x", ACL: open, Flags: 7}, wire.BadArguments},
	{"createTTL: not extended", wire.CreateTTLRequest{Path: "/x", ACL: open, Flags: 5, TTLMs: 1}, wire.Unimplemented},
	{"create: no slash before ACL", wire.CreateRequest{Path: "a"}, wire.BadArguments},
	{"create: ACL before the rest of the path", wire.CreateRequest{Path: "/a//b"}, wire.InvalidACL},
	{"create: parent before the rest of the path", create("/a//b", 0), wire.NoNode},
	{"create: path before exists", create("/a/..", 0), wire.BadArguments},
	{"create: ACL before parent", wire.CreateRequest{Path: "/no/x"}, wire.InvalidACL},
	{"create: an unknown scheme", wire.CreateRequest{Path: "/x",
		ACL: []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "s", ID: "i"}}}}, wire.InvalidACL},
	{"create: one entry is malformed", wire.CreateRequest{Path: "/x", ACL: []wire.ACL{
		everybody, {Perms: 31, ID: wire.ID{Scheme: "digest", ID: "no colon"}}}}, wire.InvalidACL},
	{"create: for the own ids, without any", wire.CreateRequest{Path: "/x",
		ACL: []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "auth"}}}}, wire.InvalidACL},
	{"create: a digest", wire.CreateRequest{Path: "/x", ACL: []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "digest",
		ID: "u:p"}}}}, wire.OK},
	{"create: read only for the world", wire.CreateRequest{Path: "/x",
		ACL: []wire.ACL{{Perms: 1, ID: wire.ID{Scheme: "world", ID: "anyone"}}}}, wire.OK},
	{"create: the open ACL twice", wire.CreateRequest{Path: "/x", ACL: []wire.ACL{everybody, everybody}}, wire.OK},
	{"create: no parent", create("/no/x", 0), wire.NoNode},
	{"create: below the configuration", create("/zookeeper/config/x", 0), wire.NoAuth},
	{"create: below the quotas", create("/zookeeper/quota/x", 0), wire.OK},
	{"create: exists", create("/a", 0), wire.NodeExists},
	{"create: the root", create("/", 0), wire.NodeExists},
	{"create: below an ephemeral", create("/e/x", 0), wire.NoChildrenForEphemerals},
	{"create: an ephemeral below an ephemeral", create("/e/x", 1), wire.NoChildrenForEphemerals},
	{"create: sequential with an empty name", create("/a/", wire.FlagSequential), wire.OK},
	{"create: with an empty name", create("/a/", 0), wire.BadArguments},
	{"delete: no slash", wire.DeleteRequest{Path: "a", Version: -1}, wire.BadArguments},
	{"delete: the root", wire.DeleteRequest{Path: "/", Version: -1}, wire.BadArguments},
	{"delete: /zookeeper", wire.DeleteRequest{Path: "/zookeeper", Version: -1}, wire.BadArguments},
	{"delete: the quotas", wire.DeleteRequest{Path: "/zookeeper/quota", Version: -1}, wire.BadArguments},
	{"delete: the configuration", wire.DeleteRequest{Path: "/zookeeper/config", Version: -1}, wire.BadArguments},
	{"delete: no node", wire.DeleteRequest{Path: "/no", Version: -1}, wire.NoNode},
	{"delete: version before children", wire.DeleteRequest{Path: "/a", Version: 0}, wire.BadVersion},
	{"delete: children", wire.DeleteRequest{Path: "/a", Version: 1}, wire.NotEmpty},
	{"delete", wire.DeleteRequest{Path: "/a/b", Version: 0}, wire.OK},
	{"setData: path", wire.SetDataRequest{Path: "/a/"}, wire.BadArguments},
	{"setData: no node", wire.SetDataRequest{Path: "/no"}, wire.NoNode},
	{"setData: the configuration", wire.SetDataRequest{Path: "/zookeeper/config", Version: 9}, wire.NoAuth},
	{"setData: version", wire.SetDataRequest{Path: "/a", Version: 0}, wire.BadVersion},
	{"setData: any version", wire.SetDataRequest{Path: "/a", Version: -1}, wire.OK},
	{"setData: of the root", wire.SetDataRequest{Path: "/", Version: 0}, wire.OK},
	{"delete: of a config's child is a matter of permission", wire.DeleteRequest{Path: "/zookeeper/config/x", Version: -1},
		wire.NoAuth},
	{"delete: no parent", wire.DeleteRequest{Path: "/no/x", Version: -1}, wire.NoNode},
	{"check alone", wire.CheckRequest{Path: "/a", Version: 1}, wire.Unimplemented},
	{"a read", wire.ExistsRequest{Path: "/a"}, wire.Unimplemented},
}

// Each error, alone and inside a multi: nothing but the zxid changes, and the code is the same.
func TestErrors(t *testing.T) {
	for _, c := range errorTable {
		d := newDriver(t)
		d.furnish()
		before := d.tree.AppendSnapshot(nil)
		got := d.as(alice, c.req)
		if got.Err != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.Err, c.want)
		}
		if c.want == wire.OK {
			continue
		}
		if got.Response != nil || got.Events != nil || got.Session != nil {
			t.Errorf("%s: a failure has %v", c.name, got)
		}
		d.tree.zxid--
		if after := d.tree.AppendSnapshot(nil); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: a failure changed the state", c.name)
		}
		if c.req.Op() == wire.OpCheck || lacksTTL(c.req) {
			continue
		}
		failed := d.as(alice, wire.MultiRequest{Ops: []wire.Request{create("/new", 0), c.req, create("/newer", 0)}})
		want := wire.MultiResponse{Results: []wire.MultiResult{
			{Op: wire.OpError}, {Op: wire.OpError, Err: c.want}, {Op: wire.OpError, Err: wire.RuntimeInconsistency}}}
		if !reflect.DeepEqual(failed, Result{Response: want}) {
			t.Errorf("%s in a multi: %v", c.name, failed)
		}
		d.tree.zxid--
		if after := d.tree.AppendSnapshot(nil); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: a failed multi changed the state", c.name)
		}
	}
}

func TestApplyDemandsGrowingZxids(t *testing.T) {
	for _, zxid := range []int64{-1, 0, 1, 2} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("zxid %d was applied behind 2", zxid)
				}
			}()
			newDriver(t).tree.Apply(zxid, Txn{Request: ExpireSession{ID: alice}})
		}()
	}
}

func TestPaths(t *testing.T) {
	for _, path := range []string{"/", "/a", "/a/b", "/a b", "/...", "/.a", "/a.", "/..a", "/\u00e9", "/\u00a0", "/\uf900",
		"/\uffef"} {
		if !wire.ValidPath(path) {
			t.Errorf("%q is refused", path)
		}
	}
	for _, path := range []string{"", "a", "a/b", "//", "/a/", "/a//b", "/.", "/..", "/a/./b", "/a/..", "/a\x00", "/\x01",
		"/\x1f", "/\x7f", "/\u0080", "/\u009f", "/\ue000", "/\uf8ff", "/\ufff0", "/\uffff", "/\U0001F600", "/\xff"} {
		if wire.ValidPath(path) {
			t.Errorf("%q is taken", path)
		}
	}
}

// A session that the tree does not know may write if its server says that it is local; it has no ephemerals, and no
// end.
func TestLocalSettings(t *testing.T) {
	tr := New()
	acl := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
	for i, one := range []struct {
		settings Settings
		request  wire.Request
		want     wire.Code
	}{
		{0, wire.CreateRequest{Path: "/a", ACL: acl}, wire.SessionExpired},
		{Local, wire.CreateRequest{Path: "/a", ACL: acl}, wire.OK},
		{Local, wire.CreateRequest{Path: "/e", ACL: acl, Flags: wire.FlagEphemeral}, wire.EphemeralOnLocalSession},
		{Local, wire.CloseSessionRequest{}, wire.SessionExpired},
	} {
		if got := tr.Apply(int64(i+1), Txn{Session: 5, Settings: one.settings, Request: one.request}).Err; got != one.want {
			t.Errorf("%+v is answered %v", one.request, got)
		}
	}
}
