package reports

import (
	"fmt"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"ordeal/reports/chart"
)

// availabilityStep is how long the pieces of time are that are served or not.
const availabilityStep = 100 * time.Millisecond

// serving is what clients saw of a piece of time.
type serving uint8

const (
	unasked  serving = iota // no operation says anything
	served                  // one ended ok
	unserved                // none did, and one ended otherwise or waited in vain all the while
)

// availability is how an operation's class was served by one server, or by any for the server "".
type availability struct {
	class, server string
	pieces        []serving // of availabilityStep each; what was not asked is as it was before
	asked         []bool    // the pieces in which it was, or shortly before
}

// askedFor is for how many pieces an operation that was asked for counts as asked for.
const askedFor = 10

// share is how much of the time was served, in thousandths, rounded down: 1000 is all of it.
func (a availability) share() int {
	up, down := a.times()
	return int(1000 * up / (up + down))
}

// times are for how long the class was served and was not.
func (a availability) times() (up, down time.Duration) {
	for _, p := range a.pieces {
		if p == served {
			up += availabilityStep
		} else {
			down += availabilityStep
		}
	}
	return up, down
}

// availabilities are those of each class, by any server and then by each that is known: see docs/RESULTS.md for what is
// counted. A class that a server was never asked for has none there.
func (t Trial) availabilities() (list []availability) {
	by, ops := make(map[string][]operation), t.plotted()
	for _, o := range ops {
		if o.begun < t.Length && (t.Waits == nil || !t.Waits(t.nameOf(o))) {
			by[o.f] = append(by[o.f], o)
		}
	}
	for _, class := range names(ops) {
		for _, server := range append([]string{""}, t.Servers...) {
			a := availability{class: class, server: server}
			a.observe(by[class], t.Length, func(o operation) bool { return server == "" || t.serverOf(o) == server })
			if a.pieces != nil {
				list = append(list, a)
			}
		}
	}
	return list
}

func (t Trial) nameOf(o operation) string { return t.Ops[o.call].F }

func (t Trial) serverOf(o operation) string {
	if t.Server == nil {
		return ""
	}
	return t.Server(t.Ops[o.call].Index)
}

// observe sets pieces by the operations that count; they stay nil if there are none. An operation waits in vain from
// its invoke until it ends, or until one that was asked for later has ended ok: from then on it is not the service that
// keeps it waiting, or not all of it.
func (a *availability) observe(ops []operation, length time.Duration, counts func(operation) bool) {
	pieces := make([]serving, length/availabilityStep)
	at := func(d time.Duration) int { return int(d / availabilityStep) }
	later := length // when the first of the ok ones ends that were asked for later
	for _, o := range slices.Backward(ops) {
		if !counts(o) {
			continue
		}
		until := min(o.done, later)
		if o.outcome == pending {
			until = later
		}
		for i := at(o.begun + availabilityStep - 1); i < at(until); i++ {
			pieces[i] = unserved
		}
		if o.outcome != ok && until < later {
			if i := at(until); i < len(pieces) {
				pieces[i] = unserved
			}
		}
		if o.outcome == ok {
			later = min(later, o.done)
		}
	}
	for _, o := range ops {
		if i := at(o.done); counts(o) && o.outcome == ok && i < len(pieces) {
			pieces[i] = served
		}
	}
	first := slices.IndexFunc(pieces, func(p serving) bool { return p != unasked })
	if first < 0 {
		return
	}
	state, last := pieces[first], -askedFor
	for i, p := range pieces {
		if p != unasked {
			state, last = p, i
		}
		pieces[i] = state
		a.asked = append(a.asked, i < last+askedFor)
	}
	a.pieces = pieces
}

// percent is a share as text.
func percent(thousandths int) string { return fmt.Sprintf("%d.%d %%", thousandths/10, thousandths%10) }

// lane draws one availability as a row of a panel.
type lane struct {
	availability
	row, rows int // counted from above
}

// laneHigh is how high a row is, in points.
const laneHigh = vg.Length(9.5)

// Plot draws the row onto a plot: tall where it was served, low and dark where it was not, pale where nothing was
// asked.
func (l lane) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	middle := y(float64(l.rows-l.row) - 0.5)
	for from := 0; from < len(l.pieces); {
		to := from + 1
		for to < len(l.pieces) && l.pieces[to] == l.pieces[from] && l.asked[to] == l.asked[from] {
			to++
		}
		colour, half := chart.ColourOK, laneHigh*0.38
		if l.pieces[from] == unserved {
			colour, half = unservedColour, laneHigh*0.2
		}
		if !l.asked[from] {
			colour = chart.Fade(colour, 45)
		}
		left := x((time.Duration(from) * availabilityStep).Seconds())
		chart.Fill(c, colour, left, x((time.Duration(to) * availabilityStep).Seconds()), middle-half, middle+half)
		from = to
	}
	style, text := chart.Written(7), percent(l.share())
	wide := style.Width(text)
	chart.Fill(c, chart.Fade(chart.White, 80), c.Max.X-wide-8, c.Max.X-1, middle-laneHigh*0.42, middle+laneHigh*0.42)
	c.FillText(style, vg.Point{X: c.Max.X - wide - 6, Y: middle}, text)
}

var unservedColour = chart.RGB(0xB0125F)

// availabilityPlot plots, one panel a class and one row a server, when clients were served, and what share of the time.
func availabilityPlot(t Trial, f chart.Format) ([]byte, error) {
	ch := newChart(t, t.plotted())
	ch.Across = chart.TimeAxis(max(t.Length, time.Millisecond))
	ch.Title, ch.Scale = t.Title+" availability", plot.LinearScale{}
	ch.Note = ", in pieces of " + availabilityStep.String()
	rows := append([]string{"all"}, t.Servers...)
	for i, name := range rows {
		ch.YTicks = append(ch.YTicks, plot.Tick{Value: float64(len(rows)-i) - 0.5, Label: chart.Clean(name, 8)})
	}
	ch.High = float64(len(rows)) + 1.2
	ch.PanelHigh = max(chart.PanelHeight, laneHigh*vg.Length(ch.High)+1)
	for _, a := range t.availabilities() {
		if n := len(ch.Panels); n == 0 || ch.Panels[n-1].Name != a.class {
			ch.Panels = append(ch.Panels, chart.Panel{Name: a.class})
		}
		row := 1 + slices.Index(t.Servers, a.server)
		one := &ch.Panels[len(ch.Panels)-1]
		one.Others = append(one.Others, lane{a, row, len(rows)})
	}
	ch.Legend = []chart.Entry{
		{Name: "served", Colour: chart.ColourOK, Filled: true}, {Name: "not served", Colour: unservedColour, Filled: true},
		{Name: "pale: not asked", Colour: chart.Fade(chart.ColourOK, 45), Filled: true},
	}
	ch.Room = max(ch.Room, chart.LegendWidth(ch.Legend)*chart.FontSlack)
	return ch.Encode(f)
}

// AvailabilityResult is for how much of the trial's length a class of operations was served, by a server, or by any for
// the server "".
type AvailabilityResult struct {
	Class    string        `json:"class"`
	Server   string        `json:"server"`
	Served   time.Duration `json:"served_ns"`
	Unserved time.Duration `json:"unserved_ns"`
}

func (t Trial) availabilityResults() (list []AvailabilityResult) {
	for _, a := range t.availabilities() {
		up, down := a.times()
		list = append(list, AvailabilityResult{a.class, a.server, up, down})
	}
	return list
}

// availabilityRow is a class in the table of shares: of all, and of each server, "" where it was never asked for.
type availabilityRow struct {
	Class  string
	Shares []string
}

func (t Trial) availabilityRows() (rows []availabilityRow) {
	for _, a := range t.availabilities() {
		if a.server == "" {
			rows = append(rows, availabilityRow{a.class, make([]string, 1+len(t.Servers))})
		}
		rows[len(rows)-1].Shares[1+slices.Index(t.Servers, a.server)] = percent(a.share())
	}
	return rows
}
