// Package truth scores the simulator: plans that the swarm draws are played twice, on real processes and in a simulated
// world, with the same clients' seed, and what became of each is held beside the other.
package truth

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Pair is a plan and what became of it on real processes and, once it was simulated, in a simulated world. A file of
// pairs has the first half only, one JSON object a line.
type Pair struct {
	// Cluster and Network say on what the real half was, and Load is how much this machine had to do by then: its load
	// average over a minute, and of how many processors.
	Cluster  string        `json:"cluster"`
	Network  string        `json:"network"`
	Load     float64       `json:"load"`
	CPUs     int           `json:"cpus"`
	Seed     uint64        `json:"seed"`
	Workload string        `json:"workload"`
	Nodes    int           `json:"nodes"`
	Length   time.Duration `json:"length_ns"`
	Rate     int           `json:"rate"`
	Plan     []string      `json:"plan"`
	Real     Played        `json:"real"`
	Sim      Played        `json:"-"`
}

// Quiet says that nothing was broken.
func (p Pair) quiet() bool { return len(p.Plan) == 0 }

// Played is what one half of a pair came to.
type Played struct {
	Outcome string `json:"outcome"`
	Checker string `json:"checker,omitempty"`
	Reason  string `json:"reason,omitempty"`
	// Elections is how often another server led than before, and Expired how many sessions of clients did.
	Elections int   `json:"elections"`
	Expired   int64 `json:"expired"`
	// Operations are counted by how they ended; Unknown names those that ended unknown to their clients, sorted.
	Operations reports.OperationsResult `json:"operations"`
	Unknown    []string                 `json:"unknown"`
	// Done is how many operations ended ok in each piece of the trial's length.
	Done []int `json:"done"`
	// Steps are those of the plan that were carried out, by their numbers.
	Steps     []Step                  `json:"steps"`
	Latencies []reports.LatencyResult `json:"latencies"`
}

// Step is a step of the plan, and how long clients waited for it from its begin: -1 if they were not served again, or
// did not ask.
type Step struct {
	Number int           `json:"number"`
	Family string        `json:"family"`
	Waited time.Duration `json:"waited_ns"`
}

// piece is how long the pieces of time are in which there was service, or was not. In one of a trial without faults
// some ten operations end ok.
const piece = 200 * time.Millisecond

// Out is the share of the time in which there was no service: that of the pieces in which no operation ended ok. What
// is before the first that did does not count: the servers of a simulated world begin with the clients, real ones have
// a leader by then.
func (p Played) Out() float64 {
	first := slices.IndexFunc(p.Done, func(n int) bool { return n > 0 })
	if first < 0 {
		return 1
	}
	out := 0
	for _, n := range p.Done[first:] {
		if n == 0 {
			out++
		}
	}
	return float64(out) / float64(len(p.Done)-first)
}

// Longest is the longest time on end without service.
func (p Played) Longest() (longest time.Duration) {
	since := time.Duration(0)
	for i, n := range p.Done {
		if since += piece; n > 0 || slices.Max(p.Done[:i+1]) == 0 {
			since = 0
		}
		longest = max(longest, since)
	}
	return longest
}

// playedOf takes from a result what is scored.
func playedOf(r play.Result) Played {
	t := r.Report
	p := Played{Outcome: r.Summary.Outcome, Checker: r.Summary.Checker, Reason: r.Summary.Reason, Unknown: []string{}}
	result := t.Result()
	p.Operations = result.Operations
	p.Elections = changes(t.Leaders, t.Length)
	for _, m := range t.Trace.Counts {
		if m.Name == trial.MeasureExpired {
			p.Expired = m.Value
		}
	}
	for i, f := range result.Faults {
		if f.Skipped == "" {
			p.Steps = append(p.Steps, Step{i, f.Family, f.Began})
		}
	}
	for _, l := range result.Latencies {
		if l.Outcome == "ok" {
			p.Latencies = append(p.Latencies, l)
		}
	}
	p.Done = make([]int, t.Length/piece)
	for _, o := range r.History {
		if at := int(o.Time / piece); o.Type == history.OK && o.Process >= 0 && at < len(p.Done) {
			p.Done[at]++
		}
		if o.Type == history.Info && o.Process >= 0 && o.Time < t.Length && !slices.Contains(p.Unknown, o.F) {
			p.Unknown = append(p.Unknown, o.F)
		}
	}
	slices.Sort(p.Unknown)
	return p
}

// changes is how often another server led than before. A server that leads again is no change: who asks servers
// from outside does not see it.
func changes(spans []reports.LeaderSpan, length time.Duration) (n int) {
	spans = slices.Clone(spans)
	slices.SortStableFunc(spans, func(a, b reports.LeaderSpan) int { return int(a.From - b.From) })
	last := ""
	for _, s := range spans {
		if s.From >= length {
			break
		}
		if last != "" && s.Node != last {
			n++
		}
		last = s.Node
	}
	return n
}

// Read reads a file of pairs; one that is not there has none.
func Read(path string) (all []Pair, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		var p Pair
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, n, err)
		}
		all = append(all, p)
	}
	return all, lines.Err()
}

// add appends a pair to a file.
func (p Pair) add(path string) error {
	line, err := json.Marshal(p)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
