package bench

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"ordeal/testbed/trial"
)

// savedFormat grows when a field changes its meaning or goes.
const savedFormat = 1

// Saved is what a build was measured at: the file that later builds are held against.
type Saved struct {
	Format int `json:"format"`
	// Service is how its trial lines begin, and Version which build it was, if that is known.
	Service string `json:"service"`
	Version string `json:"version,omitempty"`
	Plan
}

// NewSaved is a plan that was measured, of a service and a build.
func NewSaved(s *trial.Service, version string, measured Plan) Saved {
	return Saved{savedFormat, s.Name, version, measured}
}

// JSON is the file.
func (s Saved) JSON() []byte {
	text, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		panic("bench: figures are plain data: " + err.Error())
	}
	return append(text, '\n')
}

// ParseSaved reads a file that JSON wrote, of the service. The error says what is wrong with it.
func ParseSaved(s *trial.Service, text []byte) (Saved, error) {
	var saved Saved
	if err := json.Unmarshal(text, &saved); err != nil {
		return Saved{}, fmt.Errorf("it is no file of `bench --save`: %w", err)
	}
	switch {
	case saved.Format != savedFormat:
		return Saved{}, fmt.Errorf("it is of format %d, and this program reads %d", saved.Format, savedFormat)
	case saved.Service != s.Name:
		return Saved{}, fmt.Errorf("it has figures of %q, and this is %s", saved.Service, s.Name)
	case len(saved.Seeds) < SeedsMin || len(saved.Seeds) > SeedsMax:
		return Saved{}, fmt.Errorf("it has figures of %d seeds: it takes %d to %d", len(saved.Seeds), SeedsMin, SeedsMax)
	case saved.Nodes < 1 || saved.Nodes > 9 || len(saved.Cells) == 0:
		return Saved{}, fmt.Errorf("it has %d cells of %d nodes", len(saved.Cells), saved.Nodes)
	}
	for _, c := range saved.Cells {
		now, err := NewCell(s, c.Load, c.Network, saved.Nodes)
		if err != nil {
			return Saved{}, err
		}
		if now.Shapes != c.Shapes {
			return Saved{}, fmt.Errorf("%s meant something else when it was written: save it anew", c.Name())
		}
		for _, f := range c.Figures {
			if len(f.Values) != len(saved.Seeds) {
				return Saved{}, fmt.Errorf("%s, %s: %d values of %d seeds", c.Name(), f.What, len(f.Values), len(saved.Seeds))
			}
		}
	}
	return saved, nil
}

// Change is a figure that differs from one build to another, for sure and by more than is of no interest.
type Change struct {
	Cell  Cell
	What  string
	Unit  Unit
	Worse bool
	// Was and Is are the medians over the seeds.
	Was, Is int64
}

// Comparison is what differs between two builds.
type Comparison struct {
	// Changes are the worst first.
	Changes []Change
	// Compared is how many figures there were.
	Compared int
	Seeds    int
}

// failedMin is by how many of 1000 requests more must fail to be of interest.
const failedMin = 5

// Compare holds a build against one before: figures that are sure to differ, and by at least so many percent.
func Compare(before, now Plan, percent int) Comparison {
	c := Comparison{Seeds: len(now.Seeds)}
	for i, cell := range before.Cells {
		for _, was := range cell.Figures {
			if was.Few {
				continue
			}
			c.Compared++
			is := figure(now.Cells[i].Figures, was)
			change := Change{Cell: cell, What: was.What, Unit: was.Unit, Was: median(was.Values), Is: median(is.Values)}
			small, great := was.Values, is.Values
			if change.Is < change.Was {
				small, great = great, small
			}
			if !surely(small, great) || !change.interesting(percent) {
				continue
			}
			change.Worse = (change.Is > change.Was) != (change.Unit == PerSecond)
			c.Changes = append(c.Changes, change)
		}
	}
	slices.SortStableFunc(c.Changes, func(a, b Change) int {
		if a.Worse != b.Worse {
			return map[bool]int{true: -1, false: 1}[a.Worse]
		}
		return cmp.Compare(b.percent(), a.percent())
	})
	return c
}

// figure is the one of the same name. Where nothing was done any more that it could be of, it is without an end.
func figure(list []Figure, was Figure) Figure {
	for _, f := range list {
		if f.What == was.What {
			return f
		}
	}
	return Figure{What: was.What, Unit: was.Unit, Values: slices.Repeat([]int64{int64(runMax)}, len(was.Values))}
}

func (c Change) interesting(percent int) bool {
	if c.Unit == Permille {
		return max(c.Is-c.Was, c.Was-c.Is) >= failedMin
	}
	return c.percent() >= percent
}

// percent is by how much the figure differs from what it was, without a sign.
func (c Change) percent() int {
	if c.Was == 0 {
		return 100
	}
	return int((100*max(c.Is-c.Was, c.Was-c.Is) + c.Was/2) / c.Was)
}

// String is "p99 of writes under write over slow-follower is 30 % worse: 65 ms, and it was 50 ms".
func (c Change) String() string {
	how := "better"
	if c.Worse {
		how = "worse"
	}
	by := fmt.Sprintf("%d %% ", c.percent())
	if c.Unit == Permille {
		by = ""
	}
	return fmt.Sprintf("%s under %s: %s%s: %s, and it was %s", c.What, c.Cell.Name(), by, how, c.Unit.text(c.Is),
		c.Unit.text(c.Was))
}

// text is a value with its unit.
func (u Unit) text(v int64) string {
	switch u {
	case Nanoseconds:
		return millis(time.Duration(v)) + " ms"
	case PerSecond:
		return fmt.Sprintf("%d a second", v)
	}
	return fmt.Sprintf("%d of 1000", v)
}

// millis is a latency in milliseconds, with three significant digits at most behind a microsecond.
func millis(d time.Duration) string {
	us := (d + time.Microsecond/2) / time.Microsecond
	switch {
	case us >= 100_000:
		return fmt.Sprintf("%d", (us+500)/1000)
	case us >= 10_000:
		return fmt.Sprintf("%d.%d", us/1000, us%1000/100)
	case us >= 1000:
		return fmt.Sprintf("%d.%02d", us/1000, us%1000/10)
	}
	return fmt.Sprintf("0.%03d", us)
}

// Worse are the changes for the worse.
func (c Comparison) Worse() []Change {
	return slices.DeleteFunc(slices.Clone(c.Changes), func(one Change) bool { return !one.Worse })
}

// median is the middle one of values, or the lower of the two.
func median(values []int64) int64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
