package checker

import (
	"fmt"
	"slices"

	"ordeal/model/znode"
)

// Where it is not recorded what was applied, there are transactions that no answer names: writes whose answers were
// lost, and the removals of containers and of znodes with a time to live. Each took a zxid that no other transaction
// has, and shows in what clients saw later. So an answer that does not fit is looked at again: if one or two of them
// explain it, they are taken for what happened, right before it. That they may have happened earlier makes no
// difference to any answer between, since those fit without; but their zxids are guessed, unless some answer has shown
// them.

// hidden is a transaction that may have happened, or some that come in this order.
type hidden struct {
	steps []treeStep
	// from is a zxid that all of them are behind.
	from int64
}

func (h hidden) text() string {
	return fmt.Sprintf("when exactly %s took effect", h.steps[len(h.steps)-1].text())
}

func (h hidden) reaps() bool    { return h.steps[0].reaped() != nil }
func (h hidden) session() int64 { return h.steps[0].session() }

// uncovering finds hidden transactions.
type uncovering struct {
	l *treeLog
	// taken are the zxids of all transactions that are known, and shown those that answers have shown besides, in order.
	taken map[int64]bool
	shown []int64
	// gone are, for each path, zxids between which it went, as clients were told by events without one.
	gone map[string][][2]int64
	// stale are ACLs from before, where those may count; else nil.
	stale staleACLs
	// ends are the zxids of the ends of sessions.
	ends map[int64]bool
	// lost are the writes of each session that were not answered and have no place yet, in the order of their xids.
	lost     map[int64][]treeStep
	sessions []int64
}

// uncover is nil where everything is told.
func (l *treeLog) uncover() *uncovering {
	if l.fed {
		return nil
	}
	u := &uncovering{l: l, taken: map[int64]bool{}, ends: map[int64]bool{}, gone: map[string][][2]int64{},
		lost: map[int64][]treeStep{}}
	for i := range l.steps {
		if l.steps[i].kind != stepLook {
			u.taken[l.steps[i].zxid] = true
		}
		if s := &l.steps[i]; s.kind == stepEnd || s.heard != nil && s.heard.is(aboutClose) {
			u.ends[s.zxid] = true
		}
	}
	for i := range l.calls {
		l.calls[i].call().Reply.Stats(func(s *znode.Stat) {
			for _, zxid := range [...]int64{s.Czxid, s.Mzxid, s.Pzxid} {
				if zxid > 0 && !u.taken[zxid] {
					u.shown = append(u.shown, zxid)
				}
			}
		})
	}
	if l.lets(oldACL) {
		u.stale = staleACLs{}
	}
	u.readEvents()
	slices.Sort(u.shown)
	u.shown = slices.Compact(u.shown)
	for _, s := range l.unplacedSteps {
		session := s.session()
		if u.lost[session] == nil {
			u.sessions = append(u.sessions, session)
		}
		u.lost[session] = append(u.lost[session], s)
	}
	return u
}

// readEvents takes zxids from events: their own, where they have some, and else that of the answer that comes next.
func (u *uncovering) readEvents() {
	waiting, before := map[int64][]string{}, map[int64]int64{}
	for i := range u.l.heard {
		switch h := u.l.heard[i]; {
		case h.kind == heardAttach:
			delete(waiting, h.session)
		case h.kind == heardEvent && h.zxid > 0:
			if !u.taken[h.zxid] {
				u.shown = append(u.shown, h.zxid)
			}
		case h.kind == heardEvent && h.event.Type == znode.EventDeleted:
			waiting[h.session] = append(waiting[h.session], h.event.Path)
		case h.kind != heardEvent:
			for _, path := range waiting[h.session] {
				u.gone[path] = append(u.gone[path], [2]int64{before[h.session], h.zxid})
			}
			delete(waiting, h.session)
			before[h.session] = h.zxid
		}
	}
}

// look looks at the i-th step before it is replayed: where it does not fit by itself, what explains it is noted.
func (u *uncovering) look(i int, t *znode.Tree) {
	if u.explain(i, t) {
		return // what was put before it comes first
	}
	if s := &u.l.steps[i]; u.stale != nil && s.kind == stepWrite && s.answered {
		u.stale.note(s, t.ACL(s.heard.call().Request.Path))
	}
}

// explain puts what explains the i-th step before it, if it does not fit by itself and something does. It returns false
// if nothing was done.
func (u *uncovering) explain(i int, t *znode.Tree) bool {
	s := &u.l.steps[i]
	if s.hidden || !s.answered {
		return false
	}
	candidates, ways := u.candidates(t, s), []map[string][]string(nil)
	if s.kind == stepWrite {
		ways = u.stale.before(s)
	}
	if u.l.lets(notEmptied) && s.kind == stepWrite && !s.fits(t, nil) && u.notEmpty(s, t) {
		s.void = true
		return false
	}
	if len(candidates)+len(ways) == 0 || s.fits(t, nil) || len(ways) > 0 && u.stale.excuse(s, t) {
		return false
	}
	var found [][]hidden
	for _, one := range candidates {
		found = append(found, u.timed(t, s, one)...)
	}
	for a := 0; len(found) == 0 && a < len(candidates); a++ {
		for b := range candidates {
			if len(found) == 0 && b != a && (candidates[a].reaps() || candidates[a].session() != candidates[b].session()) {
				found = u.timed(t, s, candidates[a], candidates[b])
			}
		}
	}
	if len(found) == 0 {
		return false
	}
	u.take(i, t, found)
	return true
}

// take puts the first explanation in its place. What is not certain about it is noted.
func (u *uncovering) take(i int, t *znode.Tree, found [][]hidden) {
	var steps []treeStep
	for _, h := range found[0] {
		steps = append(steps, h.steps...)
		if len(found) > 1 {
			u.l.missing(h.from, h.text())
		}
		u.l.doubt(t, h, u.shown)
		for _, s := range h.steps {
			u.taken[s.zxid] = true
			if s.heard != nil {
				u.lost[s.session()] = u.lost[s.session()][1:]
				u.l.placed++
			}
		}
	}
	u.l.steps = slices.Insert(u.l.steps, i, steps...)
}

// doubt notes of which paths it is not known when exactly they changed: whether an event about them comes in time
// can't be said.
func (l *treeLog) doubt(t *znode.Tree, h hidden, shown []int64) {
	if slices.Contains(shown, h.steps[len(h.steps)-1].zxid) && len(h.steps) == 1 {
		return
	}
	c, changes := t.Clone(), newTriggers(nil)
	for i := range h.steps {
		h.steps[i].replay(c, changes)
	}
	for spot := range changes.by { //house:unordered into a map
		l.doubtful[spot.path] = h.text()
	}
}

// doubtRemovals does so for what the service may have removed by itself, as far as anybody can say, by the end.
func (l *treeLog) doubtRemovals(t *znode.Tree) {
	for _, path := range t.Reapable() {
		l.doubt(t, hidden{steps: []treeStep{{kind: stepEnd, own: &ownStep{reaped: &reaped{path: path}}}}}, nil)
	}
}

// candidates are what may have happened before a step.
func (u *uncovering) candidates(t *znode.Tree, s *treeStep) []hidden {
	var all []hidden
	for _, path := range t.Reapable() {
		one := treeStep{kind: stepEnd, own: &ownStep{reaped: &reaped{path: path}}, hidden: true, known: endless}
		all = append(all, hidden{[]treeStep{one}, t.Changed(path)})
	}
	for _, session := range u.sessions {
		var steps []treeStep
		for _, one := range u.lost[session] {
			if one.begun > s.known {
				break
			}
			steps = append(steps, one)
			all = append(all, hidden{slices.Clone(steps), one.zxid})
		}
	}
	return all
}

// shownMost is how many zxids that were shown are tried for a transaction.
const shownMost = 8

// timed gives the candidates zxids, and returns those ways to do so with which the step fits: all in which the last one
// has a zxid that was shown, or else the first without.
func (u *uncovering) timed(t *znode.Tree, s *treeStep, candidates ...hidden) (found [][]hidden) {
	last := candidates[len(candidates)-1]
	tried := 0
	for _, zxid := range u.shown {
		if zxid > last.from && zxid <= s.zxid && !u.taken[zxid] && tried < shownMost {
			tried++
			if timed := u.place(candidates, zxid, s.zxid); timed != nil && s.fits(t, timed) {
				found = append(found, timed)
			}
		}
	}
	for _, zxid := range u.guesses(last) {
		if len(found) == 0 {
			if timed := u.place(candidates, zxid, s.zxid); timed != nil && s.fits(t, timed) {
				found = append(found, timed)
			}
		}
	}
	return found
}

// guesses are zxids for a transaction whose own no client was shown. The earliest that it can have is never wrong but
// for the order of events: had it changed a znode behind all others, then whoever saw that would have been shown its
// zxid. Where events tell more, that comes first.
func (u *uncovering) guesses(h hidden) []int64 {
	var zxids []int64
	if r := h.steps[0].reaped(); r != nil {
		for _, between := range u.gone[r.path] {
			if zxid := u.free(max(h.from, between[0])); zxid <= between[1] {
				zxids = append(zxids, zxid)
			}
		}
	}
	return append(zxids, 0)
}

// free is the first zxid behind one that no transaction has.
func (u *uncovering) free(zxid int64) int64 {
	for zxid++; u.taken[zxid]; {
		zxid++
	}
	return zxid
}

// place gives the last step of all a zxid, unless that is 0, and the others the first ones that are free. It returns
// nil if that leads behind a limit, or the order is another one.
func (u *uncovering) place(candidates []hidden, last, limit int64) []hidden {
	timed, newest := slices.Clone(candidates), int64(0)
	for k := range timed {
		timed[k].steps = slices.Clone(timed[k].steps)
		for j := range timed[k].steps {
			zxid := u.free(max(newest, timed[k].from))
			if k == len(timed)-1 && j == len(timed[k].steps)-1 && last != 0 {
				zxid = last
			}
			if zxid <= newest || zxid > limit {
				return nil
			}
			timed[k].steps[j].zxid, newest = zxid, zxid
		}
	}
	return timed
}

// fits says whether a step's answer is right on a tree, once hidden transactions have happened. The tree stays as it
// is.
func (s *treeStep) fits(t *znode.Tree, before []hidden) bool {
	if s.kind == stepLook && before == nil {
		return s.replay(t, nil) == ""
	}
	c := t.Clone()
	for _, h := range before {
		for i := range h.steps {
			if h.steps[i].replay(c, nil) != "" {
				return false
			}
		}
	}
	return s.replay(c, nil) == ""
}
