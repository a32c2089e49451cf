package checker

import (
	"container/heap"
	"slices"

	"ordeal/model/znode"
)

// What a client asks of its own watches: whether the server has them, and to take them back.

// spotsOf are what a type of watch, as in the protocol, can be set on: 1 for children, 2 for data, 3 for all there are,
// 4 for the watches that stay, 5 for those of them that look downwards. There are no others.
func spotsOf(r znode.Request) []watchSpot {
	kinds := map[int64][]spotKind{1: {spotChild}, 2: {spotData}, 3: {spotData, spotChild, spotPersistent, spotRecursive},
		4: {spotPersistent}, 5: {spotRecursive}}
	var spots []watchSpot
	for _, kind := range kinds[r.Flags] {
		spots = append(spots, watchSpot{kind, r.Path})
	}
	return spots
}

// asked takes the answer to a checkWatches or a removeWatches.
func (w *watcher) asked(h *treeHeard) *objection {
	if w.refused(h) {
		return nil
	}
	call := h.call()
	r, want := call.Request, int64(znode.CodeNoWatcher)
	spots := spotsOf(r)
	if len(spots) == 0 || w.threeTypes && r.Flags > 3 {
		spots = nil
		want = znode.CodeMarshalling
	}
	for _, spot := range spots {
		if w.armed[spot] {
			want = znode.CodeOK
		}
	}
	if got := call.Reply.Code; got != want && !w.excused(h, call) {
		return against(shown(h.op), "the code of %s is %d, and must be %d", callText(call), got, want)
	}
	if r.Op == "removeWatches" && want == znode.CodeOK {
		for _, spot := range spots {
			w.remove(spot)
		}
	}
	return nil
}

// remove takes a watch off the server's list and the client's.
func (w *watcher) remove(spot watchSpot) {
	w.due = slices.DeleteFunc(w.due, func(p promise) bool { return p.of == spot })
	heap.Init(&w.due)
	delete(w.armed, spot)
	for kind := range watchKinds {
		if kind.spot() == spot.kind {
			delete(w.pending, clientWatch{kind, spot.path})
		}
	}
}
