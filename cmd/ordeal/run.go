package main

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ordeal"
)

// runFlags are the flags of `ordeal run`.
type runFlags struct {
	workloads, nodes, faults, seeds string
	seed                            uint64
	length, budget                  time.Duration
	jobs                            int
	twice, json, guided             bool
	bug, plan, policy, out, target  string
	require                         string
	rate                            int
	oneSeed                         bool // --seed was given
}

const defaultBudget = 60 * time.Second

func runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run",
		Short: "runs a campaign of trials and says what it found",
		Long: `run plays one trial a seed, each in a worker process, until the seeds or the budget are spent. A seed also picks the
workload and the number of nodes among those given. Every failing trial is played twice before it is reported, with one command
to play it again; its files go to a folder under --out, and so do those of the last few that passed.

With --target the same clients and checkers work on a service that runs already, ours or Apache ZooKeeper, in real time. All that
they do is below one new znode, which is removed in the end. Such a trial can't be played again.`,
		Args: exactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.oneSeed = cmd.Flags().Changed("seed")
			if err := eitherOr(cmd, "seed", "seeds"); err != nil {
				return usage(err)
			}
			if cmd.Flags().Changed("target") {
				return runTarget(cmd, f)
			}
			return runCampaign(cmd, f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.workloads, "workloads", strings.Join(ordeal.Workloads(), ","), "what clients do")
	flags.StringVar(&f.nodes, "nodes", "3,5", "numbers of servers")
	flags.StringVar(&f.faults, "faults", "swarm", "swarm, none, or families and kinds of fault: "+strings.Join(ordeal.FaultFamilies(), ", "))
	flags.DurationVar(&f.length, "length", ordeal.DefaultLength, "virtual time under faults, a trial")
	flags.StringVar(&f.seeds, "seeds", "", "seeds, as 1-200 or 7-; default 1- until the budget is spent")
	flags.Uint64Var(&f.seed, "seed", 0, "one seed")
	flags.DurationVar(&f.budget, "budget", 0, "real time to spend; default 60s if the seeds have no end, else no bound")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "trials side by side")
	flags.BoolVar(&f.twice, "twice", false, "play every trial twice and compare")
	flags.StringVar(&f.bug, "bug", "", "plant a bug (`ordeal bugs list`); the campaign ends when it is found")
	flags.StringVar(&f.plan, "plan", "", "a file with a plan of faults, in place of --faults")
	flags.StringVar(&f.policy, "policy", "merciful", "merciful: the service must come back, so faults that it can't survive are softened; merciless: disks may forget, and only safety counts")
	flags.StringVar(&f.target, "target", "", "HOST:PORT,... of a service that runs already: real time, no faults, each seed with each workload")
	flags.IntVar(&f.rate, "rate", ordeal.DefaultRate, "about how many operations clients begin in a second")
	flags.BoolVar(&f.guided, "guided", false, "branch every other trial from an earlier one that reached new states of the protocol")
	flags.StringVar(&f.require, "require", ordeal.RequireUsual, "what must have happened for a pass: names (`ordeal coverage` lists them), all, none, or usual: what so many trials of the default campaign cover as good as always")
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the files of kept trials")
	flags.BoolVar(&f.json, "json", false, "print one JSON object a trial, and nothing else, on standard output")
	return c
}

func runCampaign(cmd *cobra.Command, f runFlags) error {
	if err := eitherOr(cmd, "faults", "plan"); err != nil {
		return usage(err)
	}
	campaign, err := f.campaign()
	if err != nil {
		return usage(err)
	}
	require, err := ordeal.ParseRequirement(splitList(f.require))
	if err != nil {
		return usage(err)
	}
	if err := checkOut(f.out); err != nil {
		return usage(err)
	}
	show := newShow(cmd.OutOrStdout(), cmd.ErrOrStderr(), f, campaign.Budget)
	campaign.Done, campaign.Found = show.trial, show.finding
	report, err := campaign.Run(cmd.Context())
	if err := f.hold(require, &report); err != nil {
		return err
	}
	show.end(report)
	if sweep, serr := f.sweep(); serr == nil && !f.guided && exitOf(report) == exitValid {
		show.green(sweep, report)
	}
	// A disk that is full was reported by the trial that met it; once is enough.
	ierr := errors.Join(report.WriteIndex(folder(f.out), commandLine()), report.WriteSummary(folder(f.out), commandLine()))
	if ierr != nil && err == nil {
		err = fmt.Errorf("the campaign's page can't be written: %w", ierr)
	}
	if err != nil {
		return err
	}
	show.page(filepath.Join(f.out, "index.html"))
	if code := exitOf(report); code != exitValid {
		return exitError{code: code}
	}
	return nil
}

// hold compares the campaign with what is required of it.
func (f runFlags) hold(require ordeal.Requirement, report *ordeal.Report) error {
	sweep, err := f.sweep()
	if err != nil {
		return err
	}
	known, err := ordeal.KnownCoverage()
	if err != nil {
		return err
	}
	if f.guided {
		sweep = ordeal.Sweep{} // nobody has measured what its trials usually cover
	}
	require.Hold(sweep, known, report)
	return nil
}

// eitherOr refuses two flags together.
func eitherOr(cmd *cobra.Command, one, other string) error {
	if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
		return fmt.Errorf("--%s and --%s: either one or the other", one, other)
	}
	return nil
}

// exitOf is the exit code of a campaign. What is wrong with the tool comes first, since then nothing else holds; invalid
// comes before unknown. A campaign that judged nothing is unknown, and so is one that was cut short or did not cover what
// was required of it: it is no pass.
func exitOf(r ordeal.Report) int {
	code := exitValid
	if r.Tally.Trials == 0 || r.Tally.Unknown > 0 || r.Interrupted || len(r.Missing) > 0 {
		code = exitUnknown
	}
	for _, f := range r.Findings {
		switch f.Kind {
		case ordeal.FindingNondeterministic:
			return exitTool
		case ordeal.FindingUnknown:
		default:
			code = exitInvalid
		}
	}
	return code
}

func commandLine() string {
	return "ordeal " + strings.Join(os.Args[1:], " ")
}

// campaign turns flags into a campaign.
func (f runFlags) campaign() (ordeal.Campaign, error) {
	sweep, err := f.sweep()
	if err != nil {
		return ordeal.Campaign{}, err
	}
	first, last, err := f.seedRange()
	if err != nil {
		return ordeal.Campaign{}, err
	}
	budget := f.budget
	if budget == 0 && last == noLast {
		budget = defaultBudget
	}
	if f.jobs < 1 {
		return ordeal.Campaign{}, fmt.Errorf("--jobs %d: it must be at least 1", f.jobs)
	}
	if budget < 0 {
		return ordeal.Campaign{}, fmt.Errorf("--budget %v: it must not be negative", budget)
	}
	for _, t := range sweep.Corners() {
		if err := t.Check(); err != nil {
			return ordeal.Campaign{}, err
		}
	}
	c := ordeal.Campaign{
		Trials: trialsOf(sweep, first, last), Budget: budget, Jobs: f.jobs, NewWorker: newWorker,
		Twice: f.twice, StopAtFirst: f.bug != "", Out: f.out, Full: f.json,
	}
	if f.guided {
		c.Guide = ordeal.NewGuide(sweep, first, int(f.seedCount()))
	}
	return c, nil
}

// sweep is what makes the campaign's trials.
func (f runFlags) sweep() (ordeal.Sweep, error) {
	template, err := f.template()
	if err != nil {
		return ordeal.Sweep{}, err
	}
	nodes, err := f.nodeCounts()
	return ordeal.Sweep{Template: template, Workloads: splitList(f.workloads), Nodes: nodes}, err
}

func trialsOf(s ordeal.Sweep, first, last uint64) iter.Seq[ordeal.Trial] {
	return func(yield func(ordeal.Trial) bool) {
		for seed := first; yield(s.Trial(seed)) && seed != last; seed++ {
		}
	}
}

// template is what all trials of the campaign have in common.
func (f runFlags) template() (ordeal.Trial, error) {
	t := ordeal.Trial{Length: f.length, Rate: f.rate, Bug: f.bug, Faults: splitList(f.faults), Policy: ordeal.Policy(f.policy)}
	if f.plan == "" {
		return t, nil
	}
	text, err := os.ReadFile(f.plan)
	if err != nil {
		return t, fmt.Errorf("the plan can't be read: %w", err)
	}
	t.Faults = nil
	t.Plan, err = ordeal.ParsePlan(filepath.Base(f.plan), text)
	return t, err
}

func (f runFlags) nodeCounts() ([]int, error) {
	var counts []int
	for _, word := range splitList(f.nodes) {
		n, err := strconv.Atoi(word)
		if err != nil {
			return nil, fmt.Errorf("--nodes %s: %q is not a number", f.nodes, word)
		}
		counts = append(counts, n)
	}
	return counts, nil
}

// noLast stands for seeds without an end.
const noLast = ^uint64(0)

// seedRange is the first and the last seed.
func (f runFlags) seedRange() (first, last uint64, err error) {
	if f.oneSeed {
		return f.seed, f.seed, nil
	}
	if f.seeds == "" {
		return 1, noLast, nil
	}
	from, to, isRange := strings.Cut(f.seeds, "-")
	bad := fmt.Errorf("--seeds %s: it must be a number, or a range as 1-200 or 7-", f.seeds)
	if first, err = strconv.ParseUint(from, 10, 64); err != nil {
		return 0, 0, bad
	}
	switch {
	case !isRange:
		return first, first, nil
	case to == "":
		return first, noLast, nil
	}
	if last, err = strconv.ParseUint(to, 10, 64); err != nil || last < first {
		return 0, 0, bad
	}
	return first, last, nil
}

// seedCount is how many seeds there are; 0 stands for no end.
func (f runFlags) seedCount() int64 {
	first, last, err := f.seedRange()
	if err != nil || last == noLast {
		return 0
	}
	return int64(last-first) + 1
}

func splitList(s string) []string { return strings.Split(s, ",") }
