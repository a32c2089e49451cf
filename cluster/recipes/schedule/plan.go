package schedule

import (
	"cmp"
	"math"
	"time"

	"ordeal/cluster/recipes/schedule/cron"
)

// plan is when a job is due. Its functions are pure: instants in, instants out.
type plan struct {
	job  Job
	cron cron.Expression
	zone *time.Location
}

// never is behind every instant.
const never = math.MaxInt64

// after is the first instant behind one at which the job is due by its schedule.
func (p plan) after(instant int64) int64 {
	switch {
	case p.job.Cron != "":
		next, ok := p.cron.Next(time.UnixMilli(instant), p.zone)
		if !ok {
			return never
		}
		return next.UnixMilli()
	case p.job.Every > 0:
		return instant - instant%p.job.Every + p.job.Every
	}
	return never
}

// first is the first instant of a job that was added at one.
func (p plan) first(added int64) int64 {
	switch {
	case p.job.Delay > 0:
		return added
	case p.job.At > 0:
		return p.job.At
	}
	return p.after(added)
}

// batchMax is how many instants are decided at once: of a schedule that was not looked at for years, in parts.
const batchMax = 1000

// missed are firings of a job that are not carried out, one after the other, and why.
type missed struct {
	From  int64 `json:"from"`
	To    int64 `json:"to"`
	Count int64 `json:"count"`
	// Policy is the misfire policy by which they were missed, or "deadline".
	Policy string `json:"policy"`
}

// decision is what becomes of what is due: what is missed, and in that order; the instant that is fired, 0 for none;
// and which instant is next.
type decision struct {
	missed []missed
	fire   int64
	next   int64
}

// decide says what becomes of the instants from next on that are due by now.
func (p plan) decide(next, now int64) (d decision) {
	for n := 0; next <= now; n++ {
		following := p.bendFollowing(p.after(next), now)
		why := p.missedBy(next, following, now)
		if why == "" {
			d.fire, d.next = next, following
			return p.bendDropped(d, next, now)
		}
		if n == batchMax {
			break // the remainder is decided next
		}
		last := len(d.missed) - 1
		if last >= 0 && d.missed[last].Policy == why {
			d.missed[last].To, d.missed[last].Count = next, d.missed[last].Count+1
		} else {
			d.missed = append(d.missed, missed{next, next, 1, why})
		}
		next = following
	}
	d.next = next
	return d
}

// missedBy says by what an instant that is due is missed, "" if it is fired.
func (p plan) missedBy(instant, following, now int64) string {
	late := now - instant
	switch {
	case p.job.Deadline > 0 && late > p.job.Deadline:
		return missedDeadline
	case late <= p.job.grace():
		return ""
	case p.job.Misfire == MisfireSkip:
		return MisfireSkip
	case p.job.Misfire != MisfireAll && following <= now:
		return MisfireOnce
	}
	return ""
}

// grace is by how much a firing may be late.
func (j Job) grace() int64 { return cmp.Or(j.Grace, graceUsual) }

// graceUsual is what 0 stands for, in milliseconds.
const graceUsual = 1000

// backoff is for how long a firing rests that has ended badly so often.
func (p plan) backoff(failures int) int64 {
	wait := p.job.Backoff
	for range failures - 1 {
		if p.job.BackoffMax > 0 && wait >= p.job.BackoffMax || wait > math.MaxInt64/8 {
			break
		}
		wait *= 2
	}
	if p.job.BackoffMax > 0 {
		wait = min(wait, p.job.BackoffMax)
	}
	return wait
}
