package truth

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"ordeal/nemesis"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/real"
	"ordeal/testbed/target"
	"ordeal/testbed/trial"
)

// Run plays the real halves of pairs, and adds each to a file.
type Run struct {
	Service *trial.Service
	Product *real.Product
	Means   real.Means
	Nodes   int
	// Workloads take turns by the seed.
	Workloads []string
	// Faults are what plans are drawn from, as nemesis.Select takes them.
	Faults []string
	Length time.Duration
	Rate   int
	// Jobs is how many trials run side by side.
	Jobs int
	// File is that of the pairs, and Dir the folder for what servers write.
	File, Dir string
	// Say is told of each pair.
	Say func(format string, args ...any)

	mu sync.Mutex
}

// session is the timeout of clients' sessions in trials of the simulator, which the real ones are to have too.
const session = 3 * time.Second

// quietFrom is the seed from which on plans are empty: what a machine is like of which nothing is broken.
const quietFrom = 1_000_000

// seeds are those of so many pairs from the first on, and of so many of which nothing is broken.
func seeds(first uint64, pairs, quiet int) (all []uint64) {
	for i := range max(pairs, quiet) {
		if i < pairs {
			all = append(all, first+uint64(i))
		}
		if i < quiet {
			all = append(all, quietFrom+first+uint64(i))
		}
	}
	return all
}

// Play plays so many pairs with faults, of the seeds from first on, and so many without, but for those that the file
// has already, until ctx is done.
func (r *Run) Play(ctx context.Context, first uint64, pairs, quiet int) error {
	before, err := Read(r.File)
	if err != nil {
		return err
	}
	there := make(map[uint64]bool)
	for _, p := range before {
		there[p.Seed] = true
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan uint64)
	var jobs sync.WaitGroup
	for range r.Jobs {
		jobs.Go(func() {
			for seed := range todo {
				if err := r.one(ctx, seed); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, seed := range seeds(first, pairs, quiet) {
		if there[seed] {
			continue
		}
		select {
		case todo <- seed:
		case <-ctx.Done():
		}
	}
	close(todo)
	jobs.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// one plays the real half of a seed's pair. One that could not be started is said, and is no pair.
func (r *Run) one(ctx context.Context, seed uint64) error {
	p := Pair{Cluster: r.Product.Name, Network: r.Means.Network(), CPUs: runtime.NumCPU(), Seed: seed, Nodes: r.Nodes,
		Workload: r.Workloads[seed%uint64(len(r.Workloads))], Length: r.Length, Rate: r.Rate, Plan: []string{}}
	var plan nemesis.Plan
	if seed < quietFrom {
		var err error
		if plan, err = r.Means.Plan(r.Faults, seed, r.Nodes, r.Length); err != nil {
			return err
		}
		if len(plan) == 0 {
			return nil // the swarm draws such, too; quiet pairs have seeds of their own
		}
	}
	for _, s := range plan {
		p.Plan = append(p.Plan, s.String())
	}
	t := real.Trial{Product: r.Product, Nodes: r.Nodes, Means: r.Means, Plan: plan, Dir: r.Dir, Target: target.Target{
		Service: r.Service, Workload: p.Workload, Seed: seed, Length: r.Length, Rate: r.Rate, SessionTimeout: session}}
	if err := t.Check(); err != nil {
		return err
	}
	result, err := t.Run(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil // it was cut short
	case errors.Is(err, target.ErrRefused):
		r.Say("seed %d: %v", seed, err)
		return nil
	case err != nil:
		return err
	}
	p.Real, p.Load = playedOf(result), loadAverage()
	r.Say("%-8s %s", result.Summary.Outcome, t.Line())
	if dir := filepath.Join(r.Dir, t.Folder()); p.Real.Outcome == play.Valid {
		err = os.RemoveAll(dir)
	} else {
		err = result.Write(kept.Folder(dir))
	}
	return errors.Join(err, p.add(r.File))
}

// loadAverage is how many threads of this machine wanted to run in the last minute, on average; 0 where it does not
// say.
func loadAverage() float64 {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	load, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0
	}
	return load
}

// Simulate plays the other half of a pair, with a machine's costs: see trial.Cut.
func (p *Pair) Simulate(s *trial.Service, costs string) error {
	plan, err := trial.ParsePlan("plan", []byte(strings.Join(p.Plan, "\n")))
	if err != nil {
		return err
	}
	t := trial.Trial{Service: s, Seed: p.Seed, Workload: p.Workload, Nodes: p.Nodes, Length: p.Length, Rate: p.Rate,
		Plan: plan}
	t.MaySkip, t.Costs = true, costs
	if s.Bench != nil {
		t.Settings = s.Bench.Settings
	}
	result, err := play.Run(t, play.Ask{})
	if err != nil {
		return fmt.Errorf("seed %d: %w", p.Seed, err)
	}
	p.Sim = playedOf(result)
	return nil
}
