package coordination

import (
	"slices"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/cluster"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/testbed/play"
	"ordeal/workloads"
)

// doubtful is a history in which an enqueue ended unknown, and the next element came out first: as far as clients know
// the first may have gone in last.
func doubtful() (history.History, []workloads.Unknown) {
	r := history.NewRecorder(func() time.Duration { return 0 })
	r.Invoke(0, "enqueue", "q1", 1)
	r.Info(0, "enqueue", "q1", 1, "no answer")
	r.Invoke(1, "enqueue", "q1", 2)
	r.OK(1, "enqueue", "q1", 2)
	r.Invoke(2, "dequeue", "q1", nil)
	r.OK(2, "dequeue", "q1", 2)
	return r.Ops(), []workloads.Unknown{{Index: 1, Path: "/queue/q1", Session: 7, Before: 2, Last: 4}}
}

func made(at int, xid int32, path string, err wire.Code) write {
	return write{cluster.Applied{Zxid: int64(at), Session: 7, Xid: xid, Op: wire.OpCreate2, Err: err, Target: path}, at}
}

func TestTruthDecidesWhatWasUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		writes []write
		gap    bool
		count  int
		want   checker.Outcome
	}{
		"applied before the other":   {[]write{made(1, 4, "/queue/q1/a-", wire.OK)}, false, 1, checker.Invalid},
		"applied while it was asked": {[]write{made(2, 4, "/queue/q1/a-", wire.OK)}, false, 1, checker.Invalid},
		"applied after the other":    {[]write{made(4, 4, "/queue/q1/a-", wire.OK)}, false, 1, checker.Valid},
		"refused":                    {[]write{made(1, 4, "/queue/q1/a-", wire.NoNode)}, false, 1, checker.Valid},
		"never applied":              {nil, false, 1, checker.Valid},
		"not known":                  {nil, true, 0, checker.Valid},
		"the folder only":            {[]write{made(1, 3, "/queue/q1", wire.OK)}, false, 1, checker.Valid},
		"another request":            {[]write{made(1, 5, "/queue/q1/a-", wire.OK)}, false, 1, checker.Valid},
	} {
		h, unknowns := doubtful()
		seen := play.JudgeHistory(Service(), "queue", h)
		if slices.ContainsFunc(seen, broken) {
			t.Fatalf("clients see something wrong: %v", seen)
		}
		tr := truth{gap: c.gap, writes: c.writes}
		r := tr.resolve(h, unknowns)
		got := checker.Compose("truth", play.JudgeHistory(Service(), "queue", r.history)...)
		if wrong := got.Outcome == checker.Invalid; r.count != c.count || wrong != (c.want == checker.Invalid) {
			t.Errorf("%s: %d resolved, %v: %s; want %d, %v", name, r.count, got.Outcome, got.Reason, c.count, c.want)
		}
		if len(r.history) != len(h) {
			t.Errorf("%s: %d events of %d", name, len(r.history), len(h))
		}
	}
}

// Everything that a trial's clients do not know is known to the simulator, but for who waits in lines.
func TestTrialsResolveTheirUnknowns(t *testing.T) {
	for _, workload := range []string{"register", "queue"} {
		tr, err := Service().Parse("ordeal/2 seed=3 workload=" + workload +
			` nodes=3 length=20s rate=100 plan="at 4s for 3s partition isolate leader with-clients"`)
		if err != nil {
			t.Fatal(err)
		}
		r, err := play.Run(tr, play.Ask{})
		if err != nil || r.Verdict.Outcome != checker.Valid {
			t.Fatalf("%v: %v, %s", err, r.Verdict.Outcome, r.Summary.Reason)
		}
		infos := 0
		for _, op := range r.History {
			if op.Process >= 0 && op.Type == history.Info {
				infos++
			}
		}
		if infos == 0 || r.Summary.Resolved != infos {
			t.Errorf("%s: %d of %d unknown operations are resolved", workload, r.Summary.Resolved, infos)
		}
	}
}
