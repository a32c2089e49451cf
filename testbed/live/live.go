// Package live plays trials in real time, one after the other: it prints what each results in and keeps its files.
package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"time"

	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
)

// Trial is one that is played in real time, in words and as what plays it.
type Trial struct {
	// Line says what is done, and Folder is a name for the folder with its files.
	Line, Folder string
	// Run plays it; begun is to be called when clients are let in.
	Run func(ctx context.Context, begun func()) (play.Result, error)
}

// Each is every seed with every workload.
func Each(first, last uint64, workloads []string, one func(workload string, seed uint64) Trial,
) iter.Seq[Trial] {
	return func(yield func(Trial) bool) {
		for seed := first; ; seed++ {
			for _, w := range workloads {
				if !yield(one(w, seed)) {
					return
				}
			}
			if seed == last {
				return
			}
		}
	}
}

// Campaign is several of them.
type Campaign struct {
	// Out is for what programs read, one JSON object a trial if JSON is asked for, and Text for what people read.
	Out, Text io.Writer
	JSON      bool
	// Dir is where their folders go, with a page over all; Title heads it, and Command is what was run.
	Dir, Title, Command string
	// Budget is how much time to spend; 0 is no bound. The trial under way is played to its end.
	Budget time.Duration

	page *target.Page
	// counts are trials by outcome.
	counts map[string]int
}

// Run plays the trials until the budget is spent or ctx is cancelled. An error that is target.ErrRefused says why the
// first could not be tried, and nothing was; any other is the tool's own.
func (c *Campaign) Run(ctx context.Context, trials iter.Seq[Trial]) error {
	begun := time.Now()
	c.page, c.counts = target.NewPage(c.Title, c.Command), map[string]int{}
	for one := range trials {
		if ctx.Err() != nil || c.Budget > 0 && time.Since(begun) >= c.Budget {
			break
		}
		r, err := one.Run(ctx, func() { fmt.Fprintf(c.Text, "on trial  %s\n", one.Line) })
		if errors.Is(err, target.ErrRefused) && len(c.counts) == 0 {
			return err
		}
		if err == nil {
			c.counts[r.Summary.Outcome]++
			err = c.show(one, r)
		}
		if err != nil {
			return err
		}
	}
	if err := c.page.Write(kept.Folder(c.Dir)); err != nil {
		return fmt.Errorf("the page over all trials can't be written: %w", err)
	}
	if ctx.Err() != nil {
		fmt.Fprintln(c.Text, "interrupted")
	}
	fmt.Fprintf(c.Text, "%d valid, %d unknown, %d invalid\n", c.counts[play.Valid], c.counts[play.Unknown],
		c.counts[play.Invalid])
	fmt.Fprintf(c.Text, "page: %s\n", filepath.Join(c.Dir, "index.html"))
	return nil
}

// show prints a trial and writes its files.
func (c *Campaign) show(one Trial, r play.Result) error {
	fmt.Fprint(c.Text, r.Summary.Text)
	dir := filepath.Join(c.Dir, one.Folder)
	if err := r.Write(kept.Folder(dir)); err != nil {
		return err
	}
	fmt.Fprintf(c.Text, "  files: %s\n", dir)
	result := r.Report.Result()
	c.page.Add(result, one.Folder)
	if !c.JSON {
		return nil
	}
	line, err := result.JSON()
	if err == nil {
		_, err = c.Out.Write(line)
	}
	return err
}

// Outcome is that of all trials together. What was cut short, as cut says, is no pass.
func (c *Campaign) Outcome(cut bool) string {
	switch {
	case c.counts[play.Invalid] > 0:
		return play.Invalid
	case c.counts[play.Unknown] > 0 || c.counts[play.Valid] == 0 || cut:
		return play.Unknown
	}
	return play.Valid
}
