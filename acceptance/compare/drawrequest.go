package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// standing is the client whose watches stay, and who sets no others: ZooKeeper 3.8.0 takes two kinds of watches of one
// client on one path for the same, which ZooKeeper 3.9 and this service don't.
const standing = 3

// isDeep says which paths have recursive watches, for the same reason.
func isDeep(path string) bool { return strings.HasSuffix(path, "a") || strings.HasSuffix(path, "b") }

// requestOf draws a request that the client may send.
func (d *drawer) requestOf(client int) wire.Request {
	r := d.request()
	switch r := r.(type) {
	case wire.GetDataRequest:
		r.Watch = r.Watch && client != standing
		return r
	case wire.ExistsRequest:
		if r.Watch = r.Watch && client != standing; r.Watch && d.chance(20) {
			r.Path = fmt.Sprintf("%s/own%d", d.root, client)
		}
		return r
	case wire.GetChildrenRequest:
		r.Watch = r.Watch && client != standing
		return r
	case wire.SetWatchesRequest:
		if client == standing {
			r.Data, r.Exist, r.Child = nil, nil, nil
			r.Persistent = slices.DeleteFunc(r.Persistent, isDeep)
			r.PersistentRecursive = slices.DeleteFunc(r.PersistentRecursive,
				func(path string) bool { return !isDeep(path) })
		} else {
			r.Persistent, r.PersistentRecursive = nil, nil
			r.Second = d.chance(50)
		}
		return r
	case wire.AddWatchRequest:
		if client != standing || r.Mode == wire.ModePersistent == isDeep(r.Path) {
			return wire.WhoAmIRequest{}
		}
	case wire.CheckWatchesRequest:
		// Where another client has a watch, ZooKeeper 3.8.0 says that every client has one.
		r.Path = fmt.Sprintf("%s/own%d", d.root, client)
		if client == standing {
			r.Type = wire.WatcherAny
		}
		return r
	case wire.RemoveWatchesRequest:
		if client == standing {
			r.Type = wire.WatcherAny
		}
		return r
	}
	return r
}

// request draws one request of any kind, half of them on paths that are probably there.
func (d *drawer) request() wire.Request {
	switch n := d.IntN(100); {
	case n < 45:
		return d.write()
	case n < 49:
		return d.multi()
	case n < 85:
		return d.read()
	}
	return d.watch()
}

func (d *drawer) write() wire.Request {
	path, data, acl := d.path(), d.data(), d.acl()
	switch d.IntN(12) {
	case 0, 1, 2:
		return wire.CreateRequest{Path: path, Data: data, ACL: acl, Flags: d.flags(), Stat: d.chance(50)}
	case 3:
		return wire.CreateContainerRequest{Path: path, Data: data, ACL: acl, Flags: pick(d, 4, 4, 4, d.flags())}
	case 4:
		r := wire.CreateTTLRequest{
			Path: path, Data: data, ACL: acl, Flags: pick(d, 5, 6, 5, 6, d.flags()),
			TTLMs: pick[int64](d, 1000, 1e9, 0, -1, 1<<40-1, 1<<40, 1<<62),
		}
		if r.Flags != 5 && r.Flags != 6 {
			r.TTLMs = max(r.TTLMs, 0) // a negative one beside such flags ends ZooKeeper 3.8.0
		}
		return r
	case 5, 6:
		return wire.SetDataRequest{Path: path, Data: data, Version: d.version()}
	case 7, 8:
		return wire.DeleteRequest{Path: path, Version: d.version()}
	case 9:
		return wire.SetACLRequest{Path: path, ACL: acl, Version: d.version()}
	case 10:
		return wire.SyncRequest{Path: path}
	}
	if d.chance(80) {
		return wire.CreateRequest{Path: path, Data: data, ACL: worldACL}
	}
	return wire.CloseSessionRequest{}
}

func (d *drawer) read() wire.Request {
	path, watch := d.path(), d.chance(40)
	switch d.IntN(10) {
	case 0, 1:
		return wire.GetDataRequest{Path: path, Watch: watch}
	case 2, 3:
		return wire.ExistsRequest{Path: path, Watch: watch}
	case 4:
		return wire.GetChildrenRequest{Path: path, Watch: watch}
	case 5:
		return wire.GetChildrenRequest{Path: path, Watch: watch, Stat: true}
	case 6:
		return wire.GetACLRequest{Path: path}
	case 7:
		return wire.GetAllChildrenNumberRequest{Path: path}
	case 8:
		return wire.GetEphemeralsRequest{Prefix: pick(d, path, d.root, "/", "", " ")}
	}
	if d.chance(50) {
		return wire.WhoAmIRequest{}
	}
	r := wire.MultiReadRequest{}
	for range d.IntN(4) {
		if d.chance(50) {
			r.Ops = append(r.Ops, wire.GetDataRequest{Path: d.path(), Watch: d.chance(20)})
		} else {
			r.Ops = append(r.Ops, wire.GetChildrenRequest{Path: d.path(), Watch: d.chance(20)})
		}
	}
	return r
}

func (d *drawer) watch() wire.Request {
	switch d.IntN(5) {
	case 0, 1:
		return wire.AddWatchRequest{Path: d.path(), Mode: pick[wire.WatchMode](d, 0, 0, 1, 1, 0, 1, 0, 1, 2, -1)}
	case 2:
		return wire.CheckWatchesRequest{Path: d.path(), Type: d.watcherType()}
	case 3:
		return wire.RemoveWatchesRequest{Path: d.path(), Type: d.watcherType()}
	}
	r := wire.SetWatchesRequest{Data: d.paths(), Exist: d.paths(), Second: true, Persistent: d.paths(),
		PersistentRecursive: d.paths()}
	for _, path := range d.paths() {
		// Of a path that is gone and in both lists ZooKeeper tells twice, and this service once.
		if !slices.Contains(r.Data, path) {
			r.Child = append(r.Child, path)
		}
	}
	return r
}

func (d *drawer) watcherType() wire.WatcherType {
	return pick[wire.WatcherType](d, 1, 2, 3, 1, 2, 3, 1, 2, 3, 0, 6, -1)
}

func (d *drawer) paths() []string {
	var list []string
	for range d.IntN(3) {
		list = append(list, d.path())
	}
	return list
}

func (d *drawer) multi() wire.Request {
	r := wire.MultiRequest{}
	for range pick(d, 0, 1, 2, 3, 4) {
		switch d.IntN(8) {
		case 0, 1:
			r.Ops = append(r.Ops, wire.CreateRequest{Path: d.path(), Data: d.data(),
				ACL: pick(d, worldACL, worldACL, d.acl()), Flags: d.flags(), Stat: d.chance(50)})
		case 2:
			r.Ops = append(r.Ops, wire.CreateContainerRequest{Path: d.path(), ACL: worldACL, Flags: 4})
		case 3:
			r.Ops = append(r.Ops, wire.DeleteRequest{Path: d.path(), Version: d.version()})
		case 4, 5:
			r.Ops = append(r.Ops, wire.SetDataRequest{Path: d.path(), Data: d.data(), Version: d.version()})
		default:
			r.Ops = append(r.Ops, wire.CheckRequest{Path: d.path(), Version: d.version()})
		}
	}
	return r
}

// path is one of a few, so that requests meet; one in ten is wrong in some way.
func (d *drawer) path() string {
	if d.chance(8) {
		return pick(d, "", "/", d.root+"/", "//", d.root+"//a", d.root+"/a/../b", d.root+"/a/.", "/zookeeper",
			"/zookeeper/config",
			"/zookeeper/quota", "/zookeeper/x", d.root+"/a\x00b", d.root+"/\x01", d.root+"/\u00e9", d.root+"/\ud7ff",
			d.root+"/\uf000",
			d.root+"/ ", d.root+"/...", d.root+"/a\u007f", d.root+"/\ufff0")
	}
	path := d.root
	for range 1 + d.IntN(2) {
		path += "/" + pick(d, "a", "b", "c", "s0000000000", "s0000000001")
	}
	return path
}

func (d *drawer) data() []byte {
	switch d.IntN(20) {
	case 0:
		return nil
	case 1:
		return []byte{}
	case 2:
		return bytes.Repeat([]byte("x"), d.IntN(3000))
	}
	return []byte(pick(d, "one", "two", "three"))
}

func (d *drawer) version() int32 {
	return pick[int32](d, -1, -1, -1, 0, 0, 1, 2, 3, 7, -2, 1<<31-1, -1<<31)
}

func (d *drawer) flags() int32 {
	return pick[int32](d, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, -1, 8)
}

// names are what ACLs and claims are about.
var names = []string{"ada:one", "bob:two", "super:test", "super:x"}

// digests are the ids of names, as ZooKeeper makes them.
func (d *drawer) id() wire.ID {
	return pick(d,
		wire.ID{Scheme: "world", ID: "anyone"}, wire.ID{Scheme: "world", ID: "anyone"},
		wire.ID{Scheme: "world", ID: "else"}, wire.ID{Scheme: "auth"},
		wire.ID{Scheme: "auth", ID: "whatever"}, wire.ID{Scheme: "digest", ID: digestOf(pick(d, names...))},
		wire.ID{Scheme: "digest", ID: "nobody"},
		wire.ID{Scheme: "digest", ID: "a:b:c"}, wire.ID{Scheme: "ip", ID: "127.0.0.1"},
		wire.ID{Scheme: "ip", ID: "10.0.0.0/8"},
		wire.ID{Scheme: "ip", ID: "127.0.0.1/33"}, wire.ID{Scheme: "ip", ID: "1.2.3"},
		wire.ID{Scheme: "ip", ID: "127.0.0.1/8"},
		wire.ID{Scheme: "super", ID: "super"}, wire.ID{Scheme: "x509", ID: "CN=a"}, wire.ID{Scheme: "sasl", ID: "a"},
		wire.ID{},
		wire.ID{Scheme: "digest"}, wire.ID{Scheme: "ip"})
}

func (d *drawer) acl() []wire.ACL {
	if d.chance(60) {
		return worldACL
	}
	var list []wire.ACL
	for range d.IntN(4) {
		list = append(list, wire.ACL{Perms: pick[int32](d, 31, 31, 1, 2, 4, 8, 16, 0, 3, 15, 32, -1, 63), ID: d.id()})
	}
	return list
}

func (d *drawer) claim() wire.AuthRequest {
	return wire.AuthRequest{
		Type: pick[int32](d, 0, 0, 7), Scheme: pick(d, "digest", "digest", "digest", "digest", "digest", "ip", "world",
			"auth", "nobody", "", "x509"),
		Auth: pick(d, []byte(pick(d, names...)), []byte("ada:one"), []byte("bob:two"), []byte("x"), []byte(""), nil,
			[]byte("a:b:c"), []byte("127.0.0.1")),
	}
}
