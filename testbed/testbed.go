package testbed

import (
	"github.com/spf13/cobra"

	bench "ordeal/testbed/bench/cli"
	"ordeal/testbed/cause"
	"ordeal/testbed/command"
	"ordeal/testbed/diff"
	events "ordeal/testbed/events/cli"
	findings "ordeal/testbed/findings/cli"
	mcp "ordeal/testbed/mcp/cli"
	"ordeal/testbed/page"
	"ordeal/testbed/play"
	recorded "ordeal/testbed/recorded/cli"
	"ordeal/testbed/trial"
)

// The types in which a service describes itself: see package trial.
type (
	// Service is a system that can be put on trial.
	Service = trial.Service
	// Workload is one kind of use.
	Workload = trial.Workload
	// Stage is where a trial plays, and Instance the service in one trial.
	Stage    = trial.Stage
	Instance = trial.Instance
	// Status is what a server's program says of itself.
	Status = trial.Status
	// Monitor observes a trial; testbed.Unconcerned is for embedding in one.
	Monitor     = trial.Monitor
	Unconcerned = trial.Unconcerned
	// Bug is a planted bug, testbed.Item something that a trial may cover, testbed.Drill a trial that is short enough
	// for everything in it to be tried.
	Bug   = trial.Bug
	Item  = trial.Item
	Drill = trial.Drill
	// Summary is the result of a trial. Its Outcome is "valid", "unknown" or "invalid".
	Summary = play.Summary
	// Seeds makes trials of seeds; testbed.Trial is one of them, with everything that it depends on.
	Trial = trial.Trial
	Seeds = trial.Seeds
)

// Marked says that failpoint-build has built this program: it is for Service.Marked. A build with an overlay that it
// has kept needs -tags failpoints.
const Marked = trial.Marked

// ModelWorkload is a workload that has the name of a model, such as "register", and is judged by all that can be said
// of it.
func ModelWorkload(model string) Workload { return trial.ModelWorkload(model) }

// Main is the whole of a program that puts a service on trial: it has the commands run, replay, shrink, explain, sweep,
// coverage, bugs, findings, check, bench, cause and diff, and those that are given besides. It ends the process.
func Main(s *Service, more ...*cobra.Command) { MainWith(s, Extras{Commands: more}) }

// Extras are what a program has besides, such as the fleet of package fleet/cli.
type Extras = command.Extras

// MainWith is Main for a program that has more than commands besides.
func MainWith(s *Service, more Extras) {
	more.Commands = append(more.Commands, bench.Command(s), cause.Command(s), diff.Command(s), events.Command(),
		findings.Command(s), mcp.Command(s), page.Command(s), recorded.Check(), recorded.Convert())
	command.Main(s, more)
}
