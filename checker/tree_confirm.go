package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/znode"
)

const (
	// windowBefore is how many steps before the one in question Porcupine is shown, and windowAfter how many behind it.
	windowBefore, windowAfter = 40, 10
	// treeMost is how many znodes a tree may have that is copied at every step of a search.
	treeMost = 500
	// windowSteps bounds the search.
	windowSteps = 20_000
)

// confirm has Porcupine judge a window around a step, from the state before it. It knows of real time and of results
// what the replay knows, and nothing of sessions, syncs and watches. If it says the opposite, then the checker is
// wrong.
func (l *treeLog) confirm(v *Verdict, at int) {
	f := l.search(at)
	if f.outcome == Unknown || f.outcome == v.Outcome {
		return
	}
	v.Reason = fmt.Sprintf("the checkers disagree: the replay says %s (%s), Porcupine says %s of what is around zxid 0x%x",
		v.Outcome, v.Reason, f.outcome, l.steps[at].zxid)
	v.Outcome, v.Disagree, v.Rule = Invalid, true, "the checkers disagree"
}

// search is Porcupine's finding on the window around a step.
func (l *treeLog) search(at int) finding {
	from, to := windowFrom(at), min(len(l.steps), at+1+windowAfter)
	if slices.ContainsFunc(l.steps[from:to], func(s treeStep) bool { return s.acls() != nil || s.void }) {
		return finding{outcome: Unknown, reason: "the specification knows nothing of ACLs from before"}
	}
	init, kept := l.kept[from]
	if !kept {
		init = l.stateBefore(from)
	}
	if init.Tree == nil || init.Tree.Len() > treeMost {
		return finding{outcome: Unknown, reason: "the tree is too large to be copied at every step"}
	}
	s := search[znode.At, znode.In, znode.Out]{znode.From(init), Budget{Steps: windowSteps}.orDefault()}
	return s.decide(model.Part[znode.In, znode.Out]{Calls: l.window(from, to, init.Zxid)})
}

// windowFrom is the first step of the window around one.
func windowFrom(at int) int { return max(0, at-windowBefore) }

// stateBefore is the state before a step.
func (l *treeLog) stateBefore(at int) znode.At {
	s := znode.At{Tree: l.newTree()}
	for i := range l.steps[:at] {
		step := &l.steps[i]
		if step.kind != stepLook {
			s.Zxid = step.zxid
		}
		switch {
		case step.reaped() != nil:
			s.Tree.Reap(step.zxid, step.reaped().path)
		case step.config() != nil:
			s.Tree.Configure(step.zxid, *step.config())
		case step.kind == stepEnd:
			s.Tree.End(step.zxid, step.session())
		case step.void:
		case step.kind == stepWrite && step.heard.code != znode.CodeSessionMoved:
			step.write(s.Tree, step.heard.call().Request)
		}
	}
	return s
}

// window is some steps as calls. A read may show a state that is older than its invoke, as long as its session does not
// go back, which is looked at elsewhere: so it may stand anywhere before its answer.
func (l *treeLog) window(from, to int, newest int64) []model.Call[znode.In, znode.Out] {
	var calls []model.Call[znode.In, znode.Out]
	turn := 0
	for i := range l.steps[from:to] {
		s := &l.steps[from+i]
		if s.watches() != nil {
			continue
		}
		c := model.Call[znode.In, znode.Out]{In: znode.In{Session: s.session()}}
		c.Out = znode.Out{After: newest, Answered: s.answered}
		if s.kind == stepLook {
			turn++
			c.Out.Turn = turn
		} else {
			c.Out.Zxid, newest, turn = s.zxid, s.zxid, 0
		}
		switch {
		case s.reaped() != nil:
			c.In.Request = znode.Request{Op: "reap", Path: s.reaped().path}
		case s.config() != nil:
			c.In.Request, c.In.Config = znode.Request{Op: "configure"}, *s.config()
		case s.heard != nil:
			call := s.heard.call()
			c.In.Request, c.Out.Reply = call.Request, call.Reply
		}
		c.Op = &history.Operation{Process: i, Call: s.begun, Return: s.known, End: history.OK}
		if s.known == endless {
			c.Op.End, c.Op.Return = history.Info, s.begun
		}
		if s.kind == stepLook {
			c.Op.Call = 0
		}
		calls = append(calls, c)
	}
	return calls
}
