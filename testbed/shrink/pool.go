package shrink

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// played is the result of a trial.
type played struct {
	summary play.Summary
	// kinds are the violations that it had, the earliest first: what is behind it can go. What the tool itself died of is
	// one too.
	kinds []string
}

func (p played) has(kind string) bool { return slices.Contains(p.kinds, kind) }

// pool is workers that play one trial each at a time. One that perishes over its trial is replaced.
type pool struct {
	campaign.Pool
	// request is what is asked of every trial besides.
	request campaign.Request

	mu        sync.Mutex // guards costliest
	costliest time.Duration
}

func newPool(start func() (campaign.Worker, error)) *pool {
	return &pool{Pool: campaign.Pool{Start: start}}
}

// hangFactor is how many times as much processor time as the costliest trial before it one may use, and hangLeast what
// it may use anyway.
const (
	hangFactor = 20
	hangLeast  = 20 * time.Second
)

// play plays a trial.
func (p *pool) play(ctx context.Context, t trial.Trial) (played, error) {
	w, err := p.Get()
	if err != nil {
		return played{}, err
	}
	r := p.request
	r.Line, r.Explicit, r.HangAfter = t.Line(), true, p.hangAfter()
	s, err := w.Run(ctx, r)
	if f := (*campaign.Finding)(nil); errors.As(err, &f) {
		w.Close()
		return played{play.Summary{Line: t.Line(), Command: t.Command(), Outcome: play.Invalid, Checker: f.Kind,
			Reason: campaign.FirstLine(f.Detail)},
			[]string{kindOf(f)}}, nil
	}
	if err != nil {
		w.Close()
		return played{}, err
	}
	p.Put(w)
	p.note(time.Duration(s.CPUMs) * time.Millisecond)
	out := played{summary: s}
	byTime := func(a, b play.Violation) int { return cmp.Compare(a.At, b.At) }
	for _, v := range slices.SortedStableFunc(slices.Values(s.Violations), byTime) {
		out.kinds = append(out.kinds, v.Kind)
	}
	return out, nil
}

// kind is the kind of violation that a finding is.
func kindOf(f *campaign.Finding) string {
	if f.Kind != campaign.FindingPanic {
		return f.Kind
	}
	return f.Kind + ": " + play.KindOf(panicLine(f.Detail))
}

// note takes into account what a trial has used.
func (p *pool) note(used time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.costliest = max(p.costliest, used)
}

// hangAfter is 0, for the usual, until a trial has been played.
func (p *pool) hangAfter() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.costliest == 0 {
		return 0
	}
	return max(hangLeast, hangFactor*p.costliest)
}

// panicLine is the line of a panic's report that says why.
func panicLine(detail string) string {
	for line := range strings.Lines(detail) {
		if why, ok := strings.CutPrefix(line, "panic: "); ok {
			return why
		}
		if why, ok := strings.CutPrefix(line, "fatal error: "); ok {
			return why
		}
	}
	return campaign.FirstLine(detail)
}
