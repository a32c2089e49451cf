package cause

import (
	"context"
	"errors"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// pool is workers that play one branch each at a time. One that perishes is replaced.
type pool struct{ campaign.Pool }

// play plays a trial. One over which the tool itself perishes is invalid, and has none of the trial's violations.
func (p *pool) play(ctx context.Context, t trial.Trial) (play.Summary, error) {
	w, err := p.Get()
	if err != nil {
		return play.Summary{}, err
	}
	s, err := w.Run(ctx, campaign.Request{Line: t.Line()})
	if err == nil {
		p.Put(w)
		return s, nil
	}
	w.Close()
	if f := (*campaign.Finding)(nil); errors.As(err, &f) && t.Branch.Number != 0 {
		return play.Summary{Line: t.Line(), Outcome: play.Invalid, Checker: f.Kind}, nil
	}
	return play.Summary{}, err
}
