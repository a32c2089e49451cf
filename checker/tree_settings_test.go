package checker

import (
	"strings"
	"testing"
	"time"

	"ordeal/history"
)

// treeOps records a history of one session, 7: service events, and requests with their answers.
type treeOps struct{ *history.Recorder }

func newTreeOps(settings ...any) treeOps {
	now := time.Duration(0)
	r := treeOps{history.NewRecorder(func() time.Duration { now += time.Millisecond; return now })}
	r.OK(history.Service, "settings", "", append([]any{[]any{"ttl", true}}, settings...))
	return r
}

func (r treeOps) service(f string, v ...any) { r.OK(history.Service, f, "", v) }

// ask is a request on a connection that is answered.
func (r treeOps) ask(conn, xid int64, f string, arguments []any, code, zxid int64, result ...any) {
	r.Invoke(1, f, "", append([]any{int64(7), conn, xid}, arguments...))
	r.OK(1, f, "", append([]any{code, zxid}, result...))
}

var create = []any{"/a", "1", int64(1), []any{"world:anyone:31"}}

func TestWhatAServerWithoutALeaderMayAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		how  []any
		code int64
		want string
	}{
		"refused, for it has no leader":         {[]any{"read-only"}, -119, ""},
		"carried out, though it has no leader":  {[]any{"read-only"}, 0, "the code is 0, and must be -119"},
		"refused, though it is one with leader": {nil, -119, "the code is -119, and must be 0"},
	} {
		r := newTreeOps()
		r.service("attach", append([]any{int64(7), int64(1)}, c.how...)...)
		result := []any{}
		if c.code == 0 {
			result = append(result, "/a")
		}
		r.ask(1, 1, "create", create, c.code, 5, result...)
		r.ask(1, 2, "whoAmI", nil, 0, 5, []any{})
		wantTree(t, name, r, c.want)
	}
}

func TestSessionsOfOneServer(t *testing.T) {
	for name, c := range map[string]struct {
		local string
		code  int64
		want  string
	}{
		"an ephemeral is refused":              {"yes", -120, ""},
		"an ephemeral is made":                 {"yes", 0, "the code is 0, and must be -120"},
		"the session becomes the ensemble's":   {"upgrade", 0, ""},
		"refused, though it can become theirs": {"upgrade", -120, "the code is -120, and must be 0"},
	} {
		r := newTreeOps([]any{"local", c.local})
		r.service("attach", int64(7), int64(1))
		result := []any{}
		if c.code == 0 {
			result = append(result, "/a")
		}
		r.ask(1, 1, "create", create, c.code, 5, result...)
		r.ask(1, 2, "closeSession", nil, 0, 6)
		if c.code == 0 {
			r.service("applied", int64(6), int64(7), int64(2), "closeSession")
		}
		wantTree(t, name, r, c.want)
	}
}

func TestNothingComesBehindARefusedClaim(t *testing.T) {
	for _, again := range []bool{false, true} {
		r := newTreeOps()
		r.service("attach", int64(7), int64(1))
		r.ask(1, 1, "exists", []any{"/a", false}, -101, 1)
		r.service("claim", int64(7), int64(1), "nobody", "x")
		r.Invoke(1, "exists", "", []any{int64(7), int64(1), int64(2), "/a", false})
		r.service("claimed", int64(7), int64(1), int64(-115))
		want := ""
		if again {
			want = "on a connection on which a claim was refused before"
			r.OK(1, "exists", "", []any{int64(-101), int64(1)})
		}
		wantTree(t, "refused", r, want)
	}
}

func TestWhoTakesASessionOverKnowsNothingOfItsWatches(t *testing.T) {
	for _, how := range []string{"anew", "as ever"} {
		r := newTreeOps()
		r.service("attach", int64(7), int64(1))
		r.ask(1, 1, "exists", []any{"/a", true}, -101, 1)
		r.service("attach", int64(7), int64(2), how)
		r.ask(2, 2, "exists", []any{"/a", false}, -101, 1)
		want := ""
		if how != "anew" {
			want = "before it had set its 1 watches again"
		}
		wantTree(t, how, r, want)
	}
}

func wantTree(t *testing.T, name string, r treeOps, want string) {
	t.Helper()
	v := Tree().Check(r.Ops())
	if want == "" && v.Outcome != Valid || want != "" && (v.Outcome != Invalid || !strings.Contains(v.Reason, want)) {
		t.Errorf("%s: %v: %s", name, v.Outcome, v.Reason)
	}
}
