package checker

import (
	"cmp"
	"slices"

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

// sort puts the changes in order, where some were found out late.
func (t triggers) sort() {
	for _, list := range t { //house:unordered each is sorted by itself
		slices.SortStableFunc(list, func(a, b trigger) int { return cmp.Compare(a.zxid, b.zxid) })
	}
}

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
// the transactions have changed, too. Porcupine judges some windows of the same history again.
func (l *treeLog) judgeState() (Verdict, triggers) {
	t, times, changes := model.NewTree(), model.TreeTimes{}, triggers{}
	var reads int64
	u := l.uncover()
	for i := 0; i < len(l.steps); i++ {
		u.look(i, t)
		s := &l.steps[i]
		if s.kind == stepLook && s.watches == nil {
			reads++
		}
		wrong := s.replay(t, changes)
		certain := wrong != ""
		if s.answered && !certain {
			wrong = wrongTimes(times, s.call.Reply)
		}
		if wrong == "" {
			continue
		}
		v := l.verdict(treeState, s.zxid, against(shown(s.op), "%s, at zxid 0x%x: %s", s.text(), s.zxid, wrong))
		if certain && v.Outcome == Invalid {
			l.confirm(&v, i)
		}
		return v, nil
	}
	if u != nil {
		changes.sort()
		l.doubtRemovals(t)
	}
	v := l.verdict(treeState, 0, nil)
	v.Measures = []Measure{{"reads", reads, ""}}
	for _, at := range [...]int{len(l.steps) / 4, len(l.steps) / 2, len(l.steps) - 1} {
		if l.ordered && at >= 0 { // else Porcupine finds fault with the order, and rightly so
			l.confirm(&v, at)
		}
	}
	return v, changes
}

// replay carries a step out on the model, and says what is wrong with the answer; or "".
func (s *treeStep) replay(t *model.Tree, changes triggers) string {
	switch {
	case s.reaped != "":
		events, wrong := t.Reap(s.zxid, s.reaped)
		changes.add(s.zxid, events, false)
		return wrong
	case s.kind == stepEnd:
		changes.add(s.zxid, t.End(s.zxid, s.session), true)
	case s.watches != nil:
		w := s.watches
		w.fire, w.again, w.rearm = t.Missed(w.asked)
	case s.kind == stepWrite:
		return replayWrite(t, s, changes)
	default:
		return replayRead(t, s)
	}
	return ""
}

func wrongTimes(times model.TreeTimes, r model.TreeReply) (wrong string) {
	r.Stats(func(stat *model.TreeStat) {
		if wrong == "" {
			wrong = times.Wrong(stat)
		}
	})
	return wrong
}

func replayWrite(t *model.Tree, s *treeStep, changes triggers) string {
	if s.answered && s.call.Reply.Code == model.CodeSessionMoved {
		return "" // refused: the session had come back elsewhere, and whether in time nobody outside can tell
	}
	reply, events := s.write(t)
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
	return t.Read(s.session, s.call.Request).Wrong(s.call.Reply)
}
