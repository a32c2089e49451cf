package play

import (
	"fmt"
	"slices"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/sim"
	"ordeal/testbed/trial"
)

// judge makes the result of a trial that is over.
func (p *play) judge() Result {
	if p.machines.AnyForgot() {
		v := checker.Compose("trial", p.judgeIntegrity(), p.judgeStops(), p.judgeNemesis())
		return p.result(v, trial.Truth{})
	}
	ops := p.recorder.Ops()
	seen := JudgeHistory(p.trial.Service, p.trial.Workload, ops)
	parts := []checker.Verdict{p.judgeInvariants(), p.judgeStops(), p.judgeRecovery(), p.judgeNemesis()}
	parts = append(parts, seen...)
	var truth trial.Truth
	if p.service.Truth != nil {
		truth = p.service.Truth(ops, seen)
		parts = append(parts, truth.Verdicts...)
	}
	return p.result(checker.Compose("trial", parts...), truth)
}

// JudgeHistory asks what is asked of every history, and all that the service's workload has to say. Every checker's
// verdict is one of its own.
func JudgeHistory(s *trial.Service, workload string, h history.History) []checker.Verdict {
	return append([]checker.Verdict{checker.Sanity().Check(h)}, s.Workload(workload).Judge(h)...)
}

// judgeIntegrity judges what is left to demand when a server was started from a disk that had forgotten what it had
// acknowledged: the invariants that hold always.
func (p *play) judgeIntegrity() checker.Verdict { return breachesVerdict("integrity", p.badBreaches()) }

// judgeInvariants judges what monitors saw in the servers.
func (p *play) judgeInvariants() checker.Verdict {
	return breachesVerdict("invariants", p.breaches.List())
}

func breachesVerdict(name string, breaches []trial.Breach) checker.Verdict {
	var parts []checker.Verdict
	for _, b := range breaches {
		parts = append(parts, invalid(name, fmt.Sprintf("%s, at %v: %s", b.Rule, b.At, b.What)))
	}
	return checker.Compose(name, parts...)
}

// judgeStops judges servers that gave up.
func (p *play) judgeStops() checker.Verdict {
	var parts []checker.Verdict
	for _, f := range p.badFailures() {
		if p.isServer(f) {
			parts = append(parts, invalid("servers", f.Error()))
		} else {
			parts = append(parts, invalid("servers", "the tool's own client failed: "+f.Error()))
		}
	}
	for _, s := range p.machines.BadStops() {
		parts = append(parts, invalid("servers", fmt.Sprintf("%s stopped at %v: %v", s.Machine, s.At, s.Reason)))
	}
	return checker.Compose("servers", parts...)
}

// badBreaches are the broken invariants that are findings.
func (p *play) badBreaches() (bad []trial.Breach) {
	for _, b := range p.breaches.List() {
		if b.Always || !p.machines.Excused(b.At) {
			bad = append(bad, b)
		}
	}
	return bad
}

// badFailures are the panics that are findings. Once a disk has forgotten what was acknowledged, a server that notices
// does well to go no further.
func (p *play) badFailures() (bad []sim.Failure) {
	for _, f := range p.world.Failures() {
		if !p.machines.Excused(f.At) || !p.isServer(f) {
			bad = append(bad, f)
		}
	}
	return bad
}

func (p *play) isServer(f sim.Failure) bool { return slices.Contains(p.machines.Servers(), f.Machine) }

// judgeRecovery judges whether the service came back.
func (p *play) judgeRecovery() checker.Verdict {
	var parts []checker.Verdict
	for _, w := range p.waits {
		parts = append(parts, invalid("recovery", w.what))
	}
	return checker.Compose("recovery", parts...)
}

// judgeNemesis judges whether the faults happened that the trial is about. A plan that was written must happen whole;
// of a plan that was drawn, something must. A plan with pinned faults is about these: after them, others may have
// become impossible.
func (p *play) judgeNemesis() checker.Verdict {
	v := checker.Verdict{Outcome: checker.Valid, Checker: "nemesis"}
	unfired := p.runner.Unfired()
	if len(p.machines.Sprung()) > 0 {
		unfired = slices.DeleteFunc(unfired, func(e nemesis.Event) bool { return !e.Pinned() })
	}
	switch {
	case len(unfired) == 0:
	case p.trial.Plan != nil && !p.trial.MaySkip:
		v.Outcome, v.Reason = checker.Unknown, "a fault of the plan never happened: "+unfired[0].String()
	case len(unfired) == len(p.plan):
		v.Outcome, v.Reason = checker.Unknown, "no fault of the plan ever happened: "+unfired[0].String()
	}
	return v
}
