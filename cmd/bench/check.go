package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ordeal/cmd/bench/recordings"
	"ordeal/cmd/bench/usage"
	"ordeal/history"
	"ordeal/history/formats"
)

// checkFlags are what `bench check` is told.
type checkFlags struct {
	program    string
	operations int
	models     []string
}

func checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check",
		Short: "has bin/ordeal judge a long history of each model",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			printMachine(cmd.OutOrStdout())
			return f.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.program, "program", "bin/ordeal", "what judges")
	flags.IntVar(&f.operations, "operations", 1_000_000, "how many each history has")
	flags.StringSliceVar(&f.models, "models", nil, "only these; default all")
	return c
}

// limit is what judging 1,000,000 operations may cost: CPU time without that of reading, and memory in all; 0 is any.
type limit struct {
	cpu time.Duration
	mb  int64
}

func limitOf(model string) limit {
	switch model {
	case "multi-register", "log", "kafka", "long-fork", "monotonic", "sequential", "causal":
		return limit{}
	case "list-append", "rw-register":
		return limit{cpu: 6 * time.Second}
	case "kv":
		return limit{3 * time.Second, 600}
	}
	return limit{2 * time.Second, 600}
}

func (f checkFlags) run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var figures []figure
	for _, h := range recordings.All() {
		if len(f.models) > 0 && !slices.Contains(f.models, h.Model) {
			continue
		}
		two, err := f.measure(ctx, dir, h)
		if err != nil {
			return fmt.Errorf("%s: %w", h.Model, err)
		}
		for _, one := range two {
			fmt.Fprintf(out, "%s: %s\n", one.name, one.measured)
		}
		figures = append(figures, two...)
	}
	fmt.Fprintln(out)
	return printFigures(out, figures)
}

// measure has one history judged.
func (f checkFlags) measure(ctx context.Context, dir string, h recordings.Recording) ([]figure, error) {
	file := filepath.Join(dir, h.Model+".edn")
	defer os.Remove(file)
	objects, events, err := h.Write(file, f.operations)
	if err != nil {
		return nil, err
	}
	reading, bytes, err := readOnce(file)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, f.program, "check", file, "--model", h.Model)
	text, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	judging, mb := max(0, cpu-reading), usage.Peak(cmd.ProcessState)>>20
	what := fmt.Sprintf("%s, %d operations on %d objects, %d events", h.Model, f.operations, objects, events)
	times := figure{"judging " + what, fmt.Sprintf("%.1f s of CPU, and %.1f s for reading %d MB", judging.Seconds(),
		reading.Seconds(), bytes>>20), "-", reached}
	memory := figure{"memory of the same", fmt.Sprintf("%d MB", mb), "-", reached}
	l := limitOf(h.Model)
	if l.cpu > 0 {
		times.target, times.verdict = fmt.Sprintf("<= %.0f s", l.cpu.Seconds()), judged(judging <= l.cpu)
	}
	if l.mb > 0 {
		memory.target, memory.verdict = fmt.Sprintf("<= %d MB", l.mb), judged(mb <= l.mb)
	}
	return []figure{times, memory}, nil
}

// readOnce reads a history as a stream, and says what CPU time that took.
func readOnce(file string) (took time.Duration, bytes int64, err error) {
	in, err := os.Open(file)
	if err != nil {
		return 0, 0, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, 0, err
	}
	began := usage.Own()
	f, err := formats.Open(file, in, "")
	var op history.Op
	for err == nil {
		err = f.Next(&op)
	}
	if !errors.Is(err, io.EOF) {
		return 0, 0, err
	}
	return usage.Own() - began, info.Size(), nil
}
