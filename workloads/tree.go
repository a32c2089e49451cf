package workloads

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/workloads/clients"
	"ordeal/workloads/shape"
)

// The workload tree uses every operation of the service at random, on a few paths, so that the clients get in each
// other's way. What it records is for a judge that knows what each transaction does: see docs/HISTORIES.md.

// treeProfile is what the clients of a trial do often and what seldom.
type treeProfile struct {
	name string
	// column is the profile's in the table of operations.
	column int
	// Of 100: the reads that set a watch, the steps that end the session, and those that leave it to expire.
	watches, closes, leaves int
}

var treeProfiles = []treeProfile{
	{name: "write-heavy", column: 0, watches: 10, closes: 1, leaves: 1},
	{name: "read-heavy", column: 1, watches: 15, closes: 1, leaves: 1},
	{name: "watch-heavy", column: 2, watches: 75, closes: 1, leaves: 1},
	{name: "churn", column: 3, watches: 30, closes: 8, leaves: 4},
}

// treeSlots is how many requests a session has pending at most. Each slot is a process of the history.
const treeSlots = 6

// treeWorker is what a worker of this workload knows.
type treeWorker struct {
	// conns counts the connections of the session.
	conns int
	slots []int
	// seen are some sequential znodes that may be there.
	seen []string
	// versions is what was last seen of a path.
	versions map[string]int32
	// config is the version of the ensemble's configuration that was last seen.
	config int64
}

// drawTreeProfile draws the trial's profile, which is the first event of the history.
func (e *Env) drawTreeProfile() treeProfile {
	if e.profile.name == "" {
		e.profile = treeProfiles[e.Rand().IntN(len(treeProfiles))]
		e.cfg.Record.OK(history.Service, "profile", "", e.profile.name)
	}
	return e.profile
}

func (w *worker) treeState() *treeWorker {
	if w.tree == nil {
		w.tree = &treeWorker{versions: map[string]int32{}}
		for range treeSlots {
			w.tree.slots = append(w.tree.slots, w.p.NewProcess())
		}
	}
	return w.tree
}

// treeClient is a client of a session, of which there may be two while one takes the session over.
type treeClient struct {
	c     *client.Client // nil while it is made, when it may say who it is already
	takes int64          // the session that it takes over; 0 for none
	conn  int            // the number of the newest connection among those of the session
	tap   *tapped
}

// numbered says that a client has another connection.
func (t *treeWorker) numbered(c *treeClient) {
	t.conns++
	c.conn = t.conns
}

// hearTree records what the servers send besides answers: connections, claims and events. Requests that are sent with
// the handshake have the number of the connection by then.
func hearTree(w *worker, c *treeClient) client.Heard {
	t := w.treeState()
	record := func(f string, value ...any) {
		id := c.takes
		if c.c != nil {
			id, _ = c.c.Session()
		}
		w.e.cfg.Record.OK(history.Service, f, "", append([]any{id, c.conn}, value...))
	}
	takesOver := w.c != nil && w.c.Alive()
	return client.Heard{
		Attached: func() {
			if !w.e.cfg.Habits.Eager {
				t.numbered(c)
			}
			var how []any
			if c.c.ReadOnly() {
				how = append(how, "read-only")
			}
			if takesOver {
				how, takesOver = append(how, "anew"), false
				w.replace(c)
			}
			record("attach", how...)
		},
		Claiming: func(scheme string, auth []byte) { record("claim", scheme, string(auth)) },
		Claimed:  func(code wire.Code) { record("claimed", int64(code)) },
		Event:    func(zxid int64, e wire.WatcherEvent) { record("event", int64(e.Type), e.Path, zxid) },
		Rewatched: func(zxid int64, r wire.SetWatchesRequest) {
			value := []any{zxid, r.RelativeZxid, history.Texts(r.Data), history.Texts(r.Exist), history.Texts(r.Child)}
			if r.Second {
				value = append(value, history.Texts(r.Persistent), history.Texts(r.PersistentRecursive))
			}
			record(r.Op().String(), value...)
		},
	}
}

func stepTree(w *worker) {
	profile := w.e.drawTreeProfile()
	switch n := w.p.Rand().IntN(100); {
	case n < profile.closes:
		endTree(w)
		return
	case n < profile.closes+profile.leaves:
		w.c.Abandon()
		return
	}
	count := 1
	if w.p.Chance(40) {
		count = 2 + w.p.Rand().IntN(treeSlots-1)
	}
	var pending []*client.Pending
	claimAt := -1
	if w.p.Chance(3) {
		claimAt = w.p.Rand().IntN(count)
	}
	for slot := range count {
		if slot == claimAt {
			w.claim(w.drawClaim())
		}
		op := w.drawTreeOp(profile)
		if p := w.treeRequest(slot, op.draw(w, profile)); p != nil {
			pending = append(pending, p)
		}
	}
	for _, p := range pending {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request on the tree", "error", err)
		}
	}
	w.reconnect()
}

// reconnect waits for a connection, if none carries the session now.
func (w *worker) reconnect() {
	if !w.c.Connected() {
		if err := w.c.Sync("/"); err != nil {
			w.p.Log().Debug("workloads: no connection yet", "error", err)
		}
	}
}

// treeRequest sends a request from a slot, if a connection carries the session now, or if it may wait for one. It is in
// the history from when it is sent: by then its xid is known, however it ends.
func (w *worker) treeRequest(slot int, req wire.Request) *client.Pending {
	if !w.p.Takes() || !w.c.Connected() && !w.piles {
		return nil
	}
	if w.e.cfg.Lacking[req.Op()] {
		w.p.Skip()
		return nil
	}
	t, c := w.treeState(), w.treeClient
	f, process := req.Op().String(), t.slots[slot]
	var begun *clients.Operation
	var p *client.Pending
	sent := func() {
		id, _ := c.c.Session()
		begun = w.p.Begin(process, "", f, append([]any{id, c.conn, int64(p.Xid())}, shape.Arguments(req)...))
	}
	ended := func(p *client.Pending) {
		if begun == nil {
			return // it is not in the history: it was not sent, or not yet
		}
		result, outcome := treeOutcome(req, p)
		switch outcome {
		case clients.Done:
			w.learn(req, p)
		case clients.Unknown:
			t.slots[slot] = w.p.NewProcess()
		}
		begun.End(result, outcome, p.Err())
	}
	var watch *client.Watch
	if watches(req) {
		watch = client.NewWatch()
	}
	p = w.c.Submit(req, watch, ended)
	if p.OnSent(sent); p.Done() && begun != nil {
		ended(p)
	}
	return p
}

// treeOutcome says how a request ended, and what the history has for it if it was answered.
func treeOutcome(req wire.Request, p *client.Pending) ([]any, clients.Outcome) {
	code, isCode := p.Err().(wire.Code)
	switch {
	case p.Err() == nil || isCode && p.Answered():
		result := []any{int64(code), p.Zxid()}
		if code == wire.OK {
			result = append(result, shape.Result(p.Response())...)
		}
		return result, clients.Done
	case p.Xid() == 0 || !changes(req):
		return nil, clients.NoEffect
	}
	return nil, clients.Unknown
}

// changes says whether a request can have an effect.
func changes(req wire.Request) bool {
	switch req.(type) {
	case wire.ExistsRequest, wire.GetDataRequest, wire.GetChildrenRequest, wire.SyncRequest, wire.GetACLRequest,
		wire.GetAllChildrenNumberRequest, wire.GetEphemeralsRequest, wire.MultiReadRequest,
		wire.CheckWatchesRequest, wire.RemoveWatchesRequest, wire.AddWatchRequest, wire.WhoAmIRequest,
		wire.CheckRequest:
		return false
	}
	return true
}

// learn remembers what makes the next requests meet something.
func (w *worker) learn(req wire.Request, p *client.Pending) {
	t := w.treeState()
	switch r := p.Response().(type) {
	case wire.CreateResponse:
		t.versions[r.Path] = 0
		if create, ok := req.(wire.CreateRequest); ok && create.Flags&wire.FlagSequential != 0 {
			t.remember(r.Path)
		}
	case wire.SetDataResponse:
		t.versions[req.(wire.SetDataRequest).Path] = r.Stat.Version
	case wire.GetDataResponse:
		t.learnData(req, r)
	case wire.GetChildrenResponse:
		path := req.(wire.GetChildrenRequest).Path
		for _, name := range r.Names {
			if len(name) > 10 {
				t.remember(join(path, name))
			}
		}
	}
}

func (t *treeWorker) learnData(req wire.Request, r wire.GetDataResponse) {
	if get, ok := req.(wire.GetDataRequest); ok {
		t.versions[get.Path] = r.Stat.Version
	}
	if _, version, found := bytes.Cut(r.Data, []byte("version=")); found {
		t.config, _ = strconv.ParseInt(string(bytes.TrimSpace(version)), 16, 64)
	}
}

func (t *treeWorker) remember(path string) {
	const most = 24
	if slices.Contains(t.seen, path) {
		return
	}
	if t.seen = append(t.seen, path); len(t.seen) > most {
		t.seen = t.seen[1:]
	}
}

// endTree ends the session, and records that. Sometimes it goes on to send requests, which must not be answered.
func endTree(w *worker) {
	if w.c == nil || !w.c.Alive() {
		return
	}
	closing := w.treeRequest(0, wire.CloseSessionRequest{})
	var behind []*client.Pending
	if closing != nil && w.p.Chance(40) {
		for slot := range 1 + w.p.Rand().IntN(treeSlots-1) {
			if p := w.treeRequest(1+slot, w.drawTreeOp(w.e.profile).draw(w, w.e.profile)); p != nil {
				behind = append(behind, p)
			}
		}
	}
	if closing != nil {
		if err := closing.Wait(); err != nil {
			w.p.Log().Debug("workloads: the session was not closed", "error", err)
		} else {
			w.e.over(w.mark)
		}
	}
	for _, p := range behind {
		if err := p.Wait(); err == nil {
			w.p.Log().Debug("workloads: a request behind the end of its session was answered")
		}
	}
	w.c.Abandon()
}

// probeTree has a write and a linearizable read answered.
func probeTree(w *worker, _ *object) bool {
	w.reconnect()
	for _, req := range []wire.Request{
		client.CreateRequest(treeRoot, nil, 0), wire.SyncRequest{Path: treeRoot}, wire.ExistsRequest{Path: treeRoot},
	} {
		if p := w.treeRequest(0, req); p == nil || !answered(p) {
			return false
		}
	}
	return true
}

func answered(p *client.Pending) bool {
	err := p.Wait()
	return err == nil || p.Answered()
}

// drainTree looks at everything for the last time: at what clients used most, there or not, and at all that is there.
func drainTree(w *worker, _ *object) bool {
	w.reconnect()
	if p := w.treeRequest(0, wire.SyncRequest{Path: treeRoot}); p == nil || !answered(p) {
		return false
	}
	looks := slices.Clone(w.e.paths())
	for i := 0; i < len(looks); i++ {
		path := looks[i]
		for _, req := range []wire.Request{wire.GetDataRequest{Path: path}, wire.GetChildrenRequest{Path: path, Stat: true}} {
			p := w.treeRequest(0, req)
			if p == nil || !answered(p) {
				return false
			}
			listed, _ := p.Response().(wire.GetChildrenResponse)
			for _, name := range listed.Names {
				if below := join(path, name); !slices.Contains(looks, below) && len(looks) < looksMost {
					looks = append(looks, below)
				}
			}
		}
	}
	return true
}

// looksMost is how many znodes are looked at.
const looksMost = 300

func join(path, name string) string {
	if path == "/" {
		return path + name
	}
	return fmt.Sprintf("%s/%s", path, name)
}
