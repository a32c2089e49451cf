package cause

import (
	"context"
	"errors"
	"sync"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// pool is workers that play one branch each at a time. One that perishes is replaced.
type pool struct {
	start func() (campaign.Worker, error)
	mu    sync.Mutex // guards idle
	idle  []campaign.Worker
}

// play plays a trial. One over which the tool itself perishes is invalid, and has none of the trial's violations.
func (p *pool) play(ctx context.Context, t trial.Trial) (play.Summary, error) {
	w, err := p.get()
	if err != nil {
		return play.Summary{}, err
	}
	s, err := w.Run(ctx, campaign.Request{Line: t.Line()})
	if err == nil {
		p.put(w)
		return s, nil
	}
	w.Close()
	if f := (*campaign.Finding)(nil); errors.As(err, &f) && t.Branch.Number != 0 {
		return play.Summary{Line: t.Line(), Outcome: play.Invalid, Checker: f.Kind}, nil
	}
	return play.Summary{}, err
}

func (p *pool) get() (campaign.Worker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		w := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return w, nil
	}
	return p.start()
}

func (p *pool) put(w campaign.Worker) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, w)
}

// close ends the workers. None may be playing.
func (p *pool) close() {
	for _, w := range p.idle {
		w.Close()
	}
}
