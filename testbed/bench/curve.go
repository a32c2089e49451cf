package bench

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"ordeal/testbed/load"
)

// risePercent is where a curve is measured: at so many percent of what the service does at most. Beyond 100 it is
// offered more than it can do.
var risePercent = []int{5, 10, 20, 40, 60, 70, 80, 90, 100, 110}

// A point lasts a pointShare-th of a second at least: else a queue has no time to grow. Where each client asks as soon
// as it can, it does so eachAtMost times or more.
const pointShare, eachAtMost = 4, 20

// Curve is how a service fares over a network as a load rises.
type Curve struct {
	Load    string `json:"load"`
	Network string `json:"network"`
	Nodes   int    `json:"nodes"`
	Clients int    `json:"clients"`
	Seeds   int    `json:"seeds"`
	// Most is how many requests a second were done at most, when each client asked as soon as it could.
	Most   int     `json:"most"`
	Points []Point `json:"points"`
}

// Point is what was measured at one rate, over all seeds.
type Point struct {
	// Rate is how many requests a second were due, and Done how many were done.
	Rate   int      `json:"rate"`
	Done   int      `json:"done"`
	Asked  int      `json:"asked"`
	Failed int      `json:"failed"`
	Kinds  []Spread `json:"kinds"`
}

// Spread is how long requests of a kind took, or of a class that has several kinds.
type Spread struct {
	Kind  string        `json:"kind"`
	Count int           `json:"count"`
	P50   time.Duration `json:"p50_ns"`
	P90   time.Duration `json:"p90_ns"`
	P99   time.Duration `json:"p99_ns"`
	P999  time.Duration `json:"p999_ns"`
	Max   time.Duration `json:"max_ns"`
}

// Rise measures a curve: the setup's own rate and seed are of no meaning. rates are where, in requests a second; nil
// for shares of what is done at most. measure measures setups, in any order.
func Rise(s Setup, seeds []uint64, rates []int, measure func([]Setup) ([]Figures, error)) (Curve, error) {
	each := func(rate int) (list []Setup) {
		for _, seed := range seeds {
			one := s
			one.Rate, one.Seed = rate, seed
			if one.Requests = max(s.Requests, rate/pointShare); rate == 0 {
				one.Requests = max(s.Requests, eachAtMost*s.Clients)
			}
			list = append(list, one)
		}
		return list
	}
	c := Curve{Load: s.Load, Network: s.Network, Nodes: s.Nodes, Clients: s.Clients, Seeds: len(seeds)}
	all, err := measure(each(0))
	if err != nil {
		return Curve{}, err
	}
	var most []int64
	for _, f := range all {
		most = append(most, int64(f.PerSecond()))
	}
	if c.Most = int(median(most)); rates == nil {
		for _, percent := range risePercent {
			rates = append(rates, max(1, c.Most*percent/100))
		}
	}
	var setups []Setup
	for _, rate := range rates {
		setups = append(setups, each(rate)...)
	}
	if all, err = measure(setups); err != nil {
		return Curve{}, err
	}
	for i, rate := range rates {
		c.Points = append(c.Points, pointOf(rate, all[i*len(seeds):(i+1)*len(seeds)]))
	}
	return c, nil
}

// pointOf joins the measurements of all seeds at one rate.
func pointOf(rate int, all []Figures) Point {
	p := Point{Rate: rate}
	joined := Figures{Latencies: make(map[load.Kind][]time.Duration)}
	var done []int64
	for _, f := range all {
		p.Asked += f.Asked
		p.Failed += f.Failed
		done = append(done, int64(f.PerSecond()))
		for k, times := range f.Latencies { //house:unordered each is joined by itself
			joined.Latencies[k] = append(joined.Latencies[k], times...)
		}
	}
	p.Done = int(median(done))
	groups := joined.groups()
	for _, name := range sortedKeys(groups) {
		times := groups[name]
		p.Kinds = append(p.Kinds, Spread{name, len(times), quantile(times, 500), quantile(times, 900), quantile(times, 990),
			quantile(times, 999), times[len(times)-1]})
	}
	return p
}

// classes are the names under which a curve tells of all its requests with as few as it can: those of classes that have
// several kinds, and of kinds that are alone in theirs.
func (c Curve) classes() (names []string) {
	for _, p := range c.Points {
		for _, k := range p.Kinds {
			class := load.Kind(k.Kind).Class()
			joined := slices.ContainsFunc(p.Kinds, func(o Spread) bool { return o.Kind == class })
			if k.Kind == class || !joined {
				names = append(names, k.Kind)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// at is how long requests of a kind took at a point.
func (p Point) at(kind string) (Spread, bool) {
	i := slices.IndexFunc(p.Kinds, func(k Spread) bool { return k.Kind == kind })
	if i < 0 {
		return Spread{}, false
	}
	return p.Kinds[i], true
}

// Text is the curve as a table.
func (c Curve) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s over %s: %d servers, %d clients, %s; at most %d requests a second\n", c.Load, c.Network,
		c.Nodes, c.Clients, seeds(c.Seeds), c.Most)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "due/s\tdone/s\tfailed\t")
	for _, name := range c.classes() {
		fmt.Fprintf(w, "%s p50\tp90\tp99\tp99.9\tmax ms\t", name)
	}
	fmt.Fprintln(w)
	for _, p := range c.Points {
		fmt.Fprintf(w, "%d\t%d\t%d\t", p.Rate, p.Done, p.Failed)
		for _, name := range c.classes() {
			if k, ok := p.at(name); ok {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t", millis(k.P50), millis(k.P90), millis(k.P99), millis(k.P999), millis(k.Max))
			} else {
				fmt.Fprint(w, "\t\t\t\t\t")
			}
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		panic("bench: a text takes what is written: " + err.Error())
	}
	return b.String()
}

// curvesFormat grows when a field changes its meaning or goes.
const curvesFormat = 1

// CurvesJSON are curves for programs.
func CurvesJSON(curves []Curve) []byte {
	text, err := json.MarshalIndent(struct {
		Format int     `json:"format"`
		Curves []Curve `json:"curves"`
	}{curvesFormat, curves}, "", "\t")
	if err != nil {
		panic("bench: curves are plain data: " + err.Error())
	}
	return append(text, '\n')
}
