package pricing

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"ordeal/testbed/trial"
)

// Price is what it takes to find a planted bug.
type Price struct {
	Bug string `json:"bug"`
	// Hunts are searches from different seeds on.
	Hunts []Hunt `json:"hunts"`
	// Needs are the families of fault without which it was not found, the fewest that were seen to be enough; none says
	// that it was found without any fault. It is nil if that was not found out.
	Needs []string `json:"needs"`

	bug trial.Bug
}

// Prices is a price list and how it came about.
type Prices struct {
	// Command is what was run, Version the commit of the program, and Platform the Go version, system and architecture.
	Command  string `json:"command"`
	Version  string `json:"version"`
	Platform string `json:"platform"`
	// Line is the version of trial lines.
	Line int     `json:"line"`
	Bugs []Price `json:"bugs"`

	service *trial.Service
}

// newPrice is the price of a bug after so many searches that are still to be made.
func newPrice(s *trial.Service, name string, hunts int) Price {
	bug, _ := s.Bug(name)
	return Price{Bug: name, Hunts: make([]Hunt, hunts), bug: bug}
}

// Known are the prices that a service's program was built with.
func Known(s *trial.Service) (Prices, error) {
	if len(s.Prices) == 0 {
		return Prices{service: s}, nil
	}
	return Parse(s, s.Prices)
}

// Of is a price list of a service's bugs with nothing but these prices.
func Of(s *trial.Service, prices []Price) Prices { return Prices{service: s}.With(prices) }

// Parse reads what Prices.JSON wrote of a service's bugs.
func Parse(s *trial.Service, text []byte) (Prices, error) {
	p := Prices{service: s}
	if err := json.Unmarshal(text, &p); err != nil {
		return Prices{}, fmt.Errorf("the price list can't be read: %w", err)
	}
	for i := range p.Bugs {
		p.Bugs[i].bug, _ = s.Bug(p.Bugs[i].Bug)
	}
	return p, nil
}

// JSON is the list as a file.
func (p Prices) JSON() []byte {
	text, err := json.MarshalIndent(p, "", "\t")
	if err != nil {
		panic("pricing: a price list is plain data: " + err.Error())
	}
	return append(text, '\n')
}

// Of finds a bug's price.
func (p Prices) Of(bug string) (Price, bool) {
	i := slices.IndexFunc(p.Bugs, func(one Price) bool { return one.Bug == bug })
	if i < 0 {
		return Price{}, false
	}
	return p.Bugs[i], true
}

// With is the list with new prices in the place of old ones, in the order of Bugs; what is no planted bug any more
// goes.
func (p Prices) With(newer []Price) Prices {
	byBug := map[string]Price{}
	for _, one := range slices.Concat(p.Bugs, newer) {
		byBug[one.Bug] = one
	}
	p.Bugs = nil
	for _, b := range p.service.Bugs {
		if one, ok := byBug[b.Name]; ok {
			one.bug = b
			p.Bugs = append(p.Bugs, one)
		}
	}
	return p
}

// Found is how many of the searches found it.
func (p Price) Found() (n int) {
	for _, h := range p.Hunts {
		if h.Found != "" {
			n++
		}
	}
	return n
}

// Trials is how many trials all the searches took together.
func (p Price) Trials() (n int) {
	for _, h := range p.Hunts {
		n += h.Trials
	}
	return n
}

// Median is the trials and the CPU time of the search in the middle; ok is false if that one found nothing.
func (p Price) Median() (trials int, cpu time.Duration, ok bool) {
	if len(p.Hunts) == 0 {
		return 0, 0, false
	}
	by := func(cost func(Hunt) int64) int64 {
		costs := make([]int64, len(p.Hunts))
		for i, h := range p.Hunts {
			if costs[i] = cost(h); h.Found == "" {
				costs[i] = math.MaxInt64
			}
		}
		slices.Sort(costs)
		return costs[len(costs)/2]
	}
	t, ms := by(func(h Hunt) int64 { return int64(h.Trials) }), by(func(h Hunt) int64 { return h.CPUMs })
	if t == math.MaxInt64 {
		return 0, 0, false
	}
	return int(t), time.Duration(ms) * time.Millisecond, true
}

// Slowest is the CPU time of the search that took longest, whether it found it or not.
func (p Price) Slowest() time.Duration {
	var ms int64
	for _, h := range p.Hunts {
		ms = max(ms, h.CPUMs)
	}
	return time.Duration(ms) * time.Millisecond
}

// Catchers lists who caught it, the one that must first and then by how often.
func (p Price) Catchers() []string {
	by := map[string]int{}
	for _, h := range p.Hunts {
		for _, name := range h.Caught {
			by[name]++
		}
	}
	return slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		switch {
		case p.bug.CaughtBy(a) && !p.bug.CaughtBy(b):
			return -1
		case p.bug.CaughtBy(b) && !p.bug.CaughtBy(a):
			return 1
		}
		return cmp.Or(by[b]-by[a], cmp.Compare(a, b))
	})
}

// Trouble says what is not as it should be about a price, "" for nothing.
func (p Price) Trouble() string {
	_, _, ok := p.Median()
	switch {
	case p.Found() == 0:
		return "not caught"
	case !ok:
		return fmt.Sprintf("caught by %d searches of %d", p.Found(), len(p.Hunts))
	case !slices.ContainsFunc(p.Catchers(), p.bug.CaughtBy):
		return "not caught by " + p.bug.Caught
	}
	return ""
}

// NeedsText names the faults that it takes.
func (p Price) NeedsText() string {
	switch {
	case p.Needs == nil:
		return "?"
	case len(p.Needs) == 0:
		return "none"
	}
	return strings.Join(p.Needs, " + ")
}
