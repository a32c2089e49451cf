package workloads

import (
	"fmt"
	"math"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/host"
)

const never time.Duration = math.MaxInt64

// worker is one client of a trial. It outlives its sessions and its process numbers.
type worker struct {
	e        *Env
	p        host.Process
	client   int // decides on the object
	process  int
	tireless bool // operations may take for ever
	c        *client.Client
	waits    *object // stands in line for it

	ops  int           // since the last pace
	rest time.Duration // when the last pace ended

	// What the worker last saw of a register, and of which: a version to expect.
	saw     *object
	version int64

	tree *treeWorker // of the workload tree
}

func (e *Env) newWorker(p host.Process, client int) *worker {
	return &worker{e: e, p: p, client: client, process: e.newProcess(), rest: p.Now()}
}

// connect sees to it that there is a session. It reports false if there is none by the instant until.
func (w *worker) connect(until time.Duration) bool {
	for {
		if w.c == nil || !w.c.Alive() {
			w.c = w.newSession()
		}
		if _, ok := w.c.Session(); ok {
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

// sessionTimeout draws what to ask for. Some sessions are short: so a contender's may end while it waits for a holder
// whom the same fault has struck, and whose own lasts longer.
func (w *worker) sessionTimeout() time.Duration {
	if w.chance(33) {
		return w.e.cfg.SessionTimeout / 2
	}
	return w.e.cfg.SessionTimeout
}

func (w *worker) newSession() *client.Client {
	cfg := client.Config{Servers: w.e.cfg.Servers, SessionTimeout: w.sessionTimeout()}
	if w.e.workload.hear != nil {
		cfg.Heard = w.e.workload.hear(w)
	}
	return client.New(w.p, cfg)
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
	}
}

// patience is for one operation.
func (w *worker) patience() time.Duration {
	if w.tireless {
		return recipes.Forever
	}
	return w.e.cfg.Patience
}

// do carries out an operation and writes it down. After an unknown outcome the process is dead, and the session left
// to expire; in result is then what the operation may have done.
func (w *worker) do(o *object, f string, argument any, op func() (any, recipes.Outcome, error)) (
	result any, outcome recipes.Outcome) {
	o.ops++
	w.ops++
	w.e.cfg.Record.Invoke(w.process, f, o.key, argument)
	result, outcome, err := op()
	switch outcome {
	case recipes.Done:
		w.e.cfg.Record.OK(w.process, f, o.key, result)
	case recipes.NoEffect:
		w.e.cfg.Record.Fail(w.process, f, o.key, argument, err.Error())
	case recipes.Unknown:
		if result == nil {
			result = argument
		}
		w.e.cfg.Record.Info(w.process, f, o.key, result, err.Error())
		o.infos++
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
