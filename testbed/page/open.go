// Package page makes the page of one trial, of a line or a folder, and opens it: the command `open`.
package page

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pkg/browser"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// timelineName is the file of the page that open makes.
const timelineName = "timeline.html"

// Command is the command `open` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:   "open 'TRIAL LINE' | DIR",
		Short: "makes the page of a trial on which everything shares one axis of time, and opens it",
		Long: `open plays a trial again and makes one page of it: faults, what each server was, its disk, the messages
between servers, what clients asked, who held what, and how long answers took, all on one axis of virtual time. It opens
at the violation. Of a folder that was kept by another build, which would play the trial differently, it shows what is
in the folder.
On a terminal the page is opened in a browser; elsewhere its path is printed, and nothing else.`,
		Args: command.ExactArgs(1, "a trial line in quotes, or a folder"),
		RunE: func(cmd *cobra.Command, args []string) error { return open(cmd, s, args[0], file) },
	}
	c.Flags().StringVar(&file, "file", "", "where the page goes; default "+timelineName+
		" in the folder, or in the current one")
	return c
}

func open(cmd *cobra.Command, s *trial.Service, arg, file string) error {
	dir := ""
	if info, err := os.Stat(arg); err == nil && info.IsDir() {
		dir = arg
	}
	page, perished := timelinePage(s, arg, dir, func(line string, mode play.Mode) ([]byte, play.Summary, error) {
		return playTimeline(cmd, s, line, mode)
	})
	if page == nil {
		return perished
	}
	if file == "" {
		file = filepath.Join(dir, timelineName)
	}
	if err := os.WriteFile(file, page, 0o644); err != nil {
		return command.Usage(err)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintln(out, file)
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		browser.Stdout = cmd.ErrOrStderr()
		if err := browser.OpenFile(file); err != nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "no browser could be opened: %v\n", err)
		}
	}
	return perished
}

// player plays a trial, and returns its page.
type player func(line string, mode play.Mode) ([]byte, play.Summary, error)

// timelinePage is the page of a trial that is played again, or of a folder, as far as that goes. If the tool itself did
// not survive the trial of a line there are both a page and an error.
func timelinePage(s *trial.Service, arg, dir string, again player) ([]byte, error) {
	line, hash, err := command.WhatToReplay(s, arg)
	if err != nil {
		if dir == "" {
			return nil, command.Usage(err)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.New("verdict.json, which has its line, is not there")
		}
		return pageOfFolder(dir, fmt.Sprintf("it can't be played again: %v", err))
	}
	page, played, err := again(line, play.Timeline)
	if err == nil && played.Outcome == play.Invalid {
		page, played, err = again(line, play.Told)
	}
	var f *campaign.Finding
	switch {
	case dir != "" && errors.As(err, &f):
		return pageOfFolder(dir, fmt.Sprintf("the tool itself did not survive it: %v", err))
	case errors.As(err, &f):
		page, unmade := perishedPage(s, line, f)
		return page, errors.Join(unmade, command.Perished(err))
	case err != nil:
		return nil, command.Perished(err)
	case hash != "" && played.TraceHash != hash:
		return pageOfFolder(dir, "it was kept by another build, and this one plays it differently")
	}
	return page, nil
}

// playTimeline plays a trial in a worker, and returns the page.
func playTimeline(cmd *cobra.Command, of *trial.Service, line string, mode play.Mode) ([]byte, play.Summary, error) {
	w, err := command.NewWorker(of)
	if err != nil {
		return nil, play.Summary{}, err
	}
	defer w.Close()
	temporary, err := os.MkdirTemp("", "timeline-")
	if err != nil {
		return nil, play.Summary{}, err
	}
	defer os.RemoveAll(temporary)
	s, err := w.Run(cmd.Context(), campaign.Request{Line: line, Mode: mode, Dir: temporary, Page: true})
	switch {
	case err != nil:
		return nil, s, err
	case s.Unwritten != "":
		return nil, s, errors.New(s.Unwritten)
	}
	page, err := os.ReadFile(filepath.Join(temporary, timelineName))
	return page, s, err
}

// pageOfFolder is the page of what a folder has.
func pageOfFolder(dir, why string) ([]byte, error) {
	page, err := kept.Page(dir, why)
	if err != nil {
		return nil, command.Usage(err)
	}
	return page, nil
}
