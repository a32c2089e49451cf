package workloads

import (
	"fmt"
	"math"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
	"ordeal/workloads/clients"
	"ordeal/workloads/strangers"
)

// worker is what a client does in a trial: a client of the testbed has one until its machine crashes. It outlives its
// sessions.
type worker struct {
	e      *Env
	p      *clients.Client // as the present turn has it
	c      *client.Client  // the present session's, or nil before the first
	knows  []host.Addr     // the servers that the session looks for
	waits  *object         // it waits for its turn to hold this
	probed *object         // what it probes, if it is there for that

	// What the worker last saw of a register, and of which: a version to expect.
	saw     *object
	version int64

	kept any         // what a workload of another package keeps
	tree *treeWorker // of the workload tree
	// treeClient is the present client's, and piles says that requests may wait for a connection.
	treeClient *treeClient
	piles      bool
	idle       []*client.Client // sessions that ask for nothing
	mark       *mark            // the session's, if sessions leave marks
	tap        *tapped          // the session's, if its connections are tapped
}

var _ clients.Behaviour = (*worker)(nil)

// Connect makes sure that there is a session.
func (w *worker) Connect(_ *clients.Client, until time.Duration) bool {
	for {
		if w.c == nil || !w.c.Alive() {
			if w.c != nil && w.c.Expired() && w.p.Role() == clients.Running {
				w.e.Expired++
			}
			w.c = w.newSession()
		}
		if _, ok := w.c.Session(); ok && w.hasRoot() && w.leaveMark() {
			return true
		}
		if w.p.Elapsed() >= until {
			return false
		}
		// The request is there for the connection that it waits for.
		if err := w.c.Sync("/"); err != nil {
			w.p.Log().Debug("workloads: no session yet", "error", err)
		}
	}
}

// hasRoot makes the znode that clients take for the root, and reports whether it is there.
func (w *worker) hasRoot() bool {
	if !w.e.rooted {
		w.e.rooted = strangers.Found(w.p.Aside(asideStranger), w.e.cfg.Servers, w.e.cfg.Chroot, w.e.known())
	}
	return w.e.rooted
}

// newSession begins a session. Some are short: so a contender's may end while it waits for a holder that the same fault
// has struck, and whose own lasts longer.
func (w *worker) newSession() *client.Client {
	w.mark, w.knows = nil, w.e.cfg.Servers
	if w.tree != nil {
		w.tree.conns = 0
	}
	p := w.p.NextSession()
	cfg := client.Config{SessionTimeout: w.e.cfg.SessionTimeout}
	if p.Rand().IntN(3) == 0 {
		cfg.SessionTimeout /= 2
	}
	return w.newClient(p, cfg)
}

// newClient makes a client of a session, of which there may be one already.
func (w *worker) newClient(p host.Process, cfg client.Config) *client.Client {
	h := w.e.cfg.Habits
	cfg.Servers, cfg.Chroot = w.e.cfg.Servers, w.e.cfg.Chroot
	cfg.Claims, cfg.ReadOnly, cfg.Eager = w.e.known(), h.ReadOnly && w.p.Role() == clients.Running, h.Eager
	if h.LateXids && cfg.Xid == 0 {
		cfg.Xid = math.MaxInt32 - 20
	}
	t := &treeClient{takes: cfg.Session.ID}
	if w.e.workload.hear != nil {
		cfg.Heard = w.e.workload.hear(w, t)
	}
	p, tap := w.tapped(p, t)
	c := client.New(p, cfg)
	if t.c, t.tap = c, tap; w.c == nil || !w.c.Alive() {
		w.treeClient, w.tap = t, tap
	}
	return c
}

// Turn takes a step of the workload.
func (w *worker) Turn(*clients.Client) {
	w.aside()
	w.e.workload.step(w)
}

// Probe uses an object that the clients of Run used.
func (w *worker) Probe(*clients.Client) bool { return w.e.workload.probe(w, w.probed) }

// Drain looks for the last time at every n-th object that there was, from the i-th on: what was lost from an object
// that is no longer used shows here.
func (w *worker) Drain(c *clients.Client, i, n int) {
	for ; i < len(w.e.objects); i += n {
		c.Insist(func() bool { return w.e.workload.drain(w, w.e.objects[i]) })
	}
}

// Standing is the session and the server whose connection carries it.
func (w *worker) Standing() (session int64, server host.Addr) {
	if w.c == nil {
		return 0, ""
	}
	session, _ = w.c.Session()
	return session, w.c.Server()
}

// Close ends the session, if the service can be reached.
func (w *worker) Close(*clients.Client) { w.close() }

func (w *worker) close() {
	for _, c := range w.idle {
		c.Abandon()
	}
	if w.c == nil {
		return
	}
	if w.e.workload.end != nil {
		w.e.workload.end(w)
		return
	}
	if err := w.c.Close(); err != nil {
		w.p.Log().Debug("workloads: the session was not closed", "error", err)
		return
	}
	w.e.over(w.mark)
}

// wait notes that the worker waits for its turn to hold an object, until the function that it returns is called. Defer
// that: the wait may end by a crash.
func (w *worker) wait(o *object) (over func()) {
	w.waits = o
	return func() { w.waits = nil }
}

// index counts the clients from 0, in each role.
func (w *worker) index() int { return w.p.Number() - 1 }

// session names the session in the history.
func (w *worker) session() string {
	id, _ := w.c.Session()
	return fmt.Sprintf("0x%x", uint64(id))
}
