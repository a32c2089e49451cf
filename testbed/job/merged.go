package job

import (
	"fmt"

	"ordeal/reports"
	"ordeal/reports/ci"
	"ordeal/testbed/campaign"
	"ordeal/testbed/findings"
	"ordeal/testbed/policy"
	"ordeal/testbed/shards"
	"ordeal/testbed/trial"
)

// Merged is a campaign that was put together from its shards.
type Merged struct {
	shards.Merged
	Service *trial.Service
	// Findings is the findings folder, "" for none, and Out the folder of results.
	Findings, Out string
	Teller
}

// Open reads what there is to read before anything is written.
func (m *Merged) Open() (err error) {
	if m.Findings != "" {
		m.memory, err = findings.Open(m.Findings, m.Service)
	}
	return err
}

func (m *Merged) purpose() policy.Purpose { return policy.Purpose(m.Campaign.Purpose) }

// Forgiven says that a finding does not count against the campaign: it was known before.
func (m *Merged) Forgiven(f campaign.Finding) bool { return m.forgiven(m.purpose(), f) }

// Close tells everybody who is to be told how the campaign came out.
func (m *Merged) Close(outcome reports.Outcome) error {
	m.learn(m.Report, m.Again, m.Campaign.Commit)
	if m.memory != nil && m.purpose().Learns() {
		if err := m.memory.Write(); err != nil {
			return err
		}
	}
	t := told{
		service: m.Service, command: m.Campaign.Command, commit: m.Campaign.Commit, outcome: outcome, out: m.Out,
		forgiven: m.Forgiven, reasons: m.Lacks, suite: m.suite(),
	}
	bug, _ := m.Service.Bug(m.Campaign.CanaryBug)
	switch {
	case m.Campaign.CanaryBug == "":
	case m.Missed:
		t.reasons = append(t.reasons, "a shard did not find the canary "+bug.Name)
	default:
		t.notes = append(t.notes, policy.Canary{Bug: bug}.Text(false))
	}
	return m.tell(t, m.Report)
}

// suite is the test report: a case for each shard, and one for each finding.
func (m *Merged) suite() ci.Suite {
	suite := ci.Suite{Name: m.Service.Name}
	for _, s := range m.Shards {
		suite.Cases = append(suite.Cases, ci.Case{
			Class: m.Service.Name + ".shards", Name: s.Shard.String(), Time: s.CPU,
			Output: fmt.Sprintf("%d trials: %d valid, %d unknown, %d invalid", s.Trials, s.Valid, s.Unknown, s.Invalid),
		})
	}
	for _, f := range m.Report.Findings {
		suite.Cases = append(suite.Cases, findingCase(m.Service.Name, f, m.Forgiven(f)))
	}
	return suite
}
