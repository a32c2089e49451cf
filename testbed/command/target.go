package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ordeal/testbed/kept"
	"ordeal/testbed/live"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
)

// notWithTarget are flags of `ordeal run` that mean something in a simulated world only.
var notWithTarget = []string{"nodes", "faults", "plan", "bug", "settings", "twice", "jobs", "require", "guided",
	"scenario", "order", "network", "costs"}

// addLive adds the flags that are about services in real time.
func (f *runFlags) addLive(flags *pflag.FlagSet) {
	if f.app.service.Remote == nil {
		return
	}
	flags.StringVar(&f.target, "target", "", "HOST:PORT,... of a service that runs already: real time, no faults, each "+
		"seed with each workload")
	flags.StringVar(&f.cluster, "cluster", "", "ours, zookeeper, etcd, etcd=PATH, etcd@VERSION, or FILE.yaml that "+
		"describes another: servers that are started for the trial, with faults, in real time")
	flags.StringVar(&f.network, "network", "", "how servers of a --cluster reach each other: router, which carries "+
		"packets (Linux, as root), or proxy, which carries connections; default the first that can be had")
}

// runLive plays trials in real time: each seed with each workload, one after the other. how is the flag that says on
// what.
func runLive(cmd *cobra.Command, f runFlags, how string) error {
	make := f.targetTrials
	if how != "target" {
		make = f.clusterTrials
	}
	trials, err := make(cmd)
	if err != nil {
		return Usage(err)
	}
	_, missing := os.Stat(f.out)
	if err := kept.CheckOut(f.out); err != nil {
		return Usage(err)
	}
	c := live.Campaign{
		Out: cmd.OutOrStdout(), Text: cmd.OutOrStdout(), JSON: f.json, Dir: f.out, Budget: f.budget,
		Title: f.app.service.Name + " run --" + how, Command: f.app.commandLine(),
	}
	if f.json {
		c.Text = cmd.ErrOrStderr()
	}
	if err := c.Run(cmd.Context(), trials); err != nil {
		if missing != nil {
			_ = os.Remove(f.out) // it goes if there is nothing in it
		}
		if errors.Is(err, target.ErrRefused) {
			return Usage(err) // nothing was tried yet
		}
		return err
	}
	switch c.Outcome(cmd.Context().Err() != nil) {
	case play.Invalid:
		return exitError{Code: exitInvalid}
	case play.Unknown:
		return exitError{Code: exitUnknown}
	}
	return nil
}

// targetTrials are what the flags ask for.
func (f *runFlags) targetTrials(cmd *cobra.Command) (iter.Seq[live.Trial], error) {
	for _, flag := range notWithTarget {
		if cmd.Flags().Changed(flag) {
			return nil, fmt.Errorf("--target and --%s: either one or the other, since a target runs in real time and "+
				"without faults", flag)
		}
	}
	servers, err := target.ParseServers(f.target)
	if err != nil {
		return nil, fmt.Errorf("--target %s: %w", f.target, err)
	}
	first, last, err := f.liveSeeds()
	if err != nil {
		return nil, err
	}
	one := func(workload string, seed uint64) target.Target {
		return target.Target{Service: f.app.service, Servers: servers, Workload: workload, Seed: seed, Length: f.length,
			Rate: f.rate}
	}
	workloads := f.app.service.PickWorkloads(splitList(f.workloads), "")
	for _, w := range workloads {
		if err := one(w, first).Check(); err != nil {
			return nil, err
		}
	}
	return live.Each(first, last, workloads, func(workload string, seed uint64) live.Trial {
		t := one(workload, seed)
		return live.Trial{Line: t.Line(), Folder: t.Folder(), Run: func(ctx context.Context, begun func()) (play.Result,
			error) {
			t.Begun = begun
			return t.Run(ctx)
		}}
	}), nil
}

// liveSeeds is the first and the last seed: one that chance draws, if none is given. Without a last one there is a
// budget.
func (f *runFlags) liveSeeds() (first, last uint64, err error) {
	if f.budget < 0 {
		return 0, 0, fmt.Errorf("--budget %v: it must not be negative", f.budget)
	}
	if !f.oneSeed && f.seeds == "" {
		seed := rand.Uint64N(1_000_000)
		return seed, seed, nil
	}
	first, last, err = f.seedRange()
	if f.budget == 0 && last == noLast {
		f.budget = defaultBudget
	}
	return first, last, err
}
