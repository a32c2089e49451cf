package main

import (
	"io"
	"strings"
	"testing"
)

func TestNumbersThatMeasureNothingAreRefused(t *testing.T) {
	for _, f := range []speedFlags{
		{trials: 0, rounds: 1, same: 1}, {trials: 1, same: 1}, {trials: 1, rounds: 1, same: 1, races: 2},
		{trials: 1, rounds: 1, same: -1},
		{trials: 1, rounds: 1, races: -1},
	} {
		if err := f.measure(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "must be 1 at least") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// Of the rounds the median counts, of ratios too, and a figure that is missed says so.
func TestFiguresOfRounds(t *testing.T) {
	var rounds []round
	for i := range 5 {
		slow := float64(i + 1) // the machine, in this round
		rounds = append(rounds, round{
			ours:  costs{operations: 12_000 / slow, full: 100 / slow, idle: 1000 / slow, fullRate: 101, peakBytes: 90 << 20},
			other: costs{operations: 8000 / slow, full: 100 / slow, idle: 500 / slow, peakBytes: 180 << 20},
			bare:  30_000 / slow,
		})
	}
	rounds[0].bare = 1 // a round in which something went wrong
	want := map[string]figure{
		"operations over entries":       {measured: "0.40", target: ">= 0.33", verdict: reached},
		"operations, over those of old": {measured: "1.50", target: ">= 1.60", verdict: missed},
		"memory of a worker, at its peak": {measured: "90 MB", target: "<= 100 MB",
			verdict: reached},
		"memory of a worker, over that of it":                        {measured: "0.50"},
		"virtual seconds when nothing happens, over those of it":     {measured: "2.00"},
		"operations simulated and judged in a CPU-second, 5 servers": {measured: "4000"},
	}
	found := 0
	for _, f := range (speedFlags{against: "old", gain: 1.6}).figures(rounds) {
		w, ok := want[f.name]
		if !ok {
			continue
		}
		found++
		if w.name = f.name; f != w {
			t.Errorf("%+v, not %+v", f, w)
		}
	}
	if found != len(want) {
		t.Errorf("%d figures of %d", found, len(want))
	}
	if f := peakFigure(peakMax + 1); f.verdict != missed {
		t.Errorf("too much memory: %+v", f)
	}
}
