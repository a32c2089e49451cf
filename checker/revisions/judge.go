package revisions

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
)

// The parts of a judgement.
const (
	partOrder   = "linearizable keys order"   // what was applied was asked for, and the other way around
	partAnswers = "linearizable keys answers" // and answered rightly
	partLeases  = "key leases"
	partWatches = "key watches"
)

// Parts are all of them.
func Parts() []string { return []string{partOrder, partAnswers, partLeases, partWatches} }

// Finding is a reason against a history.
type Finding struct {
	// Part is one of Parts. Rule is what violations of one kind have in common.
	Part, Rule, Reason string
	Evidence           []history.Operation
}

// Judge judges a history. It returns the first finding of each part that has any; whole is false if some of what was
// applied is not known, so that nothing can be said. The error says what is no history of such a store.
func Judge(ops []history.Operation) (findings []Finding, whole bool, err error) {
	l, err := read(ops)
	if err != nil {
		return nil, true, err
	}
	if l.gap {
		return nil, false, nil
	}
	l.replay()
	l.shown = l.shownBefore()
	for _, judge := range []func() *Finding{l.judgeOrder, l.judgeAnswers, l.judgeLeases, l.judgeWatches} {
		if f := judge(); f != nil {
			findings = append(findings, *f)
		}
	}
	return findings, true, nil
}

func against(part string, evidence []*history.Operation, format string, args ...any) *Finding {
	f := &Finding{Part: part, Rule: format, Reason: fmt.Sprintf(format, args...)}
	for _, op := range evidence {
		if op != nil {
			f.Evidence = append(f.Evidence, *op)
		}
	}
	return f
}

func only(op *history.Operation) []*history.Operation { return []*history.Operation{op} }

// text shows a value.
func text(v any) string { return model.TextOf(v) }

// replay carries the entries out on the specification.
func (l *log) replay() {
	l.moments = append(l.moments, l.store.Now())
	l.first = append(l.first, 0)
	for i := range l.entries {
		e := &l.entries[i]
		before := l.store.Revision()
		e.answer = l.store.Apply(e.who, &e.request)
		l.moments = append(l.moments, l.store.Now())
		if l.store.Revision() != before {
			l.first = append(l.first, i+1)
		}
		l.noteLife(i, e)
	}
}

// noteLife notes what an entry did to a lease.
func (l *log) noteLife(i int, e *entry) {
	if _, refused := e.answer.(string); refused {
		return
	}
	switch e.request.Op {
	case "grant":
		l.lives[e.request.ID] = append(l.lives[e.request.ID],
			life{from: i + 1, to: -1, ttl: e.request.TTL, began: e.op.Invoked, end: -1})
	case "revoke":
		list := l.lives[e.request.ID]
		list[len(list)-1].to, list[len(list)-1].end = i+1, i
	}
}
