// Package cli is the command `findings`.
package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ordeal/reports"
	"ordeal/testbed/command"
	"ordeal/testbed/findings"
	"ordeal/testbed/kept"
	"ordeal/testbed/trial"
)

// Command is the command `findings` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	var asJSON bool
	var page string
	c := &cobra.Command{
		Use:   "findings DIR",
		Short: "lists what campaigns remember in a findings folder",
		Long: `findings lists a folder that "run --findings" has written: each kind of finding with its state (new,
ongoing, resolved or regressed), the commits at which it was first and last seen, and its smallest trial.`,
		Args: command.ExactArgs(1, "a findings folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); errors.Is(err, fs.ErrNotExist) {
				return command.Usage(fmt.Errorf("there is no folder %s", args[0]))
			}
			list, err := findings.Open(args[0], s)
			if err != nil {
				return command.Usage(err)
			}
			if page != "" {
				if err := writePage(s, page, list); err != nil {
					return err
				}
			}
			return show(s, cmd, list, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a finding, and nothing else")
	c.Flags().StringVar(&page, "page", "", "a file for a page of them")
	return c
}

func show(s *trial.Service, cmd *cobra.Command, list *findings.Folder, asJSON bool) error {
	out := cmd.OutOrStdout()
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		for _, one := range list.All() {
			if err := enc.Encode(one); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "FINDING\tSTATE\tFIRST\tLAST\tOPERATIONS\tFAULTS\tWHAT")
	for _, one := range list.All() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%s\n", one.ID, one.State, shortCommit(one.First), shortCommit(one.Last),
			one.Operations, one.Faults, one.Rule())
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, one := range list.All() {
		fmt.Fprintf(out, "%s: %s\n", one.ID, replayOf(s, one))
	}
	return nil
}

// replayOf is what to paste to play a finding's trial, or why it can't be played.
func replayOf(s *trial.Service, one findings.Finding) string {
	t, err := s.Parse(one.Line)
	if err != nil {
		return fmt.Sprintf("it can't be played here: %v", err)
	}
	return t.Command()
}

func writePage(s *trial.Service, name string, list *findings.Folder) error {
	var rows []reports.Remembered
	for _, one := range list.All() {
		rows = append(rows, reports.Remembered{
			ID: one.ID, State: string(one.State), Open: one.State.Open(), Rule: one.Rule(), First: shortCommit(one.First),
			Last: shortCommit(one.Last), Reason: one.Reason, Line: one.Line, Replay: replayOf(s, one),
			Operations: int64(one.Operations), Faults: int64(one.Faults),
		})
	}
	text, err := reports.FindingsPage(s.Name+" findings", rows)
	if err != nil {
		return err
	}
	return kept.Folder(filepath.Dir(name))(filepath.Base(name), text)
}

// shortCommit is as much of a commit as tells it apart.
func shortCommit(commit string) string { return commit[:min(len(commit), 12)] }
