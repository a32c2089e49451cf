// Package naming is what clients do with groups of members: the workload members.
package naming

import (
	"fmt"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/workloads"
)

// All are the workloads of the package.
func All() []workloads.Workload {
	return []workloads.Workload{
		workloads.Write("members", 30, 4, workloads.Steps{EndsSessions: true, Step: members, Probe: probe, Drain: drain}),
	}
}

const (
	// instances is how many different data members have: as a service that starts anew at the same address.
	instances = 3
	// stayMax is how long a member stays, mostly.
	stayMax = 400 * time.Millisecond
	// looksMax is how often an observer looks, and waitMax how long it waits for changes each time.
	looksMax = 5
	waitMax  = 300 * time.Millisecond
)

func members(h workloads.Hand) {
	o := h.Object()
	switch n := h.Rand().IntN(100); {
	case n < 50:
		belong(h, o)
	case n < 75:
		look(h, o, recipes.NewGroup(h, h.Session(), o.Path()))
	default:
		observe(h, o)
	}
}

// belong joins, stays for a while and leaves; at times it dies, and another session joins with the same data at once.
func belong(h workloads.Hand, o *workloads.Object) {
	g, number, ok := join(h, o)
	if !ok {
		return
	}
	h.Sleep(h.UpTo(stayMax))
	if h.Chance(50) {
		look(h, o, g)
	}
	if h.Chance(15) {
		h.Abandon()
		if h.Renew() {
			if again, number, ok := join(h, o); ok {
				h.Sleep(h.SessionTimeout() + h.UpTo(stayMax))
				look(h, o, again)
				leave(h, o, again, number)
			}
		}
		return
	}
	leave(h, o, g, number)
}

func join(h workloads.Hand, o *workloads.Object) (g *recipes.Group, number int64, ok bool) {
	g = recipes.NewGroup(h, h.Session(), o.Path())
	session, data := h.SessionName(), fmt.Sprintf("instance %d", h.Number()%instances)
	_, outcome := h.Do(o, "join", session, func() (_ any, outcome recipes.Outcome, err error) {
		number, outcome, err = g.Join([]byte(data), h.Patience())
		if err != nil {
			return nil, outcome, err
		}
		return []any{session, number}, outcome, nil
	})
	return g, number, outcome == recipes.Done
}

func leave(h workloads.Hand, o *workloads.Object, g *recipes.Group, number int64) bool {
	return h.GiveBack(o, "leave", workloads.Usual, []any{h.SessionName(), number}, func() (recipes.Outcome, error) {
		return g.Leave(h.Patience())
	})
}

func look(h workloads.Hand, o *workloads.Object, g *recipes.Group) bool {
	_, outcome := h.Do(o, "look", nil, func() (any, recipes.Outcome, error) {
		view, err := g.Members(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		return shown(view), recipes.Done, nil
	})
	return outcome == recipes.Done
}

// shown is a view as histories have it.
func shown(v recipes.View) []any {
	list := []any{}
	for _, m := range v.Members {
		list = append(list, []any{fmt.Sprintf("0x%x", uint64(m.Session)), m.Number})
	}
	return []any{v.Zxid, list}
}

// observe follows a group for a while, by what the client keeps of it.
func observe(h workloads.Hand, o *workloads.Object) {
	g, known := recipes.NewGroup(h, h.Session(), o.Path()), workloads.Known{}
	for range 1 + h.Rand().IntN(looksMax) {
		known.Note(h)
		err := g.Refresh(h.UpTo(waitMax))
		known.Note(h)
		if err == nil {
			h.Sleep(h.UpTo(waitMax))
		}
		if view, ok := g.Cached(); ok {
			h.Do(o, "cached", nil, func() (any, recipes.Outcome, error) {
				return append(shown(view), known.Since(view.AsOf)), recipes.Done, nil
			})
		}
		if !h.Session().Alive() {
			return
		}
	}
}

// probe joins, and sees itself.
func probe(h workloads.Hand, o *workloads.Object) bool {
	g, number, ok := join(h, o)
	if !ok {
		return false
	}
	for {
		if err := g.Refresh(waitMax); err != nil && !h.Session().Alive() {
			return false
		}
		view, _ := g.Cached()
		for _, m := range view.Members {
			if m.Number == number {
				return leave(h, o, g, number)
			}
		}
	}
}

func drain(h workloads.Hand, o *workloads.Object) bool {
	return look(h, o, recipes.NewGroup(h, h.Session(), o.Path()))
}
