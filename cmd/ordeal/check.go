package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal"
)

func checkCommand() *cobra.Command {
	var model string
	c := &cobra.Command{
		Use:   "check FILE --model MODEL",
		Short: "judges a recorded history",
		Long: `check reads a history (ordeal's JSON lines, Jepsen's EDN, or Jepsen's text log) and says whether it is linearizable.
Models: ` + ordeal.ModelNames() + `.`,
		Args: exactArgs(1, "one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if model == "" {
				return usage(fmt.Errorf("--model is missing: one of %s", ordeal.ModelNames()))
			}
			data, err := os.ReadFile(args[0])
			if err != nil {
				return usage(err)
			}
			judgement, err := ordeal.Judge(args[0], data, model)
			if err != nil {
				return usage(err)
			}
			fmt.Fprint(cmd.OutOrStdout(), judgement.Text)
			return exitFor(judgement.Outcome)
		},
	}
	c.Flags().StringVar(&model, "model", "", "what the history is of")
	return c
}

// exitFor turns an outcome into what the command ends with.
func exitFor(outcome string) error {
	switch outcome {
	case ordeal.OutcomeValid:
		return nil
	case ordeal.OutcomeUnknown:
		return exitError{code: exitUnknown}
	}
	return exitError{code: exitInvalid}
}
