package revisions

import (
	"slices"
	"sort"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// judgeOrder gives each entry the call that asked for it. Those that look alike and were answered alike are given in
// the order in which the answers came: whoever's time is over first goes first, and the latest are left for calls that
// have no answer.
func (l *log) judgeOrder() *Finding {
	entries := map[string][]*entry{}
	for i := range l.entries {
		if e := &l.entries[i]; e.expired == 0 && !e.who.Service {
			entries[e.bucket] = append(entries[e.bucket], e)
		}
	}
	for _, judge := range []func() *Finding{l.judgeRaised, l.judgeEnsembles} {
		if f := judge(); f != nil {
			return f
		}
	}
	var answered, open []*call
	for i := range l.calls {
		switch c := &l.calls[i]; {
		case c.bucket == "":
		case c.answered():
			answered = append(answered, c)
		default:
			open = append(open, c)
		}
	}
	sort.SliceStable(answered, func(i, j int) bool { return answered[i].op.Return < answered[j].op.Return })
	for _, c := range answered {
		if f := l.take(c, entries[c.bucket]); f != nil {
			return f
		}
	}
	asked := map[string][]*call{} // those without an answer, in the order of their beginnings
	for _, c := range open {
		asked[c.bucket] = append(asked[c.bucket], c)
	}
	for i := range l.entries {
		e := &l.entries[i]
		if e.taken || e.expired != 0 || e.who.Service {
			continue
		}
		list := asked[e.bucket]
		who := slices.IndexFunc(list, func(c *call) bool { return e.by(c.user) })
		if who < 0 || list[who].op.Call > e.op.Call {
			return against(partOrder, only(e.op), "%s was applied, and no client asked for it, or not so often",
				describe(e.request.Op, &e.request))
		}
		asked[e.bucket] = slices.Delete(list, who, who+1)
	}
	return nil
}

// take gives an answered call its entry.
func (l *log) take(c *call, candidates []*entry) *Finding {
	if refused := c.request.Check(); refused != "" {
		if !mvcc.Equal(c.op.Result, refused) && !badToken(c) {
			return against(partAnswers, only(c.op), "%s is answered %s, and must be refused: %s", describe(c.op.F, &c.request),
				text(c.op.Result), refused)
		}
		return nil
	}
	if c.request.Op == "grant" && c.request.ID == 0 && mvcc.Equal(c.op.Result, "etcdserver: lease already exists") {
		return against(partAnswers, only(c.op), "the server has chosen the id of a lease that there is already")
	}
	from := sort.Search(len(candidates), func(i int) bool { return candidates[i].op.Call >= c.op.Call })
	var other *entry
	for _, e := range candidates[from:] {
		if e.op.Call >= c.op.Return {
			break
		}
		if e.taken || !e.by(c.user) {
			continue
		}
		if mvcc.Equal(e.answer, c.op.Result) {
			e.taken = true
			return l.judgeRoom(c, e)
		}
		other = e
	}
	switch {
	case l.refusedEarly(c):
		return nil
	case other != nil:
		return against(partAnswers, []*history.Operation{c.op, other.op}, "%s is answered %s, and must be %s",
			describe(c.op.F, &c.request), text(c.op.Result), text(other.answer))
	}
	return against(partOrder, only(c.op), "%s is answered %s, and was not applied between its call and its answer",
		describe(c.op.F, &c.request), text(c.op.Result))
}

// by says whether a user may have asked for an entry: as long as users need not say who they are, it is no one's.
func (e *entry) by(user string) bool { return e.who.User == user || e.who.User == "" }

// badToken says that a call was refused for its token, which servers forget: that says nothing.
func badToken(c *call) bool {
	return c.user != "" && mvcc.Equal(c.op.Result, "etcdserver: invalid auth token")
}

// refusedEarly says whether a write was refused rightly by the server that was asked, before it came into the log.
func (l *log) refusedEarly(c *call) bool {
	refusal, refused := mvcc.Refused(c.op.Result)
	if !refused {
		return false
	}
	if badToken(c) {
		return true
	}
	if l.tooLarge(c, refusal) || l.noRoom(c, refusal) {
		return true
	}
	who := mvcc.Who{User: c.user}
	return l.some(l.shown[c.op], l.position(c.op.Return), func(m mvcc.Moment) bool {
		switch c.op.F {
		case "compact", "alarm-raise", "alarm-end":
			return m.MayAdminister(who) == refusal
		case "grant", "revoke":
			return c.user == "" && m.MayAdminister(who) == refusal
		}
		return false
	})
}

// some says whether something holds of a moment in some positions.
func (l *log) some(from, to int, holds func(m mvcc.Moment) bool) bool {
	for p := from; p <= to; p++ {
		if m := l.moments[p]; (p == from || m != l.moments[p-1]) && holds(m) {
			return true
		}
	}
	return false
}

// describe shows a request in a few words.
func describe(f string, r *mvcc.Request) string {
	if r.Key == "" {
		return f
	}
	if r.End != "" {
		return f + " " + text(r.Key) + " to " + text(r.End)
	}
	return f + " " + text(r.Key)
}

// sorted are the ids of leases, in their order.
func sorted(list []any) []any {
	list = slices.Clone(list)
	slices.SortFunc(list, history.Compare)
	return list
}

// whoAt is a user, with the revision of users and roles of a moment: that of no user is 0.
func whoAt(user string, m mvcc.Moment) mvcc.Who {
	if user == "" {
		return mvcc.Who{}
	}
	return mvcc.Who{User: user, Revision: m.AuthRevision()}
}
