// Package cli is the command `bench` of a testbed: it reads flags, lets workers measure, and turns what comes back into
// text, files and an exit code. What there is to decide is decided in package bench.
package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ordeal/reports/ci"
	"ordeal/testbed/bench"
	"ordeal/testbed/command"
	"ordeal/testbed/job"
	"ordeal/testbed/kept"
	"ordeal/testbed/trial"
)

// flags are those of the command.
type flags struct {
	loads, networks, seeds, rates   string
	nodes, clients, requests, limit int
	settings                        string
	jobs                            int
	out, save, against              string
	junit, summary, page            string
	asJSON, list, worker            bool
}

// app is the command for a service.
type app struct {
	flags
	service *trial.Service
	cmd     *cobra.Command
}

// Command is `bench` for a service.
func Command(s *trial.Service) *cobra.Command {
	a := &app{service: s}
	c := &cobra.Command{
		Use:   "bench",
		Short: "measures the service in virtual time, and tells whether another build is slower",
		Long: `bench plays no trials: it puts loads on the service over networks of many kinds, without faults, and measures
how long requests take and how many are done in a second, in virtual time. The same flags give the same figures
on every machine. Without --save and --against the load rises, up to more than the service can do.

--save FILE measures many seeds and writes the figures down; --against FILE measures the same and says what has
become worse for sure, and by at least --limit percent. Then the exit code is 1.`,
		Args: command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.cmd = cmd
			return a.run()
		},
	}
	a.add(c)
	return c
}

func (a *app) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.loads, "load", "", "shapes of load, separated by commas, or all; default production-mix, and for "+
		"--save all over uniform and production-mix over all networks")
	f.StringVar(&a.networks, "network", "", "shapes of the network, separated by commas, or all; default uniform")
	f.BoolVar(&a.list, "list", false, "list the loads and the networks there are")
	f.IntVar(&a.nodes, "nodes", 3, "servers")
	f.IntVar(&a.clients, "clients", 120, "clients; where the load rises it is 480 unless it is given")
	f.IntVar(&a.requests, "requests", 2000, "requests of each measurement; some loads have fewer")
	f.StringVar(&a.rates, "rates", "", "requests a second at which the load is measured as it rises, separated by "+
		"commas; default 5 % to 110 % of what the service does at most")
	f.StringVar(&a.seeds, "seeds", "", "seeds, as 1-3; default 1-3, for --save 1-12, for --against those of the file")
	f.StringVar(&a.settings, "settings", "", "how the service is set up; default as it says for this")
	f.IntVar(&a.jobs, "jobs", runtime.NumCPU(), "how many measurements run at once")
	f.StringVar(&a.out, "out", "", "a folder for the page, the plots and bench.json")
	f.BoolVar(&a.asJSON, "json", false, "print JSON in place of text")
	f.StringVar(&a.save, "save", "", "a file for the figures, to hold other builds against")
	f.StringVar(&a.against, "against", "", "a file that --save wrote: is this build slower?")
	f.IntVar(&a.limit, "limit", 5, "from how many percent on a difference is of interest, with --against")
	f.StringVar(&a.junit, "junit", "", "a file for a test report as JUnit writes it, with --against")
	f.StringVar(&a.summary, "summary", "", "a file for a summary in Markdown, with --against")
	f.StringVar(&a.page, "page", "", "a file for a page of what differs, with --against")
	f.BoolVar(&a.worker, "worker", false, "measure what comes in on standard input")
	if err := f.MarkHidden("worker"); err != nil {
		panic("cli: the flag is there: " + err.Error())
	}
}

func (a *app) run() error {
	out := a.cmd.OutOrStdout()
	if a.service.Bench == nil {
		_, _, err := bench.Shapes(a.service, "", "")
		return command.Usage(err)
	}
	if a.settings == "" {
		a.settings = a.service.Bench.Settings
	}
	if err := a.conflicts(); err != nil {
		return command.Usage(err)
	}
	switch {
	case a.worker:
		return serve(a.service, os.Stdin, os.Stdout)
	case a.list:
		return a.listShapes(out)
	case a.against != "":
		return a.compare(out)
	case a.save != "":
		return a.saveFigures(out)
	}
	return a.rise(out)
}

// ofTheFile are the flags whose place the file of --against takes.
var ofTheFile = []string{"load", "network", "nodes", "clients", "requests", "settings", "rates", "out", "json"}

// onlyAgainst are the flags that mean nothing without --against.
var onlyAgainst = []string{"limit", "junit", "summary", "page"}

// conflicts says which flags do not go together.
func (a *app) conflicts() error {
	changed := func(names ...string) (list []string) {
		for _, name := range names {
			if a.cmd.Flags().Changed(name) {
				list = append(list, "--"+name)
			}
		}
		return list
	}
	switch {
	case a.save != "" && a.against != "":
		return errors.New("--save and --against: a build is measured to be held against, or is held against another")
	case a.against != "" && len(changed(ofTheFile...)) > 0:
		return fmt.Errorf("%s: with --against the file says what is measured", strings.Join(changed(ofTheFile...), ", "))
	case a.against == "" && len(changed(onlyAgainst...)) > 0:
		return fmt.Errorf("%s: only with --against", strings.Join(changed(onlyAgainst...), ", "))
	case a.save != "" && len(changed("rates", "out", "json")) > 0:
		return fmt.Errorf("%s: not with --save", strings.Join(changed("rates", "out", "json"), ", "))
	case a.jobs < 1 || a.limit < 0:
		return errors.New("--jobs is at least 1, and --limit at least 0")
	}
	return nil
}

// crew makes the workers.
func (a *app) crew() crew {
	shown := a.cmd.ErrOrStderr()
	last := -1
	return crew{ctx: a.cmd.Context(), args: []string{a.cmd.Name(), "--worker"}, jobs: a.jobs, told: func(done, all int) {
		if tenth := 10 * done / all; tenth != last && all >= 50 {
			last = tenth
			fmt.Fprintf(shown, "%d of %d measurements\n", done, all)
		}
	}}
}

// rise measures curves, prints them and writes them.
func (a *app) rise(out io.Writer) error {
	loads, networks, err := a.shapes("production-mix", "uniform")
	if err != nil {
		return command.Usage(err)
	}
	seeds, err := parseSeeds(a.seeds, "1-3")
	if err != nil {
		return command.Usage(err)
	}
	rates, err := parseRates(a.rates)
	if err != nil {
		return command.Usage(err)
	}
	if a.out != "" {
		if err := kept.CheckOut(a.out); err != nil {
			return command.Usage(err)
		}
	}
	if !a.cmd.Flags().Changed("clients") {
		a.clients = 480 // else it is them that can do no more
	}
	for _, l := range loads {
		for _, n := range networks {
			if err := a.setup(l, n).Check(a.service); err != nil {
				return command.Usage(err)
			}
		}
	}
	var curves []bench.Curve
	workers := a.crew()
	for _, l := range loads {
		for _, n := range networks {
			c, err := bench.Rise(a.setup(l, n), seeds, rates, workers.measure)
			if err != nil {
				return err
			}
			if curves = append(curves, c); !a.asJSON {
				fmt.Fprintln(out, c.Text())
			}
		}
	}
	if a.asJSON {
		if _, err := out.Write(bench.CurvesJSON(curves)); err != nil {
			return err
		}
	}
	return a.write(out, curves)
}

// write writes the plots and the curves to the folder, if there is one.
func (a *app) write(out io.Writer, curves []bench.Curve) error {
	if a.out == "" {
		return nil
	}
	files, err := bench.Plots(curves)
	if err != nil {
		return err
	}
	page, err := bench.Page(a.service.Name, a.again(), curves)
	if err != nil {
		return err
	}
	files = append(files, page)
	folder := kept.Folder(a.out)
	for _, f := range files {
		if err := folder(f.Name, f.Data); err != nil {
			return err
		}
	}
	if err := folder("bench.json", bench.CurvesJSON(curves)); err != nil {
		return err
	}
	if !a.asJSON {
		fmt.Fprintf(out, "page: %s\n", filepath.Join(a.out, page.Name))
	}
	return nil
}

// again is the command that measures the same curves.
func (a *app) again() string {
	words := []string{a.service.Called(), "bench"}
	a.cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "out" && f.Name != "jobs" {
			words = append(words, fmt.Sprintf("--%s=%v", f.Name, f.Value))
		}
	})
	return strings.Join(words, " ")
}

func (a *app) setup(loadName, network string) bench.Setup {
	return bench.Setup{Load: loadName, Network: network, Nodes: a.nodes, Clients: a.clients, Requests: a.requests,
		Settings: a.settings}
}

// saveFigures measures a plan and writes it down.
func (a *app) saveFigures(out io.Writer) error {
	seeds, err := parseSeeds(a.seeds, fmt.Sprintf("1-%d", bench.SeedsMin))
	if err != nil {
		return command.Usage(err)
	}
	if len(seeds) < bench.SeedsMin || len(seeds) > bench.SeedsMax {
		return command.Usage(fmt.Errorf("--seeds: %d to %d of them tell builds apart for sure, and these are %d",
			bench.SeedsMin, bench.SeedsMax, len(seeds)))
	}
	cells, err := a.cells()
	if err != nil {
		return command.Usage(err)
	}
	plan := bench.Plan{Nodes: a.nodes, Clients: a.clients, Requests: a.requests, Settings: a.settings, Seeds: seeds,
		Cells: cells}
	figures, err := a.crew().measure(plan.Setups())
	if err != nil {
		return err
	}
	saved := bench.NewSaved(a.service, job.Version(), plan.Measured(figures))
	if err := os.WriteFile(a.save, saved.JSON(), 0o644); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d loads over networks, %d seeds: %s\n", len(cells), len(seeds), a.save)
	return nil
}

// cells are those that the flags name, or the default ones.
func (a *app) cells() ([]bench.Cell, error) {
	if a.loads == "" && a.networks == "" {
		return bench.DefaultCells(a.service, a.nodes)
	}
	loads, networks, err := a.shapes("all", "uniform")
	if err != nil {
		return nil, err
	}
	var cells []bench.Cell
	for _, l := range loads {
		for _, n := range networks {
			c, err := bench.NewCell(a.service, l, n, a.nodes)
			if err != nil {
				return nil, err
			}
			cells = append(cells, c)
		}
	}
	return cells, nil
}

// compare measures what a file has the figures of, and says what is worse.
func (a *app) compare(out io.Writer) error {
	text, err := os.ReadFile(a.against)
	if err != nil {
		return command.Usage(err)
	}
	saved, err := bench.ParseSaved(a.service, text)
	if err != nil {
		return command.Usage(fmt.Errorf("%s: %w", a.against, err))
	}
	plan := saved.Plan
	if a.seeds != "" {
		if plan.Seeds, err = parseSeeds(a.seeds, ""); err != nil {
			return command.Usage(err)
		}
		if len(plan.Seeds) < bench.SeedsMin || len(plan.Seeds) > bench.SeedsMax {
			return command.Usage(fmt.Errorf("--seeds: it takes %d to %d", bench.SeedsMin, bench.SeedsMax))
		}
	}
	figures, err := a.crew().measure(plan.Setups())
	if err != nil {
		return err
	}
	c := bench.Compare(saved.Plan, plan.Measured(figures), a.limit)
	fmt.Fprint(out, c.Text())
	if err := a.tell(c, saved); err != nil {
		return err
	}
	if len(c.Worse()) > 0 {
		return command.Invalid(nil)
	}
	return nil
}

// tell writes what programs read that build and test.
func (a *app) tell(c bench.Comparison, saved bench.Saved) error {
	again := a.service.Called() + " bench --against " + a.against
	if a.junit != "" {
		if err := os.WriteFile(a.junit, ci.JUnit(c.Suite(a.service.Name, saved.Cells, again)), 0o644); err != nil {
			return err
		}
	}
	if a.page != "" {
		page, err := c.Page(a.service.Name, again)
		if err != nil {
			return err
		}
		if err := os.WriteFile(a.page, page.Data, 0o644); err != nil {
			return err
		}
	}
	markdown := []byte(c.Markdown(a.service.Name, again))
	if a.summary != "" {
		if err := os.WriteFile(a.summary, markdown, 0o644); err != nil {
			return err
		}
	}
	if step := os.Getenv("GITHUB_STEP_SUMMARY"); step != "" && os.Getenv("GITHUB_ACTIONS") == "true" {
		return job.AppendSummary(step, markdown)
	}
	return nil
}
