package diff

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/reports/timeline"
	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/trial"
)

// noPage is what --file says for no page.
const noPage = "none"

// Command is the command `diff` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	var file string
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "puts two runs side by side: where they part, and in what they differ",
		Long: `diff puts two runs side by side on one axis. Each of A and B is a trial line or a kept folder: a line
with a fault and without, a line here and the folder that a build before a change has kept of it, a trial in the
simulator and the folder of one on real servers. It says at which event they part, and what differs in verdicts,
faults, leaders, rate and latency, and makes a page of both.
Runs that are both played here are compared event for event; one that is known by its folder alone, by its history.
Exit codes: 0 the same run, 1 they differ.`,
		Args: command.ExactArgs(2, "two trial lines in quotes, or folders"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return compareAll(cmd, s, args, file, asJSON)
		},
	}
	c.Flags().StringVar(&file, "file", "diff.html", "where the page goes; none: no page")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object, and nothing else, on standard output")
	return c
}

func compareAll(cmd *cobra.Command, s *trial.Service, args []string, file string, asJSON bool) error {
	l := loader{cmd.Context(), s, func() (campaign.Worker, error) { return command.NewWorker(s) }}
	a, err := l.load("A", args[0])
	if err != nil {
		return err
	}
	b, err := l.load("B", args[1])
	if err != nil {
		return err
	}
	r := compare(a, b)
	out := []byte(r.Text())
	if asJSON {
		if out, err = r.JSON(); err != nil {
			return err
		}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s", out)
	if file != noPage {
		page, err := r.beside(a, b).Page()
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, page, 0o644); err != nil {
			return command.Usage(err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "page: %s\n", file)
	}
	if r.Same {
		return nil
	}
	return command.Invalid(nil)
}

// beside is both runs on one axis.
func (r report) beside(a, b *run) timeline.Timeline {
	story := r.sentences()
	if p := r.Parts; p.At >= 0 {
		for i, what := range []string{p.First, p.Second} {
			if what == "" {
				what = "it was over"
			}
			story = append(story, []string{"A", "B"}[i]+": "+what)
		}
	}
	return timeline.Beside(a.timeline, b.timeline, r.Parts.At, timeline.Runs{
		Names: [2]string{"A", "B"}, Lines: [2]string{r.First.What, r.Second.What}, Story: story, Differences: r.rows(),
	})
}
