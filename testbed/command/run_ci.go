package command

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ordeal/reports"
	"ordeal/testbed/job"
	"ordeal/testbed/kept"
	"ordeal/testbed/policy"
	"ordeal/testbed/shards"
)

// ciFlags are those flags of `ordeal run` that are for campaigns which no person looks at.
type ciFlags struct {
	junit, sarif, summary  string
	findings, commit       string
	purpose, canary, shard string
	night, trials          int
	upload                 string
	part                   shards.Shard // what --shard says
	endless                bool         // the seeds have an end that no campaign comes to
}

const (
	defaultTrials      = 200
	defaultNightBudget = time.Hour
)

func (f *ciFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.junit, "junit", "", "a file for a test report as JUnit writes it, for GitHub, GitLab and Jenkins")
	flags.StringVar(&f.sarif, "sarif", "", "a file for the findings as SARIF, for code scanning")
	flags.StringVar(&f.summary, "summary", "", "a file for a summary in Markdown; on GitHub the step's summary has it too")
	flags.StringVar(&f.findings, "findings", "", "the folder in which campaigns remember what they found; its trials are "+
		"played first")
	flags.StringVar(&f.commit, "commit", "", "the commit that is on trial; default what GitHub, GitLab and Jenkins say, "+
		"then the one that the program was built from")
	flags.StringVar(&f.purpose, "for", "", "what the campaign is for: pull-request (seeds drawn from the commit; what is "+
		"known does not count), night (seeds that no other night has) or release (what was found before, and no more)")
	flags.IntVar(&f.trials, "trials", defaultTrials, "how many trials with --for pull-request")
	flags.IntVar(&f.night, "night", 0, "the night's number with --for night; default the days since 1970")
	flags.StringVar(&f.canary, "canary", "", "a planted bug that must be found first, or the campaign is unknown: a "+
		"name, "+
		"cheap, or none; with --for it is cheap unless it is given")
	flags.StringVar(&f.shard, "shard", "", "play one part of the campaign, as 3/8; auto: the one that GitLab or "+
		"Kubernetes "+
		"says; `merge` puts them together")
}

// resolve turns what the campaign is for into seeds, and the shard's words into a shard.
func (f *runFlags) resolve(cmd *cobra.Command) (purpose policy.Purpose, err error) {
	c := &f.ci
	if c.shard != "" {
		if c.part, err = shards.Parse(c.shard, os.Getenv); err != nil {
			return "", err
		}
		if f.guided != "" {
			return "", errors.New("--shard and --guided: either one or the other, since the trials of a guided campaign " +
				"depend on each other")
		}
	}
	if purpose, err = policy.ParsePurpose(c.purpose); err != nil {
		return "", err
	}
	c.commit = cmp.Or(c.commit, policy.Commit(os.Getenv), job.BuiltFrom())
	for flag, with := range map[string]policy.Purpose{"trials": policy.PullRequest,
		"night": policy.Night} { //house:unordered one at most is wrong, and says which
		if cmd.Flags().Changed(flag) && purpose != with {
			return "", fmt.Errorf("--%s goes with --for %s", flag, with)
		}
	}
	if purpose == "" {
		return purpose, nil
	}
	for _, flag := range []string{"seed", "seeds", "bug", "guided"} {
		if cmd.Flags().Changed(flag) {
			return "", fmt.Errorf("--for and --%s: either one or the other", flag)
		}
	}
	if c.canary == "" {
		c.canary = policy.CanaryCheap
	}
	return purpose, f.seedsFor(purpose)
}

// seedsFor sets the seeds of a campaign that is for something.
func (f *runFlags) seedsFor(purpose policy.Purpose) (err error) {
	var first, last uint64
	switch purpose {
	case policy.PullRequest:
		first, last, err = policy.CommitSeeds(f.ci.commit, f.ci.trials)
	case policy.Night:
		f.budget, f.ci.endless = cmp.Or(f.budget, defaultNightBudget), true
		first, last, err = policy.NightSeeds(cmp.Or(f.ci.night, policy.NightOf(time.Now())))
	case policy.Release:
		if f.ci.findings == "" {
			return errors.New("--for release plays what was found before: --findings is wanted")
		}
		first, last = 1, 1 // they are not played
	}
	f.seeds = fmt.Sprintf("%d-%d", first, last)
	return err
}

// job is the campaign with what is around it. It is not to be played if something is wrong with that.
func (f *runFlags) job(cmd *cobra.Command) (*job.Job, error) {
	purpose, err := f.resolve(cmd)
	if err != nil {
		return nil, err
	}
	j := &job.Job{
		Service: f.app.service, Purpose: purpose, Endless: f.ci.endless, Shard: f.ci.part, Commit: f.ci.commit,
		Command: f.campaignCommand(cmd, purpose), Require: f.require, StopsAtFirst: f.bug != "", Findings: f.ci.findings,
		Canary: f.ci.canary, Out: f.out, Folder: kept.Folder(f.out), Teller: f.ci.teller(),
	}
	if j.Seeds, err = f.seedsOf(); err != nil {
		return nil, err
	}
	if j.First, j.Last, err = f.seedRange(); err != nil {
		return nil, err
	}
	j.Endless = j.Endless || j.Last == noLast
	if j.Shard.Of > 0 {
		if j.Build, err = job.Build(); err != nil {
			return nil, err
		}
	}
	if err := j.CheckFiles(); err != nil {
		return nil, err
	}
	return j, j.Open()
}

// teller writes what the flags ask for.
func (f *ciFlags) teller() job.Teller {
	return job.Teller{JUnit: f.junit, SARIF: f.sarif, Markdown: f.summary, Variable: os.Getenv}
}

// unlessMissed is an exit code, but a pass is unknown if the canary was missed.
func unlessMissed(code int, missed bool) int {
	if missed && code == exitValid {
		return exitUnknown
	}
	return code
}

// outcomeOf is what an exit code says of a campaign.
func outcomeOf(exit int) reports.Outcome {
	switch exit {
	case exitValid:
		return reports.Valid
	case exitUnknown:
		return reports.Unknown
	}
	return reports.Invalid
}

// notInCommand are flags on which neither trials nor the verdict depend, and those that come down to others.
var notInCommand = map[string]bool{
	"out": true, "jobs": true, "json": true, "junit": true, "sarif": true, "summary": true, "shard": true, "seed": true,
	"seeds": true, "for": true, "night": true, "trials": true, "commit": true, "fleet": true,
	"upload": true,
}

// campaignCommand is what to paste to play the whole campaign again.
func (f *runFlags) campaignCommand(cmd *cobra.Command, purpose policy.Purpose) string {
	words := []string{f.app.service.Called(), "run"}
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		switch {
		case notInCommand[flag.Name]:
		case flag.Value.Type() == "bool":
			words = append(words, "--"+flag.Name)
		default:
			words = append(words, "--"+flag.Name, shellWord(flag.Value.String()))
		}
	})
	switch {
	case purpose == policy.Release:
		words = append(words, "--for", string(purpose))
	case f.oneSeed:
		words = append(words, "--seed", fmt.Sprint(f.seed))
	case f.seeds != "":
		words = append(words, "--seeds", f.seeds)
	}
	return strings.Join(words, " ")
}

// shellWord is a word as a shell takes it for one.
func shellWord(word string) string {
	if word != "" && strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:=%+@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
