package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

func (a *app) replayCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "replay 'TRIAL LINE' | DIR | FILE",
		Short: "plays a trial again and says whether the trace hash is the same",
		Long: `replay plays the trial of a line, or of the folder that a campaign kept. It is played twice, or
compared with the folder: the trace hash must be the same. Of a file that "expand" wrote it says whether the
trial still means the same.`,
		Args: ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if isFile(args[0]) {
				return a.replayExpanded(cmd, args[0])
			}
			line, hash, err := WhatToReplay(a.service, args[0])
			if err != nil {
				return Usage(err)
			}
			return a.replay(cmd, line, hash)
		},
	}
}

// WhatToReplay finds the trial line of a folder, or is the line, and the trace hash that a folder's trial had.
func WhatToReplay(s *trial.Service, arg string) (line, hash string, err error) {
	if info, err := os.Stat(arg); err != nil || !info.IsDir() {
		if !strings.Contains(arg, " ") { // no line does without
			return "", "", fmt.Errorf("%q is neither a folder that is there nor a trial line", arg)
		}
		if _, perr := s.Parse(arg); perr != nil {
			return "", "", perr
		}
		return arg, "", nil
	}
	return kept.Trial(arg, func(line string) error {
		_, err := s.Parse(line)
		return err
	})
}

// replay plays a trial. Without a hash to compare with it is played twice.
func (a *app) replay(cmd *cobra.Command, line, hash string) error {
	w, err := NewWorker(a.service)
	if err != nil {
		return err
	}
	defer w.Close()
	first, err := w.Run(cmd.Context(), campaign.Request{Line: line})
	if err != nil {
		return Perished(err)
	}
	before := "the folder has"
	if hash == "" {
		second, err := w.Run(cmd.Context(), campaign.Request{Line: line})
		if err != nil {
			return Perished(err)
		}
		hash, before = second.TraceHash, "the second time it was"
	}
	out := cmd.OutOrStdout()
	fmt.Fprint(out, replayText(first))
	if first.TraceHash != hash {
		return fmt.Errorf("the trial came out differently: its trace hash is %s, and %s %s; only the same build plays a "+
			"trial the same",
			first.TraceHash, before, hash)
	}
	fmt.Fprintf(out, "  the trace hash is the same: %s\n", hash)
	return ExitFor(first.Outcome)
}

func replayText(s play.Summary) string {
	if s.Text != "" {
		return s.Text
	}
	return fmt.Sprintf("%s  %s\n  %d operations in %v of virtual time\n", strings.ToUpper(s.Outcome), s.Line, s.Operations,
		time.Duration(s.VirtualMs)*time.Millisecond)
}

// Interrupted ends a command that a user ended.
func Interrupted() error { return exitError{exitUnknown, errors.New("interrupted")} }

// Perished turns a worker's end into the command's.
func Perished(err error) error {
	var f *campaign.Finding
	switch {
	case errors.As(err, &f):
		return exitError{exitInvalid, f}
	case errors.Is(err, context.Canceled):
		return Interrupted()
	}
	return err
}
