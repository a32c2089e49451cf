package command

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ordeal/testbed/kept"
	"ordeal/testbed/sweep"
)

// sweepFlags are the flags of `ordeal sweep`.
type sweepFlags struct {
	app *app

	only, bug, out string
	jobs           int
	json           bool
}

func (a *app) sweepCommand() *cobra.Command {
	f := sweepFlags{app: a}
	c := &cobra.Command{
		Use:   "sweep [DRILL | 'TRIAL LINE']...",
		Short: "tries every fault at every point of a short trial, with no sampling",
		Long: `sweep plays a short trial once and counts what happens in it: jobs of disks, failpoints that servers
come to, messages between servers, frames between clients and servers. Then it plays it again for each of
these points and each fault there: a power loss in every state in which it may leave the disk; the message
lost, twice or late; the connection broken off, or late. A server that lost power is started again, and the
trial is judged like any other. The table at the end says what was tried.
` + a.drillList(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("only") && f.only == "" {
				return Usage(errors.New("--only is empty: leave it out to try everything"))
			}
			return f.run(cmd, args)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.only, "only", "", "what to try, some of: "+strings.Join(sweep.PointFamilies(), ",")+
		" (default all)")
	flags.StringVar(&f.bug, "bug", "", "plant a bug (see bugs list); the sweep ends when it is found")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "trials side by side")
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the files of kept trials")
	flags.BoolVar(&f.json, "json", false, "print one JSON object a row of the table, and nothing else, on standard output")
	return c
}

func (a *app) drillList() string {
	if len(a.service.Drills) == 0 {
		return ""
	}
	b := new(strings.Builder)
	b.WriteString("\nDrills, all of them unless some are named:\n")
	for _, s := range sweep.Drills(a.service) {
		fmt.Fprintf(b, "  %-10s %s\n", s.Name, s.What)
	}
	return b.String()
}

func (f sweepFlags) run(cmd *cobra.Command, args []string) error {
	e, err := f.sweep(args)
	if err != nil {
		return Usage(err)
	}
	if err := kept.CheckOut(f.out); err != nil {
		return Usage(err)
	}
	s := f.show(cmd.OutOrStdout(), cmd.ErrOrStderr())
	e.Counted, e.Done, e.Found = s.expect, s.trial, s.finding
	done, err := e.Run(cmd.Context())
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	if len(done.Rows) > 0 {
		f.table(cmd.OutOrStdout(), done.Rows)
		s.end(done.Report)
		fmt.Fprintln(s.text, f.app.sweptText(done))
	}
	if ierr := done.Report.WriteIndex(kept.Folder(f.out), f.app.commandLine()); ierr != nil && err == nil {
		err = fmt.Errorf("the sweep's page can't be written: %w", ierr)
	}
	if err != nil {
		return interrupted(err)
	}
	s.page(filepath.Join(f.out, "index.html"))
	code := exitOf(done.Report, noneKnown)
	if code == exitValid && !done.Whole {
		code = exitUnknown
	}
	if code != exitValid {
		return exitError{Code: code}
	}
	return nil
}

// sweep turns arguments and flags into what is to be done.
func (f sweepFlags) sweep(args []string) (sweep.Sweep, error) {
	e := sweep.Sweep{
		Service: f.app.service, Drills: sweep.Drills(f.app.service), Bug: f.bug, Jobs: f.jobs,
		NewWorker: f.app.newWorker, Out: f.out,
	}
	if f.only != "" {
		e.Only = splitList(f.only)
	}
	if len(args) > 0 {
		e.Drills = nil
	}
	for _, arg := range args {
		s, err := sweep.DrillNamed(f.app.service, arg)
		if err != nil {
			return e, err
		}
		e.Drills = append(e.Drills, s)
	}
	if f.jobs < 1 {
		return e, fmt.Errorf("--jobs %d: it must be at least 1", f.jobs)
	}
	if err := e.Check(); err != nil {
		if errors.Is(err, sweep.ErrNoPoints) {
			err = fmt.Errorf("--only %s: %w", f.only, err)
		}
		return e, err
	}
	return e, nil
}

// show is as a campaign's, with --json on standard error.
func (f sweepFlags) show(out, errOut io.Writer) *show {
	s := &show{app: f.app, text: out, last: time.Now()}
	if f.json {
		s.text = errOut
	}
	return s
}

// expect is told how many trials there are to be.
func (s *show) expect(trials int) {
	s.trials = int64(trials)
	if file, ok := s.text.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.bar = s.newBar()
	}
}

// table prints what was tried.
func (f sweepFlags) table(out io.Writer, rows []sweep.Row) {
	if f.json {
		encoder := json.NewEncoder(out)
		for _, r := range rows {
			_ = encoder.Encode(r)
		}
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "drill\tpoint\tfault\tpoints\ttrials\tvalid\tunknown\tinvalid\tleft out")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\n", shortName(r.Drill), r.Point, r.Fault, r.Points, r.Trials,
			r.Valid, r.Unknown,
			r.Invalid, r.LeftOut)
	}
	_ = w.Flush()
}

// shortName is a drill's name; that of a trial line is the line, which does not fit into a table.
func shortName(name string) string {
	if strings.Contains(name, " ") {
		return "the line"
	}
	return name
}

// sweptText says whether everything was tried.
func (a *app) sweptText(e sweep.Result) string {
	trials, left, points := 0, 0, 0
	for _, r := range e.Rows {
		trials, left, points = trials+r.Trials, left+r.LeftOut, points+r.Points
	}
	text := fmt.Sprintf("every fault at every point: %s, %s", count(points, "fault"), count(trials, "trial"))
	if !e.Whole {
		text = fmt.Sprintf("not everything was tried: %d of %s", e.Report.Tally.Trials, count(trials, "trial"))
	}
	if !a.service.Marked {
		text += "; this program was built without failpoints, so nothing crashed at one"
	}
	if left > 0 {
		return text + fmt.Sprintf("; %s of disks left out, which are too many at one instant", count(left, "state"))
	}
	return text + "; nothing left out"
}
