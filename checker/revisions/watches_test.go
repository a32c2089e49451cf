package revisions

import (
	"strings"
	"testing"
	"time"

	"ordeal/history"
)

// scene is a history that is written down event by event, a second apart.
type scene struct {
	rec *history.Recorder
	now time.Duration
	// index counts the entries.
	index int64
}

func newScene() *scene {
	s := &scene{}
	s.rec = history.NewRecorder(func() time.Duration { s.now += time.Second; return s.now })
	return s
}

func (s *scene) service(f string, value ...any) { s.rec.OK(history.Service, f, "", value) }

// call is a whole operation of process 0, which is applied meanwhile if that is said.
func (s *scene) call(applied bool, f string, args []any, answer any) {
	s.rec.Invoke(0, f, "", append([]any{int64(1), ""}, args...))
	if applied {
		s.index++
		s.service("applied", append([]any{s.index, "", int64(0), false, f}, args...)...)
	}
	s.rec.OK(0, f, "", answer)
}

func (s *scene) put(key, value string, revision int64) {
	s.call(true, "put", []any{key, value, int64(0), ""}, []any{revision, nil})
}

// watch begins watch 1 of all keys, on stream 0.
func (s *scene) watch(start int64, flags string, answer any) {
	s.call(false, "watch", []any{int64(1), int64(0), int64(0), "\x00", "\x00", start, flags}, answer)
}

func event(kind, key, value string, create, mod, version int64, before any) []any {
	return []any{kind, key, value, create, mod, version, int64(0), before}
}

func judged(t *testing.T, s *scene) []Finding {
	t.Helper()
	ops, err := s.rec.Ops().Pair()
	if err != nil {
		t.Fatal(err)
	}
	findings, whole, err := Judge(ops)
	if err != nil || !whole {
		t.Fatal(whole, err)
	}
	return findings
}

// The events of two puts of one key.
var (
	first  = event("put", "a", "1", 2, 2, 1, nil)
	second = event("put", "a", "2", 2, 3, 2, nil)
)

// TestWatches: each of these watches is told of the two puts, at revisions 2 and 3, and one thing is wrong or nothing.
func TestWatches(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(s *scene)
		want string
	}{
		"all is well": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{first, second})
			s.service("progress", int64(1), int64(0), int64(3))
		}, ""},
		"it comes in two messages": {func(s *scene) {
			s.watch(2, "f", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), true, []any{first})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, ""},
		"it comes in two messages unasked": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), true, []any{first})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, "did not ask for that"},
		"more is to come, and nothing comes": {func(s *scene) {
			s.watch(2, "f", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), true, []any{first})
			s.service("progress", int64(1), int64(0), int64(3))
		}, "is said to be at revision 3"},
		"one is missing": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, "is told of revision 2"},
		"one comes twice": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{first, second})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, "was told of what was before"},
		"progress comes first": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("progressed", int64(1), int64(3))
			s.service("told", int64(1), int64(3), false, []any{first, second})
		}, "is said to be at revision 3"},
	} {
		seesWatch(t, name, c.tell, c.want)
	}
}

// TestWatchesOfThePast is TestWatches for what a watch asks for besides, and for compactions.
func TestWatchesOfThePast(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(s *scene)
		want string
	}{
		"it begins in the future": {func(s *scene) {
			s.watch(9, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, "was told of what was before"},
		"what was before is not told": {func(s *scene) {
			s.watch(2, "p", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{first, second})
		}, "is told of revision 3"},
		"puts are not wanted": {func(s *scene) {
			s.watch(2, "a", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{first, second})
		}, "is told of revision 2"},
		"it is ended for nothing": {func(s *scene) {
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("canceled", int64(1), int64(3), int64(0))
		}, "its client did not ask for that"},
		"it is ended for a compaction": {func(s *scene) {
			s.call(true, "compact", []any{int64(3)}, []any{int64(3)})
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("canceled", int64(1), int64(0), int64(3))
		}, ""},
		"the compaction was not so far": {func(s *scene) {
			s.call(true, "compact", []any{int64(2)}, []any{int64(3)})
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("canceled", int64(1), int64(0), int64(2))
		}, "is ended for a compaction at 2"},
		"it goes on over a compaction": {func(s *scene) {
			s.call(true, "compact", []any{int64(3)}, []any{int64(3)})
			s.watch(2, "", []any{int64(3), int64(0)})
			s.service("told", int64(1), int64(3), false, []any{second})
		}, "is told of revision 2"},
		"the client does not have it": {func(s *scene) {
			s.service("stray", int64(1), int64(7), int64(3))
		}, "it does not have"},
	} {
		seesWatch(t, name, c.tell, c.want)
	}
}

func seesWatch(t *testing.T, name string, tell func(s *scene), want string) {
	t.Helper()
	s := newScene()
	s.put("a", "1", 2)
	s.put("a", "2", 3)
	tell(s)
	sees(t, name, judged(t, s), "key watches", want)
}

func sees(t *testing.T, name string, findings []Finding, part, want string) {
	t.Helper()
	switch {
	case want == "" && len(findings) > 0:
		t.Errorf("%s: %+v", name, findings)
	case want != "" && (len(findings) != 1 || findings[0].Part != part || !strings.Contains(findings[0].Reason, want)):
		t.Errorf("%s: %+v, and it must be that a watch or a lease %s", name, findings, want)
	}
}

// TestLeases: a lease of 10 s ends by itself, and whatever renews it gives it 10 s from when it was asked.
func TestLeases(t *testing.T) {
	for name, c := range map[string]struct {
		then func(s *scene)
		want string
	}{
		"in time": {func(s *scene) {
			s.now += 10 * time.Second
			s.service("expired", int64(2), int64(5), int64(0))
		}, ""},
		"too early": {func(s *scene) {
			s.now += 7 * time.Second
			s.service("expired", int64(2), int64(5), int64(0))
		}, "ends by itself"},
		"early by what clocks are wrong": {func(s *scene) {
			s.now += 7 * time.Second
			s.service("expired", int64(2), int64(5), int64(2000))
		}, ""},
		"early since it was renewed": {func(s *scene) {
			s.now += 5 * time.Second
			s.call(false, "alive", []any{int64(5)}, []any{int64(1), int64(5), int64(10)})
			s.now += 5 * time.Second
			s.service("expired", int64(2), int64(5), int64(0))
		}, "ends by itself"},
		"not renewed, as it was over": {func(s *scene) {
			s.now += 10 * time.Second
			s.service("expired", int64(2), int64(5), int64(0))
			s.call(false, "alive", []any{int64(5)}, []any{int64(1), int64(5), int64(0)})
		}, ""},
	} {
		s := newScene()
		s.call(true, "grant", []any{int64(5), int64(10)}, []any{int64(1), int64(5), int64(10)})
		c.then(s)
		sees(t, name, judged(t, s), "key leases", c.want)
	}
	s := newScene()
	s.call(true, "grant", []any{int64(5), int64(10)}, []any{int64(1), int64(5), int64(10)})
	s.call(true, "revoke", []any{int64(5)}, []any{int64(1)})
	s.call(false, "alive", []any{int64(5)}, []any{int64(1), int64(5), int64(10)})
	sees(t, "renewed behind its revoke", judged(t, s), "linearizable keys answers", "the lease was not so")
}
