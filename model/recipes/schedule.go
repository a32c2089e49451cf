package recipes

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// A scheduler has jobs, whose firings sessions claim and end. It is empty at the start. A firing is [job generation
// instant number]; number is 0 for one of the job's schedule, and else counts those that were asked for. Known
// operations show their transactions: the zxids are the one order.
//
//	F        argument                     ok result                             legal when, and then
//	define   plan                         [job generation zxid stamp]           there is none of that name: it is there
//	drop     job                          [job generation zxid next]            it is there: it is not, nor what is open
//	pause    job                          [job generation zxid]                 it is there: it is paused
//	resume   job                          [job generation zxid]                 it is there: it is not paused
//	ask      job                          [job generation zxid number]          it is there: a firing is asked for
//	claim    session                      [session firing attempt zxid due]     see below: the session has the firing
//	finish   [session firing zxid well]   [outcome zxid firings]                the session has it by that zxid: it is
//	                                                                            over if "done" or "failed", and no
//	                                                                            one's if "waiting"; firings are asked for
//	give     [session firing zxid]        anything                              always: no one's, if it was the session's
//	end      session                      anything                              always: it has nothing
//	log      nil                          see parseLog                          always
//	waits    nil                          [text …]                              there is none
//
// A claim is legal if the session lives, the job is there and not paused, the firing is due, or asked for, and not
// over, no other session that lives has it, and the job's policy of overlaps lets it be beside what else is open.
//
// A claim has the instant by which it was due, and an attempt that is greater than those before. An unknown claim is
// left out: its session ends. An unknown finish takes effect where it can.

// Plan is what a job is: so much of it as the model knows.
type Plan struct {
	Job string
	// Kind is "every" (multiples of Amount milliseconds), "delay", "after" (the job Of) or "hand".
	Kind   string
	Amount int64
	Of     string
	// Misfire, Grace and Deadline, Overlap, Retries and Timeout are the policies.
	Misfire, Overlap                  string
	Grace, Deadline, Retries, Timeout int64
}

// FiringKey names a firing.
type FiringKey struct {
	Job                         string
	Generation, Instant, Number int64
}

// Due is a claim of a firing: Session has it, "" for none, by the transaction Zxid.
type Due struct {
	FiringKey
	Session       string
	Attempt, Zxid int64
}

// Entry is what the log says of a firing. Of what was missed it says how many, up to the instant To, and by which
// policy.
type Entry struct {
	FiringKey
	Outcome                       string
	Failures, Attempts, Count, To int64
	Policy                        string
}

// Standing is what is decided of a job when the log was read.
type Standing struct {
	Job              string
	Generation, Next int64
	Open             []FiringKey
}

// ScheduleInput is a request.
type ScheduleInput struct {
	F       string
	Job     string
	Plan    Plan
	Session string
	Firing  FiringKey
	Zxid    int64 // of the claim that is to end
	Well    bool
}

// ScheduleOutput is an answer.
type ScheduleOutput struct {
	Unknown                              bool
	Generation, Zxid, Stamp, Next, Count int64
	Firing                               FiringKey
	Attempt, Due                         int64
	Outcome                              string
	Asked                                []FiringKey
	Log                                  []Entry
	Jobs                                 []Standing
	Waits                                []string
}

// ScheduleCall is an operation on a scheduler.
type ScheduleCall = model.Call[ScheduleInput, ScheduleOutput]

// ScheduleSpec is the specification of a scheduler.
type ScheduleSpec = model.Spec[ScheduleState, ScheduleInput, ScheduleOutput]

// ScheduledJob is a job of a generation.
type ScheduledJob struct {
	Plan       Plan
	Generation int64
	Paused     bool
}

// ScheduleState is a scheduler: its jobs by name, what is open, what is over, the greatest generation and zxid, and the
// sessions that ended.
type ScheduleState struct {
	Jobs             []ScheduledJob
	Open             []Due
	Over             []FiringKey
	Generation, Zxid int64
	Ended            []string
}

// Schedule is the specification of a scheduler.
func Schedule() ScheduleSpec {
	return ScheduleSpec{
		Name:  "schedule",
		Step:  stepSchedule,
		Parse: parseSchedule,
		Equal: func(a, b ScheduleState) bool {
			return a.Zxid == b.Zxid && a.Generation == b.Generation && slices.Equal(a.Ended, b.Ended) &&
				slices.Equal(a.Open, b.Open) && slices.Equal(a.Over, b.Over) && slices.Equal(a.Jobs, b.Jobs)
		},
		Hash: func(s ScheduleState) uint64 {
			h := mix(uint64(s.Zxid), uint64(len(s.Ended)))
			for _, d := range s.Open {
				h = mix(h, uint64(d.Zxid))
			}
			return mix(h, uint64(len(s.Over)))
		},
		Size: func(s ScheduleState) int {
			return 100*len(s.Jobs) + 64*len(s.Open) + 48*len(s.Over) + 16*len(s.Ended)
		},
		Prune: pruneSchedule,
		Relax: func(c ScheduleCall) (ScheduleCall, bool) { return c, true },
	}
}

// pruneSchedule leaves out logs, unknown operations that no other shows, and all about a job that an unknown one added.
// A pause or resume whose first attempt lost its answer takes effect twice, and shows the second transaction: there is
// an unknown one beside each, of the same time.
func pruneSchedule(calls []ScheduleCall, _ []history.Operation) []ScheduleCall {
	added := map[int64]bool{}
	for _, c := range calls {
		if c.In.F == "define" {
			added[c.Out.Generation] = true
		}
	}
	calls = slices.DeleteFunc(calls, func(c ScheduleCall) bool {
		switch c.In.F {
		case "log":
			return true
		case "end", "define", "waits":
			return c.Out.Unknown
		case "claim":
			return c.Out.Unknown || !added[c.Out.Firing.Generation]
		case "finish", "give":
			return !added[c.In.Firing.Generation]
		}
		return c.Out.Unknown && c.In.F == "ask" || !c.Out.Unknown && !added[c.Out.Generation]
	})
	for _, c := range calls {
		if (c.In.F == "pause" || c.In.F == "resume") && !c.Out.Unknown {
			c.Out = ScheduleOutput{Unknown: true}
			calls = append(calls, c)
		}
	}
	return calls
}

func (s ScheduleState) at(job string) int {
	return slices.IndexFunc(s.Jobs, func(j ScheduledJob) bool { return j.Plan.Job == job })
}

// open is the index of a firing among those that are open.
func (s ScheduleState) open(f FiringKey) int {
	return slices.IndexFunc(s.Open, func(d Due) bool { return d.FiringKey == f })
}

func stepSchedule(s ScheduleState, in ScheduleInput, out ScheduleOutput) (ScheduleState, bool) {
	switch in.F {
	case "end":
		s.Ended = with(s.Ended, in.Session)
		return s, true
	case "waits":
		return s, len(out.Waits) == 0
	case "finish":
		return s.finish(in, out)
	case "give":
		if at := s.open(in.Firing); at >= 0 && s.Open[at].Session == in.Session && s.Open[at].Zxid == in.Zxid {
			s.Open = slices.Clone(s.Open)
			s.Open[at].Session = ""
		}
		return s, true
	}
	if !out.Unknown && out.Zxid <= s.Zxid {
		return s, false
	}
	if !out.Unknown {
		s.Zxid = out.Zxid
	}
	switch in.F {
	case "define":
		if s.at(in.Plan.Job) >= 0 || out.Generation <= s.Generation {
			return s, false
		}
		s.Generation = out.Generation
		s.Jobs = append(slices.Clone(s.Jobs), ScheduledJob{Plan: in.Plan, Generation: out.Generation})
		slices.SortFunc(s.Jobs, func(a, b ScheduledJob) int { return cmp.Compare(a.Plan.Job, b.Plan.Job) })
		return s, true
	case "claim":
		return s.claim(in, out)
	}
	at := s.at(in.Job)
	if at < 0 || !out.Unknown && s.Jobs[at].Generation != out.Generation {
		return s, out.Unknown
	}
	s.Jobs = slices.Clone(s.Jobs)
	switch in.F {
	case "drop":
		s.Jobs = slices.Delete(s.Jobs, at, at+1)
		s = s.drop(func(d Due) bool { return d.Job == in.Job })
	case "pause", "resume":
		s.Jobs[at].Paused = in.F == "pause"
	}
	return s, true
}

// drop takes what is open out of it: it is over.
func (s ScheduleState) drop(which func(Due) bool) ScheduleState {
	over := slices.Clone(s.Over)
	for _, d := range s.Open {
		if which(d) {
			over = append(over, d.FiringKey)
		}
	}
	slices.SortFunc(over, compareFirings)
	s.Over, s.Open = over, slices.DeleteFunc(slices.Clone(s.Open), which)
	return s
}

func compareFirings(a, b FiringKey) int {
	return cmp.Or(cmp.Compare(a.Job, b.Job), cmp.Compare(a.Generation, b.Generation), cmp.Compare(a.Instant, b.Instant),
		cmp.Compare(a.Number, b.Number))
}

func (s ScheduleState) claim(in ScheduleInput, out ScheduleOutput) (ScheduleState, bool) {
	f := out.Firing
	at := s.at(f.Job)
	_, over := slices.BinarySearchFunc(s.Over, f, compareFirings)
	if _, ended := slices.BinarySearch(s.Ended, in.Session); ended || over || at < 0 ||
		s.Jobs[at].Generation != f.Generation || s.Jobs[at].Paused ||
		f.Number == 0 && out.Attempt == 1 && out.Due < f.Instant {
		return s, false
	}
	plan := s.Jobs[at].Plan
	if k := s.open(f); k >= 0 {
		had := s.Open[k]
		_, gone := slices.BinarySearch(s.Ended, had.Session)
		// Whose time is up loses its claim, and that is seen only here.
		if out.Attempt <= had.Attempt || had.Session != "" && had.Session != in.Session && !gone && plan.Timeout == 0 {
			return s, false
		}
		s.Open = slices.Delete(slices.Clone(s.Open), k, k+1)
	} else {
		others := func(d Due) bool { return d.Job == f.Job && d.Generation == f.Generation }
		switch {
		case plan.Overlap == "replace":
			s = s.drop(others)
		case plan.Overlap == "forbid" && plan.Timeout == 0 && slices.ContainsFunc(s.Open, others):
			return s, false
		}
	}
	s.Open = append(slices.Clone(s.Open), Due{f, in.Session, out.Attempt, out.Zxid})
	return s, true
}

func (s ScheduleState) finish(in ScheduleInput, out ScheduleOutput) (ScheduleState, bool) {
	at := s.open(in.Firing)
	_, ended := slices.BinarySearch(s.Ended, in.Session)
	if at < 0 || ended || s.Open[at].Session != in.Session || s.Open[at].Zxid != in.Zxid {
		return s, out.Unknown
	}
	if out.Unknown {
		// Whether it is carried out again is not known, unless it went well.
		if in.Well {
			return s.drop(func(d Due) bool { return d.FiringKey == in.Firing }), true
		}
		s.Open = slices.Delete(slices.Clone(s.Open), at, at+1)
		return s, true
	}
	if out.Zxid <= s.Zxid {
		return s, false
	}
	s.Zxid = out.Zxid
	if out.Outcome != "waiting" {
		return s.drop(func(d Due) bool { return d.FiringKey == in.Firing }), true
	}
	s.Open = slices.Clone(s.Open)
	s.Open[at].Session = ""
	return s, true
}

// stringsOf reads a list of strings.
func stringsOf(v any) (list []string, err error) {
	l, ok := v.([]any)
	if !ok && v != nil {
		return nil, fmt.Errorf("%s where a list of texts belongs", model.TextOf(v))
	}
	for _, one := range l {
		s, ok := one.(string)
		if !ok {
			return nil, fmt.Errorf("%s where a text belongs", model.TextOf(one))
		}
		list = append(list, s)
	}
	return list, nil
}
