package repeat

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"ordeal/testbed/play"
	"ordeal/testbed/real"
	"ordeal/testbed/trial"
)

// Clusters cuts down trials of real clusters.
type Clusters struct {
	// Service is what trials are of, unless the cluster's protocol has another.
	Service *trial.Service
	// Dir is the folder for what is written.
	Dir string
	// Budget is how much time to spend; 0 is no bound.
	Budget time.Duration
	// Out is told what was done, a line each.
	Out io.Writer
}

func (c Clusters) say(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }

// first is how many trials of the uncut one tell how often it fails.
const first = 5

// Shrink cuts down the trial of a record, a file or a trial's folder, until nothing more can go or ctx is done, and
// writes shrunk.json. A trial counts as failed if the same checker finds it invalid.
func (c Clusters) Shrink(ctx context.Context, path string) error {
	record, err := real.ReadRecord(path)
	if err != nil {
		return err
	}
	if c.Budget > 0 {
		var over context.CancelFunc
		ctx, over = context.WithTimeout(ctx, c.Budget)
		defer over()
	}
	failed, played := 0, 0
	for ; played < first && ctx.Err() == nil; played++ {
		fails, err := c.fails(ctx, record)
		if err != nil {
			return err
		}
		if fails {
			failed++
		}
	}
	if failed == 0 {
		low, high := Interval(failed, played)
		return fmt.Errorf("it failed in none of %d trials (with %.0f %% confidence %.0f to %.0f %% of them fail), so "+
			"nothing can be cut down: play it again more often", played, 100*Confidence, 100*low, 100*high)
	}
	share := float64(failed) / float64(played)
	c.say("it failed in %d of %d trials; what does not fail in %d is given up: with %.0f %% confidence less than "+
		"%.0f %% of its trials would", failed, played, tries(share/2), 100*Confidence, 100*share/2)
	s := shrinking[real.Record]{Share: share, Simpler: simpler, Fails: c.fails,
		Tried: func(one real.Record, taken bool, trials int) {
			word := "no"
			if taken {
				word = "yes"
			}
			c.say("%-3s  %d steps, %v, rate %d: %d trials", word, len(one.Plan), one.Length, one.Rate, trials)
		}}
	got, err := s.Run(ctx, record)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		c.say("the budget is spent")
	}
	to := filepath.Join(c.Dir, "shrunk.json")
	if err := got.Write(to); err != nil {
		return err
	}
	for _, step := range got.Plan {
		c.say("  %s", step)
	}
	c.say("%d of %d steps are left, of %v at rate %d: %v at rate %d; %s", len(got.Plan), len(record.Plan), record.Length,
		record.Rate, got.Length, got.Rate, to)
	return nil
}

// fails plays a trial, and says whether it fails as the record's did.
func (c Clusters) fails(ctx context.Context, r real.Record) (bool, error) {
	t, err := r.Again(c.Service, filepath.Join(c.Dir, "shrink"))
	if err != nil {
		return false, err
	}
	if err := t.Product.Fetch(ctx, c.say); err != nil {
		return false, err
	}
	result, err := t.Run(ctx)
	if ctx.Err() != nil {
		return false, nil // it was cut short, and is no trial of it
	}
	return result.Summary.Outcome == play.Invalid && result.Summary.Checker == r.Checker, err
}
