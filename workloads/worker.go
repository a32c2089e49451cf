package workloads

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
	"ordeal/testbed/clients"
)

const never time.Duration = math.MaxInt64

// worker is one client of a trial. It outlives its sessions and its process numbers.
type worker struct {
	e        *Env
	p        *own // as the present turn has it
	client   int  // decides on the object
	role     role
	process  int
	tireless bool // operations may take for ever
	c        *client.Client
	sessions int     // begun so far
	waits    *object // stands in line for it

	began time.Duration // on the own clock, as all its times are
	pcg   rand.PCG      // the chance of the present turn
	turn  clients.Turn
	taken int           // the last turn's number
	asked int           // operations that this turn asked for, carried out or not
	ops   int           // of them since the last pace
	rest  time.Duration // when the last pace ended

	// What the worker last saw of a register, and of which: a version to expect.
	saw     *object
	version int64

	tree *treeWorker // of the workload tree
	mark *mark       // the session's, if sessions leave marks
}

func (e *Env) newWorker(p host.Process, r role, client int) *worker {
	w := &worker{e: e, p: &own{Process: p}, client: client, role: r, process: e.newProcess(), began: p.Now(), rest: p.Now()}
	w.p.rng = rand.New(&w.pcg)
	w.begin(clients.Turn{})
	return w
}

// begin begins a turn, with the chance that is its own.
func (w *worker) begin(t clients.Turn) {
	w.turn, w.asked = t, 0
	w.pcg.Seed(w.e.stream(w.role, w.client, forTurns, t.N))
}

// connect sees to it that there is a session. It reports false if there is none by the instant until.
func (w *worker) connect(until time.Duration) bool {
	for {
		if w.c == nil || !w.c.Alive() {
			w.c = w.newSession()
		}
		if _, ok := w.c.Session(); ok && w.leaveMark() {
			return true
		}
		if w.e.cfg.Now() >= until {
			return false
		}
		// The request is there for the connection that it waits for.
		if err := w.c.Sync("/"); err != nil {
			w.p.Log().Debug("workloads: no session yet", "error", err)
		}
	}
}

// newSession begins a session. Some are short: so a contender's may end while it waits for a holder whom the same fault
// has struck, and whose own lasts longer.
func (w *worker) newSession() *client.Client {
	w.sessions++
	w.mark = nil
	p := &own{w.p.Process, rand.New(rand.NewPCG(w.e.stream(w.role, w.client, forSessions, w.sessions)))}
	cfg := client.Config{Servers: w.e.cfg.Servers, Chroot: w.e.cfg.Chroot, SessionTimeout: w.e.cfg.SessionTimeout}
	if p.rng.IntN(3) == 0 {
		cfg.SessionTimeout /= 2
	}
	if w.e.workload.hear != nil {
		cfg.Heard = w.e.workload.hear(w)
	}
	return client.New(p, cfg)
}

// session names the session in the history.
func (w *worker) session() string {
	id, _ := w.c.Session()
	return fmt.Sprintf("0x%x", uint64(id))
}

// close ends the session, if the service can be reached.
func (w *worker) close() {
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

// patience is for one operation.
func (w *worker) patience() time.Duration {
	if w.tireless {
		return recipes.Forever
	}
	return w.e.cfg.Patience
}

// asks counts an operation of the present turn, and says whether it is to be carried out.
func (w *worker) asks() bool {
	w.asked++
	return w.turn.Takes(w.asked)
}

// calls notes that the operation it was asked for last is what the next event of the history begins. The caller calls
// answered when it has ended.
func (w *worker) calls() (answered func()) {
	if w.role != runs {
		return func() {}
	}
	id, _ := w.c.Session()
	i := len(w.e.calls)
	w.e.calls = append(w.e.calls, clients.Call{
		Client: w.client + 1, Turn: w.turn.N, Op: w.asked, Event: len(w.e.cfg.Record.Ops()), Session: id, Server: w.c.Server(),
	})
	return func() { w.e.calls[i].Server = cmp.Or(w.c.Server(), w.e.calls[i].Server) }
}

// do carries out an operation and writes it down, unless the turn leaves it out. After an unknown outcome the process is
// dead, and the session left to expire; in result is then what the operation may have done.
func (w *worker) do(o *object, f string, argument any, op func() (any, recipes.Outcome, error)) (
	result any, outcome recipes.Outcome) {
	if !w.asks() {
		return nil, recipes.NoEffect
	}
	o.ops++
	w.ops++
	w.calls()
	begun := w.e.now()
	w.e.cfg.Record.Invoke(w.process, f, o.key, argument)
	answered, first := false, w.c.LastXid()
	defer func() {
		if !answered { // its machine crashes: nothing runs here any more but this
			w.doubts(o, first)
			w.e.cfg.Record.Info(w.process, f, o.key, argument, "the client crashed")
		}
	}()
	result, outcome, err := op()
	answered = true
	switch outcome {
	case recipes.Done:
		if f != "fenced" && f != "observe" {
			w.alive(begun)
		}
		w.e.cfg.Record.OK(w.process, f, o.key, result)
	case recipes.NoEffect:
		w.e.cfg.Record.Fail(w.process, f, o.key, argument, err.Error())
	case recipes.Unknown:
		if result == nil {
			result = argument
		}
		w.doubts(o, first)
		w.e.cfg.Record.Info(w.process, f, o.key, result, err.Error())
		w.c.Abandon()
		w.process = w.e.newProcess()
	}
	return result, outcome
}

// pace waits so long that all clients together come to the rate that is asked for.
func (w *worker) pace() {
	period := time.Second * time.Duration(w.e.cfg.Clients) / time.Duration(w.e.cfg.Rate)
	w.rest += time.Duration(w.ops) * w.upTo(2*period)
	w.ops = 0
	if left := w.rest - w.p.Now(); left > 0 {
		w.p.Sleep(left)
	} else {
		w.rest = w.p.Now()
	}
}

// upTo draws a time between 0 and d.
func (w *worker) upTo(d time.Duration) time.Duration {
	return time.Duration(w.p.Rand().Int64N(int64(d) + 1))
}

// chance is true in so many of 100 cases.
func (w *worker) chance(percent int) bool { return w.p.Rand().IntN(100) < percent }
