package trial

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/testbed/load"
)

// Service is a system that can be put on trial. Name, Workloads and Begin have to be there; the rest is as much as the
// service has.
type Service struct {
	// Name begins the service's trial lines, and Version is that of the lines: it changes whenever the same line would no
	// longer mean the same trial.
	Name    string
	Version int
	// Program is what users type to call the program of the service's commands, such as "go run ."; Name if it is "". One
	// that failpoint-build has built has a place of its own, "bin/" and the name.
	Program string
	// What says in half a sentence what the service is, for the command's help.
	What string
	// Workloads are what clients can do with it.
	Workloads []Workload
	// Nodes are the numbers of servers that a campaign tries unless it is told others; 3 and 5 if it is empty.
	Nodes []int
	// Length is how long trials of the default campaign last; DefaultLength if it is 0.
	Length time.Duration
	// Begin makes the service of one trial.
	Begin func(s *Stage) Instance

	// Settings are the words that say how the service can be set up, where these are few: a variant of it, say, in which a
	// bug is mended. A trial that has none of them is of the service as it is.
	Settings []string
	// DrawSettings, unless it is nil, draws how the service is set up in a trial, as one word; CheckSettings says what is
	// wrong with such a word that is none of Settings, and SimplerSettings, unless it is nil, lists others with which a
	// trial may be easier to follow.
	DrawSettings    func(rng *rand.Rand) string
	CheckSettings   func(settings string) error
	SimplerSettings func(settings string) []string
	// Lies are what the disks of a trial may promise and not do, to see whether trials notice, and Lying returns settings
	// with one of them. Both may be left out.
	Lies  []string
	Lying func(settings, lie string) string

	// Bugs are the planted bugs, in the order of BugClasses, which may be left out. A bug is a failpoint of its name, in
	// its package.
	Bugs       []Bug
	BugClasses []string
	// Marks are the failpoints at which a fault can crash a server, by name, with the import paths of their packages. Each
	// calls what failpoint.InjectCall is given with the machine's host.Addr. Marked says that failpoints do anything in
	// this build.
	Marks  map[string]string
	Marked bool

	// Items are what a trial may cover, besides the kinds of fault. Instance and monitors say by Stage.Covered what did.
	Items []Item
	// Wanted names those of them that a default campaign of some dozens of trials is no pass without, whatever was
	// measured.
	Wanted []string
	// Deeds are what servers do that Instance and monitors tell by Stage.Did, besides those that the testbed sees itself.
	// Scenarios are patterns of deeds and faults that trials are to bring about: see package scenario.
	Deeds     []Deed
	Scenarios []scenario.Scenario
	// more are scenarios of a user: trials look out for them, and faults are not aimed at them.
	more []scenario.Scenario
	// Faults are what the word "swarm" stands for in the service's trials, where that is less than everything: words as
	// nemesis.Select takes them. Other faults are tried where a trial names them.
	Faults []string
	// Asks are the kinds of fault, of those that ask the service for something, which Instance.Operator carries out; and
	// Tells are the roles, of nemesis.ToldRoles, that it knows. The swarm draws no others: a service without an Operator
	// has none.
	Asks  []nemesis.Kind
	Tells []string
	// ElectionTime is within what time the service has another leader after one is lost, and MemoryTime for how long it
	// remembers a client that is silent: faults that are to be longer than that go by it. 1.5 s and 4 s if they are 0.
	ElectionTime, MemoryTime time.Duration
	// Drills are short trials in which every fault can be tried at every point.
	Drills []Drill
	// Prices and Coverage are what earlier campaigns measured, as the files that the commands `bugs run --write` and
	// `coverage --write` make.
	Prices, Coverage []byte
	// Regression is the function that an emitted test calls with the test and the trial line, such as "ordeal.Regression",
	// and Import the import path of its package. Without an Import the test is in the package of the files beside it, as
	// it has to be where that is a main package. Most such functions call testbed.Regression.
	Import, Regression string
	// Remote, unless it is nil, tries the service where it runs already. Targets says in sentences, for the command's
	// help, which services may run there, and what clients leave behind.
	Remote  func(s *RemoteStage) Remote
	Targets string
	// Protocols are what real clusters are tried as whose clients speak another protocol than the service's, by its name.
	Protocols map[string]*Service
	// Busy, unless it is nil, says in words what runs at the moment, to another goroutine than the trial's: of a trial
	// that has no end.
	Busy func() string
	// Bench, unless it is nil, says how the service is measured.
	Bench *Bench
}

// Workload is one kind of use.
type Workload struct {
	Name string
	// Apart says that the default campaign leaves it out: which trials its seeds mean stays as it was without it. It is
	// tried by its name, and with a bug that only shows in it.
	Apart bool
	// Model is the name of the model that its histories are of, as `check --model` takes it; Name unless it is given.
	Model string
	// Judge judges what the clients saw. Every verdict is that of one checker.
	Judge func(h history.History) []checker.Verdict
	// Class, unless it is nil, says which class an operation of a name is of, such as "reads": plots tell classes apart.
	Class func(f string) string
	// Waits, unless it is nil, says of which name operations may have to wait for other clients, as for a lock that one of
	// them holds: how long these take says nothing of whether the service serves.
	Waits func(f string) bool
}

// Item is something that a trial may cover: a kind of fault that fired, the role of a machine that a family of faults
// hit, or a path that the service took to recover.
type Item struct{ Name, What string }

// Drill is a trial that is short enough for everything in it to be tried. Line is its trial line without what all of
// the service's begin with: "seed=1 workload=… nodes=3 …".
type Drill struct{ Name, What, Line string }

// Bug is a bug that is planted in a service, to see whether the checkers find it.
type Bug struct {
	Name string
	// Class says which part of the service's promises it breaks: one of Service.BugClasses, if there are any.
	Class string
	// Package is the import path of the code that it is planted in.
	Package string
	// What says what the code then does wrong.
	What string
	// Imitates names the published bugs that it is like.
	Imitates string
	// Workloads are those in which it shows; those of the default campaign if it is empty.
	Workloads []string
	// Caught names the checker that must catch it, or those of which one must, with " or " between them; "linearizable" is
	// that of whatever model.
	Caught string
}

// CaughtBy says whether a checker of that name, as in a trial's verdict, is one that must catch the bug.
func (b Bug) CaughtBy(checker string) bool {
	return slices.ContainsFunc(strings.Split(b.Caught, " or "), func(one string) bool {
		return checker == one || strings.HasPrefix(checker, one+" ")
	})
}

// Bug finds a planted bug.
func (s *Service) Bug(name string) (Bug, bool) {
	for _, b := range s.Bugs {
		if b.Name == name {
			return b, true
		}
	}
	return Bug{}, false
}

// WorkloadNames names the workloads, in their order.
func (s *Service) WorkloadNames() (names []string) {
	for _, w := range s.Workloads {
		names = append(names, w.Name)
	}
	return names
}

// Workload finds a workload. It panics if there is none of the name: a trial that passes Check has one.
func (s *Service) Workload(name string) Workload {
	for _, w := range s.Workloads {
		if w.Name == name {
			return w
		}
	}
	panic(fmt.Sprintf("trial: %s has no workload %s", s.Name, name))
}

// ModelName is Model, or what it is by default.
func (w Workload) ModelName() string { return cmp.Or(w.Model, w.Name) }

// NodeCounts are the numbers of servers that a campaign tries unless it is told others.
func (s *Service) NodeCounts() []int {
	if len(s.Nodes) == 0 {
		return []int{3, 5}
	}
	return s.Nodes
}

// TrialLength is Length, or what it is by default.
func (s *Service) TrialLength() time.Duration { return cmp.Or(s.Length, DefaultLength) }

// Patience is ElectionTime and MemoryTime, or what they are by default.
func (s *Service) Patience() (elected, forgotten time.Duration) {
	return cmp.Or(s.ElectionTime, 1500*time.Millisecond), cmp.Or(s.MemoryTime, 4*time.Second)
}

// Knows says whether a fault of the kind can do anything to the service.
func (s *Service) Knows(k nemesis.Kind) bool {
	if k == nemesis.Failpoint || k == nemesis.CrashAtMark {
		return len(s.Marks) > 0
	}
	return !k.Asks() || slices.Contains(s.Asks, k)
}

// untold are the roles that the service does not tell.
func (s *Service) untold() []string {
	return slices.DeleteFunc(nemesis.ToldRoles(), func(role string) bool { return slices.Contains(s.Tells, role) })
}

// MarkNames names the marks, sorted.
func (s *Service) MarkNames() []string { return slices.Sorted(maps.Keys(s.Marks)) }

// Called is the command that plays the service's trials, as its users call it.
func (s *Service) Called() string {
	if s.Marked {
		return "bin/" + s.Name
	}
	return cmp.Or(s.Program, s.Name)
}

// Bench says how a service is measured: see docs/BENCH.md. Instance.Load makes its clients.
type Bench struct {
	// Kinds are the kinds of request that it can be asked for: shapes of load that want others are left out.
	Kinds []load.Kind
	// Shapes and Networks are the service's own, besides load.Shapes and load.Networks.
	Shapes   []load.Shape
	Networks []load.Network
	// Settings is how it is set up then.
	Settings string
}

// AllShapes are the shapes of load that the service can be measured under, the built-in ones first.
func (b *Bench) AllShapes() []load.Shape {
	return slices.DeleteFunc(slices.Concat(load.Shapes(), b.Shapes), func(s load.Shape) bool {
		return slices.ContainsFunc(s.Asks(), func(k load.Kind) bool { return !slices.Contains(b.Kinds, k) })
	})
}

// AllNetworks are the networks that the service can be measured over, the built-in ones first.
func (b *Bench) AllNetworks() []load.Network { return slices.Concat(load.Networks(), b.Networks) }
