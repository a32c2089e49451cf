package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/server"
)

// What the scheduler is to reach: jobs and instances on three servers, and how late firings are.
const (
	scheduleRate = 1000 // firings claimed and ended in a second
	scheduleLate = 100 * time.Millisecond
)

// scheduleFlags are the flags of `bench schedule`.
type scheduleFlags struct {
	jobs, instances int
	length          time.Duration
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
	c.Flags().DurationVar(&f.length, "length", 20*time.Second, "how long is measured")
	return c
}

// claims are how late firings were claimed, in one run.
type claims struct {
	mu   sync.Mutex
	late []time.Duration
	err  error
}

func (f scheduleFlags) measure(ctx context.Context, out io.Writer) error {
	if f.jobs < 1 || f.instances < 1 || f.length < time.Second {
		return errors.New("--jobs and --instances must be 1 at least, and --length a second")
	}
	folder, err := os.MkdirTemp("", "ordeal-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	e, err := server.StartEnsemble(folder, 3, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer e.Close()
	if err := e.AwaitService(time.Minute); err != nil {
		return err
	}
	printMachine(out)
	began := time.Now()
	var added claims
	f.each(e.Addrs(), 1, func(p host.Process, c *client.Client, _ int) { added.err = f.add(p, c) })
	if added.err != nil {
		return added.err
	}
	fmt.Fprintf(out, "%d jobs were added in %v\n", f.jobs, time.Since(began).Round(time.Second))
	var run claims
	from := time.Now().Add(5 * time.Second) // by then instances have their shares
	f.each(e.Addrs(), f.instances, func(p host.Process, c *client.Client, _ int) {
		run.claim(ctx, p, c, from, from.Add(f.length))
	})
	if run.err != nil {
		return run.err
	}
	if len(run.late) == 0 {
		return errors.New("nothing was claimed")
	}
	slices.Sort(run.late)
	p99 := run.late[len(run.late)*99/100]
	rate := float64(len(run.late)) / f.length.Seconds()
	return printFigures(out, []figure{
		{"firings claimed in a second", fmt.Sprintf("%.0f", rate), fmt.Sprint(scheduleRate),
			judged(rate >= 0.95*scheduleRate)},
		{"p99 of claimed - due", p99.String(), "< " + scheduleLate.String(), judged(p99 < scheduleLate)},
	})
}

// each runs so many processes, each with a session, and waits for all.
func (f scheduleFlags) each(servers []string, n int, do func(host.Process, *client.Client, int)) {
	var all []*oshost.Process
	for i := range n {
		all = append(all, oshost.StartProcess(oshost.ProcessConfig{Self: "bench", Logger: slog.New(slog.DiscardHandler)},
			func(p host.Process) {
				c := client.New(p, client.Config{Servers: []host.Addr{host.Addr(servers[i%len(servers)])},
					SessionTimeout: sessionTimeout})
				do(p, c, i)
				_ = c.Close() // what is measured has ended
			}))
	}
	for _, p := range all {
		<-p.Done()
	}
}

var scheduleConfig = schedule.Config{Path: "/bench"}

// add adds the jobs: each is due about as often as there are thousands of them, at instants that differ.
func (f scheduleFlags) add(p host.Process, c *client.Client) error {
	a := schedule.NewAdmin(p, c, scheduleConfig)
	every := max(1, f.jobs*1000/scheduleRate)
	for n := range f.jobs {
		j := schedule.Job{Name: fmt.Sprintf("j%d", n), Every: int64(every*9/10 + rand.IntN(max(1, every/5))),
			Overlap: schedule.OverlapAllow}
		if _, _, err := a.Add(j, time.Minute); err != nil {
			return err
		}
	}
	return nil
}

// claim claims and ends what is due, and notes how late it was in the time that is measured. The servers' clock is this
// machine's.
func (r *claims) claim(ctx context.Context, p host.Process, c *client.Client, from, until time.Time) {
	s := schedule.NewScheduler(p, c, scheduleConfig)
	err := s.Join(time.Minute)
	var late []time.Duration
	for err == nil && time.Now().Before(until) && ctx.Err() == nil {
		run, ok, _, claimErr := s.Claim(100 * time.Millisecond)
		if errors.Is(claimErr, recipes.ErrGaveUp) {
			continue // instances join, and shares change
		}
		if err = claimErr; err != nil || !ok {
			continue
		}
		if now := time.Now(); now.After(from) {
			late = append(late, now.Sub(time.UnixMilli(run.Instant)))
		}
		_, _, err = s.Finish(run, true, "", time.Minute)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.late = append(r.late, late...)
	r.err = errors.Join(r.err, err)
}
