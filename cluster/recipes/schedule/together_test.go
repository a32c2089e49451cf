package schedule_test

import (
	"fmt"
	"slices"
	"testing"

	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
)

// What is due is claimed together, the first of it first, and each firing by a transaction of its own.
func TestClaimSome(t *testing.T) {
	onOne(t, func(o *office) {
		s, _ := o.instance()
		for n := range 5 {
			o.add(schedule.Job{Name: fmt.Sprint("j", n), At: int64(10 - n), Retries: 1})
		}
		var names []string
		var fences []int64
		var ended []schedule.Ending
		for _, want := range []int{3, 2} {
			list, outcome, err := s.ClaimSome(3, patience)
			if err != nil || outcome != recipes.Done || len(list) != want {
				o.Errorf("%d runs, %v, %v: not %d", len(list), outcome, err, want)
			}
			for _, r := range list {
				names, fences = append(names, r.Job), append(fences, r.Fence)
				ended = append(ended, schedule.Ending{Run: r, Well: r.Job != "j2"})
			}
		}
		if fmt.Sprint(names) != "[j4 j3 j2 j1 j0]" || !slices.IsSorted(fences) || len(slices.Compact(fences)) != 5 {
			o.Error(names, fences)
		}
		// One has lost its claim, one ended badly, and no other pays for that.
		if err := s.Abandon(ended[1].Run, patience); err != nil {
			o.Error(err)
		}
		for i, e := range s.FinishSome(ended, patience) {
			want := map[int]string{1: "no effect  " + recipes.ErrLost.Error(), 2: "done waiting <nil>"}[i]
			if want == "" {
				want = "done done <nil>"
			}
			if got := fmt.Sprint(e.Outcome, " ", e.Ended.Outcome, " ", e.Err); got != want {
				o.Errorf("%s: %s, and not %s", ended[i].Run.Job, got, want)
			}
		}
		for range 2 {
			if r, ok := o.claim(s, patience); !ok || r.Attempt != 2 || r.Job != "j3" && r.Job != "j2" {
				o.Errorf("%+v", r)
			}
		}
	})
}

// Several executions of one job end together: each changes the state that the one before has left.
func TestFinishSomeOfOneJob(t *testing.T) {
	onOne(t, func(o *office) {
		o.add(schedule.Job{Name: "hand", Overlap: schedule.OverlapAllow})
		o.add(schedule.Job{Name: "next", After: []string{"hand"}})
		s, _ := o.instance()
		var ended []schedule.Ending
		for range 3 {
			if _, _, err := o.admin.Trigger("hand", patience); err != nil {
				o.Error(err)
			}
			r, ok := o.claim(s, patience)
			if !ok {
				o.Error("nothing was due")
			}
			ended = append(ended, schedule.Ending{Run: r, Well: true})
		}
		asked := 0
		for _, e := range s.FinishSome(ended, patience) {
			if asked += len(e.Asked); e.Err != nil || e.Outcome != recipes.Done {
				o.Error(e)
			}
		}
		if got := o.log("hand"); got != "done 0/1, done 0/1, done 0/1" || asked != 3 {
			o.Error(got, asked)
		}
	})
}
