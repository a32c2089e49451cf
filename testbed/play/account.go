package play

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/testbed/account"
	"ordeal/testbed/trial"
	"ordeal/workloads/clients"
)

// story is the account of a trial that is asked for, and what writes it.
type story struct {
	*account.Story
	kind   string
	teller trial.Teller
}

// account tells the story of a trial that is over and broke a promise, up to the violation of the kind asked for, or
// the one that decided the verdict.
func (p *play) account(violations []Violation) string {
	if len(violations) == 0 {
		return ""
	}
	s := p.story
	first := violations[max(0, slices.IndexFunc(violations, func(v Violation) bool { return v.Kind == s.kind }))]
	calls := p.callsOf(first)
	p.tellAnswers(calls)
	p.tellEnds()
	for _, why := range first.why {
		s.OddAt(first.At, why)
	}
	return s.Text(first.At, calls, s.teller.Text, s.teller.Background(first.At))
}

// tellAnswers tells of operations who answered them, and how.
func (p *play) tellAnswers(calls []account.Call) {
	for _, o := range calls {
		asked := o.Client != 0 || o.Process >= 0 && p.story.teller.Shows(o.Operation)
		if asked && o.Return >= 0 && o.End == history.OK {
			p.story.teller.Answered(o)
		}
	}
}

// callsOf are the operations of a trial, if they are few; else those that a violation is about.
func (p *play) callsOf(v Violation) []account.Call {
	ops, err := p.recorder.Ops().Pair()
	if err != nil {
		return nil
	}
	asked := make(map[int]clients.Call)
	for _, call := range p.service.Clients.Calls() {
		if _, twice := asked[call.Event]; !twice {
			asked[call.Event] = call
		}
	}
	var all, blamed []account.Call
	for _, op := range ops {
		call, ok := asked[op.Call]
		one := account.Call{Operation: op, Call: call}
		if ok || p.story.teller.Shows(op) {
			all = append(all, one)
		}
		if slices.Contains(v.Events, op.Call) {
			blamed = append(blamed, one)
		}
	}
	if len(all) <= account.CallsMax {
		return all
	}
	p.tellBeside(blamed, all)
	return blamed
}

// besideMax is how many of the operations beside another are named.
const besideMax = 4

// tellBeside tells what else the clients of some operations had on its way meanwhile.
func (p *play) tellBeside(blamed, all []account.Call) {
	for _, b := range blamed {
		var beside []string
		for _, o := range all {
			under := o.Client == b.Client && o.Client != 0 && o.Call.Event != b.Call.Event
			if under && o.Invoked < b.Completed && (o.Return < 0 || o.Completed > b.Invoked) {
				beside = append(beside, p.story.teller.Text(o.Operation))
			}
		}
		if len(beside) == 0 || b.Return < 0 {
			continue
		}
		over := ""
		if n := len(beside) - besideMax; n > 0 {
			beside, over = beside[:besideMax], fmt.Sprintf(", and %d more", n)
		}
		p.story.TellAt(b.Completed, fmt.Sprintf("c%d had on its way as well: %s%s", b.Client, strings.Join(beside, "; "),
			over))
	}
}

// tellEnds tells why machines stopped, what the last phases waited for in vain, and what of the service's promises was
// broken.
func (p *play) tellEnds() {
	for _, f := range p.world.Failures() {
		p.story.TellAt(f.At, fmt.Sprintf("%s panics: %s", f.Machine, f.Message))
		for i, place := range f.Places() {
			word := "in"
			if i > 0 {
				word = "called from"
			}
			p.story.TellAt(f.At, fmt.Sprintf("  %s %s", word, place))
		}
		p.story.OddAt(f.At, fmt.Sprintf("%s panicked: %s", f.Machine, f.Message))
	}
	for _, s := range p.world.Stops() {
		p.story.TellAt(s.At, fmt.Sprintf("%s stops: %v", s.Machine, s.Reason))
	}
	for _, w := range p.waits {
		p.story.OddAt(w.at, w.what)
	}
	for _, b := range p.breaches.List() {
		p.story.TellAt(b.At, fmt.Sprintf("BROKEN: %s: %s", b.Rule, b.What))
	}
}
