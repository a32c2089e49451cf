package command

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/history"
	"ordeal/testbed/play"
	"ordeal/testbed/recorded"
)

func (a *app) checkCommand() *cobra.Command {
	var model string
	c := &cobra.Command{
		Use:   "check FILE --model MODEL",
		Short: "judges a recorded history",
		Long: `check reads a history (ordeal's JSON lines, Jepsen's EDN, or Jepsen's text log) and says whether it
is linearizable. Models:` + recorded.ModelNames() + `.`,
		Args: ExactArgs(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			data, err := os.ReadFile(args[0])
			if err != nil {
				return Usage(err)
			}
			if model == "" {
				model = history.HeadOf(data).Model
			}
			if model == "" {
				return Usage(fmt.Errorf("--model is missing: one of %s", recorded.ModelNames()))
			}
			judgement, err := recorded.Judge(args[0], data, model)
			if err != nil {
				return Usage(err)
			}
			fmt.Fprint(cmd.OutOrStdout(), judgement.Text)
			return exitFor(judgement.Outcome)
		},
	}
	c.Flags().StringVar(&model, "model", "", "what the history is of; default what the file says, if it is ordeal's")
	return c
}

// exitFor turns an outcome into what the command ends with.
func exitFor(outcome string) error {
	switch outcome {
	case play.Valid:
		return nil
	case play.Unknown:
		return exitError{Code: exitUnknown}
	}
	return exitError{Code: exitInvalid}
}
