package checker

import (
	"cmp"
	"slices"
	"strings"

	"ordeal/model/znode"
)

// watchSpot is what a watch can be set on.
type watchSpot struct {
	kind spotKind
	path string
}

type spotKind uint8

const (
	spotData       spotKind = iota // the data of a path, and its being there
	spotChild                      // the children of a path, and its being there
	spotPersistent                 // both, and it stays when it fires
	spotRecursive                  // the data and the being there of a path and of all below it; it stays, too
)

func (s watchSpot) stays() bool { return s.kind >= spotPersistent }

// spotOf is what a read that sets a watch, or an addWatch, sets it on.
func spotOf(r *znode.Request) watchSpot {
	switch r.Op {
	case "addWatch":
		return watchSpot{spotPersistent + spotKind(r.Flags), r.Path}
	case "getChildren", "getChildren2":
		return watchSpot{spotChild, r.Path}
	}
	return watchSpot{spotData, r.Path}
}

// trigger is a change that fires watches.
type trigger struct {
	zxid int64
	// seq is its place among the changes of its transaction; loose says that those came in no certain order.
	seq   int32
	loose bool
	event znode.Change
}

// triggers are the changes that there were, in order, by what they fire.
type triggers struct {
	// by has what any client has a watch on: nothing is kept for the rest.
	by map[watchSpot]*[]*trigger
	// free is where the next changes are kept, and room how many of them were given room at once.
	free []trigger
	room int
	// all says that everything is kept but for watches that stay. standing says that some of those there are stay, and
	// recursive that some look downwards.
	all, standing, recursive bool
}

// newTriggers is for these watches, or, if that is nil, for all that may be and do not stay.
func newTriggers(watched map[watchSpot]bool) *triggers {
	t := &triggers{by: make(map[watchSpot]*[]*trigger, len(watched)), all: watched == nil}
	lists := make([][]*trigger, len(watched))
	for spot := range watched { //house:unordered into a map
		t.by[spot], lists = &lists[0], lists[1:]
		t.standing = t.standing || spot.stays()
		t.recursive = t.recursive || spot.kind == spotRecursive
	}
	return t
}

// of are those that fire a watch.
func (t *triggers) of(spot watchSpot) []*trigger {
	if list := t.by[spot]; list != nil {
		return *list
	}
	return nil
}

// add notes the changes of a transaction; nothing if t is nil.
func (t *triggers) add(zxid int64, events []znode.Change, loose bool) {
	if t == nil {
		return
	}
	for seq, e := range events {
		one := noted{of: t, trigger: trigger{zxid, int32(seq), loose, e}}
		ofChildren := e.Type == znode.EventChildrenChanged
		if !ofChildren {
			one.fires(watchSpot{spotData, e.Path})
			one.firesAbove()
		}
		if ofChildren || e.Type == znode.EventDeleted {
			one.fires(watchSpot{spotChild, e.Path})
		}
		if t.standing {
			one.fires(watchSpot{spotPersistent, e.Path})
		}
	}
}

// sort puts the changes in order, where some were found out late.
func (t *triggers) sort() {
	for _, list := range t.by { //house:unordered each is sorted by itself
		slices.SortStableFunc(*list, func(a, b *trigger) int { return cmp.Compare(a.zxid, b.zxid) })
	}
}

// noted is a change that is kept once something is there for it to fire.
type noted struct {
	of *triggers
	trigger
	kept *trigger
}

func (n *noted) fires(spot watchSpot) {
	list := n.of.by[spot]
	if list == nil {
		if !n.of.all || spot.stays() {
			return
		}
		list = new([]*trigger)
		n.of.by[spot] = list
	}
	if n.kept == nil {
		n.kept = n.of.keep(n.trigger)
	}
	*list = append(*list, n.kept)
}

// keep keeps a change; many at a time share their room.
func (t *triggers) keep(one trigger) *trigger {
	if len(t.free) == 0 {
		t.room = min(1024, max(4, 2*t.room))
		t.free = make([]trigger, t.room)
	}
	kept := &t.free[0]
	t.free = t.free[1:]
	*kept = one
	return kept
}

// firesAbove notes a change for the watches on everything below some path.
func (n *noted) firesAbove() {
	if !n.of.recursive {
		return
	}
	n.fires(watchSpot{spotRecursive, "/"})
	path := n.event.Path
	for i := range len(path) {
		if i > 0 && path[i] == '/' {
			n.fires(watchSpot{spotRecursive, path[:i]})
		}
	}
	if strings.TrimLeft(path, "/") != "" {
		n.fires(watchSpot{spotRecursive, path})
	}
}
