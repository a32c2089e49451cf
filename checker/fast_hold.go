package checker

import (
	"ordeal/history"
	"ordeal/model"
	"ordeal/model/ordered"
)

// tenure is one grant of a lock or an election, and what freed it.
type tenure struct {
	session string
	number  int64
	grant   *history.Operation
	// released is the known release; maybe the unknown one that was invoked first.
	released, maybe *history.Operation
}

// session is what a session's history comes to.
type session struct {
	last int // the place of its last tenure in the order of the numbers
	// ended is the end of the session, if the service ended it.
	ended *placed
}

// reign is an object's tenures in the order of their numbers, which is the only order they can have had.
type reign struct {
	tenures  []tenure
	byNumber ordered.Index // of the tenures, which it has the order of
	sessions map[string]*session
}

// fastHold decides locks and elections by placing the k-th grant at 4k+1, what saw it at 4k+2, what freed it at 4k+3
// and what saw it free at 4k+4. It leaves histories with unknown grants that matter, or unknown ends, to a search.
func fastHold(part model.Part[model.HoldInput, model.HoldOutput]) finding {
	for _, c := range part.Calls {
		if c.Out.Unknown && c.In.Op != model.Release {
			return finding{}
		}
	}
	r := newReign(part.Calls)
	for i := 1; i < len(r.tenures); i++ {
		if a, b := r.tenures[i-1], r.tenures[i]; a.number == b.number {
			return wrong("two grants have the same number", a.grant, b.grant)
		}
	}
	if f := r.release(part.Calls); f.outcome == Invalid {
		return f
	}
	r.end(part.Calls)
	if f := r.free(); f.outcome == Invalid {
		return f
	}
	items, f := r.places(part.Calls)
	if f.outcome == Invalid {
		return f
	}
	return placedFinding(items)
}

func newReign(calls []model.HoldCall) *reign {
	isGrant := func(c *model.HoldCall) bool { return c.In.Op == model.Acquire && !c.Out.Held }
	n := 0
	for i := range calls {
		if isGrant(&calls[i]) {
			n++
		}
	}
	grants := make([]int32, 0, n)
	for i := range calls {
		if isGrant(&calls[i]) {
			grants = append(grants, int32(i))
		}
	}
	r := &reign{make([]tenure, n), ordered.NewIndex(n, func(i int) int64 { return calls[grants[i]].Out.Number }),
		map[string]*session{}}
	for k, i := range r.byNumber.Things() {
		c := &calls[grants[i]]
		r.tenures[k] = tenure{session: c.In.Session, number: c.Out.Number, grant: c.Op}
		r.session(c.In.Session).last = k
	}
	return r
}

func (r *reign) session(name string) *session {
	s := r.sessions[name]
	if s == nil {
		s = &session{}
		r.sessions[name] = s
	}
	return s
}

// find is the place of a tenure, or -1. No two have the same number.
func (r *reign) find(session string, number int64) int {
	k, end := r.byNumber.Span(number)
	if k == end || r.tenures[k].session != session {
		return -1
	}
	return k
}

func (r *reign) release(calls []model.HoldCall) finding {
	for i := range calls {
		c := &calls[i]
		if c.In.Op != model.Release {
			continue
		}
		k := r.find(c.In.Session, c.In.Number)
		switch {
		case k < 0 && c.Out.Unknown:
		case k < 0:
			return wrong("what was never granted was released", c.Op)
		case !c.Out.Unknown && r.tenures[k].released != nil:
			return wrong("one grant was released twice", r.tenures[k].grant, r.tenures[k].released, c.Op)
		case !c.Out.Unknown:
			r.tenures[k].released = c.Op
		case r.tenures[k].maybe == nil:
			r.tenures[k].maybe = c.Op
		}
	}
	return finding{}
}

// end records when sessions ended. Of several ends of one session, the first to take effect is the one that counts: it
// is called no earlier than the first call, and has returned with the first return.
func (r *reign) end(calls []model.HoldCall) {
	for _, c := range calls {
		if c.In.Op != model.End {
			continue
		}
		s, p := r.session(c.In.Session), fixed(c.Op, 0)
		if s.ended != nil {
			p.call, p.ret = min(p.call, s.ended.call), min(p.ret, s.ended.ret)
		}
		s.ended = &p
	}
}

// free looks for a tenure that nothing freed, and that another one followed.
func (r *reign) free() finding {
	for k := range len(r.tenures) - 1 {
		if _, freed := r.freed(k); !freed {
			return wrong("it was granted again, and the grant before had not ended", r.tenures[k].grant, r.tenures[k+1].grant)
		}
	}
	return finding{}
}

// freed is what freed a tenure: its release; or else whichever came first of an unknown release and the end of
// the session, which is called as soon as either is, and has returned with the end. A session's earlier tenures can't
// have been freed by its end, because an ended session is granted nothing.
func (r *reign) freed(k int) (p placed, freed bool) {
	t := &r.tenures[k]
	if t.released != nil {
		return fixed(t.released, 4*k+3), true
	}
	if s := r.sessions[t.session]; s.last == k && s.ended != nil {
		p = *s.ended
		p.at = 4*k + 3
		if t.maybe != nil {
			p.call = min(p.call, t.maybe.Call)
		}
		return p, true
	}
	if t.maybe != nil {
		return fixed(t.maybe, 4*k+3), true
	}
	return placed{}, false
}

// places gives every call its position.
func (r *reign) places(calls []model.HoldCall) ([]placed, finding) {
	items := make([]placed, 0, len(calls))
	for k := range r.tenures {
		t := &r.tenures[k]
		items = append(items, fixed(t.grant, 4*k+1))
		if p, freed := r.freed(k); freed {
			items = append(items, p)
		}
		if t.released == nil {
			continue
		}
		if s := r.sessions[t.session]; s.ended != nil && s.last == k {
			items = append(items, endAfter(*s.ended, 4*k+4))
		}
	}
	for _, c := range calls {
		switch {
		case c.Out.Held:
			items = append(items, r.held(c))
		case c.In.Op == model.Observe && c.Out.Session == "":
			items = append(items, r.seenFree(c))
		case c.In.Op == model.Observe:
			k := r.find(c.Out.Session, c.Out.Number)
			if k < 0 {
				return nil, wrong("a holder was seen to whom it was never granted", c.Op)
			}
			items = append(items, fixed(c.Op, 4*k+2))
		}
	}
	return items, finding{}
}

// endAfter is the end of a session that had released everything: anywhere behind that.
func endAfter(p placed, from int) placed {
	p.next = func(least int) (int, bool) { return max(least, from), true }
	return p
}

// held may stand in any tenure of another session.
func (r *reign) held(c model.HoldCall) placed {
	p := fixed(c.Op, 0)
	p.next = func(least int) (int, bool) {
		for k := max(0, (least-2+3)/4); k < len(r.tenures); k++ {
			if r.tenures[k].session != c.In.Session {
				return 4*k + 2, true
			}
		}
		return 0, false
	}
	return p
}

// seenFree may stand before the first grant, and behind every tenure that was freed.
func (r *reign) seenFree(c model.HoldCall) placed {
	p := fixed(c.Op, 0)
	p.next = func(least int) (int, bool) {
		k := (least + 3) / 4
		if k == 0 || k > len(r.tenures) {
			return 4 * k, k == 0
		}
		_, freed := r.freed(k - 1)
		return 4 * k, freed
	}
	return p
}
