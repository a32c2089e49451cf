package bench

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"ordeal/testbed/load"
	"ordeal/testbed/trial"
)

// Plan is what a gate measures: each cell with each seed, at the cell's rate and as fast as the clients can.
type Plan struct {
	Nodes    int      `json:"nodes"`
	Clients  int      `json:"clients"`
	Requests int      `json:"requests"`
	Settings string   `json:"settings"`
	Seeds    []uint64 `json:"seeds"`
	Cells    []Cell   `json:"cells"`
}

// Cell is a load over a network.
type Cell struct {
	Load    string `json:"load"`
	Network string `json:"network"`
	// Rate is how many requests a second are due.
	Rate int `json:"rate"`
	// Shapes stands for what the load and the network were like when they were measured: other shapes, other figures.
	Shapes string `json:"shapes"`
	// Figures are there when the cell was measured.
	Figures []Figure `json:"figures,omitempty"`
}

// Name is "write over slow-follower".
func (c Cell) Name() string { return c.Load + " over " + c.Network }

// Figure is one figure of a cell, with a value for each seed, in the order of the plan's seeds.
type Figure struct {
	What   string  `json:"what"`
	Unit   Unit    `json:"unit"`
	Values []int64 `json:"values"`
	// Few says that there were too few requests for the figure to say something of this build; what another build is held
	// against has to say something.
	Few bool `json:"few,omitempty"`
}

// Unit is what the values of a figure are in.
type Unit string

// The units. Of latencies and of failures less is better, of what is done in a second more.
const (
	Nanoseconds Unit = "ns"
	PerSecond   Unit = "1/s"
	Permille    Unit = "permille"
)

// NewCell is a cell of a service's, at the load's own rate.
func NewCell(s *trial.Service, loadName, networkName string, nodes int) (Cell, error) {
	shape, network, err := Shapes(s, loadName, networkName)
	if err != nil {
		return Cell{}, err
	}
	return Cell{Load: loadName, Network: networkName, Rate: shape.Rate, Shapes: identity(shape, network, nodes)}, nil
}

// DefaultCells are each load over the first network, and the first load over each network.
func DefaultCells(s *trial.Service, nodes int) (list []Cell, err error) {
	if _, _, err := Shapes(s, load.Shapes()[0].Name, load.Networks()[0].Name); err != nil && s.Bench == nil {
		return nil, err
	}
	shapes, networks := s.Bench.AllShapes(), s.Bench.AllNetworks()
	if len(shapes) == 0 {
		return nil, fmt.Errorf("%s has none of the kinds of request that a load asks for", s.Name)
	}
	for i, shape := range shapes {
		for j, network := range networks {
			if i > 0 && j > 0 {
				continue
			}
			c, err := NewCell(s, shape.Name, network.Name, nodes)
			if err != nil {
				return nil, err
			}
			list = append(list, c)
		}
	}
	return list, nil
}

// identity stands for what shapes are like.
func identity(shape load.Shape, network load.Network, nodes int) string {
	shape.What = ""
	text, err := json.Marshal(shape)
	if err != nil {
		panic("bench: a shape is plain data: " + err.Error())
	}
	h := fnv.New64a()
	h.Write(text)
	for from := range 2 * nodes {
		for to := range 2 * nodes {
			a := load.Spot{Client: from >= nodes, At: from % nodes, Of: nodes}
			b := load.Spot{Client: to >= nodes, At: to % nodes, Of: nodes}
			if network.Way != nil && a != b && !(a.Client && b.Client) {
				fmt.Fprintf(h, "%+v", network.Way(a, b))
			}
		}
	}
	return fmt.Sprintf("%016x", h.Sum64())
}

// Setups are what there is to measure, in order: of each cell each seed, first at the cell's rate, then as fast as the
// clients can.
func (p Plan) Setups() (list []Setup) {
	for _, c := range p.Cells {
		for _, seed := range p.Seeds {
			for _, rate := range []int{c.Rate, 0} {
				list = append(list, Setup{
					Load: c.Load, Network: c.Network, Nodes: p.Nodes, Clients: p.Clients, Rate: rate, Requests: p.Requests,
					Settings: p.Settings, Seed: seed,
				})
			}
		}
	}
	return list
}

// Measured is the plan with the figures of its Setups.
func (p Plan) Measured(all []Figures) Plan {
	p.Cells = slices.Clone(p.Cells)
	each := 2 * len(p.Seeds)
	for i := range p.Cells {
		p.Cells[i].Figures = figuresOf(all[i*each : (i+1)*each])
	}
	return p
}

// How many requests of a kind there must be for a quantile to say something: four lie beyond p99 then.
const (
	enoughForP50 = 50
	enoughForP99 = 400
)

// figuresOf are the figures of a cell: quantiles of each kind of request that there is enough of, and of each class
// that has several kinds; what was done in a second; and what failed. Measurements at the cell's rate and those at none
// alternate.
func figuresOf(all []Figures) (list []Figure) {
	by := make(map[string][][]time.Duration) // of each kind or class the latencies of each seed
	var rated, fast []Figures
	for i, f := range all {
		if i%2 == 0 {
			rated = append(rated, f)
		} else {
			fast = append(fast, f)
		}
	}
	for seed, f := range rated {
		for name, times := range f.groups() { //house:unordered each is its own entry
			if by[name] == nil {
				by[name] = make([][]time.Duration, len(rated))
			}
			by[name][seed] = times
		}
	}
	for _, name := range sortedKeys(by) {
		least := len(slices.MinFunc(by[name], func(a, b []time.Duration) int { return len(a) - len(b) }))
		for _, q := range []struct {
			name             string
			permille, enough int
		}{{"p50", 500, enoughForP50}, {"p99", 990, enoughForP99}} {
			if least == 0 {
				continue
			}
			f := Figure{What: q.name + " of " + name, Unit: Nanoseconds, Few: least < q.enough}
			for _, times := range by[name] {
				f.Values = append(f.Values, int64(quantile(times, q.permille)))
			}
			list = append(list, f)
		}
	}
	most := Figure{What: "requests a second at most", Unit: PerSecond}
	failed := Figure{What: "requests that failed", Unit: Permille}
	for i, f := range fast {
		most.Values = append(most.Values, int64(f.PerSecond()))
		failed.Values = append(failed.Values, int64(1000*(f.Failed+rated[i].Failed)/(f.Asked+rated[i].Asked)))
	}
	return append(list, most, failed)
}

// groups are the latencies of each kind, and of each class that has more than one kind, sorted.
func (f Figures) groups() map[string][]time.Duration {
	all, kinds := make(map[string][]time.Duration), make(map[string]int)
	for _, k := range sortedKeys(f.Latencies) {
		all[string(k)] = f.Latencies[k]
		kinds[k.Class()]++
	}
	for _, k := range sortedKeys(f.Latencies) {
		if class := k.Class(); kinds[class] > 1 {
			all[class] = append(all[class], f.Latencies[k]...)
		}
	}
	for _, times := range all { //house:unordered each is sorted by itself
		slices.Sort(times)
	}
	return all
}

// quantile is the least of sorted latencies that so many of 1000 do not exceed; 0 if there are none.
func quantile(sorted []time.Duration, permille int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max((len(sorted)*permille+999)/1000, 1)-1]
}
