package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ordeal/testbed/pricing"
	"ordeal/testbed/shards"
)

// bugsFlags are the flags of `ordeal bugs run` and `ordeal bugs matrix`.
type bugsFlags struct {
	app *app

	seeds, jobs int
	budget      time.Duration
	json        bool
	goal        string
	documents   documents
	shard, out  string
	upload      string
	fleet       string
}

func (a *app) bugsRunCommand() *cobra.Command {
	f := bugsFlags{app: a}
	c := &cobra.Command{
		Use:   "run [NAME...]",
		Short: "prints what it costs to find each planted bug: the price list",
		Long: `run plays the default campaign with each bug planted, from several seeds on, until the first finding,
and says how many trials and CPU-seconds that took (the search in the middle), which checker said so, and
which families of fault the findings need at least: what is left when they are played again with families
taken out of their plans.

The exit code is 1 if a bug was not caught as it must be.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	f.common(c, 10*time.Minute)
	c.Flags().IntVar(&f.seeds, "seeds", 5, "searches for each bug, each from another seed on")
	f.documents.flags(c, bugsFile, pricesFile)
	f.shardFlags(c)
	a.addFleet(c.Flags(), &f.fleet)
	return c
}

func (a *app) bugsMatrixCommand() *cobra.Command {
	f := bugsFlags{app: a, seeds: 1}
	c := &cobra.Command{
		Use:   "matrix [NAME...]",
		Short: "prints which planted bugs each family of fault finds alone",
		Long: `matrix searches for each bug once under each family of fault alone, and under none, and prints how
many trials it took. A dash says that the budget was spent before.`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.matrix(cmd, args) },
	}
	f.common(c, 30*time.Second)
	return c
}

func (f *bugsFlags) common(c *cobra.Command, budget time.Duration) {
	c.Flags().DurationVar(&f.budget, "budget", budget, "CPU time that one search may take")
	c.Flags().IntVar(&f.jobs, "jobs", runtime.NumCPU(), "searches side by side")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON object a bug, and nothing else, on standard output")
}

func (f *bugsFlags) pricing(names []string) (pricing.Pricing, error) {
	p := pricing.Pricing{Service: f.app.service, Bugs: names, Seeds: f.seeds, Budget: f.budget, Jobs: f.jobs,
		NewWorker: f.app.newWorker}
	return p, p.Check()
}

func (f *bugsFlags) run(cmd *cobra.Command, names []string) error {
	p, err := f.pricing(names)
	if err != nil {
		return Usage(err)
	}
	if err := f.documents.check(f.app.service); err != nil {
		return Usage(err)
	}
	part, err := f.part(p.Names())
	if err != nil {
		return Usage(err)
	}
	shelf, err := f.app.claim(cmd.Context(), f.upload, part.prices.Shard, part.prices.Claim)
	if err != nil {
		return err
	}
	crew, err := f.app.crew(cmd.Context(), cmd.Flags(), f.fleet, &p.Jobs)
	if err != nil {
		return err
	}
	defer crew.Close()
	p.NewWorker = crew.NewWorker
	t := newTable(cmd.OutOrStdout(), cmd.ErrOrStderr(), f.json, len(part.own)*f.seeds)
	t.priceHead()
	p.Hunted = t.progress
	var prices []pricing.Price
	if p.Bugs = part.own; len(p.Bugs) > 0 {
		prices, err = p.Run(cmd.Context(), t.price)
	}
	t.end()
	fmt.Fprintln(t.text, pricing.Of(f.app.service, prices).Sum())
	if err := errors.Join(err, f.documents.takePrices(f.app.service, f.command(), prices),
		part.write(prices), shelf.deliver(cmd.Context(), f.out, part.prices.Shard, shards.PricesName)); err != nil {
		return interrupted(err)
	}
	return troubled(prices)
}

func (t *table) priceHead() {
	t.head("bug", "found", "trials", "CPU-s", "slowest", "needs", "caught by")
}

func (t *table) price(one pricing.Price) {
	trials, cpu, slowest := one.Figures()
	t.row(one, one.Bug, fmt.Sprintf("%d of %d", one.Found(), len(one.Hunts)), trials, cpu, slowest, one.NeedsText(),
		catchers(one))
}

// troubled asks for the exit code of a bug that was not caught as it must be, if one was not.
func troubled(prices []pricing.Price) error {
	for _, one := range prices {
		if one.Trouble() != "" {
			return exitError{Code: exitInvalid}
		}
	}
	return nil
}

// command is what every shard of a search is told.
func (f *bugsFlags) command() string {
	return fmt.Sprintf("%s bugs run --seeds %d --budget %v", f.app.service.Name, f.seeds, f.budget)
}

// catchers says who caught a bug, or what is wrong with that.
func catchers(p pricing.Price) string {
	text := strings.Join(p.Catchers(), ", ")
	if trouble := p.Trouble(); trouble != "" {
		text = strings.TrimSpace(strings.ToUpper(trouble) + " " + text)
	}
	return text
}

func (f *bugsFlags) matrix(cmd *cobra.Command, names []string) error {
	p, err := f.pricing(names)
	if err != nil {
		return Usage(err)
	}
	columns := pricing.MatrixColumns()
	t := newTable(cmd.OutOrStdout(), cmd.ErrOrStderr(), f.json, len(p.Names())*len(columns))
	t.head(append([]string{"bug"}, columns...)...)
	p.Hunted = t.progress
	_, err = p.Matrix(cmd.Context(), func(r pricing.MatrixRow) { t.row(r, append([]string{r.Bug}, r.Text()...)...) })
	t.end()
	return interrupted(err)
}

// interrupted is what a search that was ended from outside ends the command with: what it has printed holds, and is not
// all.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return exitError{exitUnknown, errors.New("interrupted")}
	}
	return err
}

// table is printed row by row, under a progress bar on a terminal. With --json there is an object a row instead.
type table struct {
	out, text io.Writer
	json      *json.Encoder // nil without --json
	bar       *progressbar.ProgressBar
	of        int
}

func newTable(out, errOut io.Writer, asJSON bool, of int) *table {
	t := &table{out: out, text: out, of: of}
	if asJSON {
		t.text, t.json = errOut, json.NewEncoder(out)
		t.json.SetEscapeHTML(false)
	}
	if file, ok := errOut.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		t.bar = progressbar.NewOptions64(int64(of), progressbar.OptionSetWriter(errOut), progressbar.OptionSetWidth(20),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionThrottle(100*time.Millisecond))
		_ = t.bar.RenderBlank()
	}
	return t
}

// widths are those of the columns: of the first, which has names of bugs, and of the others. The last one is as wide as
// it is.
var widths = [2]int{28, 10}

func (t *table) head(cells ...string) {
	if t.json == nil {
		t.line(cells)
	}
}

func (t *table) row(object any, cells ...string) {
	if t.json != nil {
		_ = t.json.Encode(object)
		return
	}
	t.line(cells)
}

func (t *table) line(cells []string) {
	if t.bar != nil {
		_ = t.bar.Clear()
	}
	var b strings.Builder
	for i, cell := range cells {
		if i == len(cells)-1 {
			b.WriteString(cell)
			break
		}
		fmt.Fprintf(&b, "%-*s ", widths[min(i, 1)], cell)
	}
	fmt.Fprintln(t.out, strings.TrimRight(b.String(), " "))
}

func (t *table) progress(done int, bug string) {
	if t.bar == nil {
		return
	}
	t.bar.Describe(fmt.Sprintf("%d of %d searches, %s", done, t.of, bug))
	_ = t.bar.Set64(int64(min(done, t.of-1)))
}

func (t *table) end() {
	if t.bar != nil {
		_ = t.bar.Clear()
	}
}
