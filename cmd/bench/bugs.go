package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ordeal"
)

// bugsFlags are the flags of `bench bugs`.
type bugsFlags struct {
	program string
	runs    int
	budget  time.Duration
	only    string
}

// seedStride is how far the seeds of two runs are apart: farther than any run gets.
const seedStride = 1_000_000

func bugsCommand() *cobra.Command {
	var f bugsFlags
	c := &cobra.Command{
		Use:   "bugs",
		Short: "how soon the default campaign finds each planted bug, and who says so",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().IntVar(&f.runs, "runs", 5, "campaigns for each bug, each with other seeds")
	c.Flags().DurationVar(&f.budget, "budget", time.Minute, "real time for each campaign")
	c.Flags().StringVar(&f.only, "bugs", "", "only these, with commas between")
	return c
}

// hunt is one campaign with a bug planted.
type hunt struct {
	// trials until the bug was found, that one included; CPU and real time of the whole campaign, which plays the
	// finding once more.
	trials       int
	cpu, elapsed time.Duration
	// caught names the checkers that say invalid; none if the bug was not found.
	caught []string
	line   string
}

func (h hunt) found() bool { return len(h.caught) > 0 }

func (f bugsFlags) measure(ctx context.Context, out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "bug\tfound\ttrials\tCPU-s\ts\tslowest s\tcaught by\t\n")
	var trouble error
	for _, bug := range ordeal.Bugs() {
		if f.only != "" && !slices.Contains(strings.Split(f.only, ","), bug.Name) {
			continue
		}
		var hunts []hunt
		for i := range f.runs {
			h, err := f.hunt(ctx, bug.Name, uint64(i)*seedStride+1)
			if err != nil {
				return err
			}
			hunts = append(hunts, h)
		}
		row, err := bugRow(bug, hunts)
		fmt.Fprintln(w, row)
		trouble = errors.Join(trouble, err)
	}
	return errors.Join(w.Flush(), trouble)
}

// bugRow is a line of the table: medians of the campaigns. The error says what is not as it should be.
func bugRow(bug ordeal.Bug, hunts []hunt) (string, error) {
	var trials []int
	var cpu, elapsed []time.Duration
	found, declared := 0, 0
	by := make(map[string]int)
	for _, h := range hunts {
		trials, cpu, elapsed = append(trials, h.trials), append(cpu, h.cpu), append(elapsed, h.elapsed)
		if h.found() {
			found++
		}
		if slices.ContainsFunc(h.caught, bug.CaughtBy) {
			declared++
		}
		for _, c := range h.caught {
			by[c]++
		}
	}
	row := fmt.Sprintf("%s\t%d of %d\t%d\t%.1f\t%.1f\t%.1f\t%s\t", bug.Name, found, len(hunts),
		median(trials), median(cpu).Seconds(), median(elapsed).Seconds(), slices.Max(elapsed).Seconds(), catchers(by, bug))
	switch {
	case found < len(hunts):
		return row + "MISSED", fmt.Errorf("%s was found by %d campaigns of %d", bug.Name, found, len(hunts))
	case declared == 0:
		return row + "NOT AS DECLARED", fmt.Errorf("%s is to be caught by %s, and never was", bug.Name, bug.Caught)
	}
	return row + "ok", nil
}

// catchers lists who caught a bug and how often, the declared one first.
func catchers(by map[string]int, bug ordeal.Bug) string {
	names := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		switch {
		case bug.CaughtBy(a) && !bug.CaughtBy(b):
			return -1
		case bug.CaughtBy(b) && !bug.CaughtBy(a):
			return 1
		}
		return cmp.Or(by[b]-by[a], cmp.Compare(a, b))
	})
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %d", name, by[name])
	}
	return strings.Join(names, ", ")
}

func median[T cmp.Ordered](values []T) T { return slices.Sorted(slices.Values(values))[len(values)/2] }

// exitInvalid is with what `ordeal run` says that it found something.
const exitInvalid = 1

// hunt runs the default campaign with a bug planted and its seeds from first on.
func (f bugsFlags) hunt(ctx context.Context, bug string, first uint64) (hunt, error) {
	dir, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return hunt{}, err
	}
	defer os.RemoveAll(dir)
	var results, complaints bytes.Buffer
	cmd := exec.CommandContext(ctx, f.program, "run", "--bug", bug, "--seeds", strconv.FormatUint(first, 10)+"-",
		"--budget", f.budget.String(), "--json", "--out", dir)
	cmd.Stdout, cmd.Stderr = &results, &complaints
	begun := time.Now()
	err = cmd.Run()
	h := hunt{elapsed: time.Since(begun)}
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitInvalid) {
		return h, fmt.Errorf("%s with %s: %w: %s", f.program, bug, err, complaints.Bytes())
	}
	h.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return h, h.read(&results)
}

// trialResult is what of a trial's result is looked at.
type trialResult struct {
	Line, Outcome string
	Verdicts      []struct{ Name, Outcome string }
}

func (h *hunt) read(r io.Reader) error {
	for d := json.NewDecoder(r); ; {
		var t trialResult
		switch err := d.Decode(&t); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("a trial's result: %w", err)
		}
		h.trials++
		if t.Outcome != ordeal.OutcomeInvalid || h.found() {
			continue
		}
		h.line = t.Line
		for _, v := range t.Verdicts {
			if v.Outcome == ordeal.OutcomeInvalid {
				h.caught = append(h.caught, v.Name)
			}
		}
	}
}
