package schedule

import (
	"fmt"
	"strings"
	"testing"
)

// What becomes of what is due at 10,000, of a job that is due every 1,000.
func TestMisfires(t *testing.T) {
	for _, tt := range []struct {
		job  Job
		next int64
		want string
	}{
		{Job{}, 11000, "fire 0, next 11000"},
		{Job{}, 10000, "fire 10000, next 11000"},
		{Job{}, 7000, "7000-9000 3 once; fire 10000, next 11000"},
		{Job{Grace: 1000}, 7000, "7000-8000 2 once; fire 9000, next 10000"},
		{Job{Misfire: MisfireSkip}, 7000, "7000-9000 3 skip; fire 10000, next 11000"},
		{Job{Misfire: MisfireSkip, Grace: 500}, 7000, "7000-9000 3 skip; fire 10000, next 11000"},
		{Job{Misfire: MisfireAll}, 7000, "fire 7000, next 8000"},
		{Job{Misfire: MisfireAll, Deadline: 1500}, 7000, "7000-8000 2 deadline; fire 9000, next 10000"},
		{Job{Misfire: MisfireSkip, Deadline: 2500}, 6000, "6000-7000 2 deadline; 8000-9000 2 skip; fire 10000, next 11000"},
	} {
		tt.job.Name, tt.job.Every, tt.job.Grace = "j", 1000, max(1, tt.job.Grace)
		p, err := tt.job.plan(nil)
		if err != nil {
			t.Fatal(err)
		}
		d := p.decide(tt.next, 10000)
		var parts []string
		for _, m := range d.missed {
			parts = append(parts, fmt.Sprintf("%d-%d %d %s", m.From, m.To, m.Count, m.Policy))
		}
		got := strings.Join(append(parts, fmt.Sprintf("fire %d, next %d", d.fire, d.next)), "; ")
		if got != tt.want {
			t.Errorf("%+v from %d: %s, and not %s", tt.job, tt.next, got, tt.want)
		}
	}
}

// What was not looked at for years is decided in parts.
func TestManyMisfires(t *testing.T) {
	p, _ := Job{Name: "j", Every: 10, Grace: 1}.plan(nil)
	next, count := int64(10), int64(0)
	for range 100 {
		d := p.decide(next, 50_005)
		for _, m := range d.missed {
			count += m.Count
		}
		if next = d.next; d.fire != 0 {
			if d.fire != 50_000 || count != 4999 {
				t.Errorf("%d is fired, and %d were missed", d.fire, count)
			}
			return
		}
	}
	t.Error("nothing was fired")
}

func TestBackoff(t *testing.T) {
	p, _ := Job{Name: "j", Backoff: 100, BackoffMax: 700}.plan(nil)
	var got []int64
	for n := 1; n <= 5; n++ {
		got = append(got, p.backoff(n))
	}
	if fmt.Sprint(got) != "[100 200 400 700 700]" {
		t.Error(got)
	}
}

func TestAssignments(t *testing.T) {
	a := assignment{Shards: 10}
	for _, instances := range [][]string{{"b"}, {"a", "b"}, {"a", "b", "c"}, {"b", "c", "d"}, {"d"}, {}, {"e", "f"}} {
		before := a
		a = before.among(instances)
		load, moved := map[string]int{}, 0
		for shard := range a.Shards {
			if o := a.owner(shard); o != "" {
				load[o]++
				if was := before.owner(shard); a.has(was) && was != o {
					moved++
				}
			}
		}
		most, least := 0, a.Shards
		for _, i := range instances {
			most, least = max(most, load[i]), min(least, load[i])
		}
		if !a.whole() || len(instances) > 0 && most-least > 1 {
			t.Errorf("among %v: %v", instances, load)
		}
		// Only newcomers take from who lives, and no more than their share.
		if newcomers := len(instances); moved > a.Shards/max(1, newcomers)+1 {
			t.Errorf("among %v: %d shards have moved from who lives", instances, moved)
		}
	}
}

func TestJobsThatMeanNothing(t *testing.T) {
	for text, want := range map[string]string{
		`{"name":"a","every":1000,"cron":"* * * * *"}`: "more than one of",
		`{"name":"a/b"}`:                               "other characters",
		`{"name":".."}`:                                "needs a name",
		`{"name":"a","every":-1}`:                      "no time in milliseconds",
		`{"name":"a","cron":"61 * * * *"}`:             `the minute "61"`,
		`{"name":"a","cron":"* * * * *","zone":"X/Y"}`: "X/Y",
		`{"name":"a","zone":"UTC"}`:                    "belongs to a cron",
		`{"name":"a","misfire":"never"}`:               "none of skip, once and all",
		`{"name":"a","overlap":"x"}`:                   "none of allow, forbid and replace",
		`{"name":"a","after":["a"]}`:                   "can't come after",
		`{"name":"a","retries":1001}`:                  "0 to 1000",
		`{"name":"a","evry":7}`:                        "evry",
		`{`:                                            "EOF",
	} {
		if _, err := ParseJob([]byte(text), nil); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// What an instance had that has gone is due at once, although the service's clock has gone back behind the claim.
func TestOrphansAreDueAtOnce(t *testing.T) {
	st := state{Open: []open{{Instant: 5000, Attempt: 1, Claim: "c", By: "i", Since: 90_000}}}
	gone := func(open) bool { return true }
	if at := st.due(plan{}, 8000, gone); at > 8000 {
		t.Errorf("it is due at %d, and now is 8000", at)
	}
	if st.Paused = true; st.due(plan{}, 8000, gone) != never {
		t.Error("it is due although the job is paused")
	}
}
