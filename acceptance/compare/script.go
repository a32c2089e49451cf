package main

import (
	"bytes"
	"strings"

	"ordeal/cluster/wire"
)

// script is what is played before anything is drawn: each operation, what it refuses, and in which order it looks. What
// a server answers to it is in testdata.
func script(f flavour) []step {
	var s scribe
	s.add(dial{client: 1, timeoutMs: 300000}, dial{client: 2, timeoutMs: 300000, old: true})
	s.creates()
	s.versions()
	s.paths()
	s.access(f)
	s.watches()
	s.standing()
	s.multis()
	s.below()
	s.sessions()
	s.strangers()
	if f.name == "strict" {
		s.quotas()
	}
	return s.steps
}

// scribe writes steps down.
type scribe struct {
	steps []step
	xids  map[int]int32
}

func (s *scribe) add(steps ...step) { s.steps = append(s.steps, steps...) }

// ask has a client send requests, each when the one before it is answered.
func (s *scribe) ask(client int, requests ...wire.Request) {
	for _, r := range requests {
		s.add(send{client, []frame{{xid: s.xid(client), request: r}}})
	}
}

// at has a client send requests all at once.
func (s *scribe) at(client int, requests ...wire.Request) {
	var frames []frame
	for _, r := range requests {
		frames = append(frames, frame{xid: s.xid(client), request: r})
	}
	s.add(send{client, frames})
}

func (s *scribe) xid(client int) int32 {
	if s.xids == nil {
		s.xids = map[int]int32{}
	}
	s.xids[client]++
	return s.xids[client]
}

func open(path, data string, flags int32) wire.CreateRequest {
	return wire.CreateRequest{Path: path, Data: []byte(data), ACL: worldACL, Flags: flags}
}

func stated(r wire.CreateRequest) wire.CreateRequest {
	r.Stat = true
	return r
}

func (s *scribe) creates() {
	s.ask(1, open("/c", "one", 0), stated(open("/c/two", "", 0)), open("/c", "again", 0), open("/none/x", "", 0))
	for flags := int32(-1); flags <= 8; flags++ {
		s.ask(1, stated(open("/c/flags", "x", flags)), wire.ExistsRequest{Path: "/c/flags"},
			wire.DeleteRequest{Path: "/c/flags", Version: -1})
		s.ask(1, wire.CreateContainerRequest{Path: "/c/k", ACL: worldACL, Flags: flags},
			wire.ExistsRequest{Path: "/c/k"}, wire.DeleteRequest{Path: "/c/k", Version: -1})
		ttl := wire.CreateTTLRequest{Path: "/c/t", ACL: worldACL, Flags: flags, TTLMs: 1e9}
		s.ask(1, ttl, wire.ExistsRequest{Path: "/c/t"}, wire.DeleteRequest{Path: "/c/t", Version: -1})
	}
	for _, ms := range []int64{0, 1, 1<<40 - 1, 1 << 40, -1, 1 << 62} {
		s.ask(1, wire.CreateTTLRequest{Path: "/c/ms", ACL: worldACL, Flags: 5, TTLMs: ms},
			wire.DeleteRequest{Path: "/c/ms", Version: -1})
	}
	s.ask(1, wire.CreateRequest{Path: "/c/null", ACL: worldACL}, wire.GetDataRequest{Path: "/c/null"},
		open("/c/e", "", 1), open("/c/e/x", "", 0))
	s.ask(1, open("/c/s-", "", 2), open("/c/s-", "", 3), open("/c/", "", 2),
		wire.GetChildrenRequest{Path: "/c", Stat: true})
	s.ask(1, wire.DeleteRequest{Path: "/c", Version: -1}, wire.DeleteRequest{Path: "/zookeeper", Version: -1},
		wire.DeleteRequest{Path: "/", Version: -1})
}

func (s *scribe) versions() {
	s.ask(1, open("/v", "0", 0))
	for _, version := range []int32{0, 0, 1, 7, -1, -2, 1<<31 - 1, -1 << 31} {
		s.ask(1, wire.SetDataRequest{Path: "/v", Data: []byte("x"), Version: version})
		s.ask(1, wire.SetACLRequest{Path: "/v", ACL: worldACL, Version: version})
	}
	for _, version := range []int32{0, -2, 1<<31 - 1, -1} {
		s.ask(1, wire.DeleteRequest{Path: "/v", Version: version})
	}
	s.ask(1, wire.SetDataRequest{Path: "/v", Version: -1}, wire.SetDataRequest{Path: "/zookeeper/config", Version: -1},
		wire.GetDataRequest{Path: "/zookeeper/config"})
	s.ask(1, open("/big", strings.Repeat("x", 1<<20-100), 0), wire.GetDataRequest{Path: "/big"},
		wire.DeleteRequest{Path: "/big", Version: -1})
}

func (s *scribe) paths() {
	for _, path := range []string{
		"", "/", "x", "/p/", "//", "//p", "/p//q", "/./p", "/p/..", "/p/...", "/a\x00", "/\x01", "/\x1f", "/ ",
		"/\u007f", "/\u009f", "/\u00a0",
		"/\ud7ff", "/\uf8ff", "/\uf900", "/\uffef", "/\ufff0", "/\U0001F600", "/zookeeper", "/zookeeper/x", "/p\\q",
		"/p\n",
	} {
		s.ask(1, open(path, "", 0), wire.ExistsRequest{Path: path}, wire.GetDataRequest{Path: path},
			wire.GetChildrenRequest{Path: path},
			wire.SetDataRequest{Path: path, Version: -1}, wire.GetACLRequest{Path: path},
			wire.SetACLRequest{Path: path, ACL: worldACL, Version: -1},
			wire.GetAllChildrenNumberRequest{Path: path},
			wire.MultiRequest{Ops: []wire.Request{wire.CheckRequest{Path: path, Version: -1}}},
			wire.DeleteRequest{Path: path, Version: -1}, open(path, "", 2))
	}
}

func (s *scribe) access(f flavour) {
	id := func(scheme, who string) []wire.ACL {
		return []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: scheme, ID: who}}}
	}
	s.ask(1, open("/acl", "", 0))
	for _, acl := range [][]wire.ACL{
		nil, id("world", "anyone"), id("world", "else"), id("world", ""), id("auth", ""), id("digest", "ada"),
		id("digest", "ada:x"), id("digest", "a:b:c"),
		id("digest", ""), id("ip", "127.0.0.1"), id("ip", "127.0.0.1/8"), id("ip", "127.0.0.1/33"), id("ip", "1.2.3"),
		id("ip", "1.2.3.256"), id("ip", ""),
		id("x509", "CN=a"), id("sasl", "a"), id("super", "super"), id("nobody", "a"), id("", ""),
		append(id("ip", "1.2.3.4"), id("ip", "1.2.3.4")...),
		{{Perms: 0, ID: worldACL[0].ID}}, {{Perms: -1, ID: worldACL[0].ID}}, {{Perms: 64, ID: worldACL[0].ID}},
	} {
		s.ask(1, wire.CreateRequest{Path: "/acl/x", ACL: acl}, wire.GetACLRequest{Path: "/acl/x"},
			wire.GetDataRequest{Path: "/acl/x"},
			wire.DeleteRequest{Path: "/acl/x", Version: -1})
	}
	claim := func(client int, scheme, who string) {
		s.add(send{client, []frame{{xid: wire.XidAuth, request: wire.AuthRequest{Scheme: scheme, Auth: []byte(who)}}}})
	}
	claim(1, "digest", "ada:one")
	claim(1, "ip", "")
	s.ask(1, wire.WhoAmIRequest{}, wire.CreateRequest{Path: "/acl/mine", ACL: id("auth", "")},
		wire.GetACLRequest{Path: "/acl/mine"})
	s.ask(1, wire.SetACLRequest{Path: "/acl",
		ACL: append(id("digest", digestOf("ada:one")), wire.ACL{Perms: 1, ID: worldACL[0].ID}), Version: 0})
	s.ask(2, wire.GetDataRequest{Path: "/acl/mine"}, wire.ExistsRequest{Path: "/acl/mine"},
		wire.GetACLRequest{Path: "/acl/mine"}, wire.GetACLRequest{Path: "/acl"},
		wire.SetDataRequest{Path: "/acl", Version: -1}, open("/acl/other", "", 0),
		wire.DeleteRequest{Path: "/acl/mine", Version: -1},
		wire.SetACLRequest{Path: "/acl", ACL: worldACL, Version: -1},
		wire.GetAllChildrenNumberRequest{Path: "/acl/mine"})
	claim(2, "digest", "bob:two")
	s.ask(2, wire.WhoAmIRequest{}, wire.GetDataRequest{Path: "/acl/mine"})
	claim(2, "digest", "super:test")
	s.ask(2, wire.GetDataRequest{Path: "/acl/mine"})
	if f.name == "usual" { // else it is refused here before it costs a zxid
		s.ask(2, wire.ReconfigRequest{Joining: []byte("server.4=a:1:2;3"), ConfigID: -1})
	}
	for i, scheme := range []string{"world", "auth", "nobody", "", "x509"} {
		s.add(dial{client: 10 + i, timeoutMs: 300000})
		claim(10+i, scheme, "a")
	}
	s.add(dial{client: 15, timeoutMs: 300000},
		send{15, []frame{{xid: wire.XidAuth, request: wire.AuthRequest{Scheme: "digest"}}}})
}

func (s *scribe) watches() {
	s.ask(1, open("/w", "", 0), wire.ExistsRequest{Path: "/w/x", Watch: true},
		wire.GetDataRequest{Path: "/w/x", Watch: true}, wire.GetChildrenRequest{Path: "/w/x", Watch: true})
	s.ask(1, wire.GetChildrenRequest{Path: "/w", Watch: true, Stat: true}, wire.GetDataRequest{Path: "/w", Watch: true})
	s.ask(2, open("/w/x", "", 0), open("/w/y", "", 0), wire.SetDataRequest{Path: "/w", Version: -1},
		wire.SetDataRequest{Path: "/w", Version: -1})
	s.ask(1, wire.GetDataRequest{Path: "/w/x", Watch: true}, wire.GetChildrenRequest{Path: "/w/x", Watch: true},
		wire.ExistsRequest{Path: "/w/y", Watch: true})
	s.ask(2, wire.DeleteRequest{Path: "/w/x", Version: -1},
		wire.SetACLRequest{Path: "/w/y", ACL: worldACL, Version: -1}, wire.DeleteRequest{Path: "/w/y", Version: -1})
	for kind := wire.WatcherType(0); kind <= 3; kind++ {
		s.ask(1, wire.GetDataRequest{Path: "/w", Watch: true}, wire.GetChildrenRequest{Path: "/w", Watch: true},
			wire.CheckWatchesRequest{Path: "/w", Type: kind},
			wire.RemoveWatchesRequest{Path: "/w", Type: kind}, wire.RemoveWatchesRequest{Path: "/w", Type: kind})
		s.ask(2, wire.SetDataRequest{Path: "/w", Version: -1}, open("/w/s", "", 2))
	}
	s.ask(1, open("/w/gone", "", 0), wire.ExistsRequest{Path: "/w/gone", Watch: true})
	s.ask(2, wire.GetDataRequest{Path: "/w/gone", Watch: true}, wire.DeleteRequest{Path: "/w/gone", Version: -1})
	for _, zxid := range []zxidWord{zxidZero, zxidSeen, zxidFar} {
		r := wire.SetWatchesRequest{Data: []string{"/w", "/w/gone"}, Exist: []string{"/w/gone", "/c"},
			Child: []string{"/w", "/w/other"}}
		s.add(send{1, []frame{{xid: wire.XidSetWatches, request: r, seen: zxid}}})
		r.Second, r.Data, r.PersistentRecursive = true, nil, []string{"/w/deep"}
		s.add(send{1, []frame{{xid: wire.XidSetWatches, request: r, seen: zxid}}})
		s.ask(2, wire.SetDataRequest{Path: "/w", Version: -1}, open("/w/gone", "", 0), open("/w/deep", "", 0),
			wire.DeleteRequest{Path: "/w/deep", Version: -1},
			wire.DeleteRequest{Path: "/w/gone", Version: -1})
	}
}

func (s *scribe) standing() {
	s.add(dial{client: 3, timeoutMs: 300000})
	for _, mode := range []wire.WatchMode{0, 1, 2, -1} {
		s.ask(3, wire.AddWatchRequest{Path: "/st", Mode: mode})
		s.ask(2, open("/st", "", 0), open("/st/x", "", 0), wire.SetDataRequest{Path: "/st/x", Version: -1},
			wire.SetDataRequest{Path: "/st", Version: -1},
			wire.DeleteRequest{Path: "/st/x", Version: -1}, wire.DeleteRequest{Path: "/st", Version: -1})
		s.ask(3, wire.CheckWatchesRequest{Path: "/st", Type: wire.WatcherAny},
			wire.RemoveWatchesRequest{Path: "/st", Type: wire.WatcherAny})
	}
	secret := []wire.ACL{{Perms: 31, ID: wire.ID{Scheme: "digest", ID: digestOf("ada:one")}}}
	s.ask(3, wire.AddWatchRequest{Path: "/", Mode: wire.ModePersistentRecursive})
	s.ask(1, wire.CreateRequest{Path: "/secret", ACL: secret}, wire.SetDataRequest{Path: "/secret", Version: -1},
		wire.DeleteRequest{Path: "/secret", Version: -1}, open("/open", "", 0))
	s.ask(3, wire.RemoveWatchesRequest{Path: "/", Type: wire.WatcherAny})
}

func (s *scribe) multis() {
	multi := func(ops ...wire.Request) { s.ask(1, wire.MultiRequest{Ops: ops}) }
	check := func(path string, version int32) wire.Request { return wire.CheckRequest{Path: path, Version: version} }
	multi()
	multi(check("/", 0))
	multi(open("/m", "", 0), stated(open("/m/a", "1", 0)), open("/m/s", "", 2),
		wire.SetDataRequest{Path: "/m/a", Data: []byte("2"), Version: 0},
		check("/m/a", 1), wire.DeleteRequest{Path: "/m/a", Version: 1},
		wire.CreateContainerRequest{Path: "/m/c", ACL: worldACL, Flags: 4})
	multi(open("/m/b", "", 0), check("/m/b", 7), open("/m/c", "", 0))
	multi(wire.SetDataRequest{Path: "/none", Version: -1}, open("/m", "", 0))
	multi(open("/m/b", "", 0), wire.DeleteRequest{Path: "/m", Version: -1})
	multi(open("/m/e", "", 1), open("/m/e/x", "", 0))
	multi(open("/m/b", "", 9))
	multi(wire.CreateRequest{Path: "/m/b"})
	multi(open("x", "", 0))
	s.ask(1, wire.MultiReadRequest{}, wire.MultiReadRequest{Ops: []wire.Request{
		wire.GetDataRequest{Path: "/m"}, wire.GetChildrenRequest{Path: "/m"}, wire.GetDataRequest{Path: "/none"},
		wire.GetDataRequest{Path: "/acl/none"},
	}})
	s.at(1, open("/m/p", "1", 0), wire.SetDataRequest{Path: "/m/p", Data: []byte("2"), Version: 0},
		wire.GetDataRequest{Path: "/m/p"}, wire.SyncRequest{Path: "/m"},
		wire.ExistsRequest{Path: "/m/q", Watch: true}, open("/m/q", "", 0),
		wire.DeleteRequest{Path: "/m/p", Version: 7}, wire.GetDataRequest{Path: "/m/p"})
}

func (s *scribe) below() {
	s.ask(1, open("/b", "", 0), open("/b/e1", "", 1), open("/b/e2", "", 1), open("/e3", "", 1))
	for _, path := range []string{"/b", "/", "", " / ", "/b/e", "/x", " "} {
		s.ask(1, wire.GetEphemeralsRequest{Prefix: path}, wire.GetAllChildrenNumberRequest{Path: path})
	}
	s.ask(2, wire.GetEphemeralsRequest{Prefix: "/"}, wire.SyncRequest{Path: "/b"}, wire.SyncRequest{Path: "nonsense"},
		wire.PingRequest{})
	s.ask(2, wire.ExistsRequest{Path: "/b/e1", Watch: true}, wire.GetChildrenRequest{Path: "/b", Watch: true})
}

func (s *scribe) sessions() {
	for i, ms := range []int32{0, -1, 1, 3999, 4000, 30000, 600000, 600001, 1<<31 - 1, -1 << 31} {
		s.add(dial{client: 20 + i, timeoutMs: ms, old: i%2 == 0, readOnly: i%3 == 0})
		s.ask(20+i, wire.CloseSessionRequest{})
	}
	s.add(dial{client: 30, timeoutMs: 300000, seen: zxidFar}, dial{client: 31, timeoutMs: 300000, seen: zxidBase})
	s.add(cut{1}, dial{client: 1, timeoutMs: 400000, resume: 1, forged: true},
		dial{client: 1, timeoutMs: 400000, resume: 1, old: true})
	s.ask(1, wire.WhoAmIRequest{}, wire.GetEphemeralsRequest{Prefix: "/"})
	s.add(dial{client: 4, timeoutMs: 300000, resume: 1}) // it moves: the connection of client 1 is closed
	s.ask(4, wire.GetEphemeralsRequest{Prefix: "/"}, wire.CloseSessionRequest{})
	s.add(dial{client: 1, timeoutMs: 300000, resume: 1}, dial{client: 1, timeoutMs: 300000})
	s.ask(2, wire.GetChildrenRequest{Path: "/b"}, wire.ExistsRequest{Path: "/e3"})
}

func (s *scribe) strangers() {
	for i, op := range []wire.OpCode{0, 10, 23, 99, 108, -1, -12, 1 << 30} {
		s.add(dial{client: 40 + i, timeoutMs: 300000},
			send{40 + i, []frame{{xid: 5, raw: true, op: op, body: []byte("anything")}}})
	}
	s.add(dial{client: 50, timeoutMs: 300000}, send{50, []frame{{xid: 0, request: wire.ExistsRequest{Path: "/"}}}},
		send{50, []frame{{xid: -1 << 31, request: wire.ExistsRequest{Path: "/"}}}},
		send{50, []frame{{xid: 7, request: wire.PingRequest{}}}})
	s.add(send{50, []frame{{xid: 8, raw: true, op: wire.OpExists,
		body: append([]byte{0, 0, 0, 1, '/', 0}, "and more"...)}}})
	s.add(first{bytes: nil}, first{bytes: []byte("short")}, first{naked: true, bytes: []byte{0xff, 0xff, 0xff, 0xff}},
		first{naked: true, bytes: []byte{0x7f, 0, 0, 0}})
	s.add(word{"ruok"}, word{"isro"}, word{"srvr"}, word{"wchs"}, word{"gtmk"}, word{"crst"}, word{"srst"})
	s.add(send{50, []frame{{xid: 9, raw: true, op: wire.OpSetData, body: bytes.Repeat([]byte{'x'}, 1<<21)}}})
}

func (s *scribe) quotas() {
	limits := func(text string) wire.Request {
		return wire.MultiRequest{Ops: []wire.Request{
			open("/zookeeper/quota/q", "", 0), open("/zookeeper/quota/q/zookeeper_limits", text, 0),
			open("/zookeeper/quota/q/zookeeper_stats", "count=1,bytes=0", 0),
		}}
	}
	drop := wire.MultiRequest{Ops: []wire.Request{
		wire.DeleteRequest{Path: "/zookeeper/quota/q/zookeeper_limits", Version: -1},
		wire.DeleteRequest{Path: "/zookeeper/quota/q/zookeeper_stats", Version: -1},
		wire.DeleteRequest{Path: "/zookeeper/quota/q", Version: -1},
	}}
	for _, text := range []string{
		"count=2,bytes=5", "count=2,bytes=5=;byteHardLimit=5;countHardLimit=2",
		"count=-1,bytes=-1=;byteHardLimit=3;countHardLimit=-1",
	} {
		s.ask(2, open("/q", "", 0), limits(text), open("/q/a", "123", 0), open("/q/b", "456", 0),
			wire.SetDataRequest{Path: "/q/a", Data: []byte("123456"), Version: -1},
			wire.SetDataRequest{Path: "/q/a", Data: nil, Version: -1},
			wire.GetDataRequest{Path: "/zookeeper/quota/q/zookeeper_stats"},
			wire.DeleteRequest{Path: "/q/b", Version: -1}, wire.DeleteRequest{Path: "/q/a", Version: -1},
			wire.GetDataRequest{Path: "/zookeeper/quota/q/zookeeper_stats"},
			drop, wire.DeleteRequest{Path: "/q", Version: -1})
	}
}
