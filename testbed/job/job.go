package job

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"ordeal/reports"
	"ordeal/testbed/campaign"
	"ordeal/testbed/findings"
	"ordeal/testbed/play"
	"ordeal/testbed/policy"
	"ordeal/testbed/shards"
	"ordeal/testbed/trial"
)

// Job is a campaign and what is around it.
type Job struct {
	Service *trial.Service
	Purpose policy.Purpose
	// Seeds make the trials, of the seeds from First to Last; Endless says that no campaign comes to the last.
	Seeds       trial.Seeds
	First, Last uint64
	Endless     bool
	// Shard is the part that is to be played, if Of is not 0.
	Shard shards.Shard
	// Command is what to paste for the whole campaign, Commit what is on trial, and Build tells the program apart.
	Command, Commit, Build string
	// Require are the words of what must be covered; StopsAtFirst says that the first finding ends the campaign.
	Require      string
	StopsAtFirst bool
	// Findings is the findings folder, "" for none, and Canary the name of the canary, or a word for one.
	Findings, Canary string
	// Out is the folder of results, which Folder writes to.
	Out    string
	Folder reports.Folder
	Teller

	canary policy.Canary // of no Bug: none
	// missed says that the canary was not found, and again how the trials of known findings came out.
	missed bool
	again  []shards.Again
	// played is how many trials there were besides those.
	played uint64
	cases  caseLog
}

// Open reads what there is to read before anything is played.
func (j *Job) Open() (err error) {
	if j.Findings != "" {
		if j.memory, err = findings.Open(j.Findings, j.Service); err != nil {
			return err
		}
	}
	if j.Canary != "" {
		j.canary, _, err = policy.ChooseCanary(j.Service, j.Canary)
	}
	return err
}

// Trials are those of the campaign: a release plays none but those of known findings.
func (j *Job) Trials(all iter.Seq[trial.Trial]) iter.Seq[trial.Trial] {
	if j.Purpose == policy.Release {
		return func(func(trial.Trial) bool) {}
	}
	return all
}

// Noting is a campaign's Done that keeps what a test report needs.
func (j *Job) Noting(done func(campaign.Tally, play.Summary)) func(campaign.Tally, play.Summary) {
	return func(t campaign.Tally, s play.Summary) {
		j.cases.add(j.Service, s)
		done(t, s)
	}
}

// Run plays the campaign, behind the canary and the trials of known findings. What these show is in the report; one
// that is unknown is about nothing any more, which is no matter of this campaign's. An error is the tool's own, and the
// report holds what was found all the same.
func (j *Job) Run(ctx context.Context, c campaign.Campaign) (campaign.Report, error) {
	if err := j.findCanary(ctx, c); err != nil {
		return campaign.Join(j.Service, nil), err
	}
	known, err := j.playKnown(ctx, c)
	if err != nil {
		return campaign.Join(j.Service, []campaign.Report{known}), err
	}
	own, err := c.Run(ctx)
	j.played = uint64(own.Tally.Trials)
	return campaign.Join(j.Service, []campaign.Report{known, own}).Ended(own), err
}

func (j *Job) findCanary(ctx context.Context, c campaign.Campaign) error {
	if j.canary.Bug.Name == "" {
		return nil
	}
	found, err := j.canary.Find(ctx, j.First, c.Jobs, c.NewWorker)
	if err != nil || ctx.Err() != nil {
		return err
	}
	j.missed = !found
	j.Say(j.canary.Text(j.missed))
	return nil
}

// known are the findings whose trials are this shard's to play again.
func (j *Job) known() (mine []findings.Finding) {
	if j.memory == nil {
		return nil
	}
	part := j.Shard.Whole()
	for i, one := range j.memory.First() {
		if i%part.Of == part.Index-1 {
			mine = append(mine, one)
		}
	}
	return mine
}

func (j *Job) playKnown(ctx context.Context, c campaign.Campaign) (campaign.Report, error) {
	mine := j.known()
	outcomes := make(map[string]string) // by trial line
	done, found := c.Done, c.Found
	c.Guide, c.Twice, c.StopAtFirst, c.Budget = nil, false, false, 0
	c.Trials = func(yield func(trial.Trial) bool) {
		for _, one := range mine {
			if t, err := j.Service.Parse(one.Line); err == nil && !yield(t) {
				return
			}
		}
	}
	c.Done = func(t campaign.Tally, s play.Summary) {
		outcomes[s.Line] = s.Outcome
		done(t, s)
	}
	c.Found = func(f campaign.Finding) {
		if one, ok := j.memory.Of(f); ok && slices.ContainsFunc(mine, func(m findings.Finding) bool {
			return m.ID == one.ID && m.Line == f.Summary.Line
		}) {
			outcomes[f.Summary.Line] = shards.Same
		}
		found(f)
	}
	report, err := c.Run(ctx)
	for _, one := range mine {
		if outcome := outcomes[one.Line]; outcome != "" {
			j.again = append(j.again, shards.Again{ID: one.ID, Outcome: outcome})
		}
	}
	return report.WithoutUnknown(), err
}

// Missed says that the canary was not found: what the campaign says of the service is then unknown at best.
func (j *Job) Missed() bool { return j.missed }

// Forgiven says that a finding does not count against the campaign: it was known before.
func (j *Job) Forgiven(f campaign.Finding) bool { return j.forgiven(j.Purpose, f) }

// Close tells everybody who is to be told how the campaign came out, and hands on what others need.
func (j *Job) Close(r campaign.Report, outcome reports.Outcome) error {
	j.learn(r, j.again, j.Commit)
	sharded := j.Shard.Of > 0
	if j.memory != nil && j.Purpose.Learns() && !sharded {
		if err := j.memory.Write(); err != nil {
			return err
		}
	}
	if sharded {
		if err := j.result(r).Write(j.Folder); err != nil {
			return err
		}
	}
	t := told{
		service: j.Service, command: j.Command, commit: j.Commit, outcome: outcome, out: j.Out, forgiven: j.Forgiven,
		suite: j.cases.suite(j.Service.Name, j.suiteName(), j.Forgiven, r),
	}
	switch {
	case j.canary.Bug.Name == "":
	case j.missed:
		t.reasons = append(t.reasons, j.canary.Text(true))
	default:
		t.notes = append(t.notes, j.canary.Text(false))
	}
	return j.tell(t, r)
}

// suiteName is that of the test report: each shard has its own, since reports of one name are taken for one.
func (j *Job) suiteName() string {
	name := j.Service.Name
	if j.Purpose != "" {
		name += " " + string(j.Purpose)
	}
	if j.Shard.Of > 0 {
		name += ", " + j.Shard.String()
	}
	return name
}

// Claim is that of the shard's campaign.
func (j *Job) Claim() shards.Claim { return j.result(campaign.Report{}).Claim() }

// result is what the command merge needs of a shard.
func (j *Job) result(r campaign.Report) shards.Result {
	template := j.Seeds.Template
	template.Workload, template.Nodes = j.Seeds.Workloads[0], j.Seeds.Nodes[0]
	result := shards.Result{
		Shard: j.Shard, Played: j.played, Report: r, Again: j.again,
		Campaign: shards.Campaign{
			Service: j.Service.Name, Line: j.Service.Version, Build: j.Build, Command: j.Command,
			Template: template.Line(), Workloads: j.Seeds.Workloads, Nodes: j.Seeds.Nodes, First: j.First, Last: j.Last,
			Require: j.Require, Commit: j.Commit, CanaryBug: j.canary.Bug.Name, Purpose: string(j.Purpose),
		},
	}
	if !j.Endless && j.Purpose != policy.Release {
		result.Trials = j.Shard.Own(j.Last - j.First + 1)
	}
	if j.canary.Bug.Name != "" {
		result.Canary = map[bool]string{true: shards.CanaryMissed, false: shards.CanaryFound}[j.missed]
	}
	if j.played < result.Trials {
		result.Ended = shards.EndedByBudget
	}
	if len(r.Findings) >= campaign.FindingsMax || j.StopsAtFirst && r.Tally.Findings > 0 {
		result.Ended = shards.EndedByFindings
	}
	if r.Interrupted {
		result.Ended = shards.EndedFromAbove
	}
	return result
}

// learn notes in the findings folder what a campaign found, and which findings it did not find again. Nothing is
// written yet.
func (t *Teller) learn(r campaign.Report, again []shards.Again, commit string) {
	if t.memory == nil {
		return
	}
	commit = cmp.Or(commit, "unknown")
	for _, f := range r.Findings {
		if one, ok := t.memory.Of(f); ok {
			t.memory.Found(one, commit)
		}
	}
	for _, a := range again {
		if a.Outcome == play.Valid {
			t.memory.Passed(a.ID, commit)
		}
	}
}

// forgiven says that a finding does not count against a campaign that is for something.
func (t *Teller) forgiven(purpose policy.Purpose, f campaign.Finding) bool {
	if t.memory == nil || !purpose.Forgives() {
		return false
	}
	one, ok := t.memory.Of(f)
	return ok && t.memory.Known(one.ID)
}
