package machines

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"
)

// flags are those of `bench machines`.
type flags struct {
	program   string
	processes []int
	trials    int
	most      int
	asked     int
}

// Command is `bench machines`.
func Command() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "machines",
		Short: "says what 10^9 trials cost: measures 1, 2, 4 worker processes, and goes on by a model",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.trials < 1 || f.asked < 1 || len(f.processes) == 0 || slices.Min(f.processes) < 1 {
				return errors.New("trials, processes and what is asked for are at least one")
			}
			var runs []run
			for _, n := range f.processes {
				r, err := f.play(cmd.Context(), n)
				if err != nil {
					return err
				}
				runs = append(runs, r)
			}
			ask, err := asking(cmd.Context(), f.asked)
			if err != nil {
				return err
			}
			return modelOf(runs, ask, runtime.NumCPU()).print(cmd.OutOrStdout(), runs, f.most)
		},
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().IntSliceVar(&f.processes, "processes", []int{1, 2, 4}, "how many workers side by side")
	c.Flags().IntVar(&f.trials, "trials", 60, "of the default campaign, for each number of workers")
	c.Flags().IntVar(&f.most, "most", 1<<15, "how many processes the model goes to")
	c.Flags().IntVar(&f.asked, "asked", 1000, "trials that are asked for far away and take nothing, to measure that")
	return c
}

// play plays a campaign by so many workers.
func (f flags) play(ctx context.Context, processes int) (run, error) {
	out, err := os.MkdirTemp("", "machines-")
	if err != nil {
		return run{}, err
	}
	defer os.RemoveAll(out)
	c := exec.CommandContext(ctx, f.program, "run", "--seeds", fmt.Sprintf("1-%d", f.trials), "--jobs",
		fmt.Sprint(processes), "--require", "none", "--out", out)
	begun := time.Now()
	text, err := c.CombinedOutput()
	if err != nil {
		return run{}, fmt.Errorf("%v: %w\n%s", c.Args, err, text)
	}
	p := c.ProcessState // of its workers as well
	return run{processes, f.trials, time.Since(begun), p.UserTime() + p.SystemTime()}, nil
}
