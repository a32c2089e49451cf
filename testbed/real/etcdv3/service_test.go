package etcdv3

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/server/etcd"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
	"ordeal/testbed/trial"
)

// try puts a server of ours that speaks etcd's protocol on trial.
func try(t *testing.T, workload string) play.Result {
	t.Helper()
	r := visitOurs(t, Service(), workload)
	if r.Summary.Outcome != play.Valid || r.Summary.Operations < 20 {
		t.Errorf("%s of %d operations:\n%s", r.Summary.Outcome, r.Summary.Operations, r.Summary.Text)
	}
	return r
}

func visitOurs(t *testing.T, service *trial.Service, workload string) play.Result {
	t.Helper()
	c := etcd.DefaultConfig()
	c.DataDir, c.ListenClientURLs, c.BcryptCost = t.TempDir(), []string{"http://127.0.0.1:0"}, 4
	c.ListenPeerURLs = []string{"http://127.0.0.1:0"}
	s, err := etcd.Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := target.Target{Service: service, Servers: []string{s.ClientAddr()}, Workload: workload, Seed: 5,
		Length: 1500 * time.Millisecond, Rate: 200}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestWorkloads has each workload's clients use a server that does what it must.
func TestWorkloads(t *testing.T) {
	for _, name := range []string{"register", "lock", "election", "bank", "rights"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			try(t, name)
		})
	}
}

// TestKeysAreJudged takes a history that is valid and changes in it what a server may have got wrong.
func TestKeysAreJudged(t *testing.T) {
	t.Parallel()
	good := try(t, "keys").History
	for name, c := range map[string]struct {
		spoil   func(h history.History) bool
		checker string
	}{
		"a read shows another value": {func(h history.History) bool {
			return change(h, "range", history.OK, func(list []any) bool {
				pairs, _ := list[3].([]any)
				if len(pairs) == 0 {
					return false
				}
				pairs[0].([]any)[1] = "v0"
				return true
			})
		}, "linearizable keys answers"},
		"a watch is not told of something": {func(h history.History) bool {
			at := slices.IndexFunc(h, func(op history.Op) bool { return op.F == "told" })
			h[at].F, h[at].Value = "profile", nil
			return true
		}, "key watches"},
		"a put was done by no client": {func(h history.History) bool {
			return change(h, "placed", history.OK, func(list []any) bool {
				if list[6] != any("put") {
					return false
				}
				list[8] = "v0"
				return true
			})
		}, "linearizable keys order"},
	} {
		h := copied(good)
		if !c.spoil(h) {
			t.Errorf("%s: there is nothing to spoil", name)
			continue
		}
		var wrong []string
		for _, v := range play.JudgeHistory(Service(), "keys", h) {
			wrong = append(wrong, invalid(v)...)
		}
		if !slices.Contains(wrong, c.checker) {
			t.Errorf("%s: found by %v, want %s", name, wrong, c.checker)
		}
	}
}

// TestUsedRightsAreJudged changes in a history that is valid what a server may have got wrong.
func TestUsedRightsAreJudged(t *testing.T) {
	t.Parallel()
	good := try(t, "rights").History
	for from, to := range map[string]string{"denied": "done", "done": "denied"} {
		h := copied(good)
		spoilt := 0
		for i, op := range h {
			if op.F == "use" && op.Type == history.OK && op.Value == any(from) {
				h[i].Value = to // of one alone it may hang on what changed meanwhile
				spoilt++
			}
		}
		if spoilt == 0 {
			t.Fatalf("no use was %s", from)
		}
		var wrong []string
		for _, v := range play.JudgeHistory(Service(), "rights", h) {
			wrong = append(wrong, invalid(v)...)
		}
		if len(wrong) == 0 {
			t.Errorf("a use that was %s is taken for %s", from, to)
		}
	}
}

// TestTransactionsAreJudged has etcd's client lose updates, as it may at a weak isolation.
func TestTransactionsAreJudged(t *testing.T) {
	t.Parallel()
	weak := kinds["bank"]
	weak.isolation = concurrency.ReadCommitted
	s := serviceOf(map[string]kind{"bank": weak})
	if r := visitOurs(t, s, "bank"); r.Summary.Outcome != play.Invalid || !strings.Contains(r.Summary.Reason, "in all") {
		t.Errorf("%s of %d operations:\n%s", r.Summary.Outcome, r.Summary.Operations, r.Summary.Text)
	}
}

// copied is a history that can be changed without another.
func copied(h history.History) history.History {
	h = slices.Clone(h)
	for i := range h {
		h[i].Value = copiedValue(h[i].Value)
	}
	return h
}

func copiedValue(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	list = slices.Clone(list)
	for i := range list {
		list[i] = copiedValue(list[i])
	}
	return list
}

// change changes the first event of a kind that it can.
func change(h history.History, f string, kind history.Type, spoil func(list []any) bool) bool {
	for i := range h {
		list, _ := h[i].Value.([]any)
		if h[i].F == f && h[i].Type == kind && len(list) > 3 && spoil(list) {
			return true
		}
	}
	return false
}

func invalid(v checker.Verdict) (names []string) {
	if len(v.Parts) == 0 && v.Outcome == checker.Invalid {
		return []string{v.Checker}
	}
	for _, p := range v.Parts {
		names = append(names, invalid(p)...)
	}
	return names
}

// TestLeases has leases end: in time, early, early since their clients wanted it, and before their clients knew them.
func TestLeases(t *testing.T) {
	l := tenures{}
	l.granted(1, 0)
	l.renewed(1, 3, 2*time.Second)
	l.over(1, 5*time.Second) // right at its end
	l.granted(2, time.Second)
	l.wanted(2)
	l.over(2, 2*time.Second)
	if v := l.judge(); v.Outcome != checker.Valid || l.left() != 0 {
		t.Errorf("%v: %s, %d left", v.Outcome, v.Reason, l.left())
	}
	l.granted(3, 6*time.Second)
	l.renewed(3, 3, 8*time.Second)
	l.over(3, 10*time.Second)
	if v := l.judge(); v.Outcome != checker.Invalid || !strings.Contains(v.Reason, "2s after its last keep-alive") {
		t.Errorf("an early end: %v, %s", v.Outcome, v.Reason)
	}
	early := tenures{}
	early.over(4, 2*time.Second)
	early.granted(4, time.Second)
	if v := early.judge(); v.Outcome != checker.Invalid || early.left() != 0 {
		t.Errorf("an end before the answer to the grant: %v, %s, %d left", v.Outcome, v.Reason, early.left())
	}
}
