package command

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"ordeal/testbed/coverage"
	"ordeal/testbed/job"
	"ordeal/testbed/kept"
	"ordeal/testbed/shards"
)

// mergeFlags are the flags of `ordeal merge`.
type mergeFlags struct {
	app     *app
	out     string
	partial bool
	ci      ciFlags
	// documents take over prices.
	documents documents
}

func (a *app) mergeCommand() *cobra.Command {
	f := mergeFlags{app: a}
	c := &cobra.Command{
		Use:   "merge DIR...",
		Short: "puts the shards of a campaign together",
		Long: `merge reads what each "run --shard" has left in its folder and makes the campaign's page and summary of
it: the summary is the same, byte for byte, as one machine would have written. Shards that overlap, that come from
different programs or were told different things are refused, and so is a campaign of which a shard or a part
of one is missing. The exit code is that of the campaign.

Of shards of "bugs run" it prints the price list, and --write takes that over.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return Usage(errors.New("the folders of the shards are wanted"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	flags := c.Flags()
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the page and the summary")
	flags.BoolVar(&f.partial, "partial", false, "put together what there is; the campaign is then unknown at best")
	flags.StringVar(&f.ci.junit, "junit", "", "a file for a test report as JUnit writes it: a case for each shard, "+
		"and one "+
		"for each finding")
	flags.StringVar(&f.ci.sarif, "sarif", "", "a file for the findings as SARIF")
	flags.StringVar(&f.ci.summary, "summary", "", "a file for a summary in Markdown")
	flags.StringVar(&f.ci.findings, "findings", "", "the folder in which campaigns remember what they found")
	f.documents.flags(c, bugsFile, pricesFile)
	return c
}

func (f mergeFlags) run(cmd *cobra.Command, args []string) error {
	dirs, done, err := f.app.foldersOf(cmd.Context(), args)
	if err != nil {
		return err
	}
	defer done()
	if shards.HasPrices(dirs[0]) {
		return f.mergePrices(cmd, dirs)
	}
	if f.documents != (documents{}) {
		return Usage(errors.New("--write and --measured are for shards of `bugs run`, and these are of a campaign"))
	}
	merged, err := shards.Merge(dirs, f.app.service, f.partial)
	if err != nil {
		return Usage(err)
	}
	require, err := coverage.ParseRequirement(f.app.service, splitList(merged.Campaign.Require))
	if err != nil {
		return Usage(err)
	}
	seeds, err := merged.Campaign.Seeds(f.app.service)
	if err != nil {
		return Usage(err)
	}
	known, err := coverage.Known(f.app.service)
	if err != nil {
		return err
	}
	m := &job.Merged{Merged: merged, Service: f.app.service, Findings: f.ci.findings, Out: f.out, Teller: f.ci.teller()}
	if err := errors.Join(m.Open(), m.CheckFiles(), kept.CheckOut(f.out)); err != nil {
		return Usage(err)
	}
	m.Report.Hold(require, seeds, known)
	m.Report.PageIn = f.out
	return f.finish(cmd, m)
}

// finish says what the campaign found that was put together.
func (f mergeFlags) finish(cmd *cobra.Command, m *job.Merged) error {
	show := newShow(cmd.OutOrStdout(), cmd.ErrOrStderr(), runFlags{app: f.app}, 0)
	m.Say = show.say
	for _, one := range m.Report.Findings {
		show.finding(one)
	}
	show.end(m.Report)
	for _, text := range m.Lacks {
		show.say(text)
	}
	code := unlessMissed(exitOf(m.Report, m.Forgiven), m.Missed || len(m.Lacks) > 0)
	command, out := m.Campaign.Command, kept.Folder(f.out)
	if err := errors.Join(m.Report.WriteIndex(out, command), m.Report.WriteSummary(out, command),
		m.Close(outcomeOf(code))); err != nil {
		return fmt.Errorf("the campaign's page can't be written: %w", err)
	}
	show.page(filepath.Join(f.out, "index.html"))
	if code != exitValid {
		return exitError{Code: code}
	}
	return nil
}
