// Package cli has the command `fleet`, and gives other commands the flag --fleet. A program that wants them hands
// Command to testbed.Main; one that does not has nothing of NATS in it.
package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"ordeal/testbed/campaign"
	"ordeal/testbed/command"
	"ordeal/testbed/fleet"
	"ordeal/testbed/job"
	"ordeal/testbed/trial"
)

// Command is the command `fleet` for the trials of a service.
func Command(s *trial.Service) *cobra.Command {
	c := &cobra.Command{
		Use:   "fleet",
		Short: "plays trials that depend on each other on many machines",
		Long: `A fleet is workers on any number of machines, for campaigns whose trials depend on each other:
"run --guided", "run --bug", "shrink", "bugs run". They ask a NATS server with JetStream for trials, and
"run --fleet URL" says which there are. A worker that is lost in the middle of a trial loses nothing, and each trial
counts once. Workers get the trials of their own program alone.`,
		Args: command.ExactArgs(0, "`"+s.Name+" fleet serve` or `work`"),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(serveCommand(), workCommand(s))
	return c
}

func serveCommand() *cobra.Command {
	var s fleet.Serving
	c := &cobra.Command{
		Use:   "serve",
		Short: "is a NATS server with JetStream, where there is none, or one of several",
		Args:  command.ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.Check(); err != nil {
				return command.Usage(err)
			}
			server, err := fleet.StartServer(s)
			if err != nil {
				return command.Usage(err)
			}
			defer server.Close()
			fmt.Fprintf(cmd.OutOrStdout(), "serving at %s\n", server.URL())
			<-cmd.Context().Done()
			return nil
		},
	}
	flags := c.Flags()
	flags.StringVar(&s.Listen, "listen", "127.0.0.1:4222", "the address, host:port; it asks for no password")
	flags.StringVar(&s.Store, "store", "ordeal-fleet", "the folder for what it has to keep")
	flags.StringVar(&s.Cluster, "cluster", "", "where other servers of its cluster reach it, host:port; of three one may "+
		"be lost")
	flags.StringSliceVar(&s.Peers, "peers", nil, "where it reaches the other servers of its cluster: host:port,…")
	flags.StringVar(&s.Name, "name", "", "what tells it from the other servers of its cluster")
	return c
}

func workCommand(s *trial.Service) *cobra.Command {
	var jobs int
	var attached bool
	c := &cobra.Command{
		Use:   "work URL",
		Short: "plays the trials that are asked for at a NATS server, until it is interrupted",
		Args:  command.ExactArgs(1, "the URL of a NATS server"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if jobs < 1 {
				return command.Usage(fmt.Errorf("--jobs %d: it must be at least 1", jobs))
			}
			name, err := program(s)
			if err != nil {
				return err
			}
			ctx := cmd.Context()
			if attached {
				ctx = fleet.UntilClosed(ctx, cmd.InOrStdin())
			}
			err = fleet.Workers{
				Place: fleet.Place{URL: args[0], Program: name, Memory: attached}, Jobs: jobs, NewWorker: near(s),
			}.Work(ctx)
			if err != nil && ctx.Err() == nil {
				return command.Usage(err)
			}
			return nil
		},
	}
	c.Flags().IntVar(&jobs, "jobs", runtime.NumCPU(), "trials side by side")
	c.Flags().BoolVar(&attached, attachedFlag, false, "end with standard input")
	_ = c.Flags().MarkHidden(attachedFlag)
	return c
}

const attachedFlag = "attached"

// near starts worker processes on this machine.
func near(s *trial.Service) func() (campaign.Worker, error) {
	return func() (campaign.Worker, error) { return command.NewWorker(s) }
}

// programDigits is how many digits tell programs apart.
const programDigits = 20

// program tells apart, in one word, who plays trials of a service the same.
func program(s *trial.Service) (string, error) {
	build, err := job.Build()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%s\x00%v", s.Name, s.Version, build, s.Marked))
	return hex.EncodeToString(sum[:])[:programDigits], nil
}

// Crew is the command.Fleet of a program that has the command `fleet`.
func Crew(ctx context.Context, s *trial.Service, where string, jobs int) (command.Crew, error) {
	name, err := program(s)
	if err != nil {
		return command.Crew{}, err
	}
	if where != command.FleetLocal {
		c, err := fleet.NewCoordinator(ctx, fleet.Place{URL: where, Program: name}, near(s))
		if err != nil {
			return command.Crew{}, err
		}
		return command.Crew{NewWorker: c.Worker, Close: c.Close}, nil
	}
	self, err := os.Executable()
	if err != nil {
		return command.Crew{}, errors.Join(errors.New("can't find this program to start workers from"), err)
	}
	local, err := fleet.StartLocal(ctx, name, jobs, func(url string) *exec.Cmd {
		return exec.Command(self, "fleet", "work", url, "--jobs", "1", "--"+attachedFlag)
	}, near(s))
	if err != nil {
		return command.Crew{}, err
	}
	return command.Crew{NewWorker: local.Worker, Close: local.Close}, nil
}
