package workloads

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
)

// Where the trial does not record the ends of sessions, marks show them. A session's mark is a znode of its own with
// one child, which is ephemeral and the only one that it ever has. So when the child is gone the session is over, and
// the mark's pzxid is the transaction that ended it, whatever the reason.

// MarksPath is the parent of the marks. It has to exist, below Config.Chroot, if Config.Marks is set.
const MarksPath = "/sessions"

// mark is what is known of a session.
type mark struct {
	id      int64
	timeout time.Duration
	// made says that the mark is there for certain.
	made bool
	// since is the event before which the session can't have ended: what it was known to do last began there.
	since int
	// over says that the end is in the history.
	over bool
}

func (m *mark) name() string { return fmt.Sprintf("0x%x", uint64(m.id)) }
func (m *mark) path() string { return fmt.Sprintf("%s/%x", MarksPath, uint64(m.id)) }

// leaveMark makes the mark of the worker's session, before the session does anything else, and reports whether it is
// there.
func (w *worker) leaveMark() bool {
	if !w.e.marks() {
		return true
	}
	id, _ := w.c.Session()
	if w.mark == nil || w.mark.id != id {
		w.mark = &mark{id: id, timeout: w.c.Timeout(), since: w.e.now()}
		w.e.sessions = append(w.e.sessions, w.mark)
	}
	m := w.mark
	if !m.made {
		_, err := w.c.Multi(
			client.CreateRequest(m.path(), nil, 0), client.CreateRequest(m.path()+"/alive", nil, wire.FlagEphemeral))
		// It may be there from an attempt whose answer was lost.
		m.made = err == nil || errors.Is(err, wire.NodeExists)
		if !m.made {
			w.p.Log().Debug("workloads: the session has no mark yet", "error", err)
		}
	}
	return m.made
}

// marks says whether sessions leave marks: their ends mean something to the workload's model, and the trial does not
// record them.
func (e *Env) marks() bool { return e.cfg.Marks && e.workload.ended != nil }

// now is the index of the next event.
func (e *Env) now() int { return len(e.cfg.Record.Ops()) }

// alive notes that the session did something through the log which began at an event.
func (w *worker) alive(since int) {
	if w.mark != nil {
		w.mark.since = since
	}
}

// over notes that a session was closed, and that the service said so.
func (e *Env) over(m *mark) {
	if m != nil && !m.over {
		m.over = true
		e.workload.ended(e, m, 0)
	}
}

// endedHold is the end of a session of a lock or an election: at some time between two events.
func endedHold(e *Env, m *mark, _ int64) {
	e.cfg.Record.OK(history.Service, "end", "", []any{m.name(), int64(m.since)})
}

// endedTree is the end of a session without an answered closeSession. An answered one shows its zxid itself.
func endedTree(e *Env, m *mark, zxid int64) {
	if zxid != 0 {
		e.cfg.Record.OK(history.Service, "ended", "", []any{zxid, m.id})
	}
}

// How long after its timeout an unused session may live on: the service counts anew when its leader changes.
const (
	expiryFactor = 2
	expirySlack  = 15 * time.Second
	expiryLook   = 200 * time.Millisecond
)

// Ends finds the ends of the sessions that are not recorded yet, and records them; call it when all clients are done.
// It waits for sessions that have to expire, and returns a sentence for each that does not. Without Config.Marks it
// does nothing.
func (e *Env) Ends(p host.Process) (wrong []string) {
	if !e.marks() {
		return nil
	}
	c := e.looker(p)
	defer func() { _ = c.Close() }()
	for _, m := range e.sessions {
		if !m.over && !e.awaitEnd(p, &c, m) {
			wrong = append(wrong, fmt.Sprintf("session %s has a timeout of %v, and it was not used for %v or more, "+
				"but its ephemeral znode is there still", m.name(), m.timeout, patienceWith(m)))
		}
	}
	return wrong
}

// patienceWith is how long a session may live on.
func patienceWith(m *mark) time.Duration { return expiryFactor*m.timeout + expirySlack }

// awaitEnd waits for the end of a session and records it. It reports false if it did not come in time. Only time in
// which the service answers counts.
func (e *Env) awaitEnd(p host.Process, c **client.Client, m *mark) bool {
	for until := p.Now() + patienceWith(m); p.Now() < until; p.Sleep(expiryLook) {
		if !(*c).Alive() {
			*c = e.looker(p)
		}
		_, stat, err := (*c).SyncGet(m.path(), nil)
		switch {
		case errors.Is(err, wire.NoNode):
			m.over = true // it never had a mark, and so did nothing
			return true
		case err != nil:
			p.Log().Debug("workloads: a mark was not seen", "error", err)
			until = p.Now() + patienceWith(m)
		case stat.NumChildren == 0:
			m.over = true
			e.workload.ended(e, m, stat.Pzxid)
			return true
		}
	}
	return false
}

func (e *Env) looker(p host.Process) *client.Client {
	cfg := client.Config{Servers: e.cfg.Servers, Chroot: e.cfg.Chroot, SessionTimeout: e.cfg.SessionTimeout}
	return client.New(p, cfg)
}
