package trial

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/sim"
)

// Trial is one run, and everything that it depends on besides the binary.
type Trial struct {
	// Service is what is on trial.
	Service  *Service
	Seed     uint64
	Workload string // the name of one of the service's
	Nodes    int    // servers, 1 to 9
	// Faults are words as nemesis.Select takes them: what the swarm draws its plan from. The word "swarm" stands for the
	// service's Faults, if it has any. It is empty if Plan is set.
	Faults []string
	// Plan, if it is not nil, is what the nemesis does instead.
	Plan nemesis.Plan
	// Policy says how far the faults may go; "" is nemesis.Merciful.
	Policy nemesis.Policy
	// Length is how long faults and clients go on, in virtual time; the trial goes on a little to see the service
	// recover.
	Length time.Duration
	// Rate is about how many operations the clients begin in a virtual second.
	Rate int
	// Bug is a planted bug, one of the service's, or "".
	Bug string
	Cut
}

// Defaults of a trial.
const (
	DefaultLength = 60 * time.Second
	DefaultRate   = 100
	// LengthMin is the least length.
	LengthMin = time.Second
	lengthMax = 24 * time.Hour
	rateMax   = 100_000
	nodesMax  = 9
)

// A trial has at least clientsMin clients; more only where a higher rate asks for them, one for each rateOfOne.
const (
	clientsMin = 10
	rateOfOne  = 20
)

// service is never nil, so that a trial of no service has a line.
func (t Trial) service() *Service {
	if t.Service == nil {
		return &Service{}
	}
	return t.Service
}

// Merciless says that disks may forget, and that only safety is demanded.
func (t Trial) Merciless() bool { return t.Policy == nemesis.Merciless }

// Check says what is wrong with a trial.
func (t Trial) Check() error {
	switch {
	case t.Service == nil:
		return errors.New("a trial of no service")
	case !slices.Contains(t.Service.WorkloadNames(), t.Workload):
		return fmt.Errorf("workload %q is not known: there are %s", t.Workload, strings.Join(t.Service.WorkloadNames(), ", "))
	case t.Nodes < 1 || t.Nodes > nodesMax:
		return fmt.Errorf("%d nodes: it must be from 1 to %d", t.Nodes, nodesMax)
	case t.Length < LengthMin || t.Length > lengthMax:
		return fmt.Errorf("a length of %v: it must be from %v to %v", t.Length, LengthMin, lengthMax)
	case t.Rate < 1 || t.Rate > rateMax:
		return fmt.Errorf("a rate of %d: it must be from 1 to %d", t.Rate, rateMax)
	}
	if _, ok := t.Service.Bug(t.Bug); t.Bug != "" && !ok {
		return fmt.Errorf("bug %q is not known: `%s bugs list` says which there are", t.Bug, t.Service.Name)
	}
	if err := t.checkFaults(); err != nil {
		return err
	}
	if err := t.Cut.check(t.Clients()); err != nil {
		return err
	}
	if _, err := nemesis.ParsePolicy(string(t.Policy)); err != nil {
		return err
	}
	return errors.Join(t.checkSettings(), t.checkMachines(), t.checkMarks())
}

// checkFaults says which fault is not known, or can't be asked of the service.
func (t Trial) checkFaults() error {
	if err := t.Service.checkPatterns(t.Plan.Patterns()); err != nil {
		return err
	}
	for _, s := range t.Plan {
		if k := s.Fault.Kind; !t.Service.Knows(k) {
			return fmt.Errorf("the plan has the fault %s, which %s can't be asked for", k, t.Service.Name)
		}
	}
	if t.Plan != nil {
		return nil
	}
	if _, err := nemesis.Select(t.Service.Faults); err != nil {
		return fmt.Errorf("what swarm stands for, by Service.Faults of %s: %w", t.Service.Name, err)
	}
	words := t.faultWords()
	if len(words) == 0 {
		return fmt.Errorf("faults: %s says what is not done: it needs others, as in swarm,%s", Unaimed, Unaimed)
	}
	if _, err := nemesis.Select(words); err != nil {
		return err
	}
	for _, word := range words {
		if kinds, _ := nemesis.Select([]string{word}); len(kinds) > 0 && !slices.ContainsFunc(kinds, t.Service.Knows) {
			return fmt.Errorf("faults: %s can't be asked for %s", t.Service.Name, word)
		}
	}
	return nil
}

// Unaimed is a word of Trial.Faults: no fault is aimed at a scenario.
const Unaimed = "unaimed"

// faultWords are the words of Faults, with those of the service in the place of "swarm".
func (t Trial) faultWords() (words []string) {
	for _, word := range t.Faults {
		if word == Unaimed {
			continue
		}
		if word == "swarm" && len(t.Service.Faults) > 0 {
			words = append(words, t.Service.Faults...)
		} else {
			words = append(words, word)
		}
	}
	return words
}

func (t Trial) checkSettings() error {
	s := t.Service
	if t.Settings == "" || slices.Contains(s.Settings, t.Settings) {
		return nil
	}
	err := fmt.Errorf("%s has none", s.Name)
	switch {
	case s.CheckSettings != nil:
		err = s.CheckSettings(t.Settings)
	case len(s.Settings) > 0:
		err = fmt.Errorf("%s has %s", s.Name, strings.Join(s.Settings, ", "))
	}
	if err != nil {
		return fmt.Errorf("settings=%s: %w", t.Settings, err)
	}
	return nil
}

// checkMachines says which machine of the plan is not there.
func (t Trial) checkMachines() error {
	servers, clients := numbered("n", t.Nodes+t.Plan.Newcomers()), numbered("c", t.Clients())
	for _, m := range t.Plan.Machines() {
		if !slices.Contains(servers, m) && !slices.Contains(clients, m) {
			return fmt.Errorf("the plan names %s: there are servers n1 to n%d and clients c1 to c%d", m, len(servers),
				len(clients))
		}
	}
	return nil
}

// ErrUnmarked is of a trial that asks for what only a build with failpoints can do.
var ErrUnmarked = errors.New("this program was built without failpoints: build it with failpoint-build")

// checkMarks says what is wrong with a trial's bug, and with the marks that its plan names.
func (t Trial) checkMarks() error {
	needs := t.Bug != "" || slices.Contains(t.faultWords(), string(nemesis.Failpoint))
	for _, mark := range t.Marks() {
		needs = true
		if _, ok := t.Service.Marks[mark]; !ok {
			return fmt.Errorf("failpoint %q is not known: there are %s", mark, strings.Join(t.Service.MarkNames(), ", "))
		}
	}
	if needs && !t.Service.Marked {
		return ErrUnmarked
	}
	return nil
}

// Marks names the failpoints at which the trial's plan crashes machines, sorted. Only these are switched on: to be
// called by one takes as long as to write a record, and a trial comes to tens of thousands.
func (t Trial) Marks() (names []string) {
	for _, s := range t.Plan {
		if s.Fault.Mark != "" {
			names = append(names, s.Fault.Mark)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Servers are the machines of the servers that the service begins with: "n1" and on.
func (t Trial) Servers() []host.Addr { return numbered("n", t.Nodes) }

// Clients is how many clients there are if the trial's script does not say: more only where a higher rate asks for
// them.
func (t Trial) Clients() int { return max(clientsMin, t.Rate/rateOfOne) }

// ClientNumbers are the clients that there are, counted from 1: all, or those of the script. The machine of client 1 is
// "c1".
func (t Trial) ClientNumbers() []int {
	var numbers []int
	for _, c := range t.Script {
		numbers = append(numbers, c.Client)
	}
	if t.Script == nil {
		for i := range t.Clients() {
			numbers = append(numbers, i+1)
		}
	}
	return numbers
}

func numbered(letter string, n int) (names []host.Addr) {
	for i := range n {
		names = append(names, host.Addr(fmt.Sprintf("%s%d", letter, i+1)))
	}
	return names
}

// DrawPlan is the plan of a trial: its own, or what the swarm draws from the seed.
func (t Trial) DrawPlan() nemesis.Plan {
	if t.Plan != nil {
		return t.Plan
	}
	o := t.swarm(t.faultWords())
	plan := nemesis.Swarm(sim.Stream(t.Seed, "plan"), o)
	if plan == nil || slices.Contains(t.Faults, Unaimed) {
		return plan
	}
	plan = append(plan, nemesis.Aim(sim.Stream(t.Seed, "scenario"), t.Service.aims(o))...)
	slices.SortStableFunc(plan, func(a, b nemesis.Step) int { return cmp.Compare(a.At, b.At) })
	return plan
}

// swarm is what plans of such faults are drawn for.
func (t Trial) swarm(faults []string) nemesis.SwarmOptions {
	kinds, err := nemesis.Select(faults)
	if err != nil {
		panic("trial: one that was not checked: " + err.Error())
	}
	kinds = slices.DeleteFunc(kinds, func(k nemesis.Kind) bool { return !t.Service.Knows(k) })
	return nemesis.SwarmOptions{
		Nodes: t.Servers(), Clients: true, Length: t.Length, Kinds: kinds, Policy: t.Policy,
		Marks: t.Service.MarkNames(), Untold: t.Service.untold(),
	}
}

// AimAt draws faults of the trial's that bring about what a pattern has of them.
func (t Trial) AimAt(rng *rand.Rand, p scenario.Pattern) nemesis.Plan {
	return nemesis.AimAt(rng, p, t.Service.aims(t.swarm(t.faultWords())))
}

// Idle reports whether faults are asked for by name of which none can happen in the trial.
func (t Trial) Idle() bool {
	byName := t.Plan == nil && !slices.Contains(t.Faults, "none") && !slices.Contains(t.Faults, "swarm")
	return byName && len(t.DrawPlan()) == 0
}

// DrawSettings is how the service of a trial is set up: as the trial says, or as the service draws it from the seed.
func (t Trial) DrawSettings() string {
	if t.Settings != "" || t.Service.DrawSettings == nil {
		return t.Settings
	}
	return t.Service.DrawSettings(sim.Stream(t.Seed, "config"))
}

// Name is short and good for a folder; the line is what tells trials apart for certain.
func (t Trial) Name() string {
	name := fmt.Sprintf("%s-n%d-seed%d", t.Workload, t.Nodes, t.Seed)
	if t.Bug != "" {
		name += "-" + t.Bug
	}
	for _, s := range t.Plan {
		if s.Fault.Pinned() {
			name += "-" + strings.ReplaceAll(s.Fault.String(), " ", "-")
		}
	}
	if t.Branch.Number != 0 {
		name += "-branch" + strings.ReplaceAll(branchText(t.Branch), "/", "-")
	}
	return name
}

// Command is what to paste to play the trial again.
func (t Trial) Command() string { return t.service().Called() + " replay '" + t.Line() + "'" }
