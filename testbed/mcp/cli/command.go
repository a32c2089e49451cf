// Package cli is the command `mcp`.
package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/job"
	"ordeal/testbed/mcp"
	"ordeal/testbed/trial"
)

// Command is the command `mcp` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	var jobs int
	c := &cobra.Command{
		Use:   "mcp",
		Short: "serves programs that speak the Model Context Protocol, on standard input and output",
		Long: `mcp serves one client with the tools run, replay, shrink, explain, events and findings, until it closes
standard input. Nothing is written but answers.`,
		Args: command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return mcp.Server{
				Service: s, Version: job.Version(), Jobs: jobs,
				NewWorker: func() (campaign.Worker, error) { return command.NewWorker(s) },
			}.Stdio(cmd.Context())
		},
	}
	c.Flags().IntVar(&jobs, "jobs", runtime.NumCPU(), "trials side by side")
	return c
}
