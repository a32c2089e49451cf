package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"ordeal"
)

func explainCommand() *cobra.Command {
	var jobs int
	var kind, file string
	c := &cobra.Command{
		Use:   "explain 'TRIAL LINE' | DIR",
		Short: "says why a trial fails: which faults it takes, and what happened",
		Long: `explain plays a failing trial again and tells the story up to its violation: who led when, what was on which disk, which faults
came, what was told to whom, and what of it ought not to be. Then it plays the trial without each of its faults, to see which are
needed. A trial that ` + "`ordeal shrink`" + ` has cut down makes a short story.`,
		Args: exactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return explain(cmd, args[0], jobs, kind, file) },
	}
	c.Flags().IntVar(&jobs, "jobs", runtime.NumCPU(), "trials side by side")
	c.Flags().StringVar(&kind, "kind", "", "which violation it is about; default the one that decided the verdict")
	c.Flags().StringVar(&file, "emit-test", "", "a new file, as x_test.go, for a Go test that fails as long as the bug is there")
	return c
}

func explain(cmd *cobra.Command, arg string, jobs int, kind, file string) error {
	line, hash, err := whatToReplay(arg)
	if err != nil {
		return usage(err)
	}
	if jobs < 1 {
		return usage(fmt.Errorf("--jobs %d: it must be at least 1", jobs))
	}
	if err := checkEmit(file); err != nil {
		return usage(err)
	}
	trial, err := ordeal.ParseTrial(line)
	if err != nil {
		return usage(err)
	}
	e, err := ordeal.Explainer{NewWorker: newWorker, Jobs: jobs, Kind: kind, TraceHash: hash}.Run(cmd.Context(), trial)
	switch {
	case errors.Is(err, ordeal.ErrPasses), errors.Is(err, ordeal.ErrOtherBuild):
		return usage(err)
	case errors.Is(err, context.Canceled):
		return exitError{exitUnknown, errors.New("interrupted")}
	case err != nil:
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), e.Text())
	if err := emit(file, trial, e.Kind, e.Summary.Reason); err != nil {
		return err
	}
	return exitError{code: exitInvalid}
}
