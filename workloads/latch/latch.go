// Package latch is what clients do that lead and follow: the workload latch.
package latch

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/latch"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("latch", 40, 4, workloads.Steps{EndsSessions: true, Step: step, Probe: probe, Drain: drain}),
	}
}

const (
	// roundsMax is how often an instance looks who leads while it stands in line, and waitMax how long it waits each time.
	roundsMax = 6
	waitMax   = 150 * time.Millisecond
)

// instance is a client in its turn, in line for the leadership of an object.
type instance struct {
	workloads.Hand
	*line
	o *workloads.Object
	l *latch.Latch
}

// line is a client's link, and what it is called as an instance. Both live on from turn to turn, until its machine
// crashes.
type line struct {
	name string
	link *latch.Link
}

func enter(h workloads.Hand, o *workloads.Object) *instance {
	l := h.Kept(func() any {
		return &line{fmt.Sprint("instance ", h.NewValue()), latch.NewLink(h, func() *client.Client {
			h.Renew()
			return h.Session()
		})}
	}).(*line)
	return &instance{Hand: h, line: l, o: o, l: latch.New(h, l.link, o.Path(), []byte(l.name))}
}

func sessionName(id int64) string { return fmt.Sprintf("0x%x", uint64(id)) }

func (i *instance) session() string {
	id, _ := i.link.Session().Session()
	return sessionName(id)
}

// step stands in line for a while, leads and follows, and leaves; at times it dies, or stops until its session must be
// over.
func step(h workloads.Hand) {
	i := enter(h, h.Object())
	for range 2 + h.Rand().IntN(roundsMax) {
		i.l.Listen(0, i.heard)
		if !i.l.Joined() && !i.join() || !i.follow() {
			i.l.Listen(h.UpTo(waitMax), i.heard)
			continue
		}
		i.act()
		switch n := h.Rand().IntN(100); {
		case n < 15:
			i.leave()
		case n < 22:
			h.Abandon()
			h.Sleep(h.UpTo(2 * h.SessionTimeout()))
		default:
			i.l.Listen(h.UpTo(waitMax), i.heard)
		}
		i.act()
	}
	i.l.Listen(0, i.heard)
	i.leave()
}

// heard records what the instance was told of its connection.
func (i *instance) heard(e latch.Event) {
	i.Do(i.o, "state", i.name, func() (any, recipes.Outcome, error) {
		return []any{e.Kind.String(), sessionName(e.Session)}, recipes.Done, nil
	})
}

func (i *instance) join() bool {
	if !i.link.Up() {
		return false
	}
	session := i.session()
	_, outcome := i.Do(i.o, "join", session, func() (any, recipes.Outcome, error) {
		epoch, outcome, err := i.l.Join(i.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{session, epoch}, outcome, nil
	})
	return outcome == recipes.Done
}

// follow asks who is in line.
func (i *instance) follow() bool {
	_, outcome := i.Do(i.o, "look", i.name, func() (any, recipes.Outcome, error) {
		line, err := i.l.Follow(0)
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return shown(line), recipes.Done, nil
	})
	return outcome == recipes.Done
}

// shown is a line as histories have it.
func shown(v recipes.View) []any {
	list := []any{}
	for _, m := range v.Members {
		list = append(list, []any{sessionName(m.Session), m.Number})
	}
	return []any{v.Zxid, list}
}

// act is a piece of the leader's work, if the instance leads as far as it knows, behind all that there is to hear.
func (i *instance) act() {
	i.l.Listen(0, i.heard)
	epoch, leads := i.l.Leads()
	if !leads {
		return
	}
	session := "none"
	if i.link.Session() != nil {
		session = i.session()
	}
	i.Do(i.o, "act", i.name, func() (any, recipes.Outcome, error) {
		return []any{session, epoch}, recipes.Done, nil
	})
}

func (i *instance) leave() bool {
	if !i.l.Joined() || i.link.Session() == nil {
		return false
	}
	epoch := i.l.Epoch()
	return i.GiveBack(i.o, "leave", workloads.Usual, []any{i.session(), epoch}, func() (recipes.Outcome, error) {
		return i.l.Leave(i.Patience())
	})
}

// probe leads once.
func probe(h workloads.Hand, o *workloads.Object) bool {
	i := enter(h, o)
	for i.l.Listen(waitMax, i.heard); !i.link.Up(); i.l.Listen(waitMax, i.heard) {
		if !h.Session().Alive() {
			return false
		}
	}
	if !i.join() {
		return false
	}
	for i.follow() {
		if _, leads := i.l.Leads(); leads {
			i.act()
			return i.leave()
		}
		i.l.Listen(waitMax, i.heard)
	}
	return false
}

func drain(h workloads.Hand, o *workloads.Object) bool {
	_, outcome := h.Do(o, "look", nil, func() (any, recipes.Outcome, error) {
		line, err := recipes.NewGroup(h, h.Session(), o.Path()).Members(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return shown(line), recipes.Done, nil
	})
	return outcome == recipes.Done
}
