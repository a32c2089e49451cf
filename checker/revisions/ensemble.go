package revisions

import (
	"slices"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// ensemble is who is in the service, from an event on.
type ensemble struct {
	event   int
	op      *history.Operation
	servers []server // by their numbers
}

// server is one of them. One that was added to vote observes until it has caught up, and is shown as what it is to be:
// stays and will say that it may have been added as a learner, and to vote. Both are possible if both was asked for.
type server struct {
	id                    int64
	observes, stays, will bool
	url                   string
}

// mayLearn says whether it may be shown as a learner, and mayVote as a voter.
func (s *server) mayLearn() bool { return s.observes && s.stays }
func (s *server) mayVote() bool  { return !s.observes || s.will }

// may says whether it may be shown so.
func (s *server) may(learner bool) bool { return learner && s.mayLearn() || !learner && s.mayVote() }

func (e *ensemble) find(id int64) *server {
	i := slices.IndexFunc(e.servers, func(s server) bool { return s.id == id })
	if i < 0 {
		return nil
	}
	return &e.servers[i]
}

// change is a request to change the members that was applied.
type change struct {
	op      *history.Operation
	service bool
	f       string
	args    []any
	taken   bool
}

func (c *change) is(f string, args ...any) bool { return c.f == f && mvcc.Equal(c.args, args) }

// readEnsemble reads who is in the service: those that were added to vote will.
func (l *log) readEnsemble(op *history.Operation, args []any) error {
	e := ensemble{event: op.Call, op: op}
	for _, v := range sorted(args) {
		list, _ := v.([]any)
		if len(list) != 3 {
			return errShape
		}
		s := server{stays: true}
		s.id, _ = list[0].(int64)
		s.observes, _ = list[1].(bool)
		s.url, _ = list[2].(string)
		e.servers = append(e.servers, s)
	}
	l.ensembles = append(l.ensembles, e)
	return nil
}

// judgeEnsembles holds that each change of the ensemble is one that was asked for, and notes who is to vote.
func (l *log) judgeEnsembles() *Finding {
	if f := l.judgeChangesAsked(); f != nil {
		return f
	}
	for i := 1; i < len(l.ensembles); i++ {
		before, now := &l.ensembles[i-1], &l.ensembles[i]
		for k := range now.servers {
			s := &now.servers[k]
			if old := before.find(s.id); old != nil {
				s.stays, s.will = old.stays || !s.observes, old.will && s.observes
			} else {
				s.stays = l.asked(now.event, "member-add", []any{s.url}, true)
				s.will = l.asked(now.event, "member-add", []any{s.url}, false)
			}
		}
		if !l.explained(before, now) {
			return against(partOrder, []*history.Operation{before.op, now.op},
				"the members become %s where they were %s, and no one has asked for that", text(now.op.Result),
				text(before.op.Result))
		}
	}
	return nil
}

// asked says whether a change was applied before an event.
func (l *log) asked(event int, f string, args ...any) bool {
	return slices.ContainsFunc(l.changes, func(c change) bool { return c.op.Call < event && c.is(f, args...) })
}

// explained says whether one change makes one ensemble of another.
func (l *log) explained(before, now *ensemble) bool {
	differences, updated := 0, false
	for i := range l.changes {
		updated = updated || l.changes[i].f == "member-update" && l.changes[i].op.Call < now.event
	}
	for k := range now.servers {
		s := &now.servers[k]
		old := before.find(s.id)
		switch {
		case old == nil:
			if !s.observes || !s.stays && !s.will {
				return false
			}
		case old.observes && !s.observes:
			if s.url != old.url || !l.asked(now.event, "member-promote", s.id) {
				return false
			}
		case !old.observes && s.observes:
			return false
		case old.url != s.url:
			if !l.asked(now.event, "member-update", s.id, []any{s.url}) {
				return false
			}
		default:
			continue
		}
		differences++
	}
	for _, old := range before.servers {
		if now.find(old.id) == nil {
			if differences++; !l.asked(now.event, "member-remove", old.id) {
				return false
			}
		}
	}
	return differences == 1 || differences == 0 && updated // a place may be set that it had
}

// judgeChangesAsked holds that every change that was applied was asked for, as often.
func (l *log) judgeChangesAsked() *Finding {
	for i := range l.changes {
		c := &l.changes[i]
		if c.service {
			continue
		}
		applied, asked := 0, 0
		for k := range l.changes[:i+1] {
			if other := &l.changes[k]; !other.service && other.is(c.f, c.args...) {
				applied++
			}
		}
		for k := range l.calls {
			if one := &l.calls[k]; one.op.F == c.f && one.op.Call < c.op.Call && mvcc.Equal(one.args, c.args) {
				asked++
			}
		}
		if applied > asked {
			return against(partOrder, only(c.op), "%s %s was applied, and no client asked for it, or not so often", c.f,
				text(c.args))
		}
	}
	return nil
}
