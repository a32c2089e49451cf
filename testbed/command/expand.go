package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"ordeal/testbed/expand"
	"ordeal/testbed/job"
)

func (a *app) expandCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "expand 'TRIAL LINE' | DIR",
		Short: "writes a trial out in full, for versions to come",
		Long: `expand plays a trial and writes down, as JSON, all that its line leaves to the seed, and what happened: the
plan, the settings, every operation that clients asked for, every fault, what was violated. A trial line means
something to one version only. What expand writes, "replay FILE" plays in another version as well, and says
whether the same operations were asked for, the same faults came at the same points, and the same was violated.`,
		Args: ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.trialOf(args[0])
			if err != nil {
				return Usage(err)
			}
			e, err := expand.Of(t, job.Version())
			if err != nil {
				return err
			}
			if file == "" {
				_, err = cmd.OutOrStdout().Write(e.JSON())
				return err
			}
			return os.WriteFile(file, e.JSON(), 0o644)
		},
	}
	c.Flags().StringVar(&file, "out", "", "a file to write it to; default standard output")
	return c
}

// isFile says that an argument names a file, and no folder.
func isFile(arg string) bool {
	info, err := os.Stat(arg)
	return err == nil && info.Mode().IsRegular()
}

// replayExpanded plays the trial of a file that expand wrote.
func (a *app) replayExpanded(cmd *cobra.Command, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return Usage(err)
	}
	e, err := expand.Parse(text)
	if err != nil {
		return Usage(fmt.Errorf("%s: %w", file, err))
	}
	again, err := e.Play(a.service)
	if err != nil {
		return Usage(fmt.Errorf("%s: %w", file, err))
	}
	fmt.Fprint(cmd.OutOrStdout(), again.Text())
	if !again.SameTrial() {
		return exitError{Code: exitUnknown, Err: errors.New("the trial means another one here")}
	}
	return ExitFor(again.Summary.Outcome)
}
