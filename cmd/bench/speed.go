package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// What trials are to cost.
const (
	operationsMin = 20_000    // simulated and judged in a CPU-second
	virtualMin    = 150       // virtual seconds in a CPU-second, at operationsRate
	operationsNow = 100       // operations that really happen in a virtual second
	peakMax       = 200 << 20 // bytes
)

// fullRate is the rate of trials at which operationsNow come about, though operations wait for each other and faults
// hold them up.
const fullRate = 148

// speedFlags are the flags of `bench speed`.
type speedFlags struct {
	program             string
	trials, same, races int
	keep                string // where the profile is to stay, or ""
}

func speedCommand() *cobra.Command {
	var f speedFlags
	c := &cobra.Command{
		Use:   "speed",
		Short: "what a trial costs, where the time goes, and whether it is the same trial everywhere",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().IntVar(&f.trials, "trials", 60, "trials to take the time of, for each figure")
	c.Flags().IntVar(&f.same, "same", 200, "trials to compare between builds and environments")
	c.Flags().StringVar(&f.keep, "keep-profile", "", "a file for the CPU profile, as the compiler takes it (make profile)")
	c.Flags().IntVar(&f.races, "races", 8, "trials to compare with a build that looks for races")
	return c
}

func (f speedFlags) measure(ctx context.Context, out io.Writer) error {
	if f.trials < 1 || f.same < 0 || f.races < 0 || f.races > f.same {
		return fmt.Errorf("--trials must be 1 at least, and --races from 0 to --same: they are %d, %d and %d", f.trials,
			f.races, f.same)
	}
	temp, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	printMachine(out)
	figures, err := f.costs(ctx)
	if err != nil {
		return err
	}
	same, err := f.sameness(ctx, temp)
	if err != nil {
		return err
	}
	result := printFigures(out, append(figures, same...))
	shares, err := f.profile(ctx, temp)
	if err != nil {
		return err
	}
	if err := printShares(out, shares); err != nil {
		return err
	}
	return result
}

// costs takes the time and the memory of trials as the default campaign has them, with five servers each.
func (f speedFlags) costs(ctx context.Context) ([]figure, error) {
	usual, err := build{program: f.program}.play(ctx, mixedTrials(f.trials, trial.DefaultRate))
	if err != nil {
		return nil, err
	}
	full, err := build{program: f.program}.play(ctx, mixedTrials(f.trials, fullRate))
	if err != nil {
		return nil, err
	}
	operations := perSecond(float64(usual.operations()), usual.cpu)
	virtual := perSecond(full.virtual().Seconds(), full.cpu)
	rate := perSecond(float64(full.operations()), full.virtual())
	peak := figure{"memory of a worker, at its peak", "not known on this system", fmt.Sprintf("< %d MB", peakMax>>20),
		skipped}
	if usual.peakBytes > 0 {
		peak.measured, peak.verdict = fmt.Sprintf("%d MB", usual.peakBytes>>20), judged(usual.peakBytes < peakMax)
	}
	return []figure{
		{
			"operations simulated and judged in a CPU-second, 5 servers", fmt.Sprintf("%.0f", operations),
			fmt.Sprintf(">= %d", operationsMin), judged(operations >= operationsMin),
		},
		{
			fmt.Sprintf("virtual seconds in a CPU-second, %.0f operations in each", rate), fmt.Sprintf("%.0f", virtual),
			fmt.Sprintf(">= %d, with >= %d operations", virtualMin, operationsNow), judged(virtual >= virtualMin &&
				rate >= operationsNow),
		},
		{
			fmt.Sprintf("the same at the default rate, %.0f operations in each", perSecond(float64(usual.operations()),
				usual.virtual())),
			fmt.Sprintf("%.0f", perSecond(usual.virtual().Seconds(), usual.cpu)), "", "",
		},
		peak,
	}, nil
}

func perSecond(n float64, d time.Duration) float64 { return n / d.Seconds() }

// mixedTrials are the lines of n trials with five servers, the workloads in turn, as the default campaign has them.
func mixedTrials(n, rate int) []string {
	sweep := trial.Seeds{
		Template: trial.Trial{Service: coordination.Service(), Faults: []string{"swarm"}, Length: trial.DefaultLength,
			Rate: rate},
		Workloads: coordination.Service().WorkloadNames(), Nodes: []int{5},
	}
	var lines []string
	for seed := range uint64(n) {
		lines = append(lines, sweep.Trial(seed+1).Line())
	}
	return lines
}
