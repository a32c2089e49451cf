package checker

import "ordeal/model"

// What a client asks of its own watches: whether the server has them, and to take them back.

func aboutWatches(op string) bool { return op == "checkWatches" || op == "removeWatches" }

// spotsOf are what a type of watch, as in the protocol, can be set on: 1 for children, 2 for data, 3 for both.
func spotsOf(r model.TreeRequest) []watchSpot {
	data, child := watchSpot{false, r.Path}, watchSpot{true, r.Path}
	switch r.Flags {
	case 1:
		return []watchSpot{child}
	case 2:
		return []watchSpot{data}
	}
	return []watchSpot{data, child}
}

// asked takes the answer to a checkWatches or a removeWatches.
func (w *watcher) asked(h *treeHeard) *objection {
	r, want := h.call.Request, int64(model.CodeNoWatcher)
	for _, spot := range spotsOf(r) {
		if w.armed[spot] {
			want = model.CodeOK
		}
	}
	if got := h.call.Reply.Code; got != want && !w.excused(h) {
		return against(shown(h.op), "the code of %s is %d, and must be %d", callText(h.call), got, want)
	}
	if r.Op == "removeWatches" && want == model.CodeOK {
		for _, spot := range spotsOf(r) {
			w.remove(spot)
		}
	}
	return nil
}

// remove takes a watch off the server's list and the client's.
func (w *watcher) remove(spot watchSpot) {
	for at := range w.due {
		if w.due[at].of == spot {
			w.cancel(at)
			break
		}
	}
	delete(w.armed, spot)
	if spot.child {
		delete(w.pending, clientWatch{watchChild, spot.path})
		return
	}
	delete(w.pending, clientWatch{watchData, spot.path})
	delete(w.pending, clientWatch{watchExist, spot.path})
}
