package command

import (
	"runtime"

	"github.com/spf13/cobra"

	"ordeal/testbed/events"
	"ordeal/testbed/job"
	"ordeal/testbed/mcp"
)

func (a *app) eventsCommand() *cobra.Command {
	var q events.Query
	c := &cobra.Command{
		Use:   "events DIR",
		Short: "finds events in the histories that were kept, as JSON lines",
		Long: `events prints the events of a trial's folder, or of all trials in a campaign's, one JSON object a line: with
the fields of history.jsonl, and the trial where there are several. --where is a condition on them in the language
Expr, which has and, or, not, in, matches and contains; besides it has seconds, which is the time in seconds.`,
		Example: `  ordeal events ordeal-results/queue-n5-seed18 --where 'type == "info" and process >= 0'
  ordeal events ordeal-results --where 'key == "q33" and seconds > 27'`,
		Args: ExactArgs(1, "the folder of a trial or of a campaign"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.JSON(args[0], cmd.OutOrStdout()); err != nil {
				return Usage(err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&q.Where, "where", "", "a condition; every event unless it is given")
	c.Flags().IntVar(&q.Limit, "limit", 0, "how many events at most; 0 is no bound")
	return c
}

func (a *app) mcpCommand() *cobra.Command {
	var jobs int
	c := &cobra.Command{
		Use:   "mcp",
		Short: "serves programs that speak the Model Context Protocol, on standard input and output",
		Long: `mcp serves one client with the tools run, replay, shrink, explain, events and findings, until it closes
standard input. Nothing is written but answers.`,
		Args: ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return mcp.Server{Service: a.service, Version: job.Version(), NewWorker: a.newWorker,
				Jobs: jobs}.Stdio(cmd.Context())
		},
	}
	c.Flags().IntVar(&jobs, "jobs", runtime.NumCPU(), "trials side by side")
	return c
}
