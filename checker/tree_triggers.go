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

// standingSpot is what an addWatch sets.
func standingSpot(r znode.Request) watchSpot {
	return watchSpot{spotPersistent + spotKind(r.Flags), r.Path}
}

// trigger is a change that fires a watch.
type trigger struct {
	zxid int64
	// seq is its place among the changes of its transaction; loose says that those came in no certain order.
	seq   int
	loose bool
	event znode.Change
}

// triggers are all changes there were, in order, by what they fire.
type triggers struct {
	by map[watchSpot][]trigger
	// standing are the watches that stay, of any client: only for those is anything kept. recursive says that there are
	// some that look downwards.
	standing  map[watchSpot]bool
	recursive bool
}

func newTriggers(standing map[watchSpot]bool) *triggers {
	t := &triggers{by: map[watchSpot][]trigger{}, standing: standing}
	for spot := range standing { //house:unordered one question, asked of all
		t.recursive = t.recursive || spot.kind == spotRecursive
	}
	return t
}

func (t *triggers) add(zxid int64, events []znode.Change, loose bool) {
	for seq, e := range events {
		one := trigger{zxid, seq, loose, e}
		ofChildren := e.Type == znode.EventChildrenChanged
		if !ofChildren {
			t.put(watchSpot{spotData, e.Path}, one)
			t.putAbove(one)
		}
		if ofChildren || e.Type == znode.EventDeleted {
			t.put(watchSpot{spotChild, e.Path}, one)
		}
		t.putStanding(watchSpot{spotPersistent, e.Path}, one)
	}
}

// sort puts the changes in order, where some were found out late.
func (t *triggers) sort() {
	for _, list := range t.by { //house:unordered each is sorted by itself
		slices.SortStableFunc(list, func(a, b trigger) int { return cmp.Compare(a.zxid, b.zxid) })
	}
}

func (t *triggers) put(spot watchSpot, one trigger) { t.by[spot] = append(t.by[spot], one) }

func (t *triggers) putStanding(spot watchSpot, one trigger) {
	if t.standing[spot] {
		t.put(spot, one)
	}
}

// putAbove notes a change for the watches on everything below some path.
func (t *triggers) putAbove(one trigger) {
	if !t.recursive {
		return
	}
	t.putStanding(watchSpot{spotRecursive, "/"}, one)
	path := one.event.Path
	for i := range len(path) {
		if i > 0 && path[i] == '/' {
			t.putStanding(watchSpot{spotRecursive, path[:i]}, one)
		}
	}
	if strings.TrimLeft(path, "/") != "" {
		t.putStanding(watchSpot{spotRecursive, path}, one)
	}
}
