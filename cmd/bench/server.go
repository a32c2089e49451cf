package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
)

// serverFlags are the flags of `bench server`.
type serverFlags struct {
	program, dir  string
	sizes         []int
	rounds        int
	warmUp, every time.Duration
	znodes        int
}

func serverCommand() *cobra.Command {
	var f serverFlags
	c := &cobra.Command{
		Use:   "server",
		Short: "the real server beside Apache ZooKeeper, in turns on this machine, syncing every write",
		Long: `server runs ordeal serve and Apache ZooKeeper (of the Debian package zookeeper) on loopback with the
same configuration, and puts the same load on one and then the other, in turns. Of each figure it shows the
median of the rounds, and ours over ZooKeeper's. Where etcd (of the Debian package etcd-server) is installed
it has its turns too, and no target.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "what to measure, as `make build` makes it")
	c.Flags().StringVar(&f.dir, "dir", "", "where the servers have their data for the time being (default: the system's "+
		"folder for temporary files)")
	c.Flags().IntSliceVar(&f.sizes, "servers", []int{1, 3}, "how many servers, 0 for none of this")
	c.Flags().IntVar(&f.rounds, "rounds", 3, "turns of each server at each load")
	c.Flags().DurationVar(&f.warmUp, "warm-up", 2*time.Second, "how long a load is on before it is measured")
	c.Flags().DurationVar(&f.every, "measure", 2*time.Second, "how long it is measured")
	c.Flags().IntVar(&f.znodes, "znodes", 100_000, "znodes at which to compare memory, 0 for not at all")
	return c
}

// loads are what is measured of each ensemble.
func loads() []load {
	var list []load
	for _, write := range []bool{true, false} {
		list = append(list, load{write, 1, 1}, load{write, 50, 1}, load{write, 50, 20})
	}
	return list
}

func (f serverFlags) measure(ctx context.Context, out io.Writer) (err error) {
	zk, err := zookeeper()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(f.dir, "ordeal-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	printMachine(out)
	etcd, err := findEtcd(out)
	if err != nil {
		return err
	}
	products := []product{ours(f.program), zk}
	var missedAny error
	for _, n := range f.sizes {
		if n == 0 {
			continue
		}
		err := f.compare(ctx, out, products, etcd, filepath.Join(dir, fmt.Sprint("servers-", n)), n)
		if err != nil && !errors.Is(err, errMissed) {
			return err
		}
		missedAny = errors.Join(missedAny, err)
	}
	if f.znodes > 0 {
		fig, err := f.memoryFilled(products, filepath.Join(dir, "filled"))
		if err != nil {
			return err
		}
		missedAny = errors.Join(missedAny, printFigures(out, []figure{fig}))
	}
	if missedAny != nil {
		return errMissed
	}
	return nil
}

// ensemble is servers that a load can be put on.
type ensemble interface {
	name() string
	gather(l load, turn int) (clients, error)
	spent() (time.Duration, error)
	memory() (now, peak int64, err error)
	stop()
}

// clients are those of one load, connected.
type clients interface {
	// drive puts the load on the servers and returns when each request was under way that ended within the window.
	drive(w window) ([]span, error)
	close()
}

// startAll starts an ensemble of each product, and of etcd if there is one. Those that it returns are to be stopped,
// even if it fails.
func startAll(products []product, etcd *etcdProgram, dir string, n int) (all []ensemble, err error) {
	for _, p := range products {
		r, err := p.start(dir, n)
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	if etcd != nil {
		e, err := etcd.start(dir, n)
		if err != nil {
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}

// compare measures every load on an ensemble of each product. All of them are up all the time, and one is loaded.
func (f serverFlags) compare(ctx context.Context, out io.Writer, products []product, etcd *etcdProgram, dir string,
	n int) error {
	ensembles, err := startAll(products, etcd, dir, n)
	defer func() {
		for _, e := range ensembles {
			e.stop()
		}
	}()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "servers: %d\n", n)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	printHeader(w, etcd != nil)
	var missedAny error
	for _, l := range loads() {
		rates, err := f.takeTurns(ctx, l, ensembles)
		if err != nil {
			return errors.Join(w.Flush(), fmt.Errorf("%v: %w", l, err))
		}
		if !printRates(w, l, rates) {
			missedAny = errMissed
		}
	}
	var peaks []int64
	for _, e := range ensembles {
		_, peak, err := e.memory()
		if err != nil {
			return err
		}
		peaks = append(peaks, peak)
	}
	printPeaks(w, peaks)
	return errors.Join(w.Flush(), missedAny)
}

// rate is what one load did to one ensemble.
type rate struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // for a thousand operations, of all servers
}

// takeTurns measures a load on one ensemble after the other, in several rounds, and returns each ensemble's medians.
func (f serverFlags) takeTurns(ctx context.Context, l load, ensembles []ensemble) ([]rate, error) {
	all := make([][]rate, len(ensembles))
	for turn := range f.rounds {
		for i, r := range ensembles {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			one, err := f.measureLoad(l, r, turn)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.name(), err)
			}
			all[i] = append(all[i], one)
		}
	}
	medians := make([]rate, len(all))
	for i, rates := range all {
		medians[i] = rate{
			perSecond: medianOf(rates, func(r rate) float64 { return r.perSecond }),
			p50:       medianOf(rates, func(r rate) time.Duration { return r.p50 }),
			p99:       medianOf(rates, func(r rate) time.Duration { return r.p99 }),
			cpu:       medianOf(rates, func(r rate) time.Duration { return r.cpu }),
		}
	}
	return medians, nil
}

func medianOf[T float64 | time.Duration](rates []rate, of func(rate) T) T {
	var list []T
	for _, r := range rates {
		list = append(list, of(r))
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// measureLoad puts a load on an ensemble. The CPU time is that of the window.
func (f serverFlags) measureLoad(l load, r ensemble, turn int) (rate, error) {
	c, err := r.gather(l, turn)
	if err != nil {
		return rate{}, err
	}
	defer c.close()
	from := time.Now().Add(f.warmUp)
	w := window{from: from, to: from.Add(f.every)}
	type usage struct {
		cpu time.Duration
		err error
	}
	used := make(chan usage, 1)
	go func() {
		time.Sleep(time.Until(w.from))
		before, err1 := r.spent()
		time.Sleep(time.Until(w.to))
		after, err2 := r.spent()
		used <- usage{after - before, errors.Join(err1, err2)}
	}()
	spans, err := c.drive(w)
	u := <-used
	if err := errors.Join(err, u.err); err != nil {
		return rate{}, err
	}
	if len(spans) == 0 {
		return rate{}, errors.New("nothing was answered in time")
	}
	took := make([]time.Duration, len(spans))
	for i, s := range spans {
		took[i] = s.duration()
	}
	slices.Sort(took)
	return rate{
		perSecond: float64(len(took)) / f.every.Seconds(),
		p50:       took[len(took)/2],
		p99:       took[len(took)*99/100],
		cpu:       u.cpu * 1000 / time.Duration(len(took)),
	}, nil
}

// memoryRatioMax is our memory over ZooKeeper's, with the same znodes.
const memoryRatioMax = 0.5

// memoryFilled compares the memory of one server each with many znodes.
func (f serverFlags) memoryFilled(products []product, dir string) (figure, error) {
	var now, peak []int64
	for _, p := range products {
		r, err := p.start(dir, 1)
		if err != nil {
			return figure{}, err
		}
		err = fill(r.addrs[0], f.znodes)
		n, most, memoryErr := r.memory()
		r.stop()
		if err := errors.Join(err, memoryErr); err != nil {
			return figure{}, err
		}
		now, peak = append(now, n), append(peak, most)
	}
	share := float64(now[0]) / float64(now[1])
	return figure{
		name: fmt.Sprintf("memory with %d znodes of %d bytes, over ZooKeeper's", f.znodes, payloadBytes),
		measured: fmt.Sprintf("%.2f (%d MB, peak %d; ZooKeeper %d MB, peak %d)", share,
			now[0]>>20, peak[0]>>20, now[1]>>20, peak[1]>>20),
		target: fmt.Sprintf("<= %.1f", memoryRatioMax), verdict: judged(share <= memoryRatioMax),
	}, nil
}
