package ordeal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/model"
	"ordeal/nemesis"
	"ordeal/sim"
)

// ModelNames lists the models that Judge takes.
func ModelNames() string { return strings.Join(checker.Models(), ", ") }

// Judgement is what came of judging a recorded history.
type Judgement struct {
	Outcome string
	// Text says it to a person.
	Text string
}

// Judge judges a recorded history: name is the file's, data its bytes. The error says what is wrong with the file or the
// model.
func Judge(name string, data []byte, as string) (Judgement, error) {
	c, err := checker.ForModel(as)
	if err != nil {
		return Judgement{}, err
	}
	h, err := history.Read(name, data)
	if err != nil {
		return Judgement{}, err
	}
	h = history.Untuple(h)
	v := c.Check(h)
	if reason, yes := v.Mismatched(); yes {
		return Judgement{}, fmt.Errorf("%s is no history of the model %s: %s", name, as, reason)
	}
	return Judgement{Outcome: v.Outcome.String(), Text: judgementText(name, as, h, v)}, nil
}

// evidenceMax is how many contradicting operations a judgement lists. The last ones are where no order is left.
const evidenceMax = 40

func judgementText(name, as string, h history.History, v checker.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s as %s: %s\n", strings.ToUpper(v.Outcome.String()), name, as, contents(h))
	if v.Reason != "" {
		fmt.Fprintf(&b, "  %s\n", v.Reason)
	}
	if v.Key != "" {
		fmt.Fprintf(&b, "  object: %s\n", v.Key)
	}
	evidence := v.Evidence
	if len(evidence) > 0 {
		fmt.Fprintf(&b, "  the operations that contradict each other; events are counted from 0:\n")
	}
	if over := len(evidence) - evidenceMax; over > 0 {
		fmt.Fprintf(&b, "    %d earlier ones, and then\n", over)
		evidence = evidence[over:]
	}
	for _, op := range evidence {
		fmt.Fprintf(&b, "    %-18s %s\n", span(op), model.Text(op))
	}
	return b.String()
}

// contents counts what is in a history.
func contents(h history.History) string {
	ops, err := h.Pair()
	if err != nil {
		return count(len(h), "event")
	}
	objects := make(map[string]bool)
	clients := 0
	for _, op := range ops {
		if op.Process >= 0 {
			clients++
			objects[op.Key] = true
		}
	}
	return fmt.Sprintf("%s on %s, in %s", count(clients, "operation"), count(len(objects), "object"), count(len(h), "event"))
}

// count is "1 event" or "2 events".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// span is the events at which an operation began and ended.
func span(op history.Operation) string {
	switch {
	case op.Return < 0:
		return fmt.Sprintf("event %d to -", op.Call)
	case op.Return == op.Call:
		return fmt.Sprintf("event %d", op.Call)
	}
	return fmt.Sprintf("events %d to %d", op.Call, op.Return)
}

// judge makes the result of a trial that is over.
func (p *play) judge() Result {
	if len(p.ground.forgot) > 0 {
		return p.result(checker.Compose("trial", p.judgeIntegrity(), p.judgeStops(), p.judgeNemesis()))
	}
	parts := []checker.Verdict{p.judgeInvariants(), p.judgeStops(), p.judgeRecovery(), p.judgeNemesis()}
	seen := judgeHistory(p.recorder.Ops(), p.trial.Workload)
	parts = append(append(parts, seen...), p.judgeTruth(seen)...)
	return p.result(checker.Compose("trial", parts...))
}

// judgeHistory asks what is asked of every history, and all that can be said of its model. Every checker's verdict is one
// of its own.
func judgeHistory(h history.History, workload string) []checker.Verdict {
	model, err := checker.ForModel(workload)
	if err != nil {
		panic("ordeal: every workload has the model of its name: " + err.Error())
	}
	sane, v := checker.Sanity().Check(h), model.Check(h)
	if len(v.Parts) == 0 {
		return []checker.Verdict{sane, v}
	}
	return append([]checker.Verdict{sane}, v.Parts...)
}

// judgeIntegrity judges what is left to demand when a server was started from a disk that had forgotten what it had
// acknowledged: see invariants.integrity.
func (p *play) judgeIntegrity() checker.Verdict {
	var parts []checker.Verdict
	for _, b := range p.badBreaches() {
		parts = append(parts, invalid("integrity", fmt.Sprintf("%s, at %v: %s", b.Rule, b.At, b.What)))
	}
	return checker.Compose("integrity", parts...)
}

// judgeInvariants judges what was seen in the servers.
func (p *play) judgeInvariants() checker.Verdict {
	var parts []checker.Verdict
	for _, b := range p.invariants.broken {
		parts = append(parts, invalid("invariants", fmt.Sprintf("%s, at %v: %s", b.Rule, b.At, b.What)))
	}
	return checker.Compose("invariants", parts...)
}

// judgeStops judges servers that gave up. A server may stop because its disk failed it or is full, and does right not to
// start where nothing can be read or where what lies there is damaged. For nothing else may it stop.
func (p *play) judgeStops() checker.Verdict {
	var parts []checker.Verdict
	for _, f := range p.badFailures() {
		if p.isServer(f) {
			parts = append(parts, invalid("servers", f.Error()))
		} else {
			parts = append(parts, invalid("servers", "the tool's own client failed: "+f.Error()))
		}
	}
	for _, s := range p.badStops() {
		parts = append(parts, invalid("servers", fmt.Sprintf("%s stopped at %v: %v", s.Machine, s.At, s.Reason)))
	}
	return checker.Compose("servers", parts...)
}

// excused says that by that instant some disk had forgotten what its server had acknowledged.
func (p *play) excused(at time.Duration) bool {
	return len(p.ground.forgot) > 0 && at >= p.ground.forgotAt
}

// badBreaches are the broken invariants that are findings.
func (p *play) badBreaches() (bad []Breach) {
	for _, b := range p.invariants.broken {
		if !p.excused(b.At) || b.Rule == ruleWritten || b.Rule == ruleFollows {
			bad = append(bad, b)
		}
	}
	return bad
}

// badStops are the stops that are findings.
func (p *play) badStops() (bad []sim.Stop) {
	for i, s := range p.world.Stops() {
		failed := errors.Is(s.Reason, sim.ErrDisk) || !s.Boot && errors.Is(s.Reason, sim.ErrFull)
		if !failed && !p.ground.detected[i] && !p.excused(s.At) {
			bad = append(bad, s)
		}
	}
	return bad
}

// badFailures are the panics that are findings. Once a disk has forgotten what was acknowledged, a server that notices
// does well to go no further.
func (p *play) badFailures() (bad []sim.Failure) {
	for _, f := range p.world.Failures() {
		if !p.excused(f.At) || !p.isServer(f) {
			bad = append(bad, f)
		}
	}
	return bad
}

func (p *play) isServer(f sim.Failure) bool { return slices.Contains(p.ground.servers, f.Machine) }

// judgeRecovery judges whether the service came back.
func (p *play) judgeRecovery() checker.Verdict {
	var parts []checker.Verdict
	for _, w := range p.waits {
		parts = append(parts, invalid("recovery", w.what))
	}
	return checker.Compose("recovery", parts...)
}

// judgeNemesis judges whether the faults happened that the trial is about. A plan that somebody wrote must happen whole;
// of a plan that was drawn, something must. A plan with pinned faults is about these: after them, others may have become
// impossible.
func (p *play) judgeNemesis() checker.Verdict {
	v := checker.Verdict{Outcome: checker.Valid, Checker: "nemesis"}
	unfired := p.runner.Unfired()
	if len(p.ground.sprung) > 0 {
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

func invalid(name, reason string) checker.Verdict {
	return checker.Verdict{Outcome: checker.Invalid, Checker: name, Reason: reason}
}
