package command

import (
	"context"

	"github.com/spf13/pflag"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// Fleet gives workers that are not started one by one on this machine, as package fleet/cli does. where is what --fleet
// says, and jobs how many trials are under way at once.
type Fleet func(ctx context.Context, s *trial.Service, where string, jobs int) (Crew, error)

// Crew are the workers of a fleet, until Close is called.
type Crew struct {
	NewWorker func() (campaign.Worker, error)
	Close     func()
}

// fleetJobs is how many trials are under way in a fleet unless --jobs says otherwise.
const fleetJobs = 64

// addFleet adds the flag, if the program has a fleet.
func (a *app) addFleet(flags *pflag.FlagSet, where *string) {
	if a.Fleet != nil {
		flags.StringVar(where, "fleet", "", "have the trials played by workers that ask for them: the URL of a NATS server "+
			"with JetStream, or local, for one in this program and workers beside it")
	}
}

// crew are the workers of a command: those of a fleet if it is asked for, or else worker processes of its own.
func (a *app) crew(ctx context.Context, flags *pflag.FlagSet, where string, jobs *int) (Crew, error) {
	if where == "" {
		return Crew{a.newWorker, func() {}}, nil
	}
	if !flags.Changed("jobs") && where != FleetLocal {
		*jobs = fleetJobs
	}
	c, err := a.Fleet(ctx, a.service, where, *jobs)
	if err != nil {
		return c, Usage(err)
	}
	return c, nil
}

// FleetLocal is the fleet that a command has to itself.
const FleetLocal = "local"
