package reports

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"

	"ordeal/reports/chart"
)

// TestPlotsTellEightClassesApart: names become classes, and of more than a plot can show the rarest are one; nothing is
// lost on the way.
func TestPlotsTellEightClassesApart(t *testing.T) {
	var ops []history.Op
	for name := range 12 {
		for n := range 12 - name {
			f := fmt.Sprintf("f%02d", name)
			for _, kind := range []history.Type{history.Invoke, history.OK} {
				ops = append(ops, history.Op{Process: n, Type: kind, F: f})
			}
		}
	}
	plotted := Trial{Ops: ops}.plotted()
	want := []string{"f00", "f01", "f02", "f03", "f04", "f05", "f06", "others"}
	if got := names(plotted); !slices.Equal(got, want) || len(plotted) != len(ops)/2 {
		t.Errorf("%d operations of %v", len(plotted), got)
	}
	halves := Trial{Ops: ops, Class: func(f string) string { return string("ab"[f[2]%2]) }}.plotted()
	if got := names(halves); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("the classes are %v", got)
	}
	svg := drawn(t, latencyQuantiles, Trial{Ops: ops})
	for _, class := range want {
		if !strings.Contains(svg, ">"+class+"</text>") {
			t.Errorf("there is no panel %s", class)
		}
	}
}

// TestQuantileBands: from the median up to 0.95 and to 0.99, where there is more than one window in a row.
func TestQuantileBands(t *testing.T) {
	var p chart.Panel
	var ops []operation
	for i := range 200 {
		ops = append(ops, operation{f: "f", done: milli(i + 1)})
		ops = append(ops, operation{f: "f", begun: milli(1000), done: milli(1001)})
	}
	addQuantiles(&p, grouped{f: "f", outcome: ok, ops: ops}, windows{step: milli(1000), count: 3})
	if len(p.Areas) != 2 || len(p.Areas[0].Runs) != 1 || len(p.Areas[0].Runs[0]) != 2 {
		t.Fatalf("%+v", p.Areas)
	}
	for i, want := range [][2]float64{{100, 190}, {190, 198}} {
		if got := p.Areas[i].Runs[0][0]; got.Low.Value != want[0] || got.High.Value != want[1] {
			t.Errorf("band %d goes from %v to %v ms, wanted %v", i, got.Low.Value, got.High.Value, want)
		}
	}
}

func milli(n int) time.Duration { return time.Duration(n) * time.Millisecond }
