package command

import (
	"github.com/spf13/cobra"

	"ordeal/testbed/durability"
)

// durabilityCommand tells which lies of disks the service's trials notice.
func (a *app) durabilityCommand() *cobra.Command {
	var trials uint64
	cmd := &cobra.Command{
		Use: "durability", Short: "tell whether trials notice disks that do not do what they promise", Args: cobra.NoArgs,
		Long: "Plays trials of the swarm in which the disks of servers do not do one thing that they promise, until one " +
			"is invalid: syncs do nothing, syncs of directories do nothing, renames are not atomic.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return durability.Table(cmd.Context(), cmd.OutOrStdout(), a.service, trials)
		},
	}
	cmd.Flags().Uint64Var(&trials, "trials", 10, "how many trials are played of each at most")
	return cmd
}
