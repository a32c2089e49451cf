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

// What trials are to cost. CPU time differs by half from one hour to the next where others use the machine, so that it
// is compared with what was measured beside it.
const (
	bareMin       = 0.33      // operations, as a part of the entries that bare raft commits in the same time
	peakMax       = 100 << 20 // bytes
	operationsNow = 100       // operations that really happen in a virtual second of the trials at fullRate
)

// fullRate is the rate of trials at which operationsNow come about, though operations wait for each other and faults
// hold them up; idleRate that of trials in which nearly nothing does.
const (
	fullRate = 148
	idleRate = 1
)

// speedFlags are the flags of `bench speed`.
type speedFlags struct {
	program, against            string // against is another build, or ""
	trials, rounds, same, races int
	gain                        float64 // how many times as fast as against program is to be
	keep                        string  // where the profile is to stay, or ""
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
	c.Flags().IntVar(&f.trials, "trials", 12, "trials to take the time of, for each figure and in each round")
	c.Flags().IntVar(&f.rounds, "rounds", 5, "rounds, in which everything has its turn: medians are shown")
	c.Flags().StringVar(&f.against, "against", "", "another build of bin/ordeal to compare with")
	c.Flags().Float64Var(&f.gain, "gain", 1, "with --against: how many times as many operations are wanted")
	c.Flags().IntVar(&f.same, "same", 200, "trials to compare between builds and environments")
	c.Flags().StringVar(&f.keep, "keep-profile", "", "a file for the CPU profile, as the compiler takes it (make profile)")
	c.Flags().IntVar(&f.races, "races", 8, "trials to compare with a build that looks for races")
	return c
}

func (f speedFlags) measure(ctx context.Context, out io.Writer) error {
	if f.trials < 1 || f.rounds < 1 || f.same < 0 || f.races < 0 || f.races > f.same {
		return fmt.Errorf("--trials and --rounds must be 1 at least, and --races from 0 to --same: they are %d, %d, "+
			"%d and %d",
			f.trials, f.rounds, f.races, f.same)
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

func (f speedFlags) costs(ctx context.Context) ([]figure, error) {
	var rounds []round
	for range f.rounds {
		r, err := f.round(ctx)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, r)
	}
	return f.figures(rounds), nil
}

func perSecond(n float64, d time.Duration) float64 { return n / d.Seconds() }

// mixedTrials are the lines of n trials with five servers, the workloads in turn, as the default campaign has them.
func mixedTrials(n, rate int) []string { return trials(n, rate, "swarm") }

func trials(n, rate int, faults string) []string {
	sweep := trial.Seeds{
		Template: trial.Trial{Service: coordination.Service(), Faults: []string{faults}, Length: trial.DefaultLength,
			Rate: rate},
		Workloads: coordination.Service().DefaultWorkloads(""), Nodes: []int{5},
	}
	var lines []string
	for seed := range uint64(n) {
		lines = append(lines, sweep.Trial(seed+1).Line())
	}
	return lines
}
