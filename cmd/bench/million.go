package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// millionFlags are the flags of `bench million`.
type millionFlags struct {
	program, dir               string
	znodes, writers, snapCount int
	every                      time.Duration
	zookeeper                  bool
}

func millionCommand() *cobra.Command {
	var f millionFlags
	c := &cobra.Command{
		Use:   "million",
		Short: "a million znodes: loading them, a snapshot while clients write, memory, and starting again",
		Long: `million loads one server with many znodes, lets clients write steadily across some snapshots, and
shows how long their requests take while a snapshot is written and while none is. Then it ends the server, by
SIGKILL and by SIGTERM, and takes the time from the start of the next process to the first answers. Apache
ZooKeeper does the same beside it, where there is one.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().StringVar(&f.dir, "dir", "", "where the servers have their data for the time being (default: the system's "+
		"folder for temporary files)")
	c.Flags().IntVar(&f.znodes, "znodes", 1_000_000, "how many znodes")
	c.Flags().IntVar(&f.writers, "writers", 10, "clients that write across the snapshots, each with one request "+
		"outstanding")
	c.Flags().IntVar(&f.snapCount, "snap-count", 50_000, "writes between two snapshots")
	c.Flags().DurationVar(&f.every, "measure", 20*time.Second, "how long they write")
	c.Flags().BoolVar(&f.zookeeper, "zookeeper", true, "measure Apache ZooKeeper too")
	return c
}

// What a million znodes are to cost.
const (
	restartMax     = 10 * time.Second
	stallMax       = 100 * time.Millisecond // the p99 of writes while a snapshot is written
	millionOfBytes = 1 << 20
)

// millionFigures is what was measured of one product.
type millionFigures struct {
	load           time.Duration
	loaded, peak   int64 // bytes of memory, when all are there and at the highest
	quiet, busy    []time.Duration
	snapshots      int
	killed, termed restart
}

// restart is how long a server took from the start of its process to its first answers, and what memory it then had.
type restart struct {
	read, write time.Duration
	memory      int64
}

func (f millionFlags) measure(ctx context.Context, out io.Writer) (err error) {
	products := []product{ours(f.program)}
	if zk, err := zookeeper(); err == nil && f.zookeeper {
		products = append(products, zk)
	} else if f.zookeeper {
		fmt.Fprintf(out, "%v\n", err)
	}
	dir, err := os.MkdirTemp(f.dir, "ordeal-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	printMachine(out)
	var all []millionFigures
	for _, p := range products {
		p.settings = fmt.Sprintf("snapCount=%d\n", f.snapCount)
		one, err := f.measureOne(ctx, p, filepath.Join(dir, p.name))
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		all = append(all, one)
	}
	return f.print(out, products, all)
}

func (f millionFlags) measureOne(ctx context.Context, p product, dir string) (fig millionFigures, err error) {
	r, err := p.start(dir, 1)
	if err != nil {
		return fig, err
	}
	defer func() { r.stop() }()
	began := time.Now()
	if err := fill(r.addrs[0], f.znodes); err != nil {
		return fig, fmt.Errorf("loading: %w", err)
	}
	fig.load = time.Since(began)
	if fig.loaded, _, err = r.memory(); err != nil {
		return fig, err
	}
	if err := f.writeAcross(ctx, r, &fig); err != nil {
		return fig, fmt.Errorf("writing: %w", err)
	}
	if _, fig.peak, err = r.memory(); err != nil {
		return fig, err
	}
	if fig.killed, err = r.restart(syscall.SIGKILL); err != nil {
		return fig, fmt.Errorf("starting after SIGKILL: %w", err)
	}
	if fig.termed, err = r.restart(syscall.SIGTERM); err != nil {
		return fig, fmt.Errorf("starting after SIGTERM: %w", err)
	}
	return fig, nil
}

// writeAcross lets clients write and tells the requests that were under way with a snapshot from the others.
func (f millionFlags) writeAcross(ctx context.Context, r *running, fig *millionFigures) error {
	c, err := load{write: true, clients: f.writers, outstanding: 1}.gather(r.addrs, 0)
	if err != nil {
		return err
	}
	defer c.close()
	watch := watchSnapshots(ctx, r.dirs[0])
	now := time.Now()
	took, err := c.drive(window{from: now, to: now.Add(f.every)})
	spans := watch()
	if err != nil {
		return err
	}
	fig.snapshots = len(spans)
	for _, t := range took {
		if slices.ContainsFunc(spans, t.meets) {
			fig.busy = append(fig.busy, t.duration())
		} else {
			fig.quiet = append(fig.quiet, t.duration())
		}
	}
	return nil
}

// restart ends the server and takes the time until its successor answers.
func (r *running) restart(signal syscall.Signal) (restart, error) {
	last := r.servers[0]
	if err := last.Process.Signal(signal); err != nil {
		return restart{}, err
	}
	_ = last.Wait()
	r.servers, r.output = nil, nil
	began := time.Now()
	if err := r.launch(0); err != nil {
		return restart{}, err
	}
	return awaitAnswers(r, began)
}

func (f millionFlags) print(out io.Writer, products []product, all []millionFigures) error {
	var figures []figure
	for i, fig := range all {
		add := func(name, measured, target string, v verdict) {
			figures = append(figures, figure{name: products[i].name + ": " + name, measured: measured, target: target,
				verdict: v})
		}
		add(fmt.Sprintf("loading %d znodes", f.znodes), fmt.Sprintf("%.1f s", fig.load.Seconds()), "", "")
		add("memory then, and its peak", fmt.Sprintf("%d MB, %d MB", fig.loaded/millionOfBytes, fig.peak/millionOfBytes), "",
			"")
		add("writes while no snapshot is written", describe(fig.quiet), "", "")
		whole := fig.snapshots > 0 && len(fig.busy) > 0
		if i > 0 {
			add(fmt.Sprintf("writes while one is (%d snapshots)", fig.snapshots), describe(fig.busy), "", "")
			add("starting after SIGKILL", fig.killed.String(), "", "")
			add("starting after SIGTERM", fig.termed.String(), "", "")
			continue
		}
		add(fmt.Sprintf("writes while one is (%d snapshots)", fig.snapshots), describe(fig.busy),
			fmt.Sprintf("p99 <= %v", stallMax), judged(whole && percentile(fig.busy, 99) <= stallMax))
		for _, one := range []struct {
			name string
			restart
		}{{"starting after SIGKILL", fig.killed}, {"starting after SIGTERM", fig.termed}} {
			add(one.name, one.String(), fmt.Sprintf("<= %v", restartMax), judged(one.write <= restartMax))
		}
	}
	return printFigures(out, figures)
}

func (r restart) String() string {
	return fmt.Sprintf("read %.1f s, write %.1f s, %d MB", r.read.Seconds(), r.write.Seconds(), r.memory/millionOfBytes)
}

// describe is a few words about how long requests took.
func describe(took []time.Duration) string {
	if len(took) == 0 {
		return "none"
	}
	return fmt.Sprintf("p50 %s ms, p99 %s ms, max %s ms (%d writes)", millis(percentile(took, 50)),
		millis(percentile(took, 99)),
		millis(slices.Max(took)), len(took))
}

// percentile is 0 if there is nothing.
func percentile(took []time.Duration, percent int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)*percent/100]
}
