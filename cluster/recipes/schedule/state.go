package schedule

import (
	"slices"
	"strconv"
	"strings"

	"ordeal/cluster/wire"
)

// state is what the service keeps of a job's generation, in a znode that bears the generation's number: so whoever
// knows an old one can't change a new one. All that is decided of a job is one write of it, of a certain version. It
// bears no machine's time: what counts from the instant of a write is left at 0 in it, and the reader puts in the
// stamp that the service set on it.
type state struct {
	// Next is the next scheduled instant that is not decided; it counts from the write by Count, and is 0 for none.
	Next  int64 `json:"next,omitempty"`
	Count bool  `json:"count,omitempty"`

	Paused bool `json:"paused,omitempty"`
	// Asked are firings that were asked for, by hand or by jobs that this one comes after, and are not claimed yet; Asks
	// is how many ever were.
	Asked []ask `json:"asked,omitempty"`
	Asks  int64 `json:"asks,omitempty"`
	// Open are firings that are not over.
	Open []open `json:"open,omitempty"`
	// Feeds are the jobs that come after this one, and Done which of those that this one comes after have ended well
	// since it was last asked for.
	Feeds []feed   `json:"feeds,omitempty"`
	Needs int      `json:"needs,omitempty"` // how many jobs this one comes after
	Done  []string `json:"done,omitempty"`
}

// ask is a firing that was asked for; Instant is 0 until the stamp of the write that asked for it is known.
type ask struct {
	Number  int64 `json:"number"`
	Instant int64 `json:"instant,omitempty"`
}

// feed is a job that comes after another.
type feed struct {
	Job        string `json:"job"`
	Generation int64  `json:"generation"`
}

// open is a firing that was claimed and is not over.
type open struct {
	Instant  int64 `json:"instant"`
	Number   int64 `json:"number,omitempty"`
	Attempt  int   `json:"attempt"`
	Failures int   `json:"failures,omitempty"`
	// Claim is the name of the claim's znode, "" while the firing waits to be carried out again; By is the instance.
	Claim string `json:"claim,omitempty"`
	By    string `json:"by,omitempty"`
	// Since is when it was claimed, or when it ended badly and began to wait for Rest: 0 for the instant of the write.
	Since int64 `json:"since,omitempty"`
	Rest  int64 `json:"rest,omitempty"`
}

// stamped puts the stamp of a write in where the write left it out.
func (s state) stamped(p plan, stat wire.Stat) state {
	if s.Count {
		s.Count = false
		if stat.Version == 0 {
			s.Next = p.first(stat.Mtime)
		} else {
			s.Next = stat.Mtime + p.job.Delay
		}
		if s.Next == never {
			s.Next = 0
		}
	}
	s.Asked, s.Open = slices.Clone(s.Asked), slices.Clone(s.Open)
	for i := range s.Asked {
		if s.Asked[i].Instant == 0 {
			s.Asked[i].Instant = stat.Mtime
		}
	}
	for i := range s.Open {
		if s.Open[i].Since == 0 {
			s.Open[i].Since = stat.Mtime
		}
	}
	return s
}

// Firing is one time that a job is due: it is carried out once, over all attempts.
type Firing struct {
	Job string
	// Generation counts what was added: a job that is removed and added again is another.
	Generation int64
	// Instant is when it was due, in milliseconds since 1970 by the service's stamps.
	Instant int64
	// Number counts the generation's firings that were asked for, from 1; 0 is one of its schedule.
	Number int64
}

// name is what the firing's znode in the log is called.
func (f Firing) name() string {
	if f.Number > 0 {
		return strconv.FormatInt(f.bendGeneration(), 10) + ".a" + strconv.FormatInt(f.Number, 10)
	}
	return strconv.FormatInt(f.Generation, 10) + "." + strconv.FormatInt(f.Instant, 10)
}

// named reads such a name, but for the instant of one that was asked for.
func named(job, name string) (f Firing, ok bool) {
	gen, rest, ok := strings.Cut(name, ".")
	if !ok {
		return Firing{}, false
	}
	f.Job = job
	var err, errRest error
	f.Generation, err = strconv.ParseInt(gen, 10, 64)
	if digits, asked := strings.CutPrefix(rest, "a"); asked {
		f.Number, errRest = strconv.ParseInt(digits, 10, 64)
	} else {
		f.Instant, errRest = strconv.ParseInt(rest, 10, 64)
	}
	return f, err == nil && errRest == nil
}

func (o open) firing(job string, generation int64) Firing {
	return Firing{Job: job, Generation: generation, Instant: o.Instant, Number: o.Number}
}

// claimed finds the open firing that a claim is of, -1 for none.
func (s state) claimed(claim string) int {
	return slices.IndexFunc(s.Open, func(o open) bool { return o.Claim == claim && claim != "" })
}

// due is the first instant at which something is to be decided of a job, by a stamp: never, if nothing is. orphan says
// whether the instance of a claim has gone.
func (s state) due(p plan, now int64, orphan func(open) bool) int64 {
	at := int64(never)
	for _, o := range s.Open {
		switch {
		case o.Claim == "" && !s.Paused:
			at = min(at, o.Since+o.Rest)
		case o.Claim != "" && orphan(o):
			if !s.Paused {
				at = min(at, o.Since, now) // the service's clock may have gone back behind the claim
			}
		case o.Claim != "" && p.job.Timeout > 0:
			at = min(at, o.Since+p.job.Timeout)
		}
	}
	if s.Paused || len(s.Open) > 0 && p.bendForbids() {
		return at
	}
	if len(s.Asked) > 0 {
		at = min(at, now)
	}
	if s.Next > 0 {
		at = min(at, s.Next)
	}
	return at
}

// forbids says whether a firing waits for others of its job.
func (p plan) forbids() bool { return p.job.Overlap == "" || p.job.Overlap == OverlapForbid }
