package pricing

import (
	"context"
	"errors"
	"slices"

	"ordeal/nemesis"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// needsLooks is how many findings of a bug are looked at for what they need.
const needsLooks = 3

// needsOf finds the fewest families of fault that some of the findings of hunts do with; nil if there is no finding.
func (p Pricing) needsOf(ctx context.Context, hunts []Hunt) (fewest []string, err error) {
	n := needing{service: p.Service, ctx: ctx, renew: p.NewWorker}
	if n.worker, err = p.NewWorker(); err != nil {
		return nil, err
	}
	defer func() { n.worker.Close() }()
	looks := 0
	for _, h := range hunts {
		if h.Found == "" || looks == needsLooks || looks > 0 && len(fewest) == 0 {
			continue
		}
		looks++
		families, err := n.of(h.Found)
		if err != nil {
			return nil, err
		}
		if fewest == nil || len(families) < len(fewest) || len(families) == len(fewest) && slices.Compare(families,
			fewest) < 0 {
			fewest = families
		}
	}
	return fewest, nil
}

// needing finds out which families of fault a finding needs: it plays the finding's trial again with the faults of some
// families taken out of its plan.
type needing struct {
	service *trial.Service
	ctx     context.Context
	worker  campaign.Worker
	renew   func() (campaign.Worker, error)
}

// of returns a least choice of families with which the trial of a line still fails; empty if it does so without any.
func (n *needing) of(line string) ([]string, error) {
	t, err := n.service.Parse(line)
	if err != nil {
		return nil, err
	}
	plan := t.DrawPlan()
	all := familiesOf(plan)
	tries := [][]string{{}}
	for _, f := range all {
		tries = append(tries, []string{f})
	}
	for _, families := range tries {
		if len(families) == len(all) {
			break
		}
		if fails, err := n.fails(t, plan, families); err != nil || fails {
			return families, err
		}
	}
	left := all
	for _, f := range all {
		fewer := slices.DeleteFunc(slices.Clone(left), func(one string) bool { return one == f })
		if len(fewer) < 2 {
			break // each alone was tried
		}
		fails, err := n.fails(t, plan, fewer)
		if err != nil {
			return nil, err
		}
		if fails {
			left = fewer
		}
	}
	return left, nil
}

// fails plays a trial with the faults of some families only, and reports whether it is still a finding.
func (n *needing) fails(t trial.Trial, plan nemesis.Plan, families []string) (bool, error) {
	t.Faults, t.Plan = nil, nemesis.Plan{}
	for _, s := range plan {
		if slices.Contains(families, s.Fault.Family()) {
			t.Plan = append(t.Plan, s)
		}
	}
	s, err := n.worker.Run(n.ctx, campaign.Request{Line: t.Line()})
	if f := (*campaign.Finding)(nil); errors.As(err, &f) {
		n.worker.Close()
		n.worker, err = n.renew()
		return true, err
	}
	return s.Outcome == play.Invalid, err
}

// familiesOf names the families of a plan's faults, sorted.
func familiesOf(plan nemesis.Plan) []string {
	var names []string
	for _, s := range plan {
		names = append(names, s.Fault.Family())
	}
	slices.Sort(names)
	return slices.Compact(names)
}
