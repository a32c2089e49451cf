package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ordeal"
)

// coverageFlags are the flags of `ordeal coverage`.
type coverageFlags struct{ from, write string }

func coverageCommand() *cobra.Command {
	var f coverageFlags
	c := &cobra.Command{
		Use:   "coverage",
		Short: "lists what a campaign may cover, and from how many trials on it must",
		Long: `coverage lists the kinds of fault, the roles of machines that faults hit, and the paths to recovery that a campaign counts: each
with how many of a thousand trials of the default campaign were measured to have it, and from how many trials on "run" requires
it unless --require says otherwise. By then a campaign that has missed it by chance is one in a million.`,
		Args: exactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (f.from == "") != (f.write == "") {
				return usage(errors.New("--from and --write go together: what was measured, and where to"))
			}
			if f.write != "" {
				return f.take()
			}
			return f.list(cmd)
		},
	}
	c.Flags().StringVar(&f.from, "from", "", "the summary.json of a large default campaign, to be taken over")
	c.Flags().StringVar(&f.write, "write", "", "a folder whose coverage.json and COVERAGE.md take it over: docs")
	return c
}

func (f coverageFlags) list(cmd *cobra.Command) error {
	known, err := ordeal.KnownCoverage()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ITEM\tTRIALS IN 1000\tREQUIRED FROM\tWHAT")
	for _, i := range ordeal.CoverageItems() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", i.Name, known.Share(i), known.From(i), i.What)
	}
	return w.Flush()
}

// take takes a campaign's coverage over into the documents.
func (f coverageFlags) take() error {
	text, err := os.ReadFile(f.from)
	if err != nil {
		return usage(fmt.Errorf("--from %s: %w", f.from, err))
	}
	measured, err := ordeal.ParseCoverage(text)
	if err != nil {
		return usage(fmt.Errorf("--from %s: %w", f.from, err))
	}
	measured.Version = version()
	path := filepath.Join(f.write, "COVERAGE.md")
	doc, err := os.ReadFile(path)
	if err == nil {
		doc, err = ordeal.WithCoverage(doc, measured)
	}
	if err != nil {
		return usage(fmt.Errorf("--write %s: %w", f.write, err))
	}
	return errors.Join(os.WriteFile(filepath.Join(f.write, "coverage.json"), measured.JSON(), 0o644), os.WriteFile(path, doc, 0o644))
}
