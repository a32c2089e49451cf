package bench

import (
	"fmt"
	"strconv"
	"strings"

	"ordeal/reports"
)

// figuresMax is of how many curves the page says at its top what is done at most. Of more, their tables alone say so:
// all loads over all networks are seventy.
const figuresMax = 8

// Page is the page over curves: for each load the plots, and below them a table for each network.
func Page(service, command string, curves []Curve) (reports.File, error) {
	m := reports.Measured{
		Title:   service + ": latency as the load rises",
		About:   "In virtual time: the same flags give the same figures on every machine. Latencies are in milliseconds.",
		Command: command,
	}
	for from := 0; from < len(curves); {
		to := from + 1
		for to < len(curves) && curves[to].Load == curves[from].Load {
			to++
		}
		part, err := partOf(curves[from:to])
		if err != nil {
			return reports.File{}, err
		}
		m.Parts = append(m.Parts, part)
		from = to
	}
	if len(curves) <= figuresMax {
		for _, c := range curves {
			m.Figures = append(m.Figures, reports.Figure{
				Value: threes(c.Most), What: fmt.Sprintf("a second at most: %s over %s", c.Load, c.Network),
			})
		}
	}
	page, err := m.Page()
	return reports.File{Name: "index.html", About: "all curves on one page", Data: page}, err
}

// partOf is the section of one load.
func partOf(curves []Curve) (reports.MeasuredPart, error) {
	part := reports.MeasuredPart{Name: curves[0].Load}
	var err error
	if part.Plots, err = Plots(curves); err != nil {
		return part, err
	}
	for _, c := range curves {
		part.Tables = append(part.Tables, c.table())
	}
	first := curves[0]
	part.About = fmt.Sprintf("%d servers, %d clients, %s", first.Nodes, first.Clients, seeds(first.Seeds))
	return part, nil
}

func seeds(n int) string {
	if n == 1 {
		return "1 seed"
	}
	return fmt.Sprintf("%d seeds", n)
}

// table is the curve as a table, with the same columns as its text.
func (c Curve) table() reports.Table {
	t := reports.Table{
		Caption: fmt.Sprintf("over %s: at most %s requests a second", c.Network, threes(c.Most)),
		Head:    []string{"due a second", "done", "failed"},
	}
	for _, name := range c.classes() {
		t.Head = append(t.Head, name+" p50", "p90", "p99", "p99.9", "max")
	}
	for _, p := range c.Points {
		row := []string{threes(p.Rate), threes(p.Done), strconv.Itoa(p.Failed)}
		for _, name := range c.classes() {
			if k, ok := p.at(name); ok {
				row = append(row, millis(k.P50), millis(k.P90), millis(k.P99), millis(k.P999), millis(k.Max))
			} else {
				row = append(row, strings.Split(",,,,", ",")...)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Page is the page over a comparison: what is worse, then what is better.
func (c Comparison) Page(service, command string) (reports.File, error) {
	worse := c.Worse()
	m := reports.Measured{
		Title:   service + ": is this build slower?",
		About:   fmt.Sprintf("Medians of %d seeds, in virtual time.", c.Seeds),
		Command: command,
		Figures: []reports.Figure{
			{Value: strconv.Itoa(c.Compared), What: "figures"},
			{Value: strconv.Itoa(len(worse)), What: "worse"},
			{Value: strconv.Itoa(len(c.Changes) - len(worse)), What: "better"},
		},
	}
	for _, one := range []struct {
		name  string
		worse bool
	}{{"Worse", true}, {"Better", false}} {
		t := reports.Table{Head: []string{"figure", "load over network", "was", "is", "by"}}
		for _, change := range c.Changes {
			if change.Worse == one.worse {
				t.Rows = append(t.Rows, []string{
					change.What, change.Cell.Name(), change.Unit.text(change.Was), change.Unit.text(change.Is),
					fmt.Sprintf("%d %%", change.percent()),
				})
			}
		}
		part := reports.MeasuredPart{Name: one.name, Tables: []reports.Table{t}}
		if len(t.Rows) == 0 {
			part.Tables, part.About = nil, "Nothing."
		}
		m.Parts = append(m.Parts, part)
	}
	page, err := m.Page()
	return reports.File{Name: "index.html", About: "what is worse, and what is better", Data: page}, err
}
