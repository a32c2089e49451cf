package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/command"
	"ordeal/testbed/kept"
	"ordeal/testbed/real"
	"ordeal/testbed/real/truth"
	"ordeal/testbed/trial"
)

// truthFlags are those of `ordeal truth`.
type truthFlags struct {
	service          *trial.Service
	pairs, quiet     int
	first            uint64
	length           time.Duration
	rate, nodes      int
	jobs             int
	network          string
	workloads        string
	faults           string
	costs, out, page string
	again            string
}

// TruthCommand scores the simulator against real processes.
func TruthCommand(s *trial.Service) *cobra.Command {
	f := truthFlags{service: s}
	c := &cobra.Command{
		Use:   "truth",
		Short: "plays plans on real processes and in the simulator, and says how far the two agree",
		Long: `truth draws plans as "run --cluster ours" does, plays each on real processes, and notes what became of it in
the file pairs.jsonl of the folder --out. What is in that file already is not played again, so a long score can be
taken piece by piece. Then it plays each plan of the file in a simulated world, with the same clients' seed and
the costs of the file --costs, and says how far the two agree. docs/TRUTH.md is what --write makes.`,
		Args: command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := c.Flags()
	flags.IntVar(&f.pairs, "pairs", 10, "plans of faults to play, of the seeds from --first on; 0 plays none")
	flags.IntVar(&f.quiet, "quiet", 3, "trials without faults besides")
	flags.Uint64Var(&f.first, "first", 1, "the first seed")
	flags.DurationVar(&f.length, "length", 12*time.Second, "time under faults, a trial")
	flags.IntVar(&f.rate, "rate", trial.DefaultRate, "about how many operations clients begin in a second")
	flags.IntVar(&f.nodes, "nodes", 3, "number of servers")
	flags.IntVar(&f.jobs, "jobs", 1, "real trials side by side; more than one makes all slower than each is alone")
	flags.StringVar(&f.network, "network", "", "as that of run")
	flags.StringVar(&f.workloads, "workloads", "register,lock,tree", "which take turns by the seed")
	flags.StringVar(&f.faults, "faults", "swarm", "as those of run")
	flags.StringVar(&f.costs, "costs", "", "a file of costs, as calibrate writes it; default the simulator's own")
	flags.StringVar(&f.out, "out", "ordeal-truth", "folder for pairs.jsonl, and for what servers wrote")
	flags.StringVar(&f.again, "again", "", "a file of pairs of the same seeds, played another time: how far do real "+
		"trials agree with each other?")
	flags.StringVar(&f.page, "write", "", "a file for the score, as Markdown")
	return c
}

func (f truthFlags) run(cmd *cobra.Command) error {
	if f.pairs < 0 || f.quiet < 0 || f.jobs < 1 {
		return command.Usage(fmt.Errorf("--pairs %d --quiet %d --jobs %d: none may be negative, and one job there must be",
			f.pairs, f.quiet, f.jobs))
	}
	given, err := kept.Costs(f.costs)
	if err != nil {
		return command.Usage(err)
	}
	product, err := real.Named("ours")
	if err != nil {
		return err
	}
	means, err := real.Look(f.network, product)
	if err != nil {
		return command.Usage(err)
	}
	if err := os.MkdirAll(f.out, 0o750); err != nil {
		return command.Usage(err)
	}
	run := truth.Run{Service: f.service, Product: product, Means: means, Nodes: f.nodes, Length: f.length, Rate: f.rate,
		Workloads: strings.Split(f.workloads, ","), Faults: strings.Split(f.faults, ","), Jobs: f.jobs,
		File: filepath.Join(f.out, "pairs.jsonl"), Dir: f.out,
		Say: func(format string, args ...any) { fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...) }}
	if err := run.Play(cmd.Context(), f.first, f.pairs, f.quiet); err != nil {
		return command.Usage(err)
	}
	if cmd.Context().Err() != nil {
		return command.Interrupted()
	}
	return f.score(cmd, run.File, given)
}
