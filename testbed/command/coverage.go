package command

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ordeal/testbed/coverage"
	"ordeal/testbed/job"
)

// The files that --write changes.
const (
	coverageFile = "coverage.json"
	coverageDoc  = "COVERAGE.md"
)

// coverageFlags are the flags of `ordeal coverage`.
type coverageFlags struct {
	app       *app
	from      string
	deeds     bool
	documents documents
}

func (a *app) coverageCommand() *cobra.Command {
	f := coverageFlags{app: a}
	c := &cobra.Command{
		Use:   "coverage",
		Short: "lists what a campaign may cover, and from how many trials on it must",
		Long: `coverage lists the kinds of fault, the roles of machines that faults hit, and the paths to recovery
that a campaign counts: each with how many of a thousand trials of the default campaign were measured to have
it, and from how many trials on "run" requires it unless --require says otherwise. By then a campaign that has
missed it by chance is one in a million.`,
		Args: ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (f.from == "") != (f.documents.write == "") || f.from == "" && f.documents.measured != "" {
				return Usage(errors.New("--from and --write go together: what was measured, and where to"))
			}
			if f.deeds {
				return f.listDeeds(cmd)
			}
			if f.from != "" {
				return f.take()
			}
			return f.list(cmd)
		},
	}
	c.Flags().StringVar(&f.from, "from", "", "the summary.json of a large default campaign, to be taken over")
	c.Flags().BoolVar(&f.deeds, "deeds", false, "list the words that scenarios are made of instead")
	f.documents.flags(c, coverageDoc, coverageFile)
	return c
}

func (f coverageFlags) list(cmd *cobra.Command) error {
	known, err := coverage.Known(f.app.service)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ITEM\tTRIALS IN 1000\tREQUIRED FROM\tWHAT")
	for _, i := range coverage.Items(f.app.service) {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", i.Name, known.Share(i), known.From(i), i.What)
	}
	return w.Flush()
}

// listDeeds lists the words of scenarios.
func (f coverageFlags) listDeeds(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DEED\tOF A SERVER")
	for _, d := range f.app.service.AllDeeds() {
		fmt.Fprintf(w, "%s\t%s\n", d.Name, d.What)
	}
	return w.Flush()
}

// take takes a campaign's coverage over into the documents.
func (f coverageFlags) take() error {
	text, err := os.ReadFile(f.from)
	if err != nil {
		return Usage(fmt.Errorf("--from %s: %w", f.from, err))
	}
	measured, err := coverage.Parse(text)
	if err != nil {
		return Usage(fmt.Errorf("--from %s: %w", f.from, err))
	}
	measured.Version = job.Version()
	doc, err := os.ReadFile(f.documents.table(coverageDoc))
	if err == nil {
		doc, err = measured.WithTable(doc, f.app.service)
	}
	if err != nil {
		return Usage(fmt.Errorf("--write %s: %w", f.documents.write, err))
	}
	return errors.Join(
		os.WriteFile(f.documents.file(coverageFile), measured.JSON(f.app.service), 0o644),
		os.WriteFile(f.documents.table(coverageDoc), doc, 0o644))
}
