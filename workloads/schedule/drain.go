package schedule

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/workloads"
)

// waitMax is for how long, with nothing broken and an instance that asks, what is due may wait without that anything
// is claimed: sessions of those that are gone have to end first.
const waitMax = 30 * time.Second

// drain is an instance until nothing is open, then another one beside it, and then the other alone: nothing may be
// left waiting. At last the log is read.
func drain(h workloads.Hand, o *workloads.Object) bool {
	if drained(h, o) {
		return true
	}
	h.Abandon() // an instance that is there is given what it would not do
	return false
}

func drained(h workloads.Hand, o *workloads.Object) bool {
	first, ok := join(h, o)
	if !ok || !settle(h, o, first) || !askAll(h, o) {
		return false
	}
	second, ok := join(h, o)
	if !ok || !settle(h, o, first, second) || first.Leave(h.Patience()) != nil || !askAll(h, o) {
		return false
	}
	return settle(h, o, second) && readLog(h, o) && second.Leave(h.Patience()) == nil
}

// askAll resumes all jobs, and asks for a firing of each.
func askAll(h workloads.Hand, o *workloads.Object) bool {
	list, _, err := schedule.NewAdmin(h, h.Session(), config(o)).List(h.Patience())
	if err != nil {
		return false
	}
	for _, j := range list {
		if !change(h, o, "resume", j.Name) || !change(h, o, "ask", j.Name) {
			return false
		}
	}
	return true
}

// settle lets instances claim and end what is due until nothing waits, and no other instance is there. It reports
// false if the session is over.
func settle(h workloads.Hand, o *workloads.Object, instances ...instance) bool {
	admin := schedule.NewAdmin(h, h.Session(), config(o))
	for began := h.Now(); ; {
		progress := false
		for _, i := range instances {
			r, ok := claim(h, o, i, tick)
			if ok && !finish(h, o, i, i.session, r, true) {
				return false
			}
			progress = progress || ok
		}
		if !h.Session().Alive() {
			return false
		}
		if progress {
			began = h.Now()
			continue
		}
		now, err := instances[0].Now(h.Patience())
		if err != nil {
			return false
		}
		list, _, err := admin.List(h.Patience())
		if err != nil {
			return false
		}
		waits := waiting(list, now)
		names, _, err := h.Session().SyncChildren(o.Path()+"/instances", nil)
		if err != nil {
			return false
		}
		if others := len(names) > len(instances); (others || len(waits) > 0) && h.Now()-began < waitMax {
			continue
		}
		_, outcome := h.Do(o, "waits", nil, func() (any, recipes.Outcome, error) { return waits, recipes.Done, nil })
		return outcome == recipes.Done
	}
}

// waiting says what is open, or due by a stamp.
func waiting(list []schedule.Status, now int64) []any {
	waits := []any{}
	for _, s := range list {
		if s.Paused {
			continue
		}
		for _, f := range s.Open {
			waits = append(waits, fmt.Sprintf("%s: %d.%d is open", s.Name, f.Instant, f.Number))
		}
		if len(s.Resting) > 0 && s.Rests <= now {
			waits = append(waits, fmt.Sprintf("%s: %d.%d is to be carried out again", s.Name, s.Resting[0].Instant,
				s.Resting[0].Number))
		}
		if s.Overlap == schedule.OverlapForbid && len(s.Open)+len(s.Resting) > 0 {
			continue // the others wait for that
		}
		for _, f := range s.Asked {
			waits = append(waits, fmt.Sprintf("%s: %d is asked for", s.Name, f.Number))
		}
		if s.Next > 0 && s.Next <= now {
			waits = append(waits, fmt.Sprintf("%s: %d is due", s.Name, s.Next))
		}
	}
	return waits
}

// readLog reads what is decided of all jobs, and the log of those that there ever were.
func readLog(h workloads.Hand, o *workloads.Object) bool {
	_, outcome := h.Do(o, "log", nil, func() (any, recipes.Outcome, error) {
		admin := schedule.NewAdmin(h, h.Session(), config(o))
		list, _, err := admin.List(h.Patience())
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		entries, jobs := []any{}, []any{}
		for _, s := range list {
			open := []any{}
			for _, f := range slices.Concat(s.Open, s.Resting) {
				open = append(open, firing(f))
			}
			jobs = append(jobs, []any{s.Name, s.Generation, s.Next, open})
		}
		for n := 1; n <= jobsMax; n++ {
			log, err := admin.Log(fmt.Sprintf("j%d", n), h.Patience())
			if err != nil {
				return nil, recipes.NoEffect, err
			}
			for _, e := range log {
				entries = append(entries, []any{firing(e.Firing), e.Outcome, int64(e.Failures), int64(e.Attempts), e.Count,
					e.To, e.Policy})
			}
		}
		return []any{entries, jobs}, recipes.Done, nil
	})
	return outcome == recipes.Done
}
