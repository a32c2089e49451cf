package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/model/znode"
)

// judgeState replays the transactions on the model, and holds every answer against the state at its zxid. It returns
// what the transactions have changed, too. Porcupine judges some windows of the same history again.
func (l *treeLog) judgeState() (Verdict, *triggers) {
	t, times, changes := l.newTree(), znode.Times{}, newTriggers(l.watched)
	var reads int64
	u := l.uncover()
	var newest int64
	var call znode.Call // of the step
	for i := 0; i < len(l.steps); i++ {
		if l.read(i, &call); l.malformed != nil {
			return Verdict{Outcome: Unknown}, nil
		}
		if u != nil {
			u.look(i, t)
			l.read(i, &call) // another step may have come in between
		} else { // else the numbers of the steps behind would be others
			l.keep(i, t, newest)
		}
		s := &l.steps[i]
		if s.kind != stepLook {
			newest = s.zxid
		}
		if s.kind == stepLook && s.watches() == nil {
			reads++
		}
		early := l.early(s, t)
		wrong := s.carryOut(t, &call, changes)
		certain := wrong != ""
		if !certain { // of instants and times of day Porcupine knows nothing
			if wrong = early; wrong == "" && s.answered {
				wrong = wrongTimes(times, call.Reply)
			}
		}
		if wrong == "" {
			continue
		}
		c := against(shown(s.op()), "%s, at zxid 0x%x: %s", s.text(), s.zxid, wrong)
		c.rule = "what was answered does not follow from the state"
		v := l.verdict(treeState, s.zxid, c)
		if certain && v.Outcome == Invalid {
			l.confirm(&v, i)
		}
		for _, s := range l.steps[i:] {
			l.readOnce(s.heard)
		}
		return v, nil
	}
	if u != nil {
		changes.sort()
		l.doubtRemovals(t)
	}
	v := l.verdict(treeState, 0, nil)
	v.Measures = []Measure{{"reads", reads, ""}}
	for _, at := range l.sampled() {
		if l.ordered && at >= 0 { // else Porcupine finds fault with the order, and rightly so
			l.confirm(&v, at)
		}
	}
	return v, changes
}

// read reads a step's call, if it is one. What was read before is gone.
func (l *treeLog) read(step int, c *znode.Call) {
	if s := &l.steps[step]; s.isCall() {
		l.room.Empty()
		l.note(s.heard.read(c, &l.room))
	}
}

// note keeps the first error that a call of the history is malformed.
func (l *treeLog) note(err error) {
	if l.malformed == nil {
		l.malformed = err
	}
}

// readOnce reads a call that no state is judged by, to see whether it is malformed.
func (l *treeLog) readOnce(h *treeHeard) {
	if h != nil && h.kind == heardCall {
		l.room.Empty()
		var call znode.Call
		l.note(h.read(&call, &l.room))
	}
}

// sampled are the steps around which Porcupine judges a window, if nothing is wrong.
func (l *treeLog) sampled() [3]int {
	return [...]int{len(l.steps) / 4, len(l.steps) / 2, len(l.steps) - 1}
}

// keep keeps the state before a step at which such a window begins; without its tree if that is too large.
func (l *treeLog) keep(step int, t *znode.Tree, newest int64) {
	for _, at := range l.sampled() {
		if !l.ordered || step != windowFrom(at) {
			continue
		}
		if l.kept == nil {
			l.kept = map[int]znode.At{}
		}
		l.kept[step] = znode.At{Zxid: newest}
		if t.Len() <= treeMost {
			l.kept[step] = znode.At{Zxid: newest, Tree: t.Clone()}
		}
	}
}

// newTree is the state before the first transaction.
func (l *treeLog) newTree() *znode.Tree {
	t := znode.New()
	t.Settings = l.settings
	return t
}

// replay carries a step out on the model, and says what is wrong with the answer; or "".
func (s *treeStep) replay(t *znode.Tree, changes *triggers) string {
	call := &znode.Call{}
	if s.isCall() {
		call = s.heard.call()
	}
	return s.carryOut(t, call, changes)
}

// carryOut does what replay does with a call that was read.
func (s *treeStep) carryOut(t *znode.Tree, call *znode.Call, changes *triggers) string {
	switch {
	case s.reaped() != nil:
		events, wrong := t.Reap(s.zxid, s.reaped().path)
		changes.add(s.zxid, events, false)
		return wrong
	case s.config() != nil:
		events, wrong := t.Configure(s.zxid, *s.config())
		changes.add(s.zxid, events, false)
		return wrong
	case s.kind == stepEnd:
		changes.add(s.zxid, t.End(s.zxid, s.session()), true)
	case s.watches() != nil:
		w := s.watches()
		w.fire, w.again, w.rearm = t.Missed(w.asked)
	case s.kind == stepWrite:
		return s.replayWrite(t, call, changes)
	default:
		return s.replayRead(t, call)
	}
	return ""
}

// early says that a znode was removed before its time to live was over: counted from the instant when it was asked for,
// or its data was, which is before that was given a time of day. Two clocks may be off, in opposite directions.
func (l *treeLog) early(s *treeStep, t *znode.Tree) string {
	reaped := s.reaped()
	if reaped == nil || s.hidden { // when a hidden one was is not known
		return ""
	}
	ttl, from := t.Lifetime(reaped.path)
	if ttl == 0 {
		return ""
	}
	i, found := slices.BinarySearchFunc(l.steps, from, func(s treeStep, zxid int64) int {
		return cmp.Compare(s.zxid, zxid)
	})
	if !found || l.steps[i].heard == nil {
		return ""
	}
	age := (reaped.when - l.steps[i].op().Invoked).Milliseconds()
	if age+2*reaped.off < ttl {
		return fmt.Sprintf("its data was %d ms old at most, and its time to live is %d ms (clocks are off by up to %d ms)",
			age, ttl, reaped.off)
	}
	return ""
}

func wrongTimes(times znode.Times, reply znode.Reply) (wrong string) {
	reply.Stats(func(stat *znode.Stat) {
		if wrong == "" {
			wrong = times.Wrong(stat)
		}
	})
	return wrong
}

func (s *treeStep) replayWrite(t *znode.Tree, call *znode.Call, changes *triggers) string {
	if s.void {
		return ""
	}
	if s.answered && call.Reply.Code == znode.CodeSessionMoved {
		return "" // refused: the session had come back elsewhere, and whether in time can't be told from outside
	}
	reply, events := s.write(t, call.Request)
	changes.add(s.zxid, events, s.heard.is(aboutClose))
	if !s.answered {
		if reply.Code == znode.CodeSessionExpired {
			return "it was carried out, and its session was over"
		}
		return ""
	}
	return reply.Wrong(call.Reply)
}

func (s *treeStep) replayRead(t *znode.Tree, call *znode.Call) string {
	if call.Reply.Code == znode.CodeUnimplemented && !t.Settings.Whole {
		return "" // what the service has is not known
	}
	if r := call.Reply; s.heard.is(aboutReconfig) && r.Code == znode.CodeOK && r.Stat.Mzxid != s.zxid {
		return fmt.Sprintf("it succeeded, and mzxid is 0x%x", r.Stat.Mzxid)
	}
	return t.Read(s.heard.session, call.Request).Wrong(call.Reply)
}
