package etcd

import (
	"errors"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// worker is what a client does in a trial.
type worker struct {
	e    *Env
	c    *clients.Client
	p    host.Process // of the connection that is in use: the client's with its chance
	wake host.Signal
	link *link
	next int // the server that is tried next
	// processes are those of the history for the calls that are under way at once; busy says which have one.
	processes []int
	busy      []bool
	watches   []*watch
	// seen is the mod revision that was last seen of a key.
	seen map[string]int64
	auth auth
	// cramped says that a call was refused for an alarm.
	cramped bool
	// page is that of a list which comes next, and compacts the revision that this client has won to compact, or 0.
	page     *etcdwire.RangeRequest
	compacts int64
}

// slots is how many calls a client has under way at most.
const slots = 5

func newWorker(e *Env) *worker { return &worker{e: e, seen: map[string]int64{}} }

var _ clients.Behaviour = (*worker)(nil)

// dialPatience is how long a server may take to accept a connection, and redialPause how long the client waits when it
// did not.
const (
	dialPatience = time.Second
	redialPause  = 50 * time.Millisecond
)

// Connect implements clients.Behaviour.
func (w *worker) Connect(c *clients.Client, until time.Duration) bool {
	w.c = c
	if w.wake == nil {
		w.wake = c.NewSignal()
		w.next = c.Number()
		for range slots {
			w.processes, w.busy = append(w.processes, c.NewProcess()), append(w.busy, false)
		}
	}
	for !w.ready() {
		if c.Elapsed() >= until {
			return false
		}
		w.dial()
	}
	return true
}

func (w *worker) ready() bool { return w.link != nil && w.link.open && !w.link.closed }

// dial tries to connect to the next server.
func (w *worker) dial() {
	w.leave(errBroken)
	w.p = w.c.NextSession()
	w.e.conns++
	l := &link{w: w, number: w.e.conns, calls: map[uint64]*call{}, user: w.auth.user}
	l.server = w.e.cfg.Servers[w.next%len(w.e.cfg.Servers)]
	w.next++
	l.conn = w.p.Dial(l.server, l)
	l.record("dialled", int64(l.number), string(l.server))
	w.link = l
	l.conn.Send([]byte(etcdwire.Preface))
	w.await2(dialPatience, func() bool { return l.open || l.closed })
	if w.ready() {
		w.authenticate()
		return
	}
	w.leave(errBroken)
	w.p.Sleep(redialPause)
}

var (
	errBroken = errors.New("the connection broke before the answer came")
	errSilent = errors.New("no answer came in time")
	errLeft   = errors.New("the client went to another server")
)

// leave closes the connection, if there is one.
func (w *worker) leave(why error) {
	if w.link != nil {
		w.link.drop(why)
		w.link = nil
	}
}

// await waits until done, for as long as the client is patient; then it leaves the server.
func (w *worker) await(done func() bool) {
	patience := w.c.Patience()
	if patience < 0 {
		patience = drainPatience
	}
	l := w.link
	w.await2(patience, func() bool { return done() || l.closed })
	if done() {
		return
	}
	why := errSilent
	if l.closed {
		why = errBroken
	}
	w.leave(why)
}

// drainPatience is for how long a client asks one server that looks at everything for the last time.
const drainPatience = 5 * time.Second

func (w *worker) await2(patience time.Duration, done func() bool) {
	for until := w.c.Now() + patience; !done(); {
		left := until - w.c.Now()
		if left <= 0 {
			return
		}
		w.wake.Wait(left)
	}
}

// slot is a free process of the history.
func (w *worker) slot() int {
	for i, busy := range w.busy {
		if !busy {
			w.busy[i] = true
			return i
		}
	}
	panic("etcd: a client has more calls under way than it may")
}

func (w *worker) freed(slot int) { w.busy[slot] = false }

// replaced is freed behind an operation of which it is not known whether it took effect.
func (w *worker) replaced(slot int) {
	w.processes[slot] = w.c.NewProcess()
	w.busy[slot] = false
}

// ask begins an operation, unless the turn leaves it out.
func (w *worker) ask(d drawn) *call {
	if !w.c.Takes() || !w.ready() {
		return nil
	}
	slot := w.slot()
	c := &call{slot: slot, makes: d.answer, reads: d.reads, request: d.request}
	args := append([]any{int64(w.link.number), w.link.user}, d.args...)
	c.op = w.c.Begin(w.processes[slot], "", d.f, args)
	if r, renews := d.request.(*etcdwire.LeaseKeepAliveRequest); renews {
		w.link.renew(c, r)
	} else {
		w.link.begin(c, d.method, d.request)
	}
	return c
}

// Turn implements clients.Behaviour: some calls at once, and what is done about watches.
func (w *worker) Turn(c *clients.Client) {
	w.c = c
	if w.setsUp() || w.makesRoom() {
		return
	}
	if c.Chance(3) && w.ready() {
		w.leave(errLeft)
		w.dial()
	}
	w.watchOn()
	count := 1
	if c.Chance(40) {
		count += c.Rand().IntN(slots - 1)
	}
	var calls []*call
	for range count {
		d := w.draw()
		if one := w.ask(d); one != nil {
			calls = append(calls, one)
		}
	}
	if len(calls) > 0 {
		w.await(func() bool { return allEnded(calls) })
	}
	for _, one := range calls {
		w.learn(one)
	}
}

func allEnded(calls []*call) bool {
	for _, c := range calls {
		if !c.ended {
			return false
		}
	}
	return true
}

// one carries out one operation, and waits for its answer: nil if there was none.
func (w *worker) one(d drawn) etcdwire.Message {
	c := w.ask(d)
	if c == nil {
		return nil
	}
	w.await(func() bool { return c.ended })
	w.learn(c)
	return c.answer
}

// learn remembers what an answer showed.
func (w *worker) learn(c *call) {
	switch r := c.answer.(type) {
	case *etcdwire.RangeResponse:
		for i := range r.KVs {
			w.seen[string(r.KVs[i].Key)] = r.KVs[i].ModRevision
		}
		w.turnPage(c.request.(*etcdwire.RangeRequest), r)
	case *etcdwire.TxnResponse:
		w.competed(c.request.(*etcdwire.TxnRequest), r)
	case nil:
		w.page = nil // it may be compacted
	case *etcdwire.LeaseGrantResponse:
		w.e.granted(r.ID, r.TTL)
	}
}

// Standing implements clients.Behaviour: there are no sessions.
func (w *worker) Standing() (session int64, server host.Addr) {
	if !w.ready() {
		return 0, ""
	}
	return 0, w.link.server
}

// Close implements clients.Behaviour.
func (w *worker) Close(*clients.Client) { w.leave(errLeft) }

// Probe implements clients.Behaviour: a put and a read of it work.
func (w *worker) Probe(c *clients.Client) bool {
	w.c = c
	w.probing()
	w.makesRoom()
	return w.one(w.drawPut("probe", 0, "")) != nil && w.one(rangeOf(&etcdwire.RangeRequest{Key: []byte("probe")})) != nil
}

// Drain implements clients.Behaviour: everything is read once more, everything that is left of the past is told to a
// watch, and, for the first of them, no alarm and no lease is left.
func (w *worker) Drain(c *clients.Client, i, n int) {
	w.c = c
	all := &etcdwire.RangeRequest{Key: []byte{0}, RangeEnd: []byte{0}}
	c.Insist(func() bool {
		w.probing()
		return w.one(rangeOf(all)) != nil
	})
	c.Insist(func() bool { return w.hearAll() })
	c.Insist(func() bool { return w.one(hashOf(0)) != nil })
	if i == 0 {
		c.Insist(func() bool { return w.noAlarmLeft() })
		c.Insist(func() bool { return w.noneLeft() })
	}
}

// noAlarmLeft says that the service has no alarm any more, and ends those that there are.
func (w *worker) noAlarmLeft() bool {
	r, _ := w.one(alarmsOf(etcdwire.AlarmNone)).(*etcdwire.AlarmResponse)
	if r == nil || len(r.Alarms) == 0 {
		return r != nil
	}
	w.cramped = true
	w.makesRoom()
	return false
}

// noneLeft says that the service has no lease any more.
func (w *worker) noneLeft() bool {
	r, _ := w.one(leasesOf()).(*etcdwire.LeaseLeasesResponse)
	if r == nil || len(r.Leases) > 0 {
		w.p.Sleep(time.Second)
		return false
	}
	return true
}

// hearAll watches everything from the compacted revision on, until it is told that it has come to what is newest.
func (w *worker) hearAll() bool {
	newest, _ := w.one(rangeOf(&etcdwire.RangeRequest{Key: []byte("probe")})).(*etcdwire.RangeResponse)
	if newest == nil || !w.ready() {
		return false
	}
	one := &watch{w: w, key: "\x00", end: "\x00", next: max(1, w.e.compacted)}
	one.request = etcdwire.WatchCreateRequest{Key: []byte{0}, RangeEnd: []byte{0}, PrevKV: true}
	w.create(one)
	if one.gone || !w.ready() || one.stream == nil {
		return false
	}
	l := w.link
	l.send(one.stream.call, &etcdwire.WatchRequest{Progress: &etcdwire.WatchProgressRequest{}})
	want := revisionOf(newest.Header)
	w.await2(drainPatience, func() bool { return one.next > want || one.stream == nil || l.closed })
	return one.next > want
}
