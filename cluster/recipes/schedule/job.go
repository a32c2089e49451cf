package schedule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"ordeal/cluster/recipes/schedule/cron"
)

// Job is what is done when it is due. Times are in milliseconds; instants count from 1970, by the service's stamps.
type Job struct {
	Name string `json:"name"`
	// When it is due: Cron in a Zone ("" is UTC); every so often, on multiples of Every since 1970; Delay behind the end
	// of the last firing, the first right away; once, At an instant; or whenever each of the jobs After has ended well
	// since the last time. With none of them it is only asked for.
	Cron  string   `json:"cron,omitempty"`
	Zone  string   `json:"zone,omitempty"`
	Every int64    `json:"every,omitempty"`
	Delay int64    `json:"delay,omitempty"`
	At    int64    `json:"at,omitempty"`
	After []string `json:"after,omitempty"`

	// Misfire says what becomes of firings that are late by more than Grace, of which 0 is
	// a second; "" is MisfireOnce. What is late by more
	// than Deadline, unless that is 0, is missed in any case.
	Misfire  string `json:"misfire,omitempty"`
	Grace    int64  `json:"grace,omitempty"`
	Deadline int64  `json:"deadline,omitempty"`
	// Overlap says what happens when a firing is due while another of the job is not over; "" is OverlapForbid.
	Overlap string `json:"overlap,omitempty"`
	// Retries is how often a firing is carried out again that ended badly, Backoff behind that, and twice as long each
	// time, up to BackoffMax unless that is 0.
	Retries    int   `json:"retries,omitempty"`
	Backoff    int64 `json:"backoff,omitempty"`
	BackoffMax int64 `json:"backoffMax,omitempty"`
	// Timeout is how long an execution may take, unless it is 0: then its claim is taken away, and it has ended badly.
	Timeout int64 `json:"timeout,omitempty"`
	// Work is for whoever carries it out.
	Work json.RawMessage `json:"work,omitempty"`
}

// What becomes of firings that are late.
const (
	MisfireSkip = "skip" // they are missed
	MisfireOnce = "once" // the latest is carried out, the others are missed
	MisfireAll  = "all"  // all are carried out, one behind the other
)

// What happens when a firing is due while another of the job is not over.
const (
	OverlapAllow   = "allow"   // both are carried out
	OverlapForbid  = "forbid"  // it waits; by then it may be late
	OverlapReplace = "replace" // the claim of the other is taken away
)

// Why a firing was missed, besides the names of the policies that say so.
const missedDeadline = "deadline"

// ErrBadJob says that a job means nothing.
var ErrBadJob = errors.New("schedule: the job means nothing")

// ErrForeign says that a znode holds what this package did not write, or what a newer one did. It is left as it is.
var ErrForeign = errors.New("schedule: the znode is another program's")

// Zones finds time zones by their names, as time.LoadLocation does. Nil knows UTC alone.
type Zones func(name string) (*time.Location, error)

func (z Zones) find(name string) (*time.Location, error) {
	if name == "" || name == "UTC" {
		return time.UTC, nil
	}
	if z == nil {
		return nil, fmt.Errorf("no time zones are known, so not %.60q", name)
	}
	zone, err := z(name)
	if err != nil || name == "Local" { // which is where each machine is, and there are several
		return nil, fmt.Errorf("there is no time zone %.60q", name)
	}
	return zone, nil
}

// Check returns an error that wraps ErrBadJob and says in one line what means nothing, or nil.
func (j Job) Check(zones Zones) error {
	_, err := j.plan(zones)
	return err
}

// plan reads when a job is due.
func (j Job) plan(zones Zones) (plan, error) {
	wrong := func(format string, a ...any) (plan, error) {
		return plan{}, fmt.Errorf("%w: job %.60q: %s", ErrBadJob, j.Name, fmt.Sprintf(format, a...))
	}
	if problem := nameProblem(j.Name); problem != "" {
		return wrong("%s", problem)
	}
	kinds := 0
	for _, has := range []bool{j.Cron != "", j.Every != 0, j.Delay != 0, j.At != 0, len(j.After) > 0} {
		if has {
			kinds++
		}
	}
	for _, t := range []struct {
		field string
		ms    int64
	}{{"every", j.Every}, {"delay", j.Delay}, {"at", j.At}, {"grace", j.Grace}, {"deadline", j.Deadline},
		{"backoff", j.Backoff}, {"backoffMax", j.BackoffMax}, {"timeout", j.Timeout}} {
		if t.ms < 0 || t.ms > math.MaxInt64/4 {
			return wrong("%s is %d, which is no time in milliseconds", t.field, t.ms)
		}
	}
	switch {
	case kinds > 1:
		return wrong("it has more than one of cron, every, delay, at and after")
	case j.Zone != "" && j.Cron == "":
		return wrong("a zone belongs to a cron expression")
	case j.Misfire != "" && j.Misfire != MisfireSkip && j.Misfire != MisfireOnce && j.Misfire != MisfireAll:
		return wrong("misfire %.60q is none of skip, once and all", j.Misfire)
	case j.Overlap != "" && j.Overlap != OverlapAllow && j.Overlap != OverlapForbid && j.Overlap != OverlapReplace:
		return wrong("overlap %.60q is none of allow, forbid and replace", j.Overlap)
	case j.Delay != 0 && j.Overlap == OverlapAllow:
		return wrong("a delay behind the last firing has no overlap to allow")
	case len(j.Work) > workMax:
		return wrong("its work has %d bytes, and at most %d are carried out", len(j.Work), workMax)
	case len(j.After) > afterMax:
		return wrong("it comes after %d jobs, and at most %d will do", len(j.After), afterMax)
	case j.Retries < 0 || j.Retries > retriesMax:
		return wrong("%d retries are none from 0 to %d", j.Retries, retriesMax)
	}
	for _, name := range j.After {
		if problem := nameProblem(name); problem != "" || name == j.Name {
			return wrong("it can't come after %.60q", name)
		}
	}
	p := plan{job: j}
	var err error
	if j.Cron != "" {
		if p.cron, err = cron.Parse(j.Cron); err != nil {
			return wrong("%v", err)
		}
		if p.zone, err = zones.find(j.Zone); err != nil {
			return wrong("%v", err)
		}
	}
	return p, nil
}

const (
	nameMax    = 200 // bytes of a job's name
	retriesMax = 1000
	workMax    = 64 << 10 // bytes
	afterMax   = 64       // what is added changes each of them, in one transaction
)

// nameProblem says what is wrong with a job's name, "" for nothing: it is part of a path.
func nameProblem(name string) string {
	switch {
	case name == "" || name == "." || name == "..":
		return "it needs a name"
	case len(name) > nameMax:
		return fmt.Sprintf("its name has more than %d bytes", nameMax)
	case strings.ContainsFunc(name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r))
	}):
		return "its name has other characters than letters, digits and - _ ."
	}
	return ""
}

// decodeStrict reads JSON that has no field that is not known: a newer program may mean something by one.
func decodeStrict(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %v", ErrForeign, err)
	}
	return nil
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic("schedule: what is made of numbers and strings can be written: " + err.Error())
	}
	return data
}

// record is the znode of a job.
type record struct {
	Job        Job    `json:"job"`
	Generation int64  `json:"generation"`
	Mark       string `json:"mark"` // by which whoever added it finds it
}

// ParseJob reads a job that is written as JSON. The error wraps ErrBadJob and says in one line what means nothing.
func ParseJob(data []byte, zones Zones) (Job, error) {
	var j Job
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		return Job{}, fmt.Errorf("%w: %v", ErrBadJob, err)
	}
	return j, j.Check(zones)
}
