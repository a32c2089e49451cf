package schedule_test

import (
	"fmt"
	"testing"

	"ordeal/cluster/recipes/schedule"
)

// Whose shards are whose, and what was carried out last, of the jobs that changed last.
func TestSharesAndLatest(t *testing.T) {
	onOne(t, func(o *office) {
		if list, err := o.admin.Shares(patience); err == nil {
			o.Error("there is no scheduler, and these share it:", list)
		}
		for _, name := range []string{"a", "b", "c"} {
			o.add(schedule.Job{Name: name})
		}
		a, _ := o.instance()
		b, _ := o.instance()
		for _, name := range []string{"c", "a", "a", "a", "b"} {
			if _, _, err := o.admin.Trigger(name, patience); err != nil {
				o.Error(err)
			}
			for _, s := range []*schedule.Scheduler{a, b} {
				if r, ok := o.claim(s, patience/50); ok {
					o.finish(s, r, true)
				}
			}
		}
		shares, err := o.admin.Shares(patience)
		if err != nil || len(shares) != 2 || len(shares[0].Shards) != 2 || len(shares[1].Shards) != 2 {
			o.Errorf("%+v, %v", shares, err)
		}
		list, _, err := o.admin.List(patience)
		if err != nil {
			o.Error(err)
		}
		latest, err := o.admin.Latest(list, 2, 2, patience)
		if err != nil {
			o.Error(err)
		}
		shown := ""
		for _, e := range latest {
			shown += fmt.Sprintf("%s %d %s, ", e.Job, e.Number, e.Outcome)
		}
		if want := "b 1 done, a 3 done, a 2 done, "; shown != want {
			o.Errorf("%q, where %q belongs", shown, want)
		}
	})
}
