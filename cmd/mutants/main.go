package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// options are what the flags say.
type options struct {
	module, out, judged string
	packages, tests     []string
	seed                uint64
	count, only         int
	list, diff, each    bool
	by                  []string
	trials, seeds, jobs int
	megabytes           int
	cpu, patience       time.Duration
	budget              time.Duration
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand(os.Stdout).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func newCommand(w io.Writer) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:           "mutants",
		Short:         "puts ordinary mistakes into the service, and says which of them tests and trials catch",
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), w) },
	}
	f := cmd.Flags()
	f.StringVar(&o.module, "module", ".", "the module's root; mutants are built in a copy of it")
	f.StringSliceVar(&o.packages, "packages", []string{
		"cluster", "cluster/client", "cluster/raftwire", "cluster/recipes", "cluster/tree",
		"cluster/wal", "cluster/wire",
	}, "folders that mistakes are put into")
	f.StringSliceVar(&o.tests, "tests", []string{"./cluster/..."},
		"packages whose unit tests try a mutant")
	f.Uint64Var(&o.seed, "seed", 1, "decides which mutants are drawn")
	f.IntVar(&o.count, "count", 200, "how many mutants that compile")
	f.IntVar(&o.only, "only", 0, "only the mutant of this number; its result is printed and not kept")
	f.BoolVar(&o.list, "list", false, "print the mutants in the order in which they are drawn, and try none")
	f.BoolVar(&o.diff, "diff", false, "with --only: print what the mutant changes, and try nothing")
	f.StringSliceVar(&o.by, "by", []string{"campaign", "tests"},
		"what tries mutants, in this order; what comes second tries those that the first misses")
	f.BoolVar(&o.each, "each", false, "what comes second tries those too that the first catches")
	f.IntVar(&o.trials, "trials", 300, "trials of a campaign")
	f.IntVar(&o.seeds, "first-seed", 1, "the first seed of a campaign")
	f.IntVar(&o.jobs, "jobs", 2, "trials side by side")
	f.IntVar(&o.megabytes, "memory", 8000,
		"address space in MB that a process of a mutant may use; 0 for no bound")
	f.DurationVar(&o.cpu, "cpu", 3*time.Minute,
		"CPU time that a process of the unit tests may use before it counts as hung")
	f.DurationVar(&o.patience, "patience", time.Hour,
		"real time that one command on a mutant may take before it counts as hung")
	f.DurationVar(&o.budget, "budget", 0,
		"real time after which no further mutant is begun; 0 for no bound")
	f.StringVar(&o.out, "out", "mutants.jsonl",
		"file of the results; what is in it is not tried again")
	f.StringVar(&o.judged, "judged", "cmd/mutants/judged.txt",
		"file that says of survivors what they are; see docs/MUTANTS.md")
	return cmd
}

func (o options) run(ctx context.Context, w io.Writer) error {
	for _, by := range o.by {
		if by != "campaign" && by != "tests" {
			return fmt.Errorf("--by %s: it is campaign or tests", by)
		}
	}
	var all []mutant
	for _, folder := range o.packages {
		found, err := findAll(o.module, folder)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("no place for a mistake in %s", filepath.Join(o.module, folder))
		}
		all = append(all, found...)
	}
	drawn := draw(all, o.seed)
	switch {
	case o.only > len(drawn) || o.only < 0:
		return fmt.Errorf("--only %d: there are %d mutants", o.only, len(drawn))
	case o.list:
		return list(w, drawn)
	case o.only > 0 && o.diff:
		return o.show(w, drawn[o.only-1])
	}
	return o.tryAll(ctx, w, drawn)
}

func list(w io.Writer, drawn []mutant) error {
	for i, m := range drawn {
		if _, err := fmt.Fprintf(w, "%d %v\n", i+1, m); err != nil {
			return err
		}
	}
	return nil
}

func (o options) show(w io.Writer, m mutant) error {
	text, err := m.diff(o.module)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}

// tryAll tries mutants until there are results of as many as are wanted, and prints what became of them.
func (o options) tryAll(ctx context.Context, w io.Writer, drawn []mutant) error {
	kept, err := openResults(o.out)
	if err != nil {
		return err
	}
	shop, err := openWorkshop(o.module, o.megabytes, o.patience)
	if err != nil {
		return errors.Join(err, kept.close())
	}
	t := &trier{shop, o.by, o.each, o.tests, o.cpu, o.trials, o.seeds, o.jobs}
	if o.only > 0 {
		err = o.tryOne(ctx, w, t, drawn[o.only-1])
	} else if err = o.tryEach(ctx, w, t, kept, drawn); err == nil {
		err = o.report(w, kept)
	}
	return errors.Join(err, kept.close(), shop.close())
}

func (o options) tryOne(ctx context.Context, w io.Writer, t *trier, m mutant) error {
	r, err := t.try(ctx, o.only, m)
	if err == nil {
		_, err = fmt.Fprintln(w, r.sentence())
	}
	return err
}

func (o options) tryEach(ctx context.Context, w io.Writer, t *trier, kept *results, drawn []mutant) error {
	began, compiled := time.Now(), 0
	for i := 0; i < len(drawn) && compiled < o.count; i++ {
		r, known := kept.of(i+1, drawn[i])
		if !known {
			if o.budget > 0 && time.Since(began) > o.budget {
				return nil
			}
			var err error
			if r, err = t.try(ctx, i+1, drawn[i]); err != nil {
				return err
			}
			if err := kept.add(r); err != nil {
				return err
			}
		}
		if r.Compiles {
			compiled++
			fmt.Fprintln(w, r.sentence())
		}
	}
	return nil
}

func (o options) report(w io.Writer, kept *results) error {
	judged, err := readJudged(filepath.Join(o.module, filepath.FromSlash(o.judged)))
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, table(kept.all, judged))
	return err
}
