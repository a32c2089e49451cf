package checker

import (
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model/znode"
)

func (t *treeTwin) fire(s *twinServer, e znode.Change, zxid int64) {
	for _, c := range t.clients {
		if c.server == s && !c.deaf && c.waits(e.Event) && e.Tells(c.ids) {
			t.tell(c, e.Event, zxid)
		}
	}
}

// waits says whether a client is told of an event, and takes off the watches that it fires.
func (c *twinClient) waits(e znode.Event) (told bool) {
	ofChildren := e.Type == znode.EventChildrenChanged
	data, child := watchSpot{spotData, e.Path}, watchSpot{spotChild, e.Path}
	if c.armed[data] && !ofChildren {
		delete(c.armed, data)
		told = true
	}
	if c.armed[child] && (ofChildren || e.Type == znode.EventDeleted) {
		delete(c.armed, child)
		told = true
	}
	told = told || c.armed[watchSpot{spotPersistent, e.Path}]
	for path := e.Path; !ofChildren && !told; path = path[:strings.LastIndexByte(path, '/')] {
		if path == "" {
			return c.armed[watchSpot{spotRecursive, "/"}]
		}
		told = c.armed[watchSpot{spotRecursive, path}]
	}
	return told
}

// keep notes the watches that an answer sets or takes off.
func (c *twinClient) keep(call *twinCall) {
	r, code := call.request, call.reply.Code
	kind := watchData
	switch {
	case r.Op == "addWatch" && code == znode.CodeOK:
		kind = watchPersistent + watchKind(r.Flags)
	case !r.Watch || code != znode.CodeOK && (r.Op != "exists" || code != znode.CodeNoNode):
		return
	case r.Op == "getChildren" || r.Op == "getChildren2":
		kind = watchChild
	case code != znode.CodeOK:
		kind = watchExist
	}
	c.kept[kind][r.Path], c.armed[watchSpot{kind.spot(), r.Path}] = true, true
}

// aboutWatches answers a checkWatches or a removeWatches.
func (c *twinClient) aboutWatches(r znode.Request) znode.Reply {
	spots := spotsOf(r)
	if len(spots) == 0 {
		return znode.Reply{Code: znode.CodeMarshalling}
	}
	reply := znode.Reply{Code: znode.CodeNoWatcher}
	if slices.ContainsFunc(spots, func(spot watchSpot) bool { return c.armed[spot] }) {
		reply.Code = znode.CodeOK
	}
	for _, spot := range spots {
		if r.Op == "removeWatches" && reply.Code == znode.CodeOK { // else the client keeps what it has
			delete(c.armed, spot)
			for kind := range watchKinds {
				if kind.spot() == spot.kind {
					delete(c.kept[kind], r.Path)
				}
			}
		}
	}
	return reply
}

// rewatch sets a client's watches again.
func (t *treeTwin) rewatch(c *twinClient) {
	w := znode.Watches{Zxid: c.seen}
	lists := []*[]string{&w.Data, &w.Exist, &w.Child, &w.Persistent, &w.Recursive}
	some := false
	for i, list := range lists {
		for path := range c.kept[i] {
			*list = append(*list, path)
			some = true
		}
		slices.Sort(*list)
	}
	if !some {
		return
	}
	fire, _, rearm := c.server.tree.Missed(w)
	zxid := c.server.zxid(t)
	for _, e := range fire {
		t.tell(c, e, zxid)
	}
	for kind, paths := range byKind(rearm) {
		for _, path := range paths {
			c.armed[watchSpot{watchKind(kind).spot(), path}] = true
		}
	}
	c.seen = max(c.seen, zxid)
	value := []any{c.session, c.conn, zxid, w.Zxid, history.Texts(w.Data), history.Texts(w.Exist), history.Texts(w.Child)}
	if len(w.Persistent)+len(w.Recursive) > 0 {
		t.service("setWatches2", append(value, history.Texts(w.Persistent), history.Texts(w.Recursive))...)
	} else {
		t.service("setWatches", value...)
	}
}
