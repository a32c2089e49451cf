package command

import (
	"context"
	"fmt"
	"iter"

	"github.com/spf13/cobra"

	"ordeal/testbed/live"
	"ordeal/testbed/play"
	"ordeal/testbed/real"
	"ordeal/testbed/target"
)

// notWithCluster are flags of `ordeal run` that mean nothing for real processes.
var notWithCluster = []string{"target", "bug", "settings", "twice", "jobs", "require", "guided", "scenario", "order",
	"policy", "costs"}

// clusterTrials are what the flags ask for.
func (f *runFlags) clusterTrials(cmd *cobra.Command) (iter.Seq[live.Trial], error) {
	for _, flag := range notWithCluster {
		if cmd.Flags().Changed(flag) {
			return nil, fmt.Errorf("--cluster and --%s: either one or the other, since a cluster runs in real time", flag)
		}
	}
	if err := eitherOr(cmd, "faults", "plan"); err != nil {
		return nil, err
	}
	product, err := real.Named(f.cluster)
	if err != nil {
		return nil, fmt.Errorf("--cluster: %w", err)
	}
	first, last, err := f.liveSeeds()
	if err != nil {
		return nil, err
	}
	nodes, err := real.ParseNodes(splitList(f.nodes))
	if err != nil {
		return nil, err
	}
	written, err := f.template()
	if err != nil {
		return nil, err
	}
	service, err := product.Service(f.app.service)
	if err != nil {
		return nil, fmt.Errorf("--cluster: %w", err)
	}
	means, unable := real.Look(f.network, product)
	one := func(workload string, seed uint64) (real.Trial, error) {
		t, err := real.Trial{Product: product, Nodes: nodes[seed%uint64(len(nodes))], Means: means, Plan: written.Plan,
			Dir: f.out, Target: target.Target{Service: service, Workload: workload, Seed: seed, Length: f.length,
				Rate: f.rate}}, unable
		if err == nil && f.plan == "" {
			t.Plan, err = means.Plan(splitList(f.faults), seed, t.Nodes, f.length)
		}
		if err == nil {
			err = t.Check()
		}
		return t, err
	}
	workloads := service.PickWorkloads(splitList(f.workloads), "")
	if service != f.app.service && !cmd.Flags().Changed("workloads") {
		workloads = service.DefaultWorkloads("")
	}
	for _, w := range workloads {
		if _, err := one(w, first); err != nil {
			return nil, err
		}
	}
	if err := product.Fetch(cmd.Context(), func(format string, args ...any) {
		fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...)
	}); err != nil {
		return nil, err
	}
	return live.Each(first, last, workloads, func(workload string, seed uint64) live.Trial {
		t, err := one(workload, seed)
		return live.Trial{Line: t.Line(), Folder: t.Folder(), Run: func(ctx context.Context, begun func()) (play.Result,
			error) {
			if err != nil {
				return play.Result{}, err
			}
			t.Target.Begun = begun
			return t.Run(ctx)
		}}
	}), nil
}
