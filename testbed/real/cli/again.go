// Package cli is the command `again`: trials of real clusters, played again.
package cli

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/play"
	"ordeal/testbed/real"
	"ordeal/testbed/real/repeat"
	"ordeal/testbed/trial"
)

// flags are those of `ordeal again`.
type flags struct {
	service          *trial.Service
	times, simulated int
	out, cluster     string
	workload         string
}

// AgainCommand plays the trial of a record again and says how often it fails.
func AgainCommand(s *trial.Service) *cobra.Command {
	f := flags{service: s}
	c := &cobra.Command{
		Use:   "again FILE | DIR",
		Short: "plays a trial of a real cluster again, and says how often it fails",
		Long: `again plays the trial that a file again.json is of. Every trial of "run --cluster" that is not valid leaves
one in its folder: the same plan, clients' seed and versions, in a time that is never the same. It says how
often that fails, with Wilson's interval of 95 %, and in which way. With --simulated it also plays the plan in as
many simulated worlds of this program's own service, of the seeds from 1 on, to see whether it shows there.`,
		Args: command.ExactArgs(1, "a file again.json, or a trial's folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	flags := c.Flags()
	flags.IntVar(&f.times, "times", 20, "trials to play on the real cluster")
	flags.IntVar(&f.simulated, "simulated", 0, "trials to play in simulated worlds")
	flags.StringVar(&f.workload, "workload", "", "the workload of those, where it has another name there; default "+
		"the same")
	flags.StringVar(&f.cluster, "cluster", "", "another cluster than the record's, such as etcd@v3.6.16")
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the trials' files; each writes over the one before")
	return c
}

func (f flags) run(cmd *cobra.Command, path string) error {
	record, err := real.ReadRecord(path)
	if err != nil {
		return command.Usage(err)
	}
	if f.times < 0 || f.simulated < 0 || f.times+f.simulated == 0 {
		return command.Usage(fmt.Errorf("--times %d --simulated %d: there must be something to play", f.times, f.simulated))
	}
	if f.cluster != "" {
		record.Cluster = f.cluster
	}
	t, err := record.Again(f.service, filepath.Join(f.out, "again"))
	if err == nil {
		err = t.Product.Fetch(cmd.Context(), func(format string, args ...any) {
			fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...)
		})
	}
	if err != nil {
		return command.Usage(err)
	}
	if f.times > 0 {
		fmt.Fprintln(cmd.OutOrStdout(), t.Line())
		err = f.count(cmd, "on real processes", f.times, func(ctx context.Context, _ int) (play.Summary, error) {
			r, err := t.Run(ctx)
			return r.Summary, err
		})
	}
	if err != nil || f.simulated == 0 {
		return err
	}
	return f.simulate(cmd, record)
}

// count plays trials, and says how often they failed and in which way.
func (f flags) count(cmd *cobra.Command, where string, n int,
	one func(ctx context.Context, i int) (play.Summary, error)) error {
	failed, played, unknown := 0, 0, 0
	ways := map[string]int{}
	for i := range n {
		s, err := one(cmd.Context(), i)
		if cmd.Context().Err() != nil {
			break // it was cut short, and so is no trial of it
		}
		if err != nil {
			return err
		}
		played++
		switch s.Outcome {
		case play.Invalid:
			failed++
			ways[s.Checker]++
		case play.Unknown:
			unknown++
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%3d  %-8s %s\n", i+1, s.Outcome, s.Checker)
	}
	low, high := repeat.Interval(failed, played)
	fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d trials failed, %d are unknown; with %.0f %% confidence %.0f to "+
		"%.0f %% of such trials fail\n", where, failed, played, unknown, 100*repeat.Confidence, 100*low, 100*high)
	for _, way := range slices.Sorted(maps.Keys(ways)) {
		fmt.Fprintf(cmd.OutOrStdout(), "  %s: %d\n", way, ways[way])
	}
	return nil
}

// simulate plays the record's plan in simulated worlds.
func (f flags) simulate(cmd *cobra.Command, r real.Record) error {
	plan, err := r.Faulty()
	if err != nil {
		return err
	}
	t := trial.Trial{Service: f.service, Seed: 1, Workload: r.Workload, Nodes: r.Nodes, Length: r.Length, Rate: r.Rate,
		Plan: plan}
	if f.workload != "" {
		t.Workload = f.workload
	}
	if err := t.Check(); err != nil {
		return command.Usage(fmt.Errorf("the plan can't be played in a simulated world: %w", err))
	}
	w, err := command.NewWorker(f.service)
	if err != nil {
		return err
	}
	defer w.Close()
	fmt.Fprintln(cmd.OutOrStdout(), t.Line())
	return f.count(cmd, "in simulated worlds", f.simulated, func(ctx context.Context, i int) (play.Summary, error) {
		one := t
		one.Seed = uint64(i + 1)
		s, err := w.Run(ctx, campaign.Request{Line: one.Line()})
		if err != nil {
			return s, command.Perished(err)
		}
		return s, nil
	})
}
