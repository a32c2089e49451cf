package system

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ordeal/guest"
	"ordeal/testbed"
	"ordeal/testbed/campaign"
)

// durabilityCommand tells which lies of disks the system's trials notice.
func (s System) durabilityCommand(service *testbed.Service) *cobra.Command {
	var trials uint64
	cmd := &cobra.Command{
		Use: "durability", Short: "tell whether trials notice disks that do not do what they promise", Args: cobra.NoArgs,
		Long: "Plays trials of the swarm in which the disks of servers do not do one thing that they promise, until one " +
			"is invalid: syncs do nothing, syncs of directories do nothing, renames are not atomic.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return durability(cmd.Context(), cmd.OutOrStdout(), service, trials)
		},
	}
	cmd.Flags().Uint64Var(&trials, "trials", 10, "how many trials are played of each at most")
	return cmd
}

// durability plays the trials, and writes the table.
func durability(ctx context.Context, out io.Writer, service *testbed.Service, trials uint64) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "lie\tnoticed\tby")
	for _, lie := range guest.Lies() {
		noticed, by := "no", fmt.Sprintf("%d trials", trials)
		for seed := uint64(1); seed <= trials && noticed == "no"; seed++ {
			seeds := service.Campaign("", "swarm")
			seeds.Template.Settings = string(lie)
			got, err := campaign.InProcess(service, nil).Run(ctx, campaign.Request{Line: seeds.Trial(seed).Line()})
			if err != nil {
				return err
			}
			if got.Outcome == "invalid" {
				noticed, by = "yes", fmt.Sprintf("seed %d, %s", seed, got.Checker)
			}
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", lie, noticed, by)
	}
	return w.Flush()
}
