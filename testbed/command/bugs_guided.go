package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/pricing"
)

func (a *app) bugsGuidedCommand() *cobra.Command {
	f := bugsFlags{app: a}
	c := &cobra.Command{
		Use:   "guided [NAME...]",
		Short: "compares what it costs to find each planted bug blind, aimed and guided",
		Long: `guided searches for each bug three times from each of several seeds on: by chance alone ("run --faults
swarm,unaimed"), as "run" does, which aims some faults at scenarios, and as "run --guided" does. It prints the
trials and CPU-seconds of the search in the middle. Each ratio is that of the CPU time to the blind one's: below
1 the other is faster. A search that found nothing counts with its budget.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.guided(cmd, args) },
	}
	f.common(c, time.Minute)
	c.Flags().IntVar(&f.seeds, "seeds", 3, "searches for each bug and way, each from another seed on")
	c.Flags().StringVar(&f.goal, "goal", goalDefault, goalText)
	return c
}

func (f *bugsFlags) guided(cmd *cobra.Command, names []string) error {
	p, err := f.pricing(names)
	if err == nil {
		p.Goal, err = parseGoal(f.goal)
	}
	if err != nil {
		return Usage(err)
	}
	t := newTable(cmd.OutOrStdout(), cmd.ErrOrStderr(), f.json, len(p.Names())*f.seeds*3)
	t.head("bug", "blind", "CPU-s", "aimed", "CPU-s", "ratio", "guided", "CPU-s", "ratio")
	p.Hunted = t.progress
	list, err := p.Compare(cmd.Context(), func(one pricing.Comparison) { t.row(one, one.Cells()...) })
	t.end()
	fmt.Fprintln(t.text, pricing.CompareText(list))
	return interrupted(err)
}
