package shards

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ordeal/reports"
	"ordeal/testbed/campaign"
	"ordeal/testbed/trial"
)

// resultFormat grows when a field changes its meaning or goes.
const resultFormat = 1

// FileName is the file in a shard's folder that holds its Result, and is written last.
const FileName = "shard.json"

// Result is what a shard hands on: the campaign that it has a part of, and what it found.
type Result struct {
	Format int `json:"format"`
	Shard
	Campaign Campaign `json:"campaign"`
	// Trials is how many trials are the shard's, 0 for no end, and Played how many it has played, besides those of known
	// findings. Ended says why it has not played them all.
	Trials uint64          `json:"trials,string"`
	Played uint64          `json:"played,string"`
	Ended  string          `json:"ended"`
	Report campaign.Report `json:"report"`
	// Again says how the trials of known findings came out that were the shard's to play again.
	Again []Again `json:"again"`
	// Canary says whether the canary was found; "" without one.
	Canary string `json:"canary"`
}

// Campaign is what all shards of a campaign have in common.
type Campaign struct {
	// Service and Line are the service's name and the version of its trial lines; Build is the program.
	Service string `json:"service"`
	Line    int    `json:"line"`
	Build   string `json:"build"`
	// Command is what all shards were told: every flag that trials or the verdict depend on.
	Command string `json:"command"`
	// Template is the line of a trial of seed 0, of the first workload and number of nodes; First and Last are seeds.
	Template  string   `json:"template"`
	Workloads []string `json:"workloads"`
	Nodes     []int    `json:"nodes"`
	First     uint64   `json:"first,string"`
	Last      uint64   `json:"last,string"`
	Require   string   `json:"require"`
	Commit    string   `json:"commit"`
	CanaryBug string   `json:"canaryBug"`
	// Purpose is what the campaign is for, as package policy has it.
	Purpose string `json:"for"`
}

// Again is how the trial of a known finding came out.
type Again struct {
	ID string `json:"id"`
	// Outcome is "same", or the outcome of a trial that did not show the finding.
	Outcome string `json:"outcome"`
}

// Same is Again.Outcome of a trial that showed its finding.
const Same = "same"

// Values of Result.Canary.
const (
	CanaryFound  = "found"
	CanaryMissed = "missed"
)

// Reasons for Result.Ended.
const (
	EndedByBudget   = "budget"
	EndedByFindings = "findings"
	EndedFromAbove  = "interrupted"
)

// Seeds are the campaign's trials.
func (c Campaign) Seeds(s *trial.Service) (trial.Seeds, error) {
	t, err := s.Parse(c.Template)
	if err != nil {
		return trial.Seeds{}, err
	}
	t.Seed, t.Workload, t.Nodes = 0, "", 0
	return trial.Seeds{Template: t, Workloads: c.Workloads, Nodes: c.Nodes}, nil
}

// Write writes a shard's result into its folder, in brief: there may be thousands of them to put together.
func (r Result) Write(folder reports.Folder) error {
	r.Format, r.Report = resultFormat, r.Report.Brief()
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		panic("shards: a result is plain data: " + err.Error())
	}
	return folder(FileName, append(text, '\n'))
}

func (r Result) shard() Shard { return r.Shard }

// differs says in what two shards' campaigns differ, "" if in nothing.
func (r Result) differs(o Result) string { return r.Campaign.differs(o.Campaign, r.Of, o.Of) }

// read reads the result of the shard in a folder.
func read(dir Folder, s *trial.Service) (Result, error) {
	text, path, err := readFile(dir, FileName, "a shard")
	if err != nil {
		return Result{}, err
	}
	r := Result{}
	err = json.Unmarshal(text, &r)
	if err := usable(path, r.Format, r.Shard, r.Campaign.Service, s, err); err != nil {
		return Result{}, err
	}
	return r, nil
}

// readFile reads a file in the folder of what is said, and says where it lies.
func readFile(dir Folder, name, what string) (text []byte, path string, err error) {
	path = dir.Name + "/" + name
	text, err = os.ReadFile(filepath.Join(dir.Path, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, path, fmt.Errorf("%s is not the folder of %s: it has no %s", dir.Name, what, name)
	case err != nil:
		return nil, path, fmt.Errorf("the shard: %w", err)
	}
	return text, path, nil
}

// usable says why what was read of a shard is of no use; bad is what reading it said.
func usable(path string, format int, of Shard, service string, s *trial.Service, bad error) error {
	switch {
	case format != resultFormat && format != 0:
		return fmt.Errorf("%s is of format %d, and this program reads format %d", path, format, resultFormat)
	case bad != nil:
		return fmt.Errorf("%s: %w", path, bad)
	case service != s.Name:
		return fmt.Errorf("%s is of the service %q, and this program tries %s", path, service, s.Name)
	}
	if err := of.check(); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// short says what is missing of a shard's trials; "" if nothing is, or if they have no end.
func (r Result) short() string {
	switch {
	case r.Ended == EndedFromAbove || r.Report.Interrupted:
		return fmt.Sprintf("%v was interrupted after %d trials", r.Shard, r.Played)
	case r.Played < r.Trials && r.Ended != EndedByFindings:
		return fmt.Sprintf("%v has played %d of its %d trials (%s)", r.Shard, r.Played, r.Trials, r.Ended)
	}
	return ""
}
