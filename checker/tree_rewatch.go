package checker

import (
	"slices"

	"ordeal/model/znode"
)

// restored takes the answer to a setWatches: what was missed has come before it, in any order, and the rest is set.
func (w *watcher) restored(h *treeHeard) *objection {
	if c := w.claim(h); c != nil {
		return c
	}
	must, may := map[znode.Event]int{}, map[znode.Event]int{}
	for _, e := range h.watches.fire {
		must[e]++
	}
	for _, e := range h.watches.again {
		may[e]++
	}
	for len(w.due) > 0 && w.due[0].zxid <= h.zxid { // of an earlier part of the same list
		w.drop(0, func(p promise) {
			if w.hidden(p) {
				may[p.event.Event]++
			} else {
				must[p.event.Event]++
			}
		})
	}
	for _, one := range w.heard {
		if one.kind == heardClaim {
			w.is(one.ids)
			continue
		}
		switch e := one.event; {
		case must[e] > 0:
			must[e]--
		case may[e] > 0:
			may[e]--
		default:
			return against(shown(one.op, h.op), "%s came to session 0x%x when it set its watches again, and was not missed",
				eventText(e), uint64(w.session)).of(e)
		}
		w.forget(one.event)
	}
	w.heard, w.was = w.heard[:0], w.was[:0]
	for _, e := range h.watches.fire {
		if must[e] > 0 {
			return against(shown(h.op), "session 0x%x set its watches again, and %s, which it had missed, did not come",
				uint64(w.session), eventText(e)).of(e)
		}
	}
	for kind, paths := range byKind(h.watches.rearm) {
		for _, path := range paths {
			w.arm(watchSpot{watchKind(kind).spot(), path}, h.zxid)
		}
	}
	return nil
}

// cutShort is for a connection that ended before it was answered that all watches are set again: what was missed may
// have been sent already, for watches that no message will name any more.
func (w *watcher) cutShort() {
	if len(w.owed) == 0 {
		return
	}
	w.heard = slices.DeleteFunc(w.heard, func(h *treeHeard) bool {
		missed := h.kind == heardEvent && w.owes(h.event)
		if missed {
			w.forget(h.event)
		}
		return missed
	})
}

// owes says whether a watch that was to be set again fires such an event, and whether there was one.
func (w *watcher) owes(e znode.Event) bool {
	child := clientWatch{watchChild, e.Path}
	data := w.owed[clientWatch{watchData, e.Path}] || w.owed[clientWatch{watchExist, e.Path}]
	happened := func(on watchSpot) bool {
		return slices.ContainsFunc(w.changes.of(on), func(t *trigger) bool { return t.event.Event == e })
	}
	return data && e.Type != znode.EventChildrenChanged && happened(watchSpot{spotData, e.Path}) ||
		w.owed[child] && happened(watchSpot{spotChild, e.Path})
}

// claim holds that a client sets again what it waits for, and nothing else.
func (w *watcher) claim(h *treeHeard) *objection {
	for kind, paths := range byKind(h.watches.asked) {
		for _, path := range paths {
			one := clientWatch{watchKind(kind), path}
			if !w.owed[one] {
				return against(shown(h.op), "session 0x%x set a watch on %s again that it did not have", uint64(w.session), path)
			}
			delete(w.owed, one)
		}
	}
	return nil
}

// byKind are the paths of each kind of watch.
func byKind(w znode.Watches) [watchKinds][]string {
	return [watchKinds][]string{w.Data, w.Exist, w.Child, w.Persistent, w.Recursive}
}
