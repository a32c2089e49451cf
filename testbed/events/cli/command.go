// Package cli is the command `events`.
package cli

import (
	"github.com/spf13/cobra"

	"ordeal/testbed/command"
	"ordeal/testbed/events"
)

// Command is the command `events`.
func Command() *cobra.Command {
	var q events.Query
	c := &cobra.Command{
		Use:   "events DIR",
		Short: "finds events in the histories that were kept, as JSON lines",
		Long: `events prints the events of a trial's folder, or of all trials in a campaign's, one JSON object a line: with
the fields of history.jsonl, and the trial where there are several. --where is a condition on them in the language
Expr, which has and, or, not, in, matches and contains; besides it has seconds, which is the time in seconds.`,
		Example: `  ordeal events ordeal-results/queue-n5-seed18 --where 'type == "info" and process >= 0'
  ordeal events ordeal-results --where 'key == "q33" and seconds > 27'`,
		Args: command.ExactArgs(1, "the folder of a trial or of a campaign"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := q.JSON(args[0], cmd.OutOrStdout()); err != nil {
				return command.Usage(err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&q.Where, "where", "", "a condition; every event unless it is given")
	c.Flags().IntVar(&q.Limit, "limit", 0, "how many events at most; 0 is no bound")
	return c
}
