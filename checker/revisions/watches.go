package revisions

import (
	"strings"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// What is heard of watches is, in the values of its events:
//
//	told        watch revision more [event …]     more says that the rest of it comes in another message
//	progressed  watch revision                    it was told of everything up to there
//	progress    connection stream revision        all watches of the stream were
//	canceled    watch revision compacted
//	given up    watch                             its client wants no more of it
//	stray       connection id revision            of no watch that the client knows
//
// and a watch begins with the operation watch, whose argument has: connection user watch stream id key end start flags.

// watch is one that has begun.
type watch struct {
	op         *history.Operation
	key, end   string
	flags      string
	conn, on   int64 // its connection, and the number of its stream there
	next       int64 // the revision that it is to be told of next, at the earliest
	part       []any // of a message that has not come to its end
	over, left bool  // it has ended; its client has given it up
}

type watching struct {
	l       *log
	watches map[int64]*watch
	order   []*watch
}

func (l *log) judgeWatches() *Finding {
	w := &watching{l: l, watches: map[int64]*watch{}}
	for _, op := range l.heard {
		if f := w.hear(op); f != nil {
			return f
		}
	}
	return nil
}

func (w *watching) hear(op *history.Operation) *Finding {
	list, _ := op.Result.([]any)
	if op.F == "watch" {
		return w.begin(op, list)
	}
	number := func(i int) int64 {
		if i >= len(list) {
			return 0
		}
		n, _ := list[i].(int64)
		return n
	}
	now := w.l.moments[w.l.position(op.Call)]
	if op.F == "progress" {
		for _, one := range w.order {
			if one.conn == number(0) && one.on == number(1) && !one.over {
				if f := w.promise(one, op, number(2), now); f != nil {
					return f
				}
			}
		}
		return nil
	}
	one := w.watches[number(0)]
	if one == nil || one.over || op.F == "stray" {
		return against(partWatches, only(op), "a client is told something by a watch that it does not have: %s",
			text(op.Result))
	}
	switch op.F {
	case "told":
		more, _ := list[2].(bool)
		if more && !strings.Contains(one.flags, "f") {
			return against(partWatches, []*history.Operation{one.op, op},
				"a message of a watch is divided, and its client did not ask for that")
		}
		events, _ := list[3].([]any)
		one.part = append(one.part, events...)
		if more {
			return nil
		}
		events, one.part = one.part, nil
		return w.told(one, op, number(1), events, now)
	case "progressed":
		return w.promise(one, op, number(1), now)
	case "given up":
		one.left = true
	case "canceled":
		one.over = true
		return w.canceled(one, op, number(2), now)
	}
	return nil
}

// begin notes that a watch has begun, or was refused.
func (w *watching) begin(op *history.Operation, answer []any) *Finding {
	args, _ := op.Argument.([]any)
	one := &watch{op: op}
	one.conn, _ = args[0].(int64)
	one.on, _ = args[3].(int64)
	one.key, _ = args[5].(string)
	one.end, _ = args[6].(string)
	one.next, _ = args[7].(int64)
	one.flags, _ = args[8].(string)
	user, _ := args[1].(string)
	id, _ := args[4].(int64)
	high := w.l.position(op.Return)
	refusal, refused := mvcc.Refused(op.Result)
	empty := one.end != "" && one.end != "\x00" && one.end <= one.key
	switch {
	case one.next < 0:
		return w.mustBeRefused(op, refusal, "etcdserver: mvcc: required revision has been compacted", false)
	case refused && strings.HasSuffix(refusal, "invalid auth token"):
		return nil
	case refused && w.denied(op, user, one, high, refusal):
		return nil
	case empty:
		return w.mustBeRefused(op, refusal, "mvcc: watcher range is empty", false)
	case refused:
		return w.mustBeRefused(op, refusal, "mvcc: duplicate watch ID provided on the WatchStream", id != 0)
	}
	if w.mayNot(op, user, one, high) {
		return against(partWatches, only(op), "a watch has begun, and its client may not read %s to %s", text(one.key),
			text(one.end))
	}
	revision := revisionOf(op.Result)
	from, to := w.l.of(revision, 0, high)
	if from > to {
		return against(partWatches, only(op), "a watch begins at revision %d, which was not there", revision)
	}
	if got, _ := answer[1].(int64); id != 0 && got != id {
		return against(partWatches, only(op), "a watch has the id %d, and its client has chosen %d", got, id)
	}
	if one.next == 0 {
		if low, _ := w.l.of(revision, 0, len(w.l.moments)); low > w.l.position(op.Return) {
			return against(partWatches, only(op), "a watch begins at revision %d, which was not there", revision)
		}
		one.next = revision + 1
	}
	number, _ := args[2].(int64)
	w.watches[number] = one
	w.order = append(w.order, one)
	return nil
}

func (w *watching) mustBeRefused(op *history.Operation, refusal, want string, may bool) *Finding {
	switch {
	case strings.HasSuffix(refusal, want) && (want != "" && !may || may):
		return nil
	case refusal == "":
		return against(partWatches, only(op), "a watch has begun that must be refused: %s", want)
	}
	return against(partWatches, only(op), "a watch is refused: %s", refusal)
}

// denied says whether a watch was refused for who asked; mayNot says that it had to be.
func (w *watching) denied(op *history.Operation, user string, one *watch, high int, refusal string) bool {
	return w.l.some(0, high, func(m mvcc.Moment) bool {
		text := m.MayRead(whoAt(user, m), one.key, one.end)
		return text != "" && strings.HasSuffix(refusal, text) || strings.HasSuffix(refusal, "revision of auth store is old")
	})
}

func (w *watching) mayNot(op *history.Operation, user string, one *watch, high int) bool {
	may := w.l.some(0, high, func(m mvcc.Moment) bool {
		return m.MayRead(whoAt(user, m), one.key, one.end) == ""
	})
	return !may
}

// told judges a message with events: all that there are from where the watch is up to the last one's revision.
func (w *watching) told(one *watch, op *history.Operation, revision int64, events []any, now mvcc.Moment) *Finding {
	last := modOf(events[len(events)-1])
	switch {
	case revision > now.Revision || last > revision:
		return against(partWatches, []*history.Operation{one.op, op},
			"a watch is told of revision %d at revision %d, and the newest is %d", last, revision, now.Revision)
	case last < one.next:
		return against(partWatches, []*history.Operation{one.op, op},
			"a watch is told of revision %d, and was told of what was before %d already", last, one.next)
	}
	for r := one.next; r <= last; r++ {
		count := 0
		for count < len(events) && modOf(events[count]) == r {
			count++
		}
		if want, ok := w.matches(one, r, events[:count], now); !ok {
			return against(partWatches, []*history.Operation{one.op, op}, "a watch is told of revision %d %s, and must be %s", r,
				text(events[:count]), text(want))
		}
		events = events[count:]
	}
	if len(events) > 0 {
		return against(partWatches, []*history.Operation{one.op, op}, "a watch is told of revision %d out of its order",
			modOf(events[0]))
	}
	one.next = last + 1
	return nil
}

// matches says whether the events of a revision are those that a watch must be told of. Of the compacted revision
// itself the last change of each key is enough, and what was there before may be forgotten.
func (w *watching) matches(one *watch, revision int64, got []any, now mvcc.Moment) (want []any, ok bool) {
	all := w.l.store.Events(revision)
	for i := range all {
		if one.wants(&all[i]) {
			want = append(want, all[i].Value(strings.Contains(one.flags, "p")))
		}
	}
	forgotten := now.Compacted >= revision
	if sameEvents(want, got, forgotten) {
		return want, true
	}
	if !forgotten {
		return want, false
	}
	var left []any
	for i := range all {
		last := true
		for k := i + 1; k < len(all); k++ {
			last = last && all[k].Key() != all[i].Key()
		}
		if last && one.wants(&all[i]) {
			left = append(left, all[i].Value(strings.Contains(one.flags, "p")))
		}
	}
	return want, sameEvents(left, got, true)
}

// sameEvents compares events; forgotten says that what was before them need not be there.
func sameEvents(want, got []any, forgotten bool) bool {
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		a, _ := want[i].([]any)
		b, _ := got[i].([]any)
		if len(b) != len(a) {
			return false
		}
		n := len(a)
		if forgotten && b[n-1] == nil {
			n--
		}
		if !mvcc.Equal(a[:n], b[:n]) {
			return false
		}
	}
	return true
}

func (one *watch) wants(e *mvcc.Event) bool {
	switch {
	case e.Deleted() && strings.Contains(one.flags, "d"), !e.Deleted() && strings.Contains(one.flags, "a"):
		return false
	}
	return mvcc.In(e.Key(), one.key, one.end)
}

func modOf(event any) int64 {
	list, _ := event.([]any)
	if len(list) < 8 {
		return 0
	}
	r, _ := list[4].(int64)
	return r
}

// promise judges that a watch is said to have been told of everything up to a revision.
func (w *watching) promise(one *watch, op *history.Operation, revision int64, now mvcc.Moment) *Finding {
	if revision > now.Revision {
		return against(partWatches, only(op), "a watch is told of revision %d, and the newest is %d", revision, now.Revision)
	}
	for r := one.next; r <= revision; r++ {
		if want, ok := w.matches(one, r, nil, now); !ok {
			return against(partWatches, []*history.Operation{one.op, op},
				"a watch is said to be at revision %d, and was not told of %d: %s", revision, r, text(want))
		}
	}
	one.next = max(one.next, revision+1)
	return nil
}

// canceled judges the end of a watch.
func (w *watching) canceled(one *watch, op *history.Operation, compacted int64, now mvcc.Moment) *Finding {
	switch {
	case compacted == 0 && one.left:
		return nil
	case compacted == 0:
		return against(partWatches, []*history.Operation{one.op, op}, "a watch is ended, and its client did not ask for that")
	case compacted <= one.next || compacted > now.Compacted:
		return against(partWatches, []*history.Operation{one.op, op},
			"a watch that is to go on from revision %d is ended for a compaction at %d, and %d is compacted", one.next,
			compacted, now.Compacted)
	}
	return nil
}
