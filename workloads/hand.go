package workloads

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/workloads/clients"
)

// Steps is what the clients of a workload do that another package writes. The fields are those of Workload.
type Steps struct {
	// Step does what a client does in one go.
	Step func(h Hand)
	// Probe does the least that shows that an object can be used, and reports whether it worked.
	Probe func(h Hand, o *Object) bool
	// Drain looks at an object for the last time, and reports whether it could; nil for a workload that has nothing to
	// look at.
	Drain func(h Hand, o *Object) bool
	// Linear says that an object is judged in time linear in its history, however many operations end unknown: it is
	// used until it has seen the most operations.
	Linear bool
	// Together says that what an operation does is done by one multi.
	Together bool
	// Needs are operations of the service without which nothing can be done.
	Needs []wire.OpCode
	// EndsSessions says that the ends of sessions are operations of the workload's model.
	EndsSessions bool
}

// Write makes a workload whose objects see at most so many operations, and a few that were under way; about so many
// clients share one.
func Write(name string, opsMax, perObject int, s Steps) Workload {
	w := Workload{
		Name: name, OpsMax: opsMax, PerObject: perObject, Needs: s.Needs, linear: s.Linear, together: s.Together,
		step:  func(w *worker) { s.Step(Hand{w.p, w}) },
		probe: func(w *worker, o *object) bool { return s.Probe(Hand{w.p, w}, o) },
		drain: func(w *worker, o *object) bool { return s.Drain == nil || s.Drain(Hand{w.p, w}, o) },
	}
	if s.EndsSessions {
		w.ended = endedHold
	}
	return w
}

// EndsSessions says whether the ends of sessions are operations of the workload's model, with the session as argument.
func (w Workload) EndsSessions() bool { return w.ended != nil && w.Name != "tree" }

// Object is what an operation is about: a lock, say, or a queue. A few clients use one, until they go on to the next.
type Object = object

// Key is what histories call the object.
func (o *object) Key() string { return o.key }

// Path is the object's own znode, which only recipes make. No other object uses what lies below.
func (o *object) Path() string { return o.path }

// Number counts the objects of a trial from 1.
func (o *object) Number() int { return o.number }

// Kept is what make made when it was first asked for: what the object's clients share besides the service, such as
// the resource that a lock protects.
func (o *object) Kept(make func() any) any {
	if o.kept == nil {
		o.kept = make()
	}
	return o.kept
}

// Hand is a client in its turn, as a workload has it that is written in another package.
type Hand struct {
	*clients.Client
	w *worker
}

// Session is the client of the present session.
func (h Hand) Session() *client.Client { return h.w.c }

// Object is the one in use at the client's place.
func (h Hand) Object() *Object { return h.w.e.object(h.w.index()) }

// Objects are those in use, at all places.
func (h Hand) Objects() (list []*Object) {
	for place := range h.w.e.places {
		list = append(list, h.w.e.object(place))
	}
	return list
}

// Ever are all objects that there were, those in use included.
func (h Hand) Ever() []*Object { return h.w.e.objects }

// Make makes the object's znode, unless it was made before, and reports whether it was.
func (h Hand) Make(o *Object) bool { return h.w.make(o) }

// Made says whether the object's znode was made.
func (h Hand) Made(o *Object) bool { return o.made }

// Gone notes that the object's znode is not there: Make makes it anew.
func (h Hand) Gone(o *Object) { o.made = false }

// Kept is what make made when it was first asked for: what the client knows from one turn to the next, until its
// machine crashes.
func (h Hand) Kept(make func() any) any {
	if h.w.kept == nil {
		h.w.kept = make()
	}
	return h.w.kept
}

// Saw says that an item of coverage came about.
func (h Hand) Saw(item string) { h.w.e.saw(item) }

// Event is the index of the next event of the history.
func (h Hand) Event() int { return h.w.e.now() }

// Do carries out an operation and records it: see clients.Client.Do. After an unknown outcome the session is left to
// expire, and the turn should end.
func (h Hand) Do(o *Object, f string, argument any, op func() (any, recipes.Outcome, error)) (any, recipes.Outcome) {
	before := h.w.c.Server()
	result, outcome := h.w.do(o, f, argument, op)
	if after := h.w.c.Server(); outcome == recipes.Done && before != "" && after != "" && before != after {
		h.w.e.saw(SawMoved)
	}
	return result, outcome
}

// DoSome carries out several operations together, and records each: see clients.Client.DoSome. After an unknown outcome
// the session is left to expire, and the turn should end.
func (h Hand) DoSome(o *Object, f string, arguments []any, op func(taken []int) []clients.Ended) {
	begun, outcomes := h.w.e.now(), map[clients.Outcome]int{}
	h.Client.DoSome(o.key, f, arguments, func(taken []int) (ended []clients.Ended) {
		o.ops += len(taken)
		defer func(before int32) {
			crashed := make([]clients.Ended, len(taken)-len(ended)) // they are unknown
			for i, e := range append(crashed, ended...) {
				if outcomes[e.Outcome]++; e.Outcome == clients.Unknown {
					h.w.doubts([]*object{o}, before, i)
				}
			}
		}(h.w.c.LastXid())
		return op(taken)
	})
	if outcomes[clients.Unknown] > 0 {
		h.w.c.Abandon()
	} else if outcomes[clients.Done] > 0 {
		h.w.alive(begun)
	}
}

// DoOn is Do for an operation on several objects, which it names itself.
func (h Hand) DoOn(
	on []*Object, f string, argument any, op func() (any, recipes.Outcome, error),
) (any, recipes.Outcome) {
	return h.w.doWith("", on, f, argument, op)
}

// Known relates a client's clock to the history: since which event something is known that is of an instant of that
// clock. Its zero value knows nothing.
type Known struct{ moments []moment }

// moment is an instant of the client's clock, and the next event of the history then.
type moment struct {
	at    time.Duration
	event int
}

// Note notes the present moment. It is to be called before and after whatever may bring news.
func (k *Known) Note(h Hand) { k.moments = append(k.moments, moment{h.Now(), h.Event()}) }

// Since is an event that is no later than an instant of the client's clock: the latest that was noted, or 0.
func (k *Known) Since(at time.Duration) (event int64) {
	for _, m := range k.moments {
		if m.at <= at {
			event = int64(m.event)
		}
	}
	return event
}
