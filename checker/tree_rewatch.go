package checker

import (
	"ordeal/model"
)

// restored takes the answer to a setWatches: what was missed has come before it, in any order, and the rest is set.
func (w *watcher) restored(h *treeHeard) *objection {
	if c := w.claim(h); c != nil {
		return c
	}
	must, may := map[model.TreeEvent]int{}, map[model.TreeEvent]int{}
	for _, e := range h.watches.fire {
		must[e]++
	}
	for _, e := range h.watches.again {
		may[e]++
	}
	for len(w.due) > 0 && w.due[0].zxid <= h.zxid { // of an earlier part of the same list
		w.drop(0, func(p promise) {
			if !p.event.Silent {
				must[p.event]++
			}
		})
	}
	for _, one := range w.heard {
		switch e := one.event; {
		case must[e] > 0:
			must[e]--
		case may[e] > 0:
			may[e]--
		default:
			return against(shown(one.op, h.op), "%s came to session 0x%x when it set its watches again, and was not missed",
				eventText(e), uint64(w.session))
		}
		w.forget(one.event)
	}
	w.heard = w.heard[:0]
	for _, e := range h.watches.fire {
		if must[e] > 0 {
			return against(shown(h.op), "session 0x%x set its watches again, and %s, which it had missed, did not come",
				uint64(w.session), eventText(e))
		}
	}
	for kind, paths := range [...][]string{h.watches.rearm.Data, h.watches.rearm.Exist, h.watches.rearm.Child} {
		for _, path := range paths {
			w.arm(watchSpot{watchKind(kind) == watchChild, path}, h.zxid)
		}
	}
	return nil
}

// claim holds that a client sets again what it waits for, and nothing else.
func (w *watcher) claim(h *treeHeard) *objection {
	asked := h.watches.asked
	for kind, paths := range [...][]string{asked.Data, asked.Exist, asked.Child} {
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
