package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// pageMax is what the page of a trial is to cost at most, as a part of what the trial costs.
const pageMax = 0.1

// pageFlags are the flags of `bench page`.
type pageFlags struct {
	program        string
	trials, rounds int
}

func pageCommand() *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use:   "page",
		Short: "what the page of a trial costs, beside the trial",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().IntVar(&f.trials, "trials", 10, "trials to take the time of")
	c.Flags().IntVar(&f.rounds, "rounds", 7, "rounds, in which each trial is played both ways: of each the least counts")
	return c
}

// pageCosts are what one trial costs: the least CPU time of a worker that plays it, without that of its start.
type pageCosts struct {
	plain     time.Duration // nothing but the verdict
	collected time.Duration // and what a page wants is collected
	page      time.Duration // and the page is made and written
}

func (f pageFlags) measure(ctx context.Context, out io.Writer) error {
	if f.trials < 1 || f.rounds < 1 {
		return fmt.Errorf("--trials and --rounds must be 1 at least: they are %d and %d", f.trials, f.rounds)
	}
	dir, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	printMachine(out)
	var all []pageCosts
	for _, line := range pageTrials(f.trials) {
		c, err := f.costsOf(ctx, line, dir)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %v, %+.1f %% with its page\n", line, c.plain, 100*over(c.plain, c.page))
		all = append(all, c)
	}
	fmt.Fprintln(out)
	return printFigures(out, pageFigures(all))
}

// costsOf plays one trial in all ways, in turns, each time in a worker of its own, as `ordeal open` does.
func (f pageFlags) costsOf(ctx context.Context, line, dir string) (least pageCosts, err error) {
	var start time.Duration
	b := build{program: f.program}
	for round := range f.rounds {
		for _, way := range []struct {
			least    *time.Duration
			requests []campaign.Request
		}{
			{&start, nil},
			{&least.plain, []campaign.Request{{Line: line}}},
			{&least.collected, []campaign.Request{{Line: line, Mode: play.Timeline}}},
			{&least.page, []campaign.Request{{Line: line, Mode: play.Timeline, Dir: dir, Page: true}}},
		} {
			played, err := b.ask(ctx, way.requests)
			if err != nil {
				return least, err
			}
			for _, s := range played.trials {
				if s.Unwritten != "" {
					return least, errors.New(s.Unwritten)
				}
			}
			if round == 0 || played.cpu < *way.least {
				*way.least = played.cpu
			}
		}
	}
	return pageCosts{least.plain - start, least.collected - start, least.page - start}, nil
}

// pageFigures are those of all trials together.
func pageFigures(all []pageCosts) []figure {
	var sum pageCosts
	for _, c := range all {
		sum.plain += c.plain
		sum.collected += c.collected
		sum.page += c.page
	}
	made := over(sum.plain, sum.page)
	return []figure{
		{name: "CPU time of a trial", measured: (sum.plain / time.Duration(len(all))).Round(time.Millisecond).String()},
		{name: "more for what its page wants", measured: asPercent(over(sum.plain, sum.collected))},
		{"and for the page", asPercent(made), "<= " + asPercent(pageMax), judged(made <= pageMax)},
	}
}

// over is by how much more than plain something costs, as a part of it.
func over(plain, more time.Duration) float64 { return more.Seconds()/plain.Seconds() - 1 }

func asPercent(share float64) string { return fmt.Sprintf("%+.1f %%", 100*share) }

// pageTrials are trials of five workloads in turn, with 3 and with 5 servers.
func pageTrials(n int) []string {
	s := trial.Seeds{
		Template: trial.Trial{Service: coordination.Service(), Faults: []string{"swarm"}, Length: trial.DefaultLength,
			Rate: trial.DefaultRate},
		Workloads: []string{"register", "lock", "queue", "election", "tree"}, Nodes: []int{3, 5},
	}
	var lines []string
	for seed := range uint64(n) {
		lines = append(lines, s.Trial(seed+1).Line())
	}
	return lines
}
