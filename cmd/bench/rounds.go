package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ordeal/testbed/trial"
)

// Figures that are compared are measured in turns, again and again: whatever else the machine does meanwhile hits all
// of them alike, and of the rounds the median counts.

// bareFor is how much CPU time bare raft gets in a round.
const bareFor = time.Second

// costs are what one build's trials cost in one round.
type costs struct {
	operations float64 // in a CPU-second, as the default campaign has them
	usual      float64 // virtual seconds in a CPU-second of the same trials
	full, idle float64 // the same at fullRate, and without faults at idleRate
	// fullRate and usualRate are the operations that really happened in a virtual second.
	fullRate, usualRate float64
	peakBytes           int64 // of a worker with the default campaign's trials
}

// round is a turn of everything.
type round struct {
	ours, other costs // other is of --against
	bare        float64
}

func (f speedFlags) round(ctx context.Context) (r round, err error) {
	if r.ours, err = f.costsOf(ctx, f.program); err != nil {
		return r, err
	}
	bare, err := newBareRaft()
	if err != nil {
		return r, err
	}
	if r.bare, err = bare.commitFor(bareFor); err != nil {
		return r, err
	}
	if f.against != "" {
		r.other, err = f.costsOf(ctx, f.against)
	}
	return r, err
}

// costsOf takes the time and the memory of trials with five servers each.
func (f speedFlags) costsOf(ctx context.Context, program string) (c costs, err error) {
	b := build{program: program}
	usual, err := b.play(ctx, mixedTrials(f.trials, trial.DefaultRate))
	if err != nil {
		return c, err
	}
	full, err := b.play(ctx, mixedTrials(f.trials, fullRate))
	if err != nil {
		return c, err
	}
	idle, err := b.play(ctx, trials(f.trials, idleRate, "none"))
	if err != nil {
		return c, err
	}
	return costs{
		operations: perSecond(float64(usual.operations()), usual.cpu),
		usual:      perSecond(usual.virtual().Seconds(), usual.cpu),
		full:       perSecond(full.virtual().Seconds(), full.cpu),
		idle:       perSecond(idle.virtual().Seconds(), idle.cpu),
		fullRate:   perSecond(float64(full.operations()), full.virtual()),
		usualRate:  perSecond(float64(usual.operations()), usual.virtual()),
		peakBytes:  usual.peakBytes,
	}, nil
}

// figures are the medians of the rounds, beside what they are to be.
func (f speedFlags) figures(rounds []round) []figure {
	of := func(value func(round) float64) float64 { return median(rounds, value) }
	toBare := of(func(r round) float64 { return r.ours.operations / r.bare })
	rate := of(func(r round) float64 { return r.ours.fullRate })
	list := []figure{
		shown("operations simulated and judged in a CPU-second, 5 servers",
			of(func(r round) float64 { return r.ours.operations })),
		shown("entries that 5 servers of bare raft commit in a CPU-second", of(func(r round) float64 { return r.bare })),
		atLeast("operations over entries", toBare, bareMin),
		{
			fmt.Sprintf("virtual seconds in a CPU-second, %.0f operations in each", rate),
			fmt.Sprintf("%.0f", of(func(r round) float64 { return r.ours.full })),
			fmt.Sprintf(">= %d operations in each", operationsNow), judged(rate >= operationsNow),
		},
		shown(fmt.Sprintf("the same at the default rate, %.0f operations in each",
			of(func(r round) float64 { return r.ours.usualRate })),
			of(func(r round) float64 { return r.ours.usual })),
		shown("the same without faults, when nearly nothing happens", of(func(r round) float64 { return r.ours.idle })),
		peakFigure(int64(of(func(r round) float64 { return float64(r.ours.peakBytes) }))),
	}
	if f.against == "" {
		return list
	}
	ratio := func(value func(costs) float64) float64 {
		return of(func(r round) float64 { return value(r.ours) / value(r.other) })
	}
	return append(list,
		atLeast("operations, over those of "+f.against, ratio(func(c costs) float64 { return c.operations }), f.gain),
		ratioOf("virtual seconds at full rate, over those of it", ratio(func(c costs) float64 { return c.full })),
		ratioOf("virtual seconds when nothing happens, over those of it", ratio(func(c costs) float64 { return c.idle })),
		ratioOf("memory of a worker, over that of it", ratio(func(c costs) float64 { return float64(max(c.peakBytes, 1)) })),
	)
}

func shown(name string, v float64) figure {
	return figure{name: name, measured: fmt.Sprintf("%.0f", v)}
}

func ratioOf(name string, v float64) figure {
	return figure{name: name, measured: fmt.Sprintf("%.2f", v)}
}

func atLeast(name string, v, least float64) figure {
	return figure{name, fmt.Sprintf("%.2f", v), fmt.Sprintf(">= %.2f", least), judged(v >= least)}
}

func peakFigure(bytes int64) figure {
	name, target := "memory of a worker, at its peak", fmt.Sprintf("<= %d MB", peakMax>>20)
	if bytes == 0 {
		return figure{name, "not known on this system", target, skipped}
	}
	return figure{name, fmt.Sprintf("%d MB", bytes>>20), target, judged(bytes <= peakMax)}
}

// median is of the values of all rounds: the lower one of the two in the middle of an even number.
func median(rounds []round, value func(round) float64) float64 {
	values := make([]float64, len(rounds))
	for i, r := range rounds {
		values[i] = value(r)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
