package checker

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ordeal/history"
)

// twin is an object that works, as a source of histories.
type twin interface {
	// draw is the next operation of a process; "" if it has nothing to do.
	draw(r *rand.Rand, process int) (f string, argument any)
	// apply takes an operation's effect; done is false while it must wait.
	apply(f string, argument any) (result any, done bool)
}

type underWay struct {
	f        string
	argument any
	result   any
	applied  bool
}

// chances are how often, in percent, things other than ok happen.
type chances struct{ info, fail int }

// record lets processes use a twin at random: calls, effects and returns interleave. Events of the service come from
// outside.
func record(r *rand.Rand, t twin, processes, ops int, c chances, outside func(rec *history.Recorder)) history.History {
	now := time.Duration(0)
	rec := history.NewRecorder(func() time.Duration { now += 10; return now })
	busy := make([]*underWay, processes)
	names := make([]int, processes) // a process that is dead after an info gets a new name
	for i := range names {
		names[i] = i
	}
	// At the end most operations return; what waits for others in vain stays open.
	for stalled := 0; stalled < 20*processes; {
		i := r.IntN(processes)
		stalled++
		switch u := busy[i]; {
		case u == nil && (ops == 0 || anyBusy(busy) && r.IntN(3) > 0):
		case u == nil:
			if outside != nil && r.IntN(6) == 0 {
				outside(rec)
			}
			if f, argument := t.draw(r, i); f != "" {
				busy[i] = &underWay{f: f, argument: argument}
				rec.Invoke(names[i], f, "k", argument)
				ops, stalled = ops-1, 0
			}
		case r.IntN(100) < c.info:
			if r.IntN(2) == 0 && !u.applied {
				u.result, u.applied = t.apply(u.f, u.argument)
			}
			rec.Info(names[i], u.f, "k", nil, "lost")
			names[i] += processes
			busy[i], stalled = nil, 0
		case !u.applied && r.IntN(100) < c.fail:
			rec.Fail(names[i], u.f, "k", nil, "gave up")
			busy[i], stalled = nil, 0
		case !u.applied:
			if u.result, u.applied = t.apply(u.f, u.argument); u.applied {
				stalled = 0
			}
		default:
			rec.OK(names[i], u.f, "k", u.result)
			busy[i], stalled = nil, 0
		}
	}
	return rec.Ops()
}

func anyBusy(busy []*underWay) bool {
	for _, u := range busy {
		if u != nil {
			return true
		}
	}
	return false
}

// corrupt changes a history at one place: a completion gets the value of another of its kind, or an event moves to an
// earlier place, past events of other processes.
func corrupt(r *rand.Rand, h history.History) history.History {
	out := append(history.History(nil), h...)
	i := r.IntN(len(h))
	if r.IntN(2) == 0 {
		for n := 1 + r.IntN(5); n > 0 && i > 0 && out[i].Process != out[i-1].Process; n, i = n-1, i-1 {
			out[i-1], out[i] = out[i], out[i-1]
			out[i-1].Index, out[i].Index = i-1, i
		}
		return out
	}
	var others []int
	for j, op := range h {
		if op.Type == history.OK && op.F == h[i].F && j != i {
			others = append(others, j)
		}
	}
	if h[i].Type == history.OK && h[i].Process >= 0 && len(others) > 0 {
		out[i].Value = h[others[r.IntN(len(others))]].Value
	}
	return out
}

// registerTwin has versions or not; unique values or few.
type registerTwin struct {
	versioned, cas bool
	values         int64 // 0: every write has a value of its own
	value          any
	version, last  int64
}

func (t *registerTwin) draw(r *rand.Rand, _ int) (string, any) {
	t.last++
	v := t.last
	if t.values > 0 {
		v = r.Int64N(t.values)
	}
	switch kind := r.IntN(4); {
	case kind < 2:
		return "read", nil
	case kind == 2 && t.versioned:
		return "set-if", []any{v, max(0, t.version-r.Int64N(2))}
	case kind == 2 && t.cas:
		return "cas", []any{r.Int64N(t.values), v}
	}
	return "write", v
}

func (t *registerTwin) apply(f string, argument any) (any, bool) {
	switch f {
	case "read":
	case "write":
		t.value, t.version = argument, t.version+1
	case "set-if":
		a := argument.([]any)
		if a[1] != any(t.version) {
			return "refused", true
		}
		t.value, t.version = a[0], t.version+1
	case "cas":
		// One that does not match stays under way until it does.
		a := argument.([]any)
		if a[0] != t.value {
			return nil, false
		}
		t.value = a[1]
		return a, true
	}
	if t.versioned {
		return []any{t.value, t.version}, true
	}
	return t.value, true
}

// holdTwin is a lock or an election.
type holdTwin struct {
	acquire, release string
	tries, observes  bool
	holder           string
	number           int64
	lives            map[int]int
	holds            map[int]int64 // what processes were granted
	ended            map[string]bool
}

func newHoldTwin(acquire, release string) *holdTwin {
	return &holdTwin{
		acquire: acquire, release: release, lives: map[int]int{}, holds: map[int]int64{}, ended: map[string]bool{},
	}
}

func (t *holdTwin) session(process int) string {
	return fmt.Sprintf("s%d.%d", process, t.lives[process])
}

func (t *holdTwin) draw(r *rand.Rand, process int) (string, any) {
	if t.observes && r.IntN(3) == 0 {
		return "observe", nil
	}
	if t.ended[t.session(process)] {
		t.lives[process]++
		delete(t.holds, process)
	}
	if n, ok := t.holds[process]; ok {
		delete(t.holds, process)
		return t.release, []any{t.session(process), n}
	}
	return t.acquire, t.session(process)
}

func (t *holdTwin) apply(f string, argument any) (any, bool) {
	switch f {
	case "observe":
		if t.holder == "" {
			return nil, true
		}
		return []any{t.holder, t.number}, true
	case t.acquire:
		return t.grant(argument.(string))
	}
	a := argument.([]any)
	if t.holder != a[0] {
		return nil, false
	}
	t.holder = ""
	return a, true
}

func (t *holdTwin) grant(session string) (any, bool) {
	switch {
	case t.ended[session]:
		return nil, false
	case t.holder != "" && t.holder != session && t.tries:
		return []any{session, "held"}, true
	case t.holder != "":
		return nil, false
	}
	t.number++
	t.holder = session
	var process int
	if _, err := fmt.Sscanf(session, "s%d.", &process); err == nil {
		t.holds[process] = t.number
	}
	return []any{session, t.number}, true
}

// end ends a session at random.
func (t *holdTwin) end(r *rand.Rand, processes int) func(*history.Recorder) {
	return func(rec *history.Recorder) {
		s := t.session(r.IntN(processes))
		if t.ended[s] {
			return
		}
		t.ended[s] = true
		if t.holder == s {
			t.holder = ""
		}
		key := "k"
		if r.IntN(2) == 0 {
			key = ""
		}
		rec.OK(history.Service, "end", key, s)
	}
}

// withoutSessions makes a history of a lock, whose sessions none has ended, one of a fenced lock. What a process
// releases that another one was granted, before it got a new name, has expired.
func withoutSessions(h history.History, processes int) history.History {
	asked := make([]int, processes) // who was the last to ask for a grant, of those that had one name after the other
	out := append(history.History(nil), h...)
	for i, op := range h {
		name := op.Process % processes
		l, _ := op.Value.([]any)
		switch {
		case op.F == "acquire" && op.Type == history.Invoke:
			asked[name], out[i].Value = op.Process, nil
		case op.F == "acquire" && len(l) == 2:
			out[i].Value = l[1]
		case op.F == "release" && op.Type == history.Invoke && asked[name] == op.Process:
			out[i].Value = l[1]
		case op.F == "release" && op.Type == history.Invoke:
			out[i].F, out[i].Value = "expire", []any{int64(asked[name]), l[1]}
			for j := i + 1; j < len(h); j++ {
				if h[j].Process == op.Process {
					out[j].F = "expire"
					break
				}
			}
		}
	}
	return out
}

// queueTwin enqueues values of its own.
type queueTwin struct {
	last  int64
	items []any
}

func (t *queueTwin) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(2) == 0 {
		return "dequeue", nil
	}
	t.last++
	return "enqueue", t.last
}

func (t *queueTwin) apply(f string, argument any) (any, bool) {
	if f == "enqueue" {
		t.items = append(t.items, argument)
		return argument, true
	}
	if len(t.items) == 0 {
		return nil, true
	}
	v := t.items[0]
	t.items = t.items[1:]
	return v, true
}
