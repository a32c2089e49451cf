package command

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ordeal/nemesis"
	"ordeal/testbed/campaign"
	"ordeal/testbed/coverage"
	"ordeal/testbed/kept"
	"ordeal/testbed/shards"
	"ordeal/testbed/trial"
)

// runFlags are the flags of `ordeal run`.
type runFlags struct {
	app *app

	workloads, nodes, faults, seeds string
	seed                            uint64
	length, budget                  time.Duration
	jobs                            int
	twice, json                     bool
	guided                          string // its goal, "" for none
	bug, plan, policy, out          string
	target, cluster, network        string
	require, settings, scenario     string
	order, fleet, costs             string
	rate                            int
	oneSeed                         bool // --seed was given
	ci                              ciFlags
}

const defaultBudget = 60 * time.Second

func (a *app) runCommand() *cobra.Command {
	f := runFlags{app: a}
	c := &cobra.Command{
		Use:   "run",
		Short: "runs a campaign of trials and says what it found",
		Long: `run plays one trial a seed, each in a worker process, until the seeds or the budget are spent. A seed
also picks the workload and the number of nodes among those given. Every failing trial is played twice before
it is reported, with one command to play it again; its files go to a folder under --out, and so do those of
the last few that passed.` + a.remoteText(),
		Args: ExactArgs(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.oneSeed = cmd.Flags().Changed("seed")
			if err := eitherOr(cmd, "seed", "seeds"); err != nil {
				return Usage(err)
			}
			for _, how := range []string{"cluster", "network", "target"} {
				if cmd.Flags().Changed(how) {
					return runLive(cmd, f, how)
				}
			}
			return runCampaign(cmd, f)
		},
	}
	flags := c.Flags()
	flags.StringVar(&f.workloads, "workloads", a.service.UsualWorkloads(), a.service.WorkloadsText())
	flags.StringVar(&f.nodes, "nodes", a.nodeList(), "numbers of servers")
	flags.StringVar(&f.faults, "faults", "swarm", a.faultsText())
	flags.DurationVar(&f.length, "length", a.service.TrialLength(), "virtual time under faults, a trial")
	flags.StringVar(&f.seeds, "seeds", "", "seeds, as 1-200 or 7-; default 1- until the budget is spent")
	flags.Uint64Var(&f.seed, "seed", 0, "one seed")
	flags.DurationVar(&f.budget, "budget", 0, "real time to spend; default 60s if the seeds have no end, else no bound")
	flags.IntVar(&f.jobs, "jobs", runtime.NumCPU(), "trials side by side")
	flags.BoolVar(&f.twice, "twice", false, "play every trial twice and compare")
	flags.StringVar(&f.bug, "bug", "", "plant a bug (see bugs list); the campaign ends when it is found")
	flags.StringVar(&f.plan, "plan", "", "a file with a plan of faults, in place of --faults")
	flags.StringVar(&f.policy, "policy", "merciful", "merciful: the service must come back, so faults that it can't "+
		"survive are softened; merciless: disks may forget, and only safety counts")
	if a.service.CheckSettings != nil || len(a.service.Settings) > 0 {
		flags.StringVar(&f.settings, "settings", "", a.settingsText())
	}
	f.addLive(flags)
	flags.IntVar(&f.rate, "rate", trial.DefaultRate, "about how many operations clients begin in a second")
	flags.StringVar(&f.guided, "guided", "", "branch every other trial from an earlier one that came closest to the "+
		"goal: "+goalText)
	flags.Lookup("guided").NoOptDefVal = goalDefault
	flags.StringVar(&f.require, "require", coverage.Usual, "what must have happened for a pass: names (the command "+
		"coverage lists them), all, none, or usual: what so many trials of the default campaign cover as good as always")
	flags.StringVar(&f.order, "order", "", "prioritized: which of the events of one instant comes first is by "+
		"priorities that the seed draws; default in turn")
	flags.StringVar(&f.scenario, "scenario", "", "a file of scenarios to look out for, besides the built-in ones")
	flags.StringVar(&f.out, "out", "ordeal-results", "folder for the files of kept trials")
	flags.BoolVar(&f.json, "json", false, "print one JSON object a trial, and nothing else, on standard output")
	flags.StringVar(&f.costs, "costs", "", "a file of what things cost in the trials' worlds, as calibrate writes it")
	f.ci.add(flags)
	a.addStore(flags, &f.ci.upload)
	a.addFleet(flags, &f.fleet)
	return c
}

// remoteText is what there is to know of --target, if the service can be tried where it runs already.
func (a *app) remoteText() string {
	if a.service.Remote == nil {
		return ""
	}
	return `

With --target the same clients and checkers work on a service that runs already, in real time. Such a trial can't
be played again.
` + a.service.Targets
}

// faultsText is what there is to know of --faults.
func (a *app) faultsText() string {
	text := "swarm, none, or families and kinds of fault: " + strings.Join(a.families(), ", ")
	if own := strings.Join(a.service.Faults, ", "); own != "" {
		text += "; swarm stands for " + own
	}
	if len(a.service.Scenarios) > 0 {
		text += "; with " + trial.Unaimed + " besides, none is aimed at a scenario"
	}
	return text
}

// settingsText is what there is to know of --settings.
func (a *app) settingsText() string {
	text := "how the service is set up in every trial"
	if own := strings.Join(a.service.Settings, ", "); own != "" {
		text += ": " + own
	}
	if a.service.DrawSettings != nil {
		text += "; what each seed draws by default"
	}
	return text
}

// nodeList is the numbers of servers that the service's campaigns try, as --nodes takes them.
func (a *app) nodeList() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(a.service.NodeCounts()), " ", ","), "[]")
}

// families names the families of faults of which some kind can do anything to the service.
func (a *app) families() (names []string) {
	for _, k := range nemesis.Kinds() {
		if a.service.Knows(k.Kind) {
			names = append(names, k.Family)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func runCampaign(cmd *cobra.Command, f runFlags) error {
	if err := eitherOr(cmd, "faults", "plan"); err != nil {
		return Usage(err)
	}
	scenarios, err := f.readScenarios()
	if err != nil {
		return Usage(err)
	}
	require, err := coverage.ParseRequirement(f.app.service, splitList(f.require))
	if err != nil {
		return Usage(err)
	}
	j, err := f.job(cmd)
	if err != nil {
		return Usage(err)
	}
	c, err := f.campaign()
	if err != nil {
		return Usage(err)
	}
	c.Scenarios = scenarios
	if err := kept.CheckOut(f.out); err != nil {
		return Usage(err)
	}
	shelf, err := f.app.claim(cmd.Context(), f.ci.upload, j.Shard, j.Claim)
	if err != nil {
		return err
	}
	crew, err := f.app.crew(cmd.Context(), cmd.Flags(), f.fleet, &c.Jobs)
	if err != nil {
		return err
	}
	defer crew.Close()
	c.NewWorker = crew.NewWorker
	show := newShow(cmd.OutOrStdout(), cmd.ErrOrStderr(), f, c.Budget)
	j.Say = show.say
	c.Trials, c.Done, c.Found = j.Trials(c.Trials), j.Noting(show.trial), show.finding
	report, err := j.Run(cmd.Context(), c)
	if err := f.hold(require, &report); err != nil {
		return err
	}
	show.end(report)
	fmt.Fprint(show.text, report.ScenariosText())
	code := unlessMissed(exitOf(report, j.Forgiven), j.Missed())
	if seeds, serr := f.seedsOf(); serr == nil && f.guided == "" && code == exitValid {
		show.green(seeds, report)
	}
	// A disk that is full was reported by the trial that met it; once is enough.
	out := kept.Folder(f.out)
	ierr := errors.Join(report.WriteIndex(out, j.Command), report.WriteSummary(out, j.Command),
		j.Close(report, outcomeOf(code)))
	if ierr != nil && err == nil {
		err = fmt.Errorf("the campaign's page can't be written: %w", ierr)
	}
	if err == nil {
		err = shelf.deliver(cmd.Context(), f.out, j.Shard, shards.FileName)
	}
	if err != nil {
		return err
	}
	show.page(filepath.Join(f.out, "index.html"))
	if code != exitValid {
		return exitError{Code: code}
	}
	return nil
}

// hold compares the campaign with what is required of it.
func (f runFlags) hold(require coverage.Requirement, report *campaign.Report) error {
	seeds, err := f.seedsOf()
	if err != nil {
		return err
	}
	known, err := coverage.Known(f.app.service)
	if err != nil {
		return err
	}
	if f.guided != "" {
		seeds.Workloads = nil // what its trials usually cover was never measured
	}
	report.Hold(require, seeds, known)
	return nil
}

// eitherOr refuses two flags together.
func eitherOr(cmd *cobra.Command, one, other string) error {
	if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
		return fmt.Errorf("--%s and --%s: either one or the other", one, other)
	}
	return nil
}

func (a *app) commandLine() string {
	return a.service.Name + " " + strings.Join(os.Args[1:], " ")
}

// campaign turns flags into a campaign.
func (f runFlags) campaign() (campaign.Campaign, error) {
	seeds, err := f.seedsOf()
	if err != nil {
		return campaign.Campaign{}, err
	}
	first, last, err := f.seedRange()
	if err != nil {
		return campaign.Campaign{}, err
	}
	budget := f.budget
	if budget == 0 && last == noLast {
		budget = defaultBudget
	}
	if f.jobs < 1 {
		return campaign.Campaign{}, fmt.Errorf("--jobs %d: it must be at least 1", f.jobs)
	}
	if budget < 0 {
		return campaign.Campaign{}, fmt.Errorf("--budget %v: it must not be negative", budget)
	}
	for _, t := range seeds.Corners() {
		if err := t.Check(); err != nil {
			return campaign.Campaign{}, err
		}
		if t.Idle() {
			return campaign.Campaign{}, fmt.Errorf("--faults %s: nothing of that can happen to %d servers under the policy %s",
				strings.Join(t.Faults, ","), t.Nodes, cmp.Or(t.Policy, nemesis.Merciful))
		}
	}
	c := campaign.Campaign{
		Service: f.app.service, Trials: f.ci.part.Whole().TrialsOf(seeds, first, last), Budget: budget, Jobs: f.jobs,
		Twice: f.twice, StopAtFirst: f.bug != "", Out: f.out, Full: f.json,
	}
	if f.guided != "" {
		goal, err := parseGoal(f.guided)
		if err != nil {
			return campaign.Campaign{}, fmt.Errorf("--guided: %w", err)
		}
		c.Guide = campaign.NewGuide(seeds, goal, first, int(f.seedCount()))
	}
	return c, nil
}

// seedsOf is what makes the campaign's trials.
func (f runFlags) seedsOf() (trial.Seeds, error) {
	template, err := f.template()
	if err != nil {
		return trial.Seeds{}, err
	}
	nodes, err := f.nodeCounts()
	return f.app.service.SeedsOf(template, splitList(f.workloads), nodes), err
}

// template is what all trials of the campaign have in common.
func (f runFlags) template() (trial.Trial, error) {
	t := trial.Trial{Service: f.app.service, Length: f.length, Rate: f.rate, Bug: f.bug, Faults: splitList(f.faults),
		Policy: nemesis.Policy(f.policy)}
	t.Settings = f.settings
	if f.order != "" {
		var err error
		if t.Order, err = trial.ParseOrder(f.order); err != nil {
			return t, err
		}
	}
	var err error
	if t.Costs, err = kept.Costs(f.costs); err != nil || f.plan == "" {
		return t, err
	}
	text, err := os.ReadFile(f.plan)
	if err != nil {
		return t, fmt.Errorf("the plan can't be read: %w", err)
	}
	t.Faults = nil
	t.Plan, err = trial.ParsePlan(filepath.Base(f.plan), text)
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
	if err != nil || last == noLast || f.ci.endless {
		return 0
	}
	return int64(f.ci.part.Whole().Own(last - first + 1))
}

func splitList(s string) []string { return strings.Split(s, ",") }
