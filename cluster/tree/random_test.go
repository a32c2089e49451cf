package tree

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"ordeal/cluster/wire"
)

// gen draws transactions that mostly fit the state: few paths, few sessions, versions near the right ones.
type gen struct {
	*rand.Rand
	twin *twin
}

func pick[T any](g *gen, list ...T) T { return list[g.IntN(len(list))] }

func (g *gen) path() string {
	if some := g.twin.below("/"); g.IntN(3) == 0 && len(some) > 3 { // one that exists, sequential ones too
		return pick(g, some[:len(some)-3]...)
	}
	if g.IntN(40) == 0 {
		return pick(g, "/", "/a//b", "/a/", "/zookeeper", "/zookeeper/config")
	}
	if g.IntN(6) == 0 {
		return g.quotaPath()
	}
	path := ""
	for range 1 + g.IntN(4)*2/3 {
		path += "/" + pick(g, "a", "b", "a-")
	}
	return path
}

func (g *gen) data() []byte {
	if g.IntN(6) == 0 {
		return g.limits()
	}
	return pick(g, nil, []byte{}, []byte("x"), []byte("a longer value"))
}

func (g *gen) version() int32 { return pick[int32](g, -1, -1, 0, 0, 1, 2) }

func (g *gen) acl() []wire.ACL {
	if g.IntN(4) > 0 {
		return open
	}
	var list []wire.ACL
	for range g.IntN(4) {
		list = append(list, wire.ACL{Perms: pick[int32](g, 31, 31, 1, 5, 8, 16, 30), ID: pick(g, everybody.ID,
			wire.ID{Scheme: "auth"}, wire.ID{Scheme: "auth", ID: "me"}, wire.ID{Scheme: "digest", ID: "u:h"},
			wire.ID{Scheme: "digest", ID: "v:h"}, wire.ID{Scheme: "x509", ID: "CN=c"}, wire.ID{Scheme: "ip", ID: "10.0.0.0/8"},
			wire.ID{Scheme: "ip", ID: "10.9.0.0/16"}, wire.ID{Scheme: "ip", ID: pick(g, "10.0.0.1", "0.0.0.0/0",
				"10.0.0.300")})})
	}
	return list
}

func (g *gen) ids() []wire.ID {
	ids := []wire.ID{{Scheme: "ip", ID: pick(g, "10.0.0.1", "10.9.9.9")}}
	for _, more := range []wire.ID{{Scheme: "digest", ID: "u:h"}, {Scheme: "digest", ID: "v:h"}, {Scheme: "x509",
		ID: "CN=c"}, {Scheme: "super"}} {
		if g.IntN(4) == 0 {
			ids = append(ids, more)
		}
	}
	return ids
}

func (g *gen) create() wire.Request {
	path, data, acl, flags := g.path(), g.data(), g.acl(), pick[int32](g, 0, 0, 1, 2, 3, g.Int32N(9)-1)
	switch g.IntN(8) {
	case 0:
		return wire.CreateContainerRequest{Path: path, Data: data, ACL: acl, Flags: pick(g, 4, 4, flags)}
	case 1:
		ttl := pick(g, 1, 50, 400, 1<<40-1, g.Int64N(3)-1, 1<<40)
		return wire.CreateTTLRequest{Path: path, Data: data, ACL: acl, Flags: pick(g, 5, 5, 6, flags), TTLMs: ttl}
	}
	return wire.CreateRequest{Path: path, Data: data, ACL: acl, Flags: flags, Stat: g.IntN(2) == 0}
}

func (g *gen) write() wire.Request {
	switch n := g.IntN(12); {
	case n < 5:
		return g.create()
	case n < 8:
		return wire.DeleteRequest{Path: g.path(), Version: g.version()}
	default:
		return wire.SetDataRequest{Path: g.path(), Data: g.data(), Version: g.version()}
	}
}

func (g *gen) request() wire.Request {
	id := 1 + g.Int64N(4)
	switch n := g.IntN(40); {
	case n < 6:
		return CreateSession{ID: id, TimeoutMs: g.Int32N(3), Passwd: []byte{byte(id)}}
	case n < 8:
		return AttachSession{ID: id, Passwd: []byte{byte(id), 1}[:1+g.IntN(8)/7]}
	case n < 9:
		return ExpireSession{ID: id}
	case n < 10:
		return wire.CloseSessionRequest{}
	case n < 13:
		return DeleteContainer{Path: g.path(), NeverUsedMs: pick[int64](g, 0, 100)}
	case n < 15:
		return wire.SetACLRequest{Path: g.path(), ACL: g.acl(), Version: g.version()}
	case n < 16 && g.IntN(4) == 0:
		return SetConfig{Data: g.data()}
	case n < 20:
		return g.setQuota()
	case n < 25:
		var m wire.MultiRequest
		for range g.IntN(5) {
			if g.IntN(5) == 0 {
				m.Ops = append(m.Ops, wire.CheckRequest{Path: g.path(), Version: g.version()})
			} else {
				m.Ops = append(m.Ops, g.write())
			}
		}
		return m
	}
	return g.write()
}

func (g *gen) txn() Txn {
	txn := Txn{Session: 1 + g.Int64N(4), TimeMs: g.Int64N(1000), Request: g.request(), IDs: g.ids()}
	if g.IntN(4) > 0 {
		txn.Settings |= ExtendedTypes
	}
	if g.IntN(2) > 0 {
		txn.Settings |= EnforceQuota
	}
	if g.IntN(4) > 0 {
		txn.Settings |= Certificates
	}
	if live := slices.Sorted(maps.Keys(g.twin.sessions)); len(live) > 0 && g.IntN(8) > 0 {
		txn.Session = pick(g, live...)
	}
	txn.Owner = Owner{Server: 1 + g.Uint64N(3)}
	if s, ok := g.twin.sessions[txn.Session]; ok && g.IntN(10) > 0 {
		txn.Owner = s.Owner
	}
	return txn
}

// Results, events, Stats and sessions are the twin's; states are equal exactly when their hashes are; and at any point
// the state survives a snapshot, byte for byte.
func TestAgainstTwin(t *testing.T) {
	sums := map[string]uint64{}
	dumps := map[uint64]string{}
	reached := map[wire.Code]int{}
	for seed := range uint64(70) {
		g := &gen{rand.New(rand.NewPCG(seed, 1)), newTwin()}
		tree := New()
		for range 350 {
			txn := g.txn()
			zxid := tree.Zxid() + 1 + g.Int64N(3)
			decoded, err := DecodeTxn(AppendTxn(nil, txn))
			if err != nil || !reflect.DeepEqual(decoded, txn) {
				t.Fatalf("seed %d: %#v came back as %#v %v", seed, txn, decoded, err)
			}
			got, want := tree.Apply(zxid, decoded), g.twin.apply(zxid, txn)
			if len(got.readers) != len(got.Events) {
				t.Fatalf("seed %d: %#v has %d events, and says of %d who may know", seed, txn, len(got.Events), len(got.readers))
			}
			got.readers = nil // TestTells is about those
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, zxid %d: %#v\n got %#v\nwant %#v", seed, zxid, txn, got, want)
			}
			count(reached, got)
			dump, sum := g.twin.dump(), mix(tree.sum, tree.sessionsEnded) // Hash without the zxid, which is always new
			if before, ok := sums[dump]; ok && before != sum {
				t.Fatalf("seed %d, zxid %d: the state is as once before, and its hash is not:\n%s", seed, zxid, dump)
			}
			if other, ok := dumps[sum]; ok && other != dump {
				t.Fatalf("seed %d: two states with one hash:\n%s\n%s", seed, other, dump)
			}
			sums[dump], dumps[sum] = sum, dump
			if g.IntN(8) == 0 {
				compareState(t, tree, g.twin)
				compareAccess(t, g, tree)
				tree = reload(t, tree)
			}
		}
	}
	for _, code := range []wire.Code{wire.OK, wire.BadArguments, wire.NoNode, wire.BadVersion,
		wire.NoChildrenForEphemerals,
		wire.NodeExists, wire.NotEmpty, wire.SessionExpired, wire.SessionMoved, wire.InvalidACL,
		wire.NoAuth, wire.QuotaExceeded, wire.Unimplemented, wire.MarshallingError} {
		if reached[code] < 10 {
			t.Errorf("only %d results are %v: the transactions don't reach it", reached[code], code.String())
		}
	}
}

func count(reached map[wire.Code]int, r Result) {
	reached[r.Err]++
	if m, ok := r.Response.(wire.MultiResponse); ok {
		code, _ := m.Failed()
		reached[code]++
	}
}

var root = []wire.ID{{Scheme: "super"}}

// compareAccess asks what a client may see, and what the reaper would do.
func compareAccess(t *testing.T, g *gen, tree *Tree) {
	t.Helper()
	ids, path := g.ids(), g.path()
	n, exists := g.twin.nodes[path]
	may := func(perms int32) wire.Code {
		if !exists {
			return wire.NoNode
		} else if !twinPermits(n.acl, ids, perms) {
			return wire.NoAuth
		}
		return wire.OK
	}
	missing := wire.OK
	if !exists {
		missing = wire.NoNode
	}
	var ops []wire.Request
	for _, c := range []struct {
		r    wire.Request
		want wire.Code
	}{
		{wire.GetDataRequest{Path: path}, may(1)}, {wire.GetChildrenRequest{Path: path}, may(1)},
		{wire.GetChildrenRequest{Path: path, Stat: true}, may(1)}, {wire.GetAllChildrenNumberRequest{Path: path}, may(1)},
		{wire.ExistsRequest{Path: path}, missing},
		{wire.GetACLRequest{Path: path}, may(17)},
	} {
		ops = append(ops, c.r)
		if _, code := tree.ReadAs(ids, c.r); code != c.want {
			t.Fatalf("%v asks %#v: %v, want %v", ids, c.r, code, c.want)
		}
	}
	if got := tree.Permits(ids, path, 6); got != may(6) {
		t.Fatalf("permits %v", got)
	}
	many, _ := tree.ReadAs(ids, wire.MultiReadRequest{Ops: ops[:2]})
	for i, result := range many.(wire.MultiResponse).Results {
		response, code := tree.ReadAs(ids, ops[i])
		want := wire.MultiResult{Op: ops[i].Op(), Response: response}
		if code != wire.OK {
			want = wire.MultiResult{Op: wire.OpError, Err: code}
		}
		if !reflect.DeepEqual(result, want) {
			t.Fatalf("multiRead: %v, want %v", result, want)
		}
	}
	if got, code := tree.ReadAs(ids, wire.GetACLRequest{Path: path}); code == wire.OK {
		want := n.acl
		if may(16) != wire.OK {
			want = masked(want)
		}
		if !slices.Equal(got.(wire.GetACLResponse).ACL, want) {
			t.Fatalf("%v sees %v, want %v", ids, got, want)
		}
	}
	now, unused := g.Int64N(1500), pick[int64](g, 0, 100)
	want := g.twin.reapable(now, unused)
	if got := tree.Reapable(now, unused, 1000); !slices.Equal(got, want) {
		t.Fatalf("reapable %v, want %v", got, want)
	}
	if got := tree.Reapable(now, unused, 1); !slices.Equal(got, want[:min(1, len(want))]) {
		t.Fatalf("reapable %v, want the first of %v", got, want)
	}
}

func compareState(t *testing.T, tree *Tree, tw *twin) {
	t.Helper()
	if tree.Len() != len(tw.nodes) || tree.SessionsEnded() != tw.ended {
		t.Fatalf("%d znodes and %d sessions ended, want %d and %d", tree.Len(), tree.SessionsEnded(), len(tw.nodes), tw.ended)
	}
	for path, n := range tw.nodes {
		stat := tw.stat(path)
		for _, c := range []struct {
			r    wire.Request
			want wire.Response
		}{
			{wire.ExistsRequest{Path: path}, wire.ExistsResponse{Stat: stat}},
			{wire.GetDataRequest{Path: path}, wire.GetDataResponse{Data: n.data, Stat: stat}},
			{wire.GetChildrenRequest{Path: path}, wire.GetChildrenResponse{Names: tw.children(path)}},
			{wire.GetACLRequest{Path: path}, wire.GetACLResponse{ACL: n.acl, Stat: stat}},
			{wire.GetAllChildrenNumberRequest{Path: path},
				wire.GetAllChildrenNumberResponse{Number: int32(len(tw.below(path)))}},
			{wire.GetChildrenRequest{Path: path, Stat: true}, wire.GetChildrenResponse{Names: tw.children(path), Stat: &stat}},
		} {
			if got, code := tree.ReadAs(root, c.r); code != wire.OK || !reflect.DeepEqual(got, c.want) {
				t.Fatalf("%#v: %#v %v, want %#v", c.r, got, code, c.want)
			}
		}
	}
	ids := slices.Sorted(maps.Keys(tw.sessions))
	sessions := tree.Sessions()
	if len(sessions) != len(ids) {
		t.Fatalf("sessions %v, want %v", sessions, ids)
	}
	for i, id := range ids {
		one, ok := tree.Session(id)
		if !ok || !reflect.DeepEqual(one, tw.sessions[id]) || !reflect.DeepEqual(one, sessions[i]) {
			t.Fatalf("session %v, want %v", one, tw.sessions[id])
		}
		if got, want := tree.Ephemerals(id), tw.ephemerals(id); !slices.Equal(got, want) {
			t.Fatalf("ephemerals %v, want %v", got, want)
		}
	}
}

// reload passes the state through a snapshot that stands behind something else.
func reload(t *testing.T, tree *Tree) *Tree {
	t.Helper()
	bytesBefore := tree.AppendSnapshot([]byte("prefix"))[len("prefix"):]
	loaded, err := load(bytesBefore)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Hash() != tree.Hash() || loaded.Zxid() != tree.Zxid() {
		t.Fatalf("the snapshot has hash %x at %d, the state %x at %d", loaded.Hash(), loaded.Zxid(), tree.Hash(), tree.Zxid())
	}
	if again := loaded.AppendSnapshot(nil); !bytes.Equal(again, bytesBefore) {
		t.Fatal("one state has two snapshots")
	}
	return loaded
}
