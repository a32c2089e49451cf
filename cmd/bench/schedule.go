package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cmd/bench/syncs"
	"ordeal/cmd/bench/usage"
	"ordeal/host"
	"ordeal/host/oshost"
)

// What the scheduler is to reach: jobs and instances on three servers, and how late firings are.
const (
	scheduleRate = 1000 // firings claimed and ended in a second
	scheduleLate = 100 * time.Millisecond
)

const (
	// scheduleSession is the timeout of instances' sessions.
	scheduleSession = 4 * time.Second
	// scheduleTicks are the servers': a session ends within a TickTime and a half of its timeout.
	scheduleTicks = "tickTime=500\n"
	// scheduleWarm is how long instances take, at most, until they have their shares and what was due before is done.
	scheduleWarm = 20 * time.Second
	// scheduleProbe is how long the disk is looked at by itself, before and behind.
	scheduleProbe = 5 * time.Second
	// scheduleAdders is how many sessions add jobs.
	scheduleAdders = 8
)

// scheduleFlags are the flags of `bench schedule`.
type scheduleFlags struct {
	jobs, instances  int
	length           time.Duration
	program, profile string
}

func scheduleCommand() *cobra.Command {
	var f scheduleFlags
	c := &cobra.Command{
		Use:   "schedule",
		Short: "the task scheduler on three real servers: firings in a second, and how late they are",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return f.measure(cmd.Context(), cmd.OutOrStdout()) },
	}
	c.Flags().IntVar(&f.jobs, "jobs", 10_000, "jobs, which all together are due a thousand times in a second")
	c.Flags().IntVar(&f.instances, "instances", 20, "instances that share them")
	c.Flags().DurationVar(&f.length, "length", 20*time.Second, "how long is measured before an instance is killed")
	c.Flags().StringVar(&f.program, "program", "bin/ordeal", "the servers, as `make build` makes them")
	c.Flags().StringVar(&f.profile, "profile", "", "a file for the CPU profile of the instances in that time")
	return c
}

func (f scheduleFlags) measure(ctx context.Context, out io.Writer) error {
	if f.jobs < 1 || f.instances < 2 || f.length < time.Second {
		return errors.New("--jobs must be 1 at least, --instances 2, and --length a second")
	}
	folder, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	servers := ours(f.program)
	servers.settings = scheduleTicks
	e, err := servers.start(folder, 3)
	if err != nil {
		return err
	}
	defer e.stop()
	printMachine(out)
	began := time.Now()
	if err := f.addAll(e.addrs); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d jobs were added in %v\n", f.jobs, time.Since(began).Round(time.Second))
	before, err := syncs.Measure(folder, 3, scheduleProbe)
	if err != nil {
		return err
	}
	r := newScheduleRun(f.length)
	stop, err := f.observe(r, e)
	if err != nil {
		return err
	}
	f.each(e.addrs, f.instances, func(p host.Process, c *client.Client, n int) { r.claim(ctx, p, c, n == 0) })
	if err := errors.Join(r.err, stop()); err != nil {
		return err
	}
	behind, err := syncs.Measure(folder, 3, scheduleProbe)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "bare syncs of three writers, before: %v\nbare syncs of three writers, behind: %v\n", before, behind)
	return r.print(out)
}

// each runs so many processes, each with a session, and waits for all.
func (f scheduleFlags) each(servers []string, n int, do func(host.Process, *client.Client, int)) {
	var all []*oshost.Process
	for i := range n {
		all = append(all, oshost.StartProcess(oshost.ProcessConfig{Self: "bench", Logger: slog.New(slog.DiscardHandler)},
			func(p host.Process) {
				c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(servers[i%len(servers)])},
					SessionTimeout: scheduleSession})
				do(p, c, i)
				_ = c.Close() // what is measured has ended, or it was abandoned
			}))
	}
	for _, p := range all {
		<-p.Done()
	}
}

var scheduleConfig = schedule.Config{Path: "/bench"}

// addAll adds the jobs.
func (f scheduleFlags) addAll(servers []string) error {
	var errs [scheduleAdders]error
	f.each(servers, scheduleAdders, func(p host.Process, c *client.Client, i int) {
		a := schedule.NewAdmin(p, c, scheduleConfig)
		for n := i; n < f.jobs && errs[i] == nil; n += scheduleAdders {
			_, _, errs[i] = a.Add(f.job(n), time.Minute)
		}
	})
	return errors.Join(errs[:]...)
}

// job is due about as often as there are thousands of jobs, at instants that differ.
func (f scheduleFlags) job(n int) schedule.Job {
	every := max(1, f.jobs*1000/scheduleRate)
	return schedule.Job{Name: fmt.Sprintf("j%d", n), Every: int64(every*9/10 + rand.IntN(max(1, every/5))),
		Overlap: schedule.OverlapAllow}
}

// observe notes, beside the run, what CPU time it takes while nothing is killed, and where, if a profile is asked for.
// stop waits for that.
func (f scheduleFlags) observe(r *scheduleRun, servers *running) (stop func() error, err error) {
	var file *os.File
	if f.profile != "" {
		if file, err = os.Create(f.profile); err != nil {
			return nil, err
		}
	}
	done := make(chan error, 1)
	go func() {
		time.Sleep(time.Until(r.from))
		own := usage.Own()
		before, err := servers.spent()
		if file != nil {
			err = errors.Join(err, pprof.StartCPUProfile(file))
		}
		time.Sleep(time.Until(r.until))
		spent, spentErr := servers.spent()
		r.cpu, err = usage.Own()-own+spent-before, errors.Join(err, spentErr)
		if file != nil {
			pprof.StopCPUProfile()
			err = errors.Join(err, file.Close())
		}
		done <- err
	}()
	return func() error { return <-done }, nil
}
