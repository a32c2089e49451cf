package operators

import (
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/workloads/etcd"
)

// etcdPatience is how long an operator asks for a change by etcd's API: servers refuse changes until they have known
// their leader for four seconds.
const etcdPatience = 20 * time.Second

// Steps are the changes that a change is made of where operators use etcd's API. Servers come before others go; and no
// vote can be taken away, so whoever is to vote no more goes.
func Steps(c nemesis.Change) (steps []nemesis.Change) {
	if c.Demote != "" {
		return []nemesis.Change{{Leave: c.Demote}}
	}
	if c.Join != "" && c.Leave != "" {
		return []nemesis.Change{{Join: c.Join}, {Leave: c.Leave}}
	}
	return []nemesis.Change{c}
}

// ByEtcd asks for changes by etcd's API, one after the other.
func ByEtcd(p host.Process, e Ensemble, changes []nemesis.Change, env *etcd.Env) {
	o := &byEtcd{Ensemble: e, p: p, o: env.NewOperator(p, e.Members), goesOn: e.until(p, etcdPatience)}
	defer o.o.Leave()
	for _, c := range changes {
		o.change(c)
		if !e.Has(c) {
			return
		}
	}
}

// votersMin is how many that vote operators leave.
const votersMin = 2

type byEtcd struct {
	Ensemble
	p      host.Process
	o      *etcd.Operator
	goesOn func() bool
}

// change asks for a change until it has come about, can't be, or the operator has no patience left.
func (o *byEtcd) change(c nemesis.Change) {
	over := false
	ask := func() { over = o.o.Promote(ServerID(c.Promote)) }
	switch {
	case c.Join != "":
		ask = o.joins(c.Join, func() { over = true })
	case c.Leave != "":
		// Etcd would take all but one out, and refuse that for good.
		ask = func() { over = o.Voters() <= votersMin || o.o.Remove(ServerID(c.Leave)) }
	}
	for ; !o.Has(c) && o.goesOn(); o.p.Sleep(rest) {
		if ask(); over {
			o.Resolved(c)
			return
		}
	}
}

// learns is what an operator does while there is a learner: asks for another, which is refused; has it go again, as one
// that was a mistake, and another come, whose number is a new one; and waits for it to learn.
func (o *byEtcd) learns(id uint64) {
	switch o.p.Rand().IntN(4) {
	case 0:
		o.o.AddAnother()
	case 1:
		if o.o.Remove(id) {
			o.o.AddAnother()
			return
		}
	}
	o.p.Sleep(time.Duration(o.p.Rand().Int64N(int64(stayMost))))
}

// stayMost is how long a learner is left one.
const stayMost = 3 * time.Second

// joins is what asks for a server to join: as one that is to vote, or as a learner that is then promoted.
func (o *byEtcd) joins(name host.Addr, over func()) (ask func()) {
	id, learner := ServerID(name), o.p.Rand().IntN(2) == 0
	was := false
	return func() {
		if o.Left(name) {
			over()
			return
		}
		if was {
			// One that is to vote is promoted by the leader, and this refused.
			o.o.Promote(id)
			return
		}
		there, tooMany := o.o.Add(id, learner)
		if tooMany {
			learner = false
		}
		if was = there; there && learner {
			o.learns(id)
		}
	}
}
