package checker

import (
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/model/znode"
)

// treeTwin is a dumb service of three servers, which apply one log at their own pace, and a few clients: what it
// records is right by construction.
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
	long              bool // what is made has to go again
	now               time.Duration
	// made are sequential znodes, which are to be deleted one day: else the history would grow with its square.
	made []string
	// stamps are the instants of transactions.
	stamps map[int64]time.Duration
}

type twinEntry struct {
	zxid, session, xid int64
	request            *znode.Request // nil for an expiry, and a reap
	reap               string
}

type twinServer struct {
	tree    *znode.Tree
	applied int
}

type twinClient struct {
	session, conn, xid, seen int64
	server                   *twinServer
	waiting                  []*twinCall
	deaf                     bool // nothing that it asks for arrives any more
	// claims are who it says it is, ids who that makes it.
	claims []claim
	ids    []string
	// kept are the watches that the client knows of, armed those that the server does.
	kept  [watchKinds]map[string]bool
	armed map[watchSpot]bool
}

// twinSettings are those of the twin.
var twinSettings = znode.Settings{Super: superID, TTL: true}

var superID, _ = znode.Claim("digest", "super:test")

type twinCall struct {
	process  int
	request  znode.Request
	xid      int64
	argument []any
	zxid     int64 // of a write
	needs    int   // of a sync: how much must be applied
	reply    *znode.Reply
}

// recordTree records about n requests.
func recordTree(r *rand.Rand, clients, n int, lossy bool) history.History {
	t := &treeTwin{r: r, lossy: lossy, long: n > 5000, stamps: map[int64]time.Duration{}}
	t.rec = history.NewRecorder(func() time.Duration { t.now += time.Millisecond; return t.now })
	t.service("settings", []any{"super", superID}, []any{"ttl", true})
	for i := range t.servers {
		t.servers[i] = &twinServer{tree: znode.New()}
		t.servers[i].tree.Settings = twinSettings
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
			t.reap()
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
	c.armed = map[watchSpot]bool{}
	c.server, c.deaf = t.servers[t.r.IntN(len(t.servers))], false
	for c.server.zxid(t) < c.seen {
		t.apply(c.server)
	}
	t.service("attach", c.session, c.conn)
	claims := c.claims
	c.claims, c.ids = nil, nil
	for _, one := range claims {
		t.claim(c, one)
	}
	t.rewatch(c)
}

// claim has a client say who it is. The answer overtakes those to its requests.
func (t *treeTwin) claim(c *twinClient, one claim) {
	t.service("claim", c.session, c.conn, one.scheme, one.auth)
	if c.deaf {
		return
	}
	id, ok := znode.Claim(one.scheme, one.auth)
	if !ok {
		t.service("claimed", c.session, c.conn, int64(znode.CodeAuthFailed))
		c.deaf = true
		return
	}
	c.claims, c.ids = append(c.claims, one), twinSettings.Known(c.ids, id)
	t.service("claimed", c.session, c.conn, int64(znode.CodeOK))
}

func (s *twinServer) zxid(t *treeTwin) int64 {
	if s.applied == 0 {
		return 0
	}
	return t.log[s.applied-1].zxid
}

func (t *treeTwin) service(f string, v ...any) { t.rec.OK(history.Service, f, "", v) }

// tell sends an event.
func (t *treeTwin) tell(c *twinClient, e znode.Event, zxid int64) {
	t.service("event", c.session, c.conn, e.Type, e.Path, zxid)
	if e.Type != znode.EventChildrenChanged {
		delete(c.kept[0], e.Path)
		delete(c.kept[1], e.Path)
	}
	if e.Type == znode.EventChildrenChanged || e.Type == znode.EventDeleted {
		delete(c.kept[2], e.Path)
	}
}

func (t *treeTwin) apply(s *twinServer) {
	if s.applied == len(t.log) {
		return
	}
	e := t.log[s.applied]
	s.applied++
	if e.reap != "" && t.young(s.tree, e.reap, t.stamps[e.zxid]) {
		e.reap = "/" // too late, or too early: there is another znode of that name now
	}
	reply, events, told := s.carryOut(e)
	if s.applied > t.told {
		t.told = s.applied
		if told != nil {
			t.service("applied", told...)
		}
		if t.long && e.request != nil {
			t.remember(*e.request, reply)
		}
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
		if e.session == c.session && s.tree.Ended(c.session) {
			t.drop(c)
			t.clients[i] = t.newClient()
		}
	}
}

// carryOut applies an entry, and returns what the service tells of it.
func (s *twinServer) carryOut(e twinEntry) (reply znode.Reply, events []znode.Change, told []any) {
	switch {
	case e.reap != "":
		events, wrong := s.tree.Reap(e.zxid, e.reap)
		if wrong != "" {
			return reply, nil, nil
		}
		return reply, events, []any{e.zxid, e.session, e.xid, "deleteContainer", e.reap, int64(0)}
	case e.request == nil:
		return reply, s.tree.End(e.zxid, e.session), []any{e.zxid, e.session, e.xid, "closeSession"}
	}
	reply, events = s.tree.Apply(e.zxid, e.session, *e.request)
	if reply.Code == znode.CodeSessionExpired {
		return reply, nil, nil
	}
	return reply, events, []any{e.zxid, e.session, e.xid, e.request.Op}
}

// reap looks for a znode that has had its time, or a container that was left.
func (t *treeTwin) reap() {
	path, tree := twinPaths[t.r.IntN(len(twinPaths))], t.servers[0].tree
	if slices.Contains(tree.Reapable(), path) && !t.young(tree, path, t.now) {
		t.append(twinEntry{reap: path})
	}
}

// young says whether a znode's time to live is not over at an instant.
func (t *treeTwin) young(tree *znode.Tree, path string, now time.Duration) bool {
	ttl, from := tree.Lifetime(path)
	return ttl > 0 && now-t.stamps[from] <= time.Duration(ttl)*time.Millisecond
}

// answer answers what can be answered, in order.
func (t *treeTwin) answer(c *twinClient) {
	for len(c.waiting) > 0 && !c.deaf {
		call := c.waiting[0]
		switch {
		case logged(call.request) && call.reply == nil, call.needs > c.server.applied:
			return
		case !logged(call.request):
			reply := c.server.tree.Read(c.session, call.request)
			if aboutRequest(call.request.Op) == aboutOwnWatches {
				reply = c.aboutWatches(call.request)
			}
			call.reply, call.zxid = &reply, c.server.zxid(t)
			c.keep(call)
		}
		c.seen = max(c.seen, call.zxid)
		c.waiting = c.waiting[1:]
		t.rec.OK(call.process, call.request.Op, "", append([]any{call.reply.Code, call.zxid}, resultValues(call.request.Op,
			*call.reply)...))
	}
}

func (t *treeTwin) submit(c *twinClient) {
	if t.r.IntN(30) == 0 {
		t.claim(c, t.drawClaim())
	}
	c.xid++
	call := &twinCall{process: t.processes, xid: c.xid, request: t.draw(!slices.ContainsFunc(c.waiting,
		func(k *twinCall) bool { return k.request.Op == "sync" }))}
	t.processes++
	call.request.IDs = c.ids
	call.argument = append([]any{c.session, c.conn, c.xid}, argumentValues(call.request)...)
	t.rec.Invoke(call.process, call.request.Op, "", call.argument)
	c.waiting = append(c.waiting, call)
	c.deaf = c.deaf || t.lossy && t.r.IntN(60) == 0
	if call.request.Op == "sync" {
		call.needs = max(len(t.log)-t.r.IntN(3), t.told)
	}
	if logged(call.request) && !c.deaf {
		call.zxid = t.append(twinEntry{session: c.session, xid: c.xid, request: &call.request})
		c.deaf = t.lossy && t.r.IntN(60) == 0
	}
	t.answer(c)
}

// remember notes which sequential znodes there are.
func (t *treeTwin) remember(r znode.Request, reply znode.Reply) {
	for i := range reply.Parts {
		t.remember(r.Parts[i], reply.Parts[i])
	}
	switch {
	case reply.Path != "" && reply.Path != r.Path:
		t.made = append(t.made, reply.Path)
	case r.Op == "delete" && (reply.Code == znode.CodeOK || reply.Code == znode.CodeNoNode):
		t.made = slices.DeleteFunc(t.made, func(path string) bool { return path == r.Path })
	}
}

// logged says whether a request goes through the log.
func logged(r znode.Request) bool { return r.Write() || r.Op == "check" }

// append writes a transaction to the log. Zxids have gaps.
func (t *treeTwin) append(e twinEntry) int64 {
	e.zxid = int64(1 + t.r.IntN(2))
	if n := len(t.log); n > 0 {
		e.zxid += t.log[n-1].zxid
	}
	t.log = append(t.log, e)
	t.stamps[e.zxid] = t.now
	return e.zxid
}

// lose breaks a connection, and sometimes ends the session.
func (t *treeTwin) lose(c *twinClient) {
	t.drop(c)
	if t.r.IntN(3) == 0 {
		t.append(twinEntry{session: c.session})
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
