package coordination

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/testbed/trial"
)

// The lanes of what stands.
const (
	laneSessions = "sessions"
	laneWatches  = "watches"
)

// standing are the sessions and the watches of a history, as its clients knew of them: a session from when it is first
// heard of, a watch from the answer that says that it is set. Both end with the session, and a watch with what it
// waited for.
func standing(pairs []history.Operation) []trial.Standing {
	s := &stands{
		sessions: make(map[string]int), ends: endsOfSessions(pairs), watches: make(map[watch]int),
		texts: make(map[int64]string),
	}
	answers := make([]*history.Operation, 0, len(pairs))
	for i := range pairs { // by when they began; what is asked for is looked at where it is answered
		o := &pairs[i]
		s.heardOf(o)
		if o.Return >= 0 {
			answers = append(answers, o)
		}
	}
	slices.SortStableFunc(answers, func(a, b *history.Operation) int { return cmp.Compare(a.Return, b.Return) })
	for _, o := range answers {
		s.answered(o)
	}
	for session, at := range s.ends { //house:unordered each ends what is its own
		s.end(session, at, false)
	}
	slices.SortStableFunc(s.all, func(a, b trial.Standing) int { return cmp.Compare(a.From, b.From) })
	return s.all
}

// stands is what was found so far, by the places in all.
type stands struct {
	all      []trial.Standing
	sessions map[string]int
	watches  map[watch]int
	ends     map[string]time.Duration
	texts    map[int64]string // of ids that are numbers
}

// watch is one that fires once. Two of a session on one path are one.
type watch struct {
	session, path string
	children      bool
}

func (s *stands) begin(lane, text string, from time.Duration) int {
	s.all = append(s.all, trial.Standing{Lane: lane, Text: text, From: from, To: -1})
	return len(s.all) - 1
}

// heardOf begins the session of an operation.
func (s *stands) heardOf(o *history.Operation) {
	session, ok := s.sessionOf(o)
	if _, known := s.sessions[session]; ok && !known {
		s.sessions[session] = s.begin(laneSessions, "session "+session, o.Invoked)
	}
}

// sessionOf is the session that an operation is of, if its argument or its value says so.
func (s *stands) sessionOf(o *history.Operation) (string, bool) {
	for _, v := range [...]any{o.Argument, o.Result} {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		if id, ok := s.idOf(v); ok {
			return id, true
		}
	}
	return "", false
}

// idsFrom is a number that no id of a session is below, and no other number of these histories reaches: ids begin with
// the server's.
const idsFrom = 1 << 48

// idOf is the id of a session as text; histories of the tree have numbers.
func (s *stands) idOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, strings.HasPrefix(v, "0x")
	case int64:
		if v >= idsFrom || v < -idsFrom {
			if s.texts[v] == "" {
				s.texts[v] = "0x" + strconv.FormatUint(uint64(v), 16)
			}
			return s.texts[v], true
		}
	}
	return "", false
}

// answered looks at what an answer, or a word of a server, changes.
func (s *stands) answered(o *history.Operation) {
	asked, told := listOf(o.Argument), listOf(o.Result)
	switch o.F {
	case "exists", "getData", "getChildren", "getChildren2":
		if watched, _ := at(asked, 4).(bool); watched && o.End == history.OK {
			session, _ := s.sessionOf(o)
			path, _ := at(asked, 3).(string)
			s.watch(watch{session, path, o.F[len(o.F)-1] != 's' && o.F != "getData"}, o.Completed)
		}
	case "event":
		session, _ := s.sessionOf(o)
		path, _ := at(told, 3).(string)
		for _, children := range []bool{false, true} {
			s.fire(watch{session, path, children}, o.Completed)
		}
	case "watch":
		s.registerWatch(*o, told)
	case "closeSession":
		if o.End == history.OK && o.Process >= 0 {
			session, _ := s.sessionOf(o)
			s.end(session, o.Completed, false)
		}
	case "applied": // [zxid session 0 closeSession]: the service ended it
		if ended, _ := s.idOf(at(told, 1)); at(told, 2) == int64(0) && at(told, 3) == "closeSession" {
			s.end(ended, o.Completed, true)
		}
	}
}

func (s *stands) watch(w watch, at time.Duration) {
	if _, there := s.watches[w]; !there {
		kind := "data"
		if w.children {
			kind = "children"
		}
		s.watches[w] = s.begin(laneWatches, fmt.Sprintf("%s, %s, of session %s", w.path, kind, w.session), at)
	}
}

func (s *stands) fire(w watch, at time.Duration) {
	if i, there := s.watches[w]; there {
		s.all[i].To = at
		delete(s.watches, w)
	}
}

// registerWatch is the operation watch of the workload register: it lasts as long as its watch.
func (s *stands) registerWatch(o history.Operation, told []any) {
	i := s.begin(laneWatches, o.Key, o.Invoked)
	s.all[i].To = o.Completed
	if fired, known := at(told, 2).(bool); known && !fired {
		s.all[i].Text += ", which did not fire"
		s.all[i].Odd = at(told, 0) != at(told, 1)
	}
}

// end ends a session, and the watches that it still has.
func (s *stands) end(session string, at time.Duration, expired bool) {
	i, known := s.sessions[session]
	if !known || s.all[i].To >= 0 && s.all[i].To <= at {
		return
	}
	s.all[i].To, s.all[i].Odd = at, expired
	if expired {
		s.all[i].Text += ", which expired"
	}
	for w, place := range s.watches { //house:unordered each ends by itself
		if w.session == session {
			s.all[place].To = at
			delete(s.watches, w)
		}
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}
