package data

import (
	"errors"

	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/workloads"
)

// All are the workloads of the package. Their objects are large and long-lived: judging them takes time linear in the
// history, or for sets that do not only grow, in each element's.
func All() []workloads.Workload {
	both := []wire.OpCode{wire.OpMulti, wire.OpMultiRead}
	return []workloads.Workload{
		workloads.Write("append", 40, 2, transactions(lists, both)),
		workloads.Write("rw", 100, 2, transactions(registers, both)),
		workloads.Write("bank", forever, forever, workloads.Steps{Step: stepBank, Probe: probeBank, Drain: drainBank,
			Linear: true, Together: true, Needs: both}),
		workloads.Write("set", 300, 5, workloads.Steps{Step: stepSet, Probe: probeSet, Drain: drainSet}),
		workloads.Write("counter", 2000, 5, workloads.Steps{Step: stepCounter, Probe: probeCounter, Drain: drainCounter,
			Linear: true}),
		workloads.Write("logs", 800, 5, workloads.Steps{Step: stepLogs, Probe: probeLogs, Drain: drainLogs,
			Linear: true, Together: true, Needs: both}),
	}
}

// forever is more operations, and more clients, than there are.
const forever = 1 << 40

func transactions(kind store, needs []wire.OpCode) workloads.Steps {
	return workloads.Steps{
		Linear: true, Together: true, Needs: needs,
		Step: func(h workloads.Hand) { transact(h, kind) },
		Probe: func(h workloads.Hand, o *workloads.Object) bool {
			return h.Make(o) && carryOutOn(h, []*workloads.Object{o}, of(h).use(kind, known(o)))
		},
		Drain: func(h workloads.Hand, o *workloads.Object) bool {
			return !h.Made(o) || carryOutOn(h, []*workloads.Object{o}, of(h).look(kind, known(o)))
		},
	}
}

func of(h workloads.Hand) caller { return caller{Client: h.Client, service: h.Session(), saw: h.Saw} }

func known(o *workloads.Object) object { return object{o.Key(), o.Path(), o.Number()} }

func allKnown(on []*workloads.Object) []object {
	list := make([]object, len(on))
	for i, o := range on {
		list[i] = known(o)
	}
	return list
}

// carryOut carries an operation on one object out, and reports whether it was done.
func carryOut(h workloads.Hand, o *workloads.Object, op operation) bool {
	_, outcome := h.Do(o, op.f, op.argument, noting(h, op, o))
	return outcome == recipes.Done
}

// carryOutOn carries an operation out that names its objects itself.
func carryOutOn(h workloads.Hand, on []*workloads.Object, op operation) bool {
	_, outcome := h.DoOn(on, op.f, op.argument, noting(h, op, on...))
	return outcome == recipes.Done
}

// noting is what an operation does; if it finds that an object's znode is gone, the next one makes it anew.
func noting(h workloads.Hand, op operation, on ...*workloads.Object) func() (any, recipes.Outcome, error) {
	return func() (any, recipes.Outcome, error) {
		result, outcome, err := op.do()
		if errors.Is(err, wire.NoNode) {
			for _, o := range on {
				h.Gone(o)
			}
		}
		return result, outcome, err
	}
}

// inUse makes the objects in use at all places, and lists them; nil if one can't be made now.
func inUse(h workloads.Hand) []*workloads.Object {
	list := h.Objects()
	for _, o := range list {
		if !h.Make(o) {
			return nil
		}
	}
	return list
}

// oldMost is how many objects that are no longer used a transaction may read.
const oldMost = 8

// transact carries out a transaction on objects in use, and reads of some that no longer are.
func transact(h workloads.Hand, kind store) {
	on, ever := inUse(h), h.Ever()
	if on == nil {
		return
	}
	all := allKnown(on)
	for range min(oldMost, len(ever)-len(on)) {
		if o := ever[h.Rand().IntN(len(ever))]; h.Made(o) {
			all = append(all, known(o))
		}
	}
	carryOutOn(h, on, of(h).transaction(kind, all, len(on)))
}

// open makes a bank.
func open(h workloads.Hand, o *workloads.Object) bool {
	opened := o.Kept(func() any { return new(bool) }).(*bool)
	*opened = h.Made(o) && *opened || h.Make(o) && of(h).openBank(known(o)) == nil
	return *opened
}

func stepBank(h workloads.Hand) {
	o := h.Object()
	switch {
	case !open(h, o):
	case h.Chance(40):
		drainBank(h, o)
	default:
		carryOut(h, o, of(h).transfer(known(o)))
	}
}

func probeBank(h workloads.Hand, o *workloads.Object) bool {
	return open(h, o) && carryOut(h, o, of(h).transfer(known(o))) && drainBank(h, o)
}

func drainBank(h workloads.Hand, o *workloads.Object) bool {
	return !h.Made(o) || open(h, o) && carryOut(h, o, of(h).readBank(known(o)))
}

func stepSet(h workloads.Hand) { probeSet(h, h.Object()) }

func probeSet(h workloads.Hand, o *workloads.Object) bool {
	return h.Make(o) && carryOut(h, o, of(h).onSet(known(o)))
}

func drainSet(h workloads.Hand, o *workloads.Object) bool {
	if !h.Made(o) {
		return true
	}
	for _, look := range of(h).looks(known(o)) {
		if !carryOut(h, o, look) {
			return false
		}
	}
	return true
}

func stepCounter(h workloads.Hand) {
	if o := h.Object(); h.Make(o) {
		carryOut(h, o, of(h).onCounter(known(o)))
	}
}

func probeCounter(h workloads.Hand, o *workloads.Object) bool {
	return h.Make(o) && carryOut(h, o, of(h).raise(known(o), "add")) && drainCounter(h, o)
}

func drainCounter(h workloads.Hand, o *workloads.Object) bool {
	return !h.Made(o) || carryOut(h, o, of(h).count(known(o)))
}

func stepLogs(h workloads.Hand) {
	on := inUse(h)
	switch {
	case on == nil:
	case h.Chance(50):
		carryOutOn(h, on, of(h).send(allKnown(on)))
	default:
		readOn(h, on[h.Rand().IntN(len(on))])
	}
}

// positionsOf are the numbers from which the client reads each log on.
func positionsOf(h workloads.Hand) positions {
	return h.Kept(func() any { return positions{} }).(positions)
}

// readOn reads a log on.
func readOn(h workloads.Hand, o *workloads.Object) bool {
	return carryOutOn(h, []*workloads.Object{o}, of(h).poll(known(o), positionsOf(h)))
}

func write(h workloads.Hand, o *workloads.Object) bool {
	return h.Make(o) && carryOutOn(h, []*workloads.Object{o}, of(h).sendTo(known(o)))
}

func probeLogs(h workloads.Hand, o *workloads.Object) bool { return write(h, o) && readOn(h, o) }

// drainLogs appends an entry to a log, and reads all of it: what no poll shows by then is lost.
func drainLogs(h workloads.Hand, o *workloads.Object) bool {
	if !h.Made(o) {
		return true
	}
	if !write(h, o) {
		return false
	}
	for {
		before := positionsOf(h)[o.Key()]
		if !readOn(h, o) {
			return false
		}
		if positionsOf(h)[o.Key()] == before {
			return true
		}
	}
}
