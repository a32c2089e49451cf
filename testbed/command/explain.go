package command

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"ordeal/testbed/emit"
	"ordeal/testbed/shrink"
)

func (a *app) explainCommand() *cobra.Command {
	var jobs int
	var kind, file string
	c := &cobra.Command{
		Use:   "explain 'TRIAL LINE' | DIR",
		Short: "says why a trial fails: which faults it takes, and what happened",
		Long: `explain plays a failing trial again and tells the story up to its violation: who led when, what was
on which disk, which faults came, who was answered what, and what of it should not be. Then it plays the trial
without each of its faults, to see which are needed. A trial that
` + "`" + a.service.Name + " shrink`" + ` has cut down makes a short story.`,
		Args: ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd, args[0], jobs, kind, file) },
	}
	c.Flags().IntVar(&jobs, "jobs", runtime.NumCPU(), "trials side by side")
	c.Flags().StringVar(&kind, "kind", "", "which violation it is about; default the one that decided the verdict")
	c.Flags().StringVar(&file, "emit-test", "", "a new file, as x_test.go, for a Go test that fails as long as the bug "+
		"is there")
	return c
}

func (a *app) explain(cmd *cobra.Command, arg string, jobs int, kind, file string) error {
	line, hash, err := WhatToReplay(a.service, arg)
	if err != nil {
		return Usage(err)
	}
	if jobs < 1 {
		return Usage(fmt.Errorf("--jobs %d: it must be at least 1", jobs))
	}
	if err := emit.Check(file); err != nil {
		return Usage(err)
	}
	t, err := a.service.Parse(line)
	if err != nil {
		return Usage(err)
	}
	e, err := shrink.Explainer{NewWorker: a.newWorker, Jobs: jobs, Kind: kind, TraceHash: hash}.Run(cmd.Context(), t)
	switch {
	case errors.Is(err, shrink.ErrPasses), errors.Is(err, shrink.ErrOtherBuild):
		return Usage(err)
	case errors.Is(err, context.Canceled):
		return exitError{exitUnknown, errors.New("interrupted")}
	case err != nil:
		return err
	}
	fmt.Fprint(cmd.OutOrStdout(), e.Text())
	if err := emit.Write(file, t, e.Kind, e.Summary.Reason); err != nil {
		return err
	}
	return exitError{Code: exitInvalid}
}
