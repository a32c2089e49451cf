package tree

import (
	"bytes"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"testing"

	"ordeal/cluster/wire"
)

func FuzzDecodeTxn(f *testing.F) {
	for _, r := range []wire.Request{
		create("/a", 3), wire.CreateRequest{Path: "/a", Stat: true}, wire.DeleteRequest{Path: "/a", Version: -1},
		wire.SetDataRequest{Path: "/a"}, wire.CheckRequest{Path: "/a"}, wire.CloseSessionRequest{},
		wire.MultiRequest{Ops: []wire.Request{wire.CheckRequest{Path: "/a"}, create("/b", 0)}},
		CreateSession{ID: 1, TimeoutMs: 2, Passwd: []byte("p")}, AttachSession{ID: 1}, ExpireSession{ID: 1},
		DeleteContainer{Path: "/a", NeverUsedMs: 3}, SetConfig{Data: []byte("c")}, wire.SetACLRequest{Path: "/", ACL: open},
		wire.CreateContainerRequest{Path: "/c", ACL: open}, wire.CreateTTLRequest{Path: "/t", ACL: open, Flags: 5, TTLMs: 1},
	} {
		f.Add(AppendTxn(nil, Txn{Session: 1, Owner: here, TimeMs: 2, Request: r}))
		f.Add(AppendTxn(nil, Txn{Session: 1, Settings: ExtendedTypes | EnforceQuota, IDs: []wire.ID{{Scheme: "ip",
			ID: "::1"}}, Request: r}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		txn, err := DecodeTxn(b)
		if err != nil {
			if !errors.Is(err, wire.ErrMalformed) && !errors.Is(err, wire.ErrUnknownOp) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := DecodeTxn(AppendTxn(nil, txn))
		if err != nil || !reflect.DeepEqual(again, txn) {
			t.Fatalf("%#v came back as %#v %v", txn, again, err)
		}
		tree := New()
		tree.Apply(1, Txn{Owner: txn.Owner, Request: CreateSession{ID: txn.Session}})
		tree.Apply(2, txn) // whatever it asks for: no panic
		reload(t, tree)
	})
}

func TestDecodeTxnRefuses(t *testing.T) {
	good := AppendTxn(nil, Txn{Request: create("/a", 0)})
	for n := range good {
		if _, err := DecodeTxn(good[:n]); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%d of %d bytes: %v", n, len(good), err)
		}
	}
	if _, err := DecodeTxn(append(good, 0)); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a byte too many: %v", err)
	}
	read := bytes.Clone(good[:56])
	read[55] = byte(wire.OpExists)
	if _, err := DecodeTxn(read); !errors.Is(err, wire.ErrUnknownOp) {
		t.Errorf("a read: %v", err)
	}
	for _, head := range []byte{0, 1, 3} {
		other := bytes.Clone(good)
		other[2] = head
		if _, err := DecodeTxn(other); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("version %d: %v", head, err)
		}
	}
	strange := bytes.Clone(good)
	strange[3] = 0x80
	if _, err := DecodeTxn(strange); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("unknown settings: %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a read was made a transaction")
		}
	}()
	AppendTxn(nil, Txn{Request: wire.ExistsRequest{Path: "/a"}})
}

// sample is a state with everything in it.
func sample(seed uint64) *Tree {
	g := &gen{rand.New(rand.NewPCG(seed, 3)), newTwin()}
	tree := New()
	for range 120 {
		txn := g.txn()
		g.twin.apply(tree.Zxid()+1, txn)
		tree.Apply(tree.Zxid()+1, txn)
	}
	return tree
}

// load reads a snapshot that is in one piece.
func load(b []byte) (*Tree, error) {
	l := NewLoader()
	if err := l.Add(b); err != nil {
		return nil, err
	}
	return l.Tree()
}

// sealed puts the checksum behind a snapshot's body.
func sealed(body []byte) []byte {
	e := wire.NewEncoder(bytes.Clone(body))
	e.Int32(int32(crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli))))
	return e.Bytes()
}

// The fuzzer writes the body and is given the checksum: what loads at all is what AppendSnapshot would have written.
func FuzzLoad(f *testing.F) {
	f.Add([]byte{})
	for seed := range uint64(4) {
		b := sample(seed).AppendSnapshot(nil)
		f.Add(b[:len(b)-4])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		tree, err := load(sealed(body))
		if err != nil {
			if !errors.Is(err, wire.ErrMalformed) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if again := tree.AppendSnapshot(nil); !bytes.Equal(again[:len(again)-4], body) {
			t.Fatalf("%x\nwas loaded and is written as\n%x", body, again)
		}
	})
}

func TestLoadRefuses(t *testing.T) {
	good := sample(1).AppendSnapshot(nil)
	if _, err := load(good); err != nil {
		t.Fatal(err)
	}
	for n := range good {
		if _, err := load(good[:n]); !errors.Is(err, wire.ErrMalformed) {
			t.Fatalf("%d of %d bytes: %v", n, len(good), err)
		}
		bad := bytes.Clone(good)
		bad[n] ^= 0x10
		if _, err := load(bad); !errors.Is(err, wire.ErrMalformed) {
			t.Fatalf("byte %d wrong: %v", n, err)
		}
	}
	if _, err := load(sealed(append(good[:len(good)-4:len(good)-4], 0))); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a byte too many: %v", err)
	}
}

// Every field of a znode and a session is in the snapshot and in the hash.
func TestHashCoversEverything(t *testing.T) {
	d := newDriver(t)
	d.furnish()
	base := d.tree.Hash()
	for name, change := range map[string]func(*Tree){
		"zxid":          func(t *Tree) { t.zxid++ },
		"ended":         func(t *Tree) { t.sessionsEnded++ },
		"data":          func(t *Tree) { t.nodes["/e"].setData([]byte("datb")) },
		"null data":     func(t *Tree) { t.nodes["/a"].setData([]byte{}) },
		"czxid":         func(t *Tree) { t.nodes["/e"].czxid++ },
		"mzxid":         func(t *Tree) { t.nodes["/e"].mzxid++ },
		"pzxid":         func(t *Tree) { t.nodes["/e"].pzxid++ },
		"ctime":         func(t *Tree) { t.nodes["/e"].ctime++ },
		"mtime":         func(t *Tree) { t.nodes["/e"].mtime++ },
		"version":       func(t *Tree) { t.nodes["/e"].version++ },
		"creates":       func(t *Tree) { t.nodes["/e"].creates++ },
		"owner":         func(t *Tree) { t.nodes["/e"].owner = bob },
		"no owner":      func(t *Tree) { t.nodes["/e"].owner = 0 },
		"container":     func(t *Tree) { t.nodes["/e"].owner = containerOwner },
		"TTL":           func(t *Tree) { t.nodes["/e"].owner = ttlMark | 7 },
		"aversion":      func(t *Tree) { t.nodes["/e"].aversion++ },
		"ACL":           func(t *Tree) { t.nodes["/e"].acl = t.aclOf(readOnlyACL) },
		"timeout":       func(t *Tree) { t.session(bob).TimeoutMs++ },
		"password":      func(t *Tree) { t.session(bob).Passwd = nil },
		"server":        func(t *Tree) { t.session(bob).Owner.Server++ },
		"incarnation":   func(t *Tree) { t.session(bob).Owner.Incarnation++ },
		"connection":    func(t *Tree) { t.session(bob).Owner.Conn++ },
		"missing znode": func(t *Tree) { t.unlink(t.nodes["/e"]) },
	} {
		tree := reload(t, d.tree)
		change(tree)
		loaded, err := load(tree.AppendSnapshot(nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if loaded.Hash() == base {
			t.Errorf("%s: is not in the snapshot, or not in the hash", name)
		}
	}
}
