package schedule_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

const patience = 10 * time.Second

// onOne lets a client do something with a service of one server, in a simulated world.
func onOne(t *testing.T, do func(o *office)) {
	t.Helper()
	w := sim.New(1, sim.Config{})
	w.AddMachine("n1", cluster.Boot(cluster.Config{ID: 1, Members: []cluster.Member{{ID: 1, Addr: "n1"}}}))
	done := false
	w.Spawn("c1", func(p host.Process) {
		o := &office{T: t, Process: p}
		o.admin = schedule.NewAdmin(p, o.session(), o.config())
		do(o)
		done = true
	})
	w.RunUntil(w.Now() + 5*time.Minute)
	for _, f := range w.Failures() {
		t.Fatalf("%v\n%s", f, f.Stack)
	}
	if !done {
		t.Fatal("it did not come to its end")
	}
	w.Close()
}

// office is a process that has several sessions.
type office struct {
	*testing.T
	host.Process
	admin *schedule.Admin
	keep  int
}

func (o *office) config() schedule.Config {
	return schedule.Config{Path: "/cron", Shards: 4, Keep: o.keep}
}

func (o *office) session() *client.Client {
	return client.New(o, client.Config{Servers: []host.Addr{"n1"}, SessionTimeout: 3 * time.Second})
}

// instance joins with a session of its own.
func (o *office) instance() (*schedule.Scheduler, *client.Client) {
	c := o.session()
	s := schedule.NewScheduler(o, c, o.config())
	if err := s.Join(patience); err != nil {
		o.Error("join:", err)
	}
	return s, c
}

func (o *office) add(j schedule.Job) {
	if _, outcome, err := o.admin.Add(j, patience); err != nil {
		o.Error("add:", outcome, err)
	}
}

// claim claims what is due within a time; ok is false if nothing is.
func (o *office) claim(s *schedule.Scheduler, within time.Duration) (schedule.Run, bool) {
	r, ok, outcome, err := s.Claim(within)
	if err != nil {
		o.Error("claim:", outcome, err)
	}
	return r, ok
}

func (o *office) finish(s *schedule.Scheduler, r schedule.Run, well bool) schedule.Ended {
	e, outcome, err := s.Finish(r, well, "", patience)
	if err != nil {
		o.Error("finish:", outcome, err)
	}
	return e
}

// log shows what the log has of a job.
func (o *office) log(job string) string {
	list, err := o.admin.Log(job, patience)
	if err != nil {
		o.Error("log:", err)
	}
	var parts []string
	for _, e := range list {
		s := fmt.Sprintf("%s %d/%d", e.Outcome, e.Failures, e.Attempts)
		if e.Outcome == schedule.Missed {
			s = fmt.Sprintf("%s %d %s", e.Outcome, e.Count, e.Policy)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

func TestEachFiringOnce(t *testing.T) {
	onOne(t, func(o *office) {
		o.add(schedule.Job{Name: "tick", Every: 500, Misfire: schedule.MisfireAll})
		a, _ := o.instance()
		b, _ := o.instance()
		var instants []int64
		fence := int64(0)
		for len(instants) < 20 {
			for _, s := range []*schedule.Scheduler{a, b} {
				r, ok := o.claim(s, 100*time.Millisecond)
				if !ok {
					continue
				}
				if r.Due < r.Instant || r.Fence <= fence || r.Attempt != 1 {
					o.Errorf("%+v behind fence %d", r, fence)
				}
				instants, fence = append(instants, r.Instant), r.Fence
				o.finish(s, r, true)
			}
		}
		for i := range instants {
			if instants[i] != instants[0]+int64(i)*500 || instants[i]%500 != 0 {
				o.Error(instants)
			}
		}
		if got := o.log("tick"); strings.Count(got, "done 0/1") != 20 {
			o.Error(got)
		}
	})
}

func TestFailover(t *testing.T) {
	onOne(t, func(o *office) {
		o.add(schedule.Job{Name: "one", At: 1})
		a, session := o.instance()
		first, ok := o.claim(a, patience)
		if !ok {
			o.Error("nothing was due")
		}
		b, _ := o.instance()
		if r, ok := o.claim(b, 5*time.Second); ok {
			o.Errorf("%+v was claimed twice", r)
		}
		session.Abandon()
		second, ok := o.claim(b, 20*time.Second)
		if !ok || second.Firing != first.Firing || second.Attempt != 2 || second.Fence <= first.Fence {
			o.Errorf("%+v, and then %+v", first, second)
		}
		// The first one goes on by a new session, and has lost its claim.
		c, _ := o.instance()
		if _, outcome, err := c.Finish(first, true, "", patience); outcome != recipes.NoEffect || err != recipes.ErrLost {
			o.Error(outcome, err)
		}
		o.finish(b, second, true)
		if got := o.log("one"); got != "done 0/2" {
			o.Error(got)
		}
		if _, outcome, err := b.Finish(second, true, "", patience); outcome != recipes.NoEffect || err != recipes.ErrLost {
			o.Error(outcome, err)
		}
	})
}

func TestRetriesAndTimeouts(t *testing.T) {
	onOne(t, func(o *office) {
		o.add(schedule.Job{Name: "bad", At: 1, Retries: 2, Backoff: 1000})
		a, _ := o.instance()
		var at []time.Duration
		for want := range []string{schedule.Waiting, schedule.Waiting, schedule.Failed} {
			r, ok := o.claim(a, patience)
			if !ok || r.Attempt != want+1 {
				o.Errorf("%+v", r)
			}
			at = append(at, o.Now().Truncate(500*time.Millisecond))
			o.finish(a, r, false)
		}
		if at[1]-at[0] < time.Second || at[2]-at[1] < 2*time.Second || at[2]-at[0] > 4*time.Second {
			o.Error(at)
		}
		if r, ok := o.claim(a, 10*time.Second); ok {
			o.Errorf("%+v", r)
		}
		if got := o.log("bad"); got != "failed 3/3" {
			o.Error(got)
		}
		o.add(schedule.Job{Name: "slow", At: 1, Retries: 1, Timeout: 2000})
		first, _ := o.claim(a, patience)
		second, ok := o.claim(a, patience)
		if !ok || second.Attempt != 2 || first.Timeout != 2*time.Second {
			o.Errorf("%+v, and then %+v", first, second)
		}
		if _, _, err := a.Finish(first, true, "", patience); err != recipes.ErrLost {
			o.Error(err)
		}
		o.finish(a, second, true)
		if got := o.log("slow"); got != "done 1/2" {
			o.Error(got)
		}
	})
}

func TestOverlaps(t *testing.T) {
	onOne(t, func(o *office) {
		a, _ := o.instance()
		for _, overlap := range []string{schedule.OverlapAllow, schedule.OverlapForbid, schedule.OverlapReplace} {
			o.add(schedule.Job{Name: overlap, Every: 1000, Overlap: overlap})
			first, _ := o.claim(a, patience)
			second, ok := o.claim(a, 2*time.Second)
			if ok == (overlap == schedule.OverlapForbid) {
				o.Errorf("%s: %+v behind %+v", overlap, second, first)
			}
			_, _, err := a.Finish(first, true, "", patience)
			if lost := errors.Is(err, recipes.ErrLost); lost != (overlap == schedule.OverlapReplace) {
				o.Error(overlap, err)
			}
			if ok {
				o.finish(a, second, true)
			}
			if _, _, err := o.admin.Remove(overlap, patience); err != nil {
				o.Error(err)
			}
		}
		if got := o.log(schedule.OverlapReplace); got != "replaced 0/1, done 0/1" {
			o.Error(got)
		}
	})
}

func TestDependencies(t *testing.T) {
	onOne(t, func(o *office) {
		a, _ := o.instance()
		o.add(schedule.Job{Name: "extract", Every: 1000, Retries: 1})
		o.add(schedule.Job{Name: "other"})
		o.add(schedule.Job{Name: "load", After: []string{"extract", "other"}})
		first, _ := o.claim(a, patience)
		o.finish(a, first, false)
		for range 2 { // again, and the next one: neither is enough
			r, _ := o.claim(a, patience)
			if e := o.finish(a, r, true); len(e.Asked) > 0 || r.Job != "extract" {
				o.Errorf("%+v, %+v", r, e)
			}
		}
		o.admin.Pause("extract", patience)
		o.admin.Trigger("other", patience)
		r, _ := o.claim(a, patience)
		e := o.finish(a, r, true)
		last, ok := o.claim(a, patience)
		if !ok || len(e.Asked) != 1 || last.Firing != e.Asked[0] || last.Job != "load" || last.Instant != r.Instant {
			o.Errorf("%+v, %+v, %+v", r, e, last)
		}
		o.finish(a, last, true)
		if _, _, err := o.admin.Remove("other", patience); err != schedule.ErrNeeded {
			o.Error(err)
		}
		for _, name := range []string{"load", "other"} {
			if _, _, err := o.admin.Remove(name, patience); err != nil {
				o.Error(err)
			}
		}
		if _, _, err := o.admin.Add(schedule.Job{Name: "x", After: []string{"load"}}, patience); err != schedule.ErrNoJob {
			o.Error(err)
		}
	})
}

func TestPauseTriggerRemove(t *testing.T) {
	onOne(t, func(o *office) {
		a, _ := o.instance()
		o.add(schedule.Job{Name: "j", Every: 1000})
		if _, _, err := o.admin.Add(schedule.Job{Name: "j"}, patience); err != schedule.ErrExists {
			o.Error(err)
		}
		o.admin.Pause("j", patience)
		if c, _, err := o.admin.Trigger("j", patience); c.Number != 1 || err != nil {
			o.Error(c, err)
		}
		if r, ok := o.claim(a, 5*time.Second); ok {
			o.Errorf("%+v, and it is paused", r)
		}
		o.admin.Resume("j", patience)
		r, _ := o.claim(a, patience)
		if r.Number != 1 {
			o.Errorf("%+v", r)
		}
		o.finish(a, r, true)
		r, _ = o.claim(a, patience)
		if r.Skipped < 4 {
			o.Errorf("%+v", r)
		}
		removed, _, err := o.admin.Remove("j", patience)
		if _, _, lost := a.Finish(r, true, "", patience); err != nil || lost != recipes.ErrLost {
			o.Error(err, lost)
		}
		again, _, err := o.admin.Add(schedule.Job{Name: "j", Delay: 1500}, patience)
		if err != nil || again.Generation <= removed.Generation {
			o.Error(removed, again, err)
		}
		var instants []int64
		for range 3 {
			r, _ := o.claim(a, patience)
			o.Sleep(700 * time.Millisecond)
			o.finish(a, r, true)
			instants = append(instants, r.Instant)
		}
		if d := instants[2] - instants[1]; d < 2200 || d > 2300 {
			o.Error(instants)
		}
		list, foreign, err := o.admin.List(patience)
		if len(list) != 1 || list[0].Name != "j" || list[0].Next == 0 || len(foreign) > 0 || err != nil {
			o.Error(list, foreign, err)
		}
	})
}

func TestWhatIsAnothersIsLeftAlone(t *testing.T) {
	onOne(t, func(o *office) {
		o.keep = 5
		a, c := o.instance()
		// No instance is called so: it is named, and given no shard.
		if _, _, err := c.Create("/cron/instances/strange", nil, 0); err != nil {
			o.Error(err)
		}
		for shard := range 4 {
			for name, data := range map[string]string{"newer": `{"job":{"name":"newer"},"shade":7}`, "hello": "world"} {
				if _, _, err := c.Create(fmt.Sprintf("/cron/jobs/%04d/%s", shard, name), []byte(data), 0); err != nil {
					o.Error(err)
				}
			}
		}
		o.add(schedule.Job{Name: "j", Every: 100, Misfire: schedule.MisfireAll})
		for range 50 {
			r, _ := o.claim(a, patience)
			o.finish(a, r, true)
		}
		if n := len(a.Foreign()); n != 9 {
			o.Errorf("%d are named: %q", n, a.Foreign())
		}
		_, foreign, err := o.admin.List(patience)
		if len(foreign) != 8 || err != nil {
			o.Error(foreign, err)
		}
		if _, there, _ := c.Exists("/cron/jobs/0001/hello", nil); !there {
			o.Error("another program's znode is gone")
		}
		// The log is trimmed.
		if got := o.log("j"); strings.Count(got, "done") > 21 || strings.Count(got, "done") < 5 {
			o.Error(got)
		}
		if _, _, err := o.admin.Trigger("hello", patience); err != schedule.ErrForeign && err != schedule.ErrNoJob {
			o.Error(err)
		}
	})
}

// An answer is lost, whichever: nothing is done twice, and nothing is left undone.
func TestLostAnswers(t *testing.T) {
	onOne(t, func(o *office) {
		a, session := o.instance()
		o.add(schedule.Job{Name: "j", Every: 300, Misfire: schedule.MisfireAll})
		var instants []int64
		for len(instants) < 10 {
			r, ok := o.claim(a, 2*time.Second)
			if !ok {
				continue
			}
			_, outcome, err := a.Finish(r, true, "", patience, wire.CheckRequest{Path: "/cron", Version: wire.AnyVersion})
			if err != nil {
				o.Error(outcome, err)
			}
			instants = append(instants, r.Instant)
		}
		if !slices.IsSorted(instants) || len(slices.Compact(instants)) != 10 || !session.Alive() {
			o.Error(instants)
		}
	})
}
