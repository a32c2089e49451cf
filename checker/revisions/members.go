package revisions

import (
	"slices"
	"strings"

	"ordeal/model/mvcc"
)

// What is said of the members, and how requests to change them are answered. One change is made at a time, so what a
// change that came about was judged by is the ensemble before it.

// changesMembers says whether an operation is a request to change the members.
func changesMembers(f string) bool { return strings.HasPrefix(f, "member-") }

// inForce visits the ensembles that were in force at some time while a call was under way, until one fits.
func (l *log) inForce(c *call, fits func(i int) bool) bool {
	for i := range l.ensembles {
		past := i+1 < len(l.ensembles) && l.ensembles[i+1].event < c.op.Call
		if !past && l.ensembles[i].event < c.op.Return && fits(i) {
			return true
		}
	}
	return false
}

// shows says whether an ensemble is shown so: number, whether it is a learner, and places.
func (e *ensemble) shows(said []any) bool {
	said = sorted(said)
	if len(said) != len(e.servers) {
		return false
	}
	for i, s := range e.servers {
		one, _ := said[i].([]any)
		if len(one) != 3 {
			return false
		}
		learner, _ := one[1].(bool)
		if !s.may(learner) || !mvcc.Equal(one, []any{s.id, learner, []any{s.url}}) {
			return false
		}
	}
	return true
}

// judgeMembers judges what is said of the members: if the client wants to know it as of now, that was so at some time
// while it asked, and else it was so before.
func (l *log) judgeMembers(c *call, high int) *Finding {
	if refusal, refused := mvcc.Refused(c.op.Result); refused {
		if l.some(l.shown[c.op], high, func(m mvcc.Moment) bool { return m.MayAsk(whoAt(c.user, m)) == refusal }) {
			return nil
		}
		return against(partAnswers, only(c.op), "to say who the members are is refused: %s", refusal)
	}
	now, _ := c.args[0].(bool)
	list, _ := c.op.Result.([]any)
	if len(list) != 2 || len(l.ensembles) == 0 {
		return nil
	}
	said, _ := list[1].([]any)
	if l.inForce(c, func(i int) bool { return l.ensembles[i].shows(said) }) {
		return nil
	}
	for i := range l.ensembles {
		if e := &l.ensembles[i]; !now && e.event < c.op.Return && e.shows(said) {
			return nil
		}
	}
	return against(partAnswers, only(c.op), "the members are said to be %s, and were not then", text(said))
}

// judgeChange judges the answer to a request that changes the members.
func (l *log) judgeChange(c *call, high int) *Finding {
	if badToken(c) || len(l.ensembles) == 0 {
		return nil
	}
	if refusal, refused := mvcc.Refused(c.op.Result); refused {
		denied := l.some(l.shown[c.op], high, func(m mvcc.Moment) bool {
			return m.MayAdminister(whoAt(c.user, m)) == refusal
		})
		if denied || l.refusedChange(c, refusal) {
			return nil
		}
		return against(partAnswers, only(c.op), "%s %s is refused: %s", c.op.F, text(c.args), refusal)
	}
	if !l.takeChange(c) {
		return against(partAnswers, only(c.op), "%s %s is answered, and was not applied between its call and its answer",
			c.op.F, text(c.args))
	}
	list, _ := c.op.Result.([]any)
	said, _ := list[len(list)-1].([]any)
	if l.inForce(c, func(i int) bool { return i > 0 && l.ensembles[i].shows(said) && l.came(c, list, i) }) {
		return nil
	}
	return against(partAnswers, only(c.op), "%s %s is answered %s, and that did not come about then, or could not", c.op.F,
		text(c.args), text(c.op.Result))
}

// takeChange gives an answered call what was applied of it.
func (l *log) takeChange(c *call) bool {
	for i := range l.changes {
		one := &l.changes[i]
		if !one.taken && c.op.Call < one.op.Call && one.op.Call < c.op.Return && one.is(c.op.F, c.args...) {
			one.taken = true
			return true
		}
	}
	return false
}

// came says whether an ensemble is what a change has made of the one before, and that one let it be made.
func (l *log) came(c *call, answer []any, i int) bool {
	before, now := &l.ensembles[i-1], &l.ensembles[i]
	if c.op.F == "member-add" {
		return len(answer) == 3 && l.cameIn(c, answer[1], i)
	}
	id, _ := c.args[0].(int64)
	old, next := before.find(id), now.find(id)
	switch c.op.F {
	case "member-remove":
		return old != nil && next == nil
	case "member-promote":
		return old != nil && next != nil && old.mayLearn() && !next.observes
	}
	return old != nil && next != nil && mvcc.Equal(c.args[1], []any{next.url}) && !before.taken(next.url, id)
}

// cameIn says whether a member was added as it was asked for, with a number that was none's before.
func (l *log) cameIn(c *call, number any, i int) bool {
	id, _ := number.(int64)
	before, next := &l.ensembles[i-1], l.ensembles[i].find(id)
	for k := range l.ensembles[:i] {
		if l.ensembles[k].find(id) != nil {
			return false
		}
	}
	learner, _ := c.args[1].(bool)
	return next != nil && next.observes && next.may(learner) && mvcc.Equal(c.args[0], []any{next.url}) &&
		!before.taken(next.url, id) && !(learner && before.learns(true))
}

// taken says whether another server than one has a place.
func (e *ensemble) taken(url string, id int64) bool {
	for _, s := range e.servers {
		if s.id != id && s.url == url {
			return true
		}
	}
	return false
}

// learns says whether a server may be a learner, or surely is one.
func (e *ensemble) learns(surely bool) bool {
	return slices.ContainsFunc(e.servers, func(s server) bool { return s.mayLearn() && !(surely && s.mayVote()) })
}

// The refusals, in etcd's words. The last is of the moment: the testbed asks until that is over.
const (
	textBadURLs    = "etcdserver: given member URLs are invalid"
	textURLTaken   = "etcdserver: Peer URLs already exists"
	textNoMember   = "etcdserver: member not found"
	textVotes      = "etcdserver: can only promote a learner member"
	textBehind     = "etcdserver: can only promote a learner member which is in sync with leader"
	textLearners   = "etcdserver: too many learner members in cluster"
	textOneAtATime = "etcdserver: too many requests"
	textNotStarted = "etcdserver: re-configuration failed due to not enough started members"
)

// refusedChange says whether a change was refused rightly.
func (l *log) refusedChange(c *call, refusal string) bool {
	id, _ := c.args[0].(int64)
	urls, _ := c.args[len(c.args)-1].([]any)
	if c.op.F == "member-add" {
		urls, _ = c.args[0].([]any)
	}
	sometimes := func(holds func(e *ensemble, s *server) bool) bool {
		return l.inForce(c, func(i int) bool { return holds(&l.ensembles[i], l.ensembles[i].find(id)) })
	}
	switch refusal {
	case textBadURLs:
		return len(urls) > 0 && !strings.HasPrefix(text(urls[0]), `"http://`)
	case textURLTaken:
		return len(urls) > 0 && sometimes(func(e *ensemble, _ *server) bool {
			url, _ := urls[0].(string)
			return e.taken(url, id)
		})
	case textNoMember:
		return c.op.F != "member-add" && sometimes(func(_ *ensemble, s *server) bool { return s == nil })
	case textVotes:
		return c.op.F == "member-promote" && sometimes(func(_ *ensemble, s *server) bool {
			return s != nil && s.mayVote()
		})
	case textBehind:
		return c.op.F == "member-promote" && sometimes(func(_ *ensemble, s *server) bool {
			return s != nil && s.mayLearn()
		})
	case textLearners:
		return c.op.F == "member-add" && sometimes(func(e *ensemble, _ *server) bool { return e.learns(false) })
	case textOneAtATime:
		return l.changedBeside(c)
	case textNotStarted:
		return true
	}
	return false
}

// changedBeside says whether another change may have been under way: one that was applied meanwhile, or before and has
// not come about since.
func (l *log) changedBeside(c *call) bool {
	own := 0
	for i := range l.changes {
		one := &l.changes[i]
		over := l.cameBetween(one.op.Call, c.op.Call)
		switch {
		case one.op.Call > c.op.Return, one.op.Call < c.op.Call && over:
		case one.op.Call > c.op.Call && one.is(c.op.F, c.args...):
			own++
		default:
			return true
		}
	}
	return own > 1
}

// cameBetween says whether an ensemble came about between two events.
func (l *log) cameBetween(from, to int) bool {
	for i := range l.ensembles {
		if e := l.ensembles[i].event; from < e && e < to {
			return true
		}
	}
	return false
}
