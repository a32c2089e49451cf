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

// trigger is a change that fires a watch.
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
	by map[watchSpot]*[]trigger
	// all says that everything is kept but for watches that stay. standing says that some of those there are stay, and
	// recursive that some look downwards.
	all, standing, recursive bool
}

// newTriggers is for these watches, or, if that is nil, for all that may be and do not stay.
func newTriggers(watched map[watchSpot]bool) *triggers {
	t := &triggers{by: make(map[watchSpot]*[]trigger, len(watched)), all: watched == nil}
	for spot := range watched { //house:unordered into a map
		t.by[spot] = new([]trigger)
		t.standing = t.standing || spot.stays()
		t.recursive = t.recursive || spot.kind == spotRecursive
	}
	return t
}

// of are those that fire a watch.
func (t *triggers) of(spot watchSpot) []trigger {
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
		one := trigger{zxid, int32(seq), loose, e}
		ofChildren := e.Type == znode.EventChildrenChanged
		if !ofChildren {
			t.put(watchSpot{spotData, e.Path}, one)
			t.putAbove(one)
		}
		if ofChildren || e.Type == znode.EventDeleted {
			t.put(watchSpot{spotChild, e.Path}, one)
		}
		if t.standing {
			t.put(watchSpot{spotPersistent, e.Path}, one)
		}
	}
}

// sort puts the changes in order, where some were found out late.
func (t *triggers) sort() {
	for _, list := range t.by { //house:unordered each is sorted by itself
		slices.SortStableFunc(*list, func(a, b trigger) int { return cmp.Compare(a.zxid, b.zxid) })
	}
}

func (t *triggers) put(spot watchSpot, one trigger) {
	list := t.by[spot]
	if list == nil {
		if !t.all || spot.stays() {
			return
		}
		list = new([]trigger)
		t.by[spot] = list
	}
	*list = append(*list, one)
}

// putAbove notes a change for the watches on everything below some path.
func (t *triggers) putAbove(one trigger) {
	if !t.recursive {
		return
	}
	t.put(watchSpot{spotRecursive, "/"}, one)
	path := one.event.Path
	for i := range len(path) {
		if i > 0 && path[i] == '/' {
			t.put(watchSpot{spotRecursive, path[:i]}, one)
		}
	}
	if strings.TrimLeft(path, "/") != "" {
		t.put(watchSpot{spotRecursive, path}, one)
	}
}
