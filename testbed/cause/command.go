package cause

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/trial"
)

// flags are those of the command.
type flags struct {
	jobs, branches int
	kind, file     string
	json           bool
}

// branchesUsual is how many branches there are unless one says how many.
const branchesUsual = 200

// Command is the command `cause` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "cause 'TRIAL LINE' | DIR",
		Short: "says from when on a trial was bound to fail, and what happened there",
		Long: `cause branches a failing trial at many moments: the same past, and another chance from there on, while faults
and settings stay. Of each moment it says how many of the branches fail in the same way, and how sure that is; and where
their share jumps, what happened there. Every branch is a trial line of its own, with branch=INSTANT/NUMBER, that plays
again. It also makes the page of the trial, with the probability as a curve on its axis.
Exit codes: 1 if the trial fails, 254 if there is nothing to look for.`,
		Args: command.ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return run(cmd, s, args[0], f) },
	}
	c.Flags().IntVar(&f.jobs, "jobs", runtime.NumCPU(), "branches side by side")
	c.Flags().IntVar(&f.branches, "branches", branchesUsual, "how many branches are played")
	c.Flags().StringVar(&f.kind, "kind", "", "which violation it is about; default the one that decided the verdict")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object, and nothing else, on standard output")
	c.Flags().StringVar(&f.file, "file", "", "where the page goes; default cause.html in the folder, or in the current "+
		"one; none: no page")
	return c
}

func (f flags) check() error {
	switch {
	case f.jobs < 1:
		return fmt.Errorf("--jobs %d: it must be at least 1", f.jobs)
	case f.branches < branchesMin:
		return fmt.Errorf("--branches %d: fewer than %d say nothing", f.branches, branchesMin)
	}
	return nil
}

func run(cmd *cobra.Command, s *trial.Service, arg string, f flags) error {
	if err := f.check(); err != nil {
		return command.Usage(err)
	}
	line, hash, err := command.WhatToReplay(s, arg)
	if err != nil {
		return command.Usage(err)
	}
	t, err := s.Parse(line)
	if err != nil {
		return command.Usage(err)
	}
	if t.Branch.Number != 0 {
		return command.Usage(errors.New("the trial is a branch already: ask for its trunk, the line without branch="))
	}
	progress := func(played int) { fmt.Fprintf(cmd.ErrOrStderr(), "\r%d of %d branches", played, f.branches) }
	search := Search{
		NewWorker: func() (campaign.Worker, error) { return command.NewWorker(s) }, Jobs: f.jobs, Branches: f.branches,
		Kind: f.kind, TraceHash: hash, Progress: progress,
	}
	report, told, err := search.Run(cmd.Context(), t)
	fmt.Fprint(cmd.ErrOrStderr(), "\r\x1b[K")
	switch {
	case errors.Is(err, errPasses), errors.Is(err, errOtherBuild):
		return command.Usage(err)
	case errors.Is(err, context.Canceled):
		return command.Interrupted()
	case err != nil:
		return command.Perished(err)
	}
	if f.json {
		data, err := report.JSON()
		if err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s", data)
	} else {
		fmt.Fprint(cmd.OutOrStdout(), report.Text(s.Called()))
	}
	if f.file != "none" {
		page, err := told.Page()
		if err != nil {
			return err
		}
		file := f.pagePath(arg)
		if err := os.WriteFile(file, page, 0o644); err != nil {
			return command.Usage(err)
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "page: %s\n", file)
	}
	return command.Invalid(nil)
}

// pagePath is where the page goes.
func (f flags) pagePath(arg string) string {
	if f.file != "" {
		return f.file
	}
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		return filepath.Join(arg, "cause.html")
	}
	return "cause.html"
}
