package checker

import (
	"ordeal/history"
	"ordeal/model"
)

// watchSpot is what a watch can be set on: the data of a path, or its children.
type watchSpot struct {
	child bool
	path  string
}

// trigger is a change that fires a watch.
type trigger struct {
	zxid int64
	// seq is its place among the changes of its transaction; loose says that those came in no certain order.
	seq   int
	loose bool
	event model.TreeEvent
}

// triggers are all changes there were, in order, by what they fire.
type triggers map[watchSpot][]trigger

func (t triggers) add(zxid int64, events []model.TreeEvent, loose bool) {
	for seq, e := range events {
		one := trigger{zxid, seq, loose, e}
		data, child := watchSpot{false, e.Path}, watchSpot{true, e.Path}
		if e.Type != model.EventChildrenChanged {
			t[data] = append(t[data], one)
		}
		if e.Type == model.EventChildrenChanged || e.Type == model.EventDeleted {
			t[child] = append(t[child], one)
		}
	}
}

// judgeState replays the transactions on the model, and holds every answer against the state at its zxid. It returns what
// the transactions have changed, too.
func (l *treeLog) judgeState() (Verdict, triggers) {
	t, times, changes := model.NewTree(), model.TreeTimes{}, triggers{}
	var reads int64
	for i := range l.steps {
		s := &l.steps[i]
		var wrong string
		switch {
		case s.kind == stepEnd:
			changes.add(s.zxid, t.End(s.zxid, s.session), true)
		case s.watches != nil:
			w := s.watches
			w.fire, w.again, w.rearm = t.Missed(w.asked)
		case s.kind == stepWrite:
			wrong = replayWrite(t, s, changes)
		default:
			reads++
			wrong = replayRead(t, s)
		}
		if s.answered && wrong == "" {
			s.call.Reply.Stats(func(stat *model.TreeStat) {
				if wrong == "" {
					wrong = times.Wrong(stat)
				}
			})
		}
		if wrong != "" {
			return l.verdict(treeState, against([]history.Operation{s.op}, "%s, at zxid 0x%x: %s", callText(s.call), s.zxid, wrong)), nil
		}
	}
	v := l.verdict(treeState, nil)
	v.Measures = []Measure{{"reads", reads, ""}}
	return v, changes
}

func replayWrite(t *model.Tree, s *treeStep, changes triggers) string {
	if s.answered && s.call.Reply.Code == model.CodeSessionMoved {
		return "" // refused: the session had come back elsewhere, and whether in time nobody outside can tell
	}
	reply, events := t.Apply(s.zxid, s.session, s.call.Request)
	changes.add(s.zxid, events, s.call.Request.Op == "closeSession")
	if !s.answered {
		return ""
	}
	return reply.Wrong(s.call.Reply)
}

func replayRead(t *model.Tree, s *treeStep) string {
	if s.call.Reply.Code == model.CodeUnimplemented {
		return ""
	}
	return t.Read(s.call.Request).Wrong(s.call.Reply)
}
