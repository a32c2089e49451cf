package checker

import (
	"fmt"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// Offices looks at what instances that lead and follow were told of their connections, and at what they did, in one
// pass:
//
//	state  instance  [kind session]   it was told that it is connected, suspended, lost or reconnected
//	act    instance  [session epoch]  it acted as the leader, by that place in line
//	look   instance  a look of the model members
//
// An instance is told of each change behind the one that it follows: first that it is connected, then that its session
// is suspended, then that this is lost or reconnected, and of another session only behind the last one's loss. It acts
// only while it was told last that it has a connection, by a place of the session that this was about, and behind a
// look of since then that shows it first in line. A lost session is not heard of again.
func Offices() Checker {
	return Checker{"offices", func(_ history.History, ops []history.Operation) Verdict {
		links := map[string]*officeLink{}
		lost := map[string]*history.Operation{}
		for i := range ops {
			op := &ops[i]
			name, ok := op.Argument.(string)
			if !ok || op.End != history.OK || op.F != "state" && op.F != "act" && op.F != "look" {
				continue
			}
			l := links[name]
			if l == nil {
				l = &officeLink{}
				links[name] = l
			}
			f, err := l.next(op, lost)
			if err != nil {
				return malformed(err)
			}
			if f.outcome == Invalid {
				return Verdict{Outcome: Invalid, Key: op.Key, Reason: aboutKey(op.Key) + f.reason, Evidence: f.evidence}
			}
		}
		return Compose("offices")
	}}
}

// officeLink is what an instance has been told, and what it saw of the line since.
type officeLink struct {
	kind, session string
	told          *history.Operation
	first         recipes.Joined
	seen          *history.Operation // the look that showed who is first; nil for none since it was told something
	key           string             // what that is about
}

// follows says behind which kinds one may be told.
var follows = map[string][]string{
	"connected": {""}, "suspended": {"connected", "reconnected"}, "lost": {"suspended"},
	"reconnected": {"suspended", "lost"},
}

func (l *officeLink) next(op *history.Operation, lost map[string]*history.Operation) (finding, error) {
	switch op.F {
	case "state":
		return l.hears(op, lost)
	case "look":
		_, out, err := recipes.Members().Parse(*op)
		l.first, l.seen, l.key = recipes.Joined{}, op, op.Key
		if len(out.Members) > 0 {
			l.first = out.Members[0]
		}
		return finding{}, err
	}
	session, epoch, err := recipes.Tenure(op.Result)
	switch {
	case err != nil:
		return finding{}, err
	case l.kind != "connected" && l.kind != "reconnected":
		return l.wrong("an instance leads that was told last that its connection is "+l.kind, op), nil
	case session != l.session:
		return l.wrong(fmt.Sprintf("an instance leads by session %s, and was told last of %s", session, l.session), op), nil
	case l.seen == nil || l.key != op.Key:
		return l.wrong("an instance leads that has not looked who is in line since it was told of its connection", op), nil
	case l.first != recipes.Joined{Session: session, Number: epoch}:
		return wrong(fmt.Sprintf("an instance leads by place %d, and saw %s first, by place %d", epoch, l.first.Session,
			l.first.Number), l.seen, op), nil
	}
	return finding{}, nil
}

func (l *officeLink) wrong(reason string, op *history.Operation) finding {
	if l.told == nil {
		return wrong(reason, op)
	}
	return wrong(reason, l.told, op)
}

// hears takes what an instance is told.
func (l *officeLink) hears(op *history.Operation, lost map[string]*history.Operation) (finding, error) {
	list, _ := op.Result.([]any)
	if len(list) != 2 {
		return finding{}, fmt.Errorf("%s where [kind session] belongs", model.TextOf(op.Result))
	}
	kind, isKind := list[0].(string)
	session, isSession := list[1].(string)
	before, known := follows[kind]
	if !isKind || !isSession || !known {
		return finding{}, fmt.Errorf("%s where [kind session] belongs, the kind being connected, suspended, lost or "+
			"reconnected", model.TextOf(op.Result))
	}
	legal := false
	for _, k := range before {
		legal = legal || k == l.kind
	}
	same := session == l.session
	switch {
	case !legal && l.told == nil:
		return l.wrong(fmt.Sprintf("the first that an instance is told is that its connection is %s", kind), op), nil
	case !legal:
		return l.wrong(fmt.Sprintf("an instance is told that its connection is %s, and was told before that it is %s", kind,
			l.kind), op), nil
	case l.kind != "" && l.kind != "lost" && !same:
		return l.wrong(fmt.Sprintf("an instance is told of session %s, and not that %s is lost", session, l.session), op), nil
	case kind != "lost" && lost[session] != nil:
		return wrong(fmt.Sprintf("session %s is %s, and was lost", session, kind), lost[session], op), nil
	}
	if kind == "lost" {
		lost[session] = op
	}
	l.kind, l.session, l.told, l.seen = kind, session, op, nil
	return finding{}, nil
}
