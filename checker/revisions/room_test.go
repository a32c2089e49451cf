package revisions

import (
	"strings"
	"testing"
)

var large = strings.Repeat("x", 900)

func putArgs(key, value string) []any { return []any{key, value, int64(0), ""} }

func raise(s *scene) {
	s.call(true, "alarm-raise", []any{int64(2), "nospace"}, []any{int64(1), []any{[]any{int64(2), "nospace"}}})
}

func alarms(s *scene, list ...any) {
	s.call(false, "alarms", []any{""}, []any{int64(1), append([]any{}, list...)})
}

func small(s *scene) {
	s.service("settings", []any{"quota", int64(2000)}, []any{"request", int64(1000)})
}

// told is a history, and what is wrong with it; "" for nothing.
type told struct {
	tell func(s *scene)
	want string
}

// rooms are about alarms and room: in each one answer is wrong, or nothing is.
var rooms = map[string]told{
	"a put is refused while there is an alarm": {func(s *scene) {
		raise(s)
		s.call(true, "put", putArgs("a", "1"), textNoRoom)
		s.call(true, "delete", []any{"a", "", ""}, []any{int64(1), int64(0), []any{}})
		alarms(s, []any{int64(2), "nospace"})
		s.call(true, "alarm-end", []any{int64(2), "nospace"}, []any{int64(1), []any{[]any{int64(2), "nospace"}}})
		alarms(s)
		s.put("a", "1", 2)
	}, ""},
	"a put is carried out while there is an alarm": {func(s *scene) {
		raise(s)
		s.put("a", "1", 2)
	}, "is answered"},
	"a deletion is refused for want of room": {func(s *scene) {
		raise(s)
		s.call(true, "delete", []any{"a", "", ""}, textNoRoom)
	}, "is answered"},
	"everything is refused while something is corrupt": {func(s *scene) {
		s.call(true, "alarm-raise", []any{int64(1), "corrupt"}, []any{int64(1), []any{[]any{int64(1), "corrupt"}}})
		s.call(true, "delete", []any{"a", "", ""}, "etcdserver: corrupt cluster")
	}, ""},
	"an alarm is not told": {func(s *scene) {
		raise(s)
		alarms(s)
	}, "are said to be"},
	"an alarm is raised, and there is room": {func(s *scene) {
		small(s)
		s.index++
		s.service("applied", s.index, "", int64(0), true, "alarm-raise", int64(1), "nospace")
	}, "there is no room"},
	"a put is refused, and there is room": {func(s *scene) {
		small(s)
		s.call(false, "put", putArgs("a", "1"), textNoRoom)
	}, "was not applied"},
	"there is no room": {func(s *scene) {
		small(s)
		s.put("a", large, 2)
		s.call(false, "put", putArgs("b", large), textNoRoom)
	}, ""},
	"there was no room, and it is taken": {func(s *scene) {
		small(s)
		s.put("a", large, 2)
		s.call(false, "range", []any{"a", "", int64(0), int64(0), "", "", nil}, []any{int64(2), int64(1), false,
			[]any{[]any{"a", large, int64(2), int64(2), int64(1), int64(0)}}})
		s.put("b", large, 3)
	}, "there was no room for it"},
	"it is too large, and it is taken": {func(s *scene) {
		s.service("settings", []any{"request", int64(500)})
		s.put("a", large, 2)
	}, "was carried out: a request may have"},
	"it is too large": {func(s *scene) {
		s.service("settings", []any{"request", int64(500)})
		s.call(false, "put", putArgs("a", large), textTooLarge)
	}, ""},
	"it is not too large": {func(s *scene) {
		s.service("settings", []any{"request", int64(500)})
		s.call(false, "put", putArgs("a", "1"), textTooLarge)
	}, "was not applied"},
}

func TestRoom(t *testing.T) { judgeAll(t, rooms) }

// judgeAll judges histories, and holds that what is wrong is found.
func judgeAll(t *testing.T, histories map[string]told) {
	for name, c := range histories {
		t.Run(name, func(t *testing.T) {
			s := newScene()
			c.tell(s)
			findings := judged(t, s)
			switch {
			case c.want == "" && len(findings) > 0:
				t.Errorf("it is refused: %s", findings[0].Reason)
			case c.want != "" && (len(findings) == 0 || !strings.Contains(findings[0].Reason, c.want)):
				t.Errorf("it is found %v, and %q is wanted", findings, c.want)
			}
		})
	}
}
