package job

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"ordeal/reports/ci"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// caseLog keeps of a campaign's trials what a test report needs: a case each as long as they are few, and numbers by
// workload of those that passed once they are many.
type caseLog struct {
	cases  []ci.Case
	passed map[string]int
	spent  map[string]time.Duration
}

// casesMax is how many trials that passed have a case of their own.
const casesMax = 1000

func (l *caseLog) add(s *trial.Service, sum play.Summary) {
	t, err := s.Parse(sum.Line)
	if err != nil || sum.Outcome != play.Valid {
		return // what is not valid is a finding, and its case is made of that
	}
	if l.passed == nil {
		l.passed, l.spent = make(map[string]int), make(map[string]time.Duration)
	}
	cpu := time.Duration(sum.CPUMs) * time.Millisecond
	l.passed[t.Workload]++
	l.spent[t.Workload] += cpu
	if len(l.cases) <= casesMax {
		l.cases = append(l.cases, ci.Case{
			Class: s.Name + "." + t.Workload, Name: t.Name(), Time: cpu, Output: sum.Line + "\nagain: " + sum.Command,
		})
	}
}

// suite is the test report of a service's campaign; known says which findings do not count.
func (l *caseLog) suite(service, name string, known func(campaign.Finding) bool, r campaign.Report) ci.Suite {
	suite := ci.Suite{Name: name}
	if len(l.cases) <= casesMax {
		suite.Cases = slices.SortedStableFunc(slices.Values(l.cases), func(a, b ci.Case) int {
			return strings.Compare(a.Name, b.Name)
		})
	} else {
		for _, w := range slices.Sorted(maps.Keys(l.passed)) {
			suite.Cases = append(suite.Cases, ci.Case{
				Class: service + "." + w, Name: w + ": trials that passed", Time: l.spent[w],
				Output: fmt.Sprintf("%d trials passed", l.passed[w]),
			})
		}
	}
	for _, f := range r.Findings {
		suite.Cases = append(suite.Cases, findingCase(service, f, known(f)))
	}
	return suite
}

// findingCase is the case of a finding.
func findingCase(service string, f campaign.Finding, known bool) ci.Case {
	one := ci.Case{
		Class: service + "." + f.Workload(), Name: f.Name(), Time: time.Duration(f.Summary.CPUMs) * time.Millisecond,
		Result: ci.Failed, Type: f.Kind, Message: f.Summary.Reason, Text: f.Text(),
		Output: f.Summary.Line + "\nagain: " + f.Summary.Command,
	}
	if len(f.Summary.Violations) > 0 {
		one.Type = f.Summary.Violations[0].Kind
	}
	if one.Message == "" {
		one.Message = campaign.FirstLine(f.Detail)
	}
	switch {
	case f.Kind == campaign.FindingUnknown || f.Kind == campaign.FindingNondeterministic:
		one.Result = ci.Unknown
	case known:
		one.Result, one.Message = ci.Known, fmt.Sprintf("known before: %s", one.Message)
	}
	return one
}
