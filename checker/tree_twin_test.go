package checker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/model"
)

// treeTwin is a dumb service of three servers, which apply one log at their own pace, and a few clients: what it records is
// right by construction.
type treeTwin struct {
	r       *rand.Rand
	rec     *history.Recorder
	log     []twinEntry
	servers [3]*twinServer
	clients []*twinClient
	// told is how much of the log some server has applied.
	told              int
	processes, values int
	sessions          int64
	lossy             bool // connections break and sessions expire
}

type twinEntry struct {
	zxid, session, xid int64
	request            *model.TreeRequest // nil for an expiry
}

type twinServer struct {
	tree    *model.Tree
	applied int
}

type twinClient struct {
	session, conn, xid, seen int64
	server                   *twinServer
	waiting                  []*twinCall
	deaf                     bool // nothing that it asks for arrives any more
	// kept are the watches that the client knows of, armed those that the server does.
	kept  [3]map[string]bool
	armed [2]map[string]bool
}

type twinCall struct {
	process  int
	request  model.TreeRequest
	xid      int64
	argument []any
	zxid     int64 // of a write
	needs    int   // of a sync: how much must be applied
	reply    *model.TreeReply
}

// recordTree records about n requests.
func recordTree(r *rand.Rand, clients, n int, lossy bool) history.History {
	now := time.Duration(0)
	t := &treeTwin{r: r, lossy: lossy, rec: history.NewRecorder(func() time.Duration { now += 10; return now })}
	for i := range t.servers {
		t.servers[i] = &twinServer{tree: model.NewTree()}
	}
	for range clients {
		t.clients = append(t.clients, t.newClient())
	}
	for made := 0; made < n; {
		switch c := t.clients[r.IntN(clients)]; r.IntN(10) {
		case 0, 1, 2, 3, 4, 5:
			t.apply(t.servers[r.IntN(len(t.servers))])
		case 6:
			if t.lossy && (c.deaf || r.IntN(20) == 0) {
				t.lose(c)
			}
		default:
			if len(c.waiting) < 5 {
				made++
				t.submit(c)
			}
		}
	}
	for _, s := range t.servers {
		for s.applied < len(t.log) {
			t.apply(s)
		}
	}
	return t.rec.Ops()
}

func (t *treeTwin) newClient() *twinClient {
	t.sessions++
	c := &twinClient{session: t.sessions}
	for i := range c.kept {
		c.kept[i] = map[string]bool{}
	}
	t.attach(c)
	return c
}

// attach connects a session to a server that has applied all that it has seen, and sets its watches again.
func (t *treeTwin) attach(c *twinClient) {
	c.conn++
	c.server, c.deaf = t.servers[t.r.IntN(len(t.servers))], false
	for c.server.zxid(t) < c.seen {
		t.apply(c.server)
	}
	c.armed = [2]map[string]bool{{}, {}}
	t.service("attach", c.session, c.conn)
	w := model.TreeWatches{Zxid: c.seen}
	for i, list := range []*[]string{&w.Data, &w.Exist, &w.Child} {
		for path := range c.kept[i] {
			*list = append(*list, path)
		}
		slices.Sort(*list)
	}
	if len(w.Data)+len(w.Exist)+len(w.Child) == 0 {
		return
	}
	fire, _, rearm := c.server.tree.Missed(w)
	zxid := c.server.zxid(t)
	for _, e := range fire {
		t.tell(c, e, zxid)
	}
	for _, path := range slices.Concat(rearm.Data, rearm.Exist) {
		c.armed[0][path] = true
	}
	for _, path := range rearm.Child {
		c.armed[1][path] = true
	}
	c.seen = max(c.seen, zxid)
	t.service("setWatches", c.session, c.conn, zxid, w.Zxid, values(w.Data), values(w.Exist), values(w.Child))
}

func (s *twinServer) zxid(t *treeTwin) int64 {
	if s.applied == 0 {
		return 0
	}
	return t.log[s.applied-1].zxid
}

func (t *treeTwin) service(f string, v ...any) { t.rec.OK(history.Service, f, "", v) }

// tell sends an event.
func (t *treeTwin) tell(c *twinClient, e model.TreeEvent, zxid int64) {
	t.service("event", c.session, c.conn, e.Type, e.Path, zxid)
	if e.Type != model.EventChildrenChanged {
		delete(c.kept[0], e.Path)
		delete(c.kept[1], e.Path)
	}
	if e.Type == model.EventChildrenChanged || e.Type == model.EventDeleted {
		delete(c.kept[2], e.Path)
	}
}

func (t *treeTwin) apply(s *twinServer) {
	if s.applied == len(t.log) {
		return
	}
	e := t.log[s.applied]
	s.applied++
	var reply model.TreeReply
	var events []model.TreeEvent
	f := "closeSession"
	if e.request == nil {
		events = s.tree.End(e.zxid, e.session)
	} else {
		reply, events = s.tree.Apply(e.zxid, e.session, *e.request)
		f = e.request.Op
	}
	if s.applied > t.told {
		t.told = s.applied
		t.service("applied", e.zxid, e.session, e.xid, f)
	}
	for _, event := range events {
		t.fire(s, event, e.zxid)
	}
	for i, c := range t.clients {
		if c.server != s {
			continue
		}
		for _, call := range c.waiting {
			if c.session == e.session && call.zxid == e.zxid {
				call.reply = &reply
			}
		}
		t.answer(c)
		if e.session == c.session && f == "closeSession" {
			t.drop(c)
			t.clients[i] = t.newClient()
		}
	}
}

func (t *treeTwin) fire(s *twinServer, e model.TreeEvent, zxid int64) {
	for _, c := range t.clients {
		if c.server != s || c.deaf {
			continue
		}
		data := e.Type != model.EventChildrenChanged && c.armed[0][e.Path]
		child := (e.Type == model.EventChildrenChanged || e.Type == model.EventDeleted) && c.armed[1][e.Path]
		if data {
			delete(c.armed[0], e.Path)
		}
		if child {
			delete(c.armed[1], e.Path)
		}
		if (data || child) && !e.Silent {
			t.tell(c, e, zxid)
		}
	}
}

// answer answers what can be answered, in order.
func (t *treeTwin) answer(c *twinClient) {
	for len(c.waiting) > 0 && !c.deaf {
		call := c.waiting[0]
		switch {
		case call.request.Write() && call.reply == nil, call.needs > c.server.applied:
			return
		case !call.request.Write():
			reply := c.server.tree.Read(c.session, call.request)
			call.reply, call.zxid = &reply, c.server.zxid(t)
			c.keep(call)
		}
		c.seen = max(c.seen, call.zxid)
		c.waiting = c.waiting[1:]
		t.rec.OK(call.process, call.request.Op, "", append([]any{call.reply.Code, call.zxid}, resultValues(call.request.Op, *call.reply)...))
	}
}

func (c *twinClient) keep(call *twinCall) {
	r, code := call.request, call.reply.Code
	switch {
	case !r.Watch || code != model.CodeOK && r.Op != "exists":
	case r.Op == "getChildren" || r.Op == "getChildren2":
		c.kept[2][r.Path], c.armed[1][r.Path] = true, true
	case code != model.CodeOK:
		c.kept[1][r.Path], c.armed[0][r.Path] = true, true
	default:
		c.kept[0][r.Path], c.armed[0][r.Path] = true, true
	}
}

func (t *treeTwin) submit(c *twinClient) {
	c.xid++
	call := &twinCall{process: t.processes, xid: c.xid, request: t.draw(!slices.ContainsFunc(c.waiting,
		func(k *twinCall) bool { return k.request.Op == "sync" }))}
	t.processes++
	call.argument = append([]any{c.session, c.conn, c.xid}, argumentValues(call.request)...)
	t.rec.Invoke(call.process, call.request.Op, "", call.argument)
	c.waiting = append(c.waiting, call)
	c.deaf = c.deaf || t.lossy && t.r.IntN(60) == 0
	if call.request.Op == "sync" {
		call.needs = max(len(t.log)-t.r.IntN(3), t.told)
	}
	if call.request.Write() && !c.deaf {
		call.zxid = t.append(c.session, c.xid, &call.request)
		c.deaf = t.lossy && t.r.IntN(60) == 0
	}
	t.answer(c)
}

// append writes a transaction to the log. Zxids have gaps.
func (t *treeTwin) append(session, xid int64, r *model.TreeRequest) int64 {
	zxid := int64(1 + t.r.IntN(2))
	if n := len(t.log); n > 0 {
		zxid += t.log[n-1].zxid
	}
	t.log = append(t.log, twinEntry{zxid, session, xid, r})
	return zxid
}

// lose breaks a connection, and sometimes ends the session.
func (t *treeTwin) lose(c *twinClient) {
	t.drop(c)
	if t.r.IntN(3) == 0 {
		t.append(c.session, 0, nil)
		t.clients[slices.Index(t.clients, c)] = t.newClient()
		return
	}
	t.attach(c)
}

func (t *treeTwin) drop(c *twinClient) {
	for _, call := range c.waiting {
		if call.request.Write() {
			t.rec.Info(call.process, call.request.Op, "", call.argument, "lost")
		} else {
			t.rec.Fail(call.process, call.request.Op, "", call.argument, "lost")
		}
	}
	c.waiting = nil
}

var twinPaths = []string{"/a", "/b", "/a/x", "/a/y", "/b/x", "/a/x/p"}

func (t *treeTwin) draw(writes bool) model.TreeRequest {
	r := model.TreeRequest{Path: twinPaths[t.r.IntN(len(twinPaths))], Watch: t.r.IntN(3) == 0}
	if n := t.r.IntN(100); !writes || n < 50 {
		r.Op = []string{"exists", "getData", "getChildren", "getChildren2", "sync"}[t.r.IntN(5)]
		r.Watch = r.Watch && r.Op != "sync"
		return r
	} else if n < 58 {
		m := model.TreeRequest{Op: "multi"}
		for range 1 + t.r.IntN(3) {
			m.Parts = append(m.Parts, t.drawWrite([]string{"create", "create2", "delete", "setData", "check"}))
		}
		return m
	} else if n == 99 && t.lossy {
		return model.TreeRequest{Op: "closeSession"}
	}
	return t.drawWrite([]string{"create", "create2", "delete", "setData", "setData"})
}

func (t *treeTwin) drawWrite(ops []string) model.TreeRequest {
	r := model.TreeRequest{Op: ops[t.r.IntN(len(ops))], Path: twinPaths[t.r.IntN(len(twinPaths))], Version: int64(t.r.IntN(4)) - 1}
	t.values++
	r.Data = fmt.Sprint(t.values)
	if r.Op == "create" || r.Op == "create2" {
		r.Version = 0
		r.Flags = []int64{0, 0, 0, 1, 1, 2}[t.r.IntN(6)]
	}
	if r.Op == "delete" || r.Op == "check" {
		r.Data = nil
	}
	return r
}

// The values that stand in a history, as in docs/HISTORIES.md.

func argumentValues(r model.TreeRequest) []any {
	switch r.Op {
	case "create", "create2":
		return []any{r.Path, r.Data, r.Flags}
	case "delete", "check":
		return []any{r.Path, r.Version}
	case "setData":
		return []any{r.Path, r.Data, r.Version}
	case "sync":
		return []any{r.Path}
	case "closeSession":
		return nil
	case "multi":
		var parts []any
		for _, p := range r.Parts {
			parts = append(parts, append([]any{p.Op}, argumentValues(p)...))
		}
		return []any{parts}
	}
	return []any{r.Path, r.Watch}
}

func resultValues(op string, r model.TreeReply) []any {
	if r.Code != model.CodeOK {
		return nil
	}
	var list []any
	switch op {
	case "create", "create2", "sync":
		list = []any{r.Path}
	case "getData":
		list = []any{r.Data}
	case "getChildren", "getChildren2":
		list = []any{values(r.Names)}
	case "multi":
		var parts []any
		for _, p := range r.Parts {
			parts = append(parts, append([]any{p.Code}, partValues(p)...))
		}
		return []any{parts}
	}
	if s := r.Stat; s != nil {
		list = append(list, []any{s.Czxid, s.Mzxid, 7 * s.Czxid, 7 * s.Mzxid, s.Version, s.Cversion, s.Aversion, s.Owner,
			s.Length, s.Children, s.Pzxid})
	}
	return list
}

// partValues has the path of a create by its being there.
func partValues(r model.TreeReply) []any {
	switch {
	case r.Path != "":
		return resultValues("create", r)
	case r.Stat != nil:
		return resultValues("setData", r)
	}
	return nil
}

func values(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
