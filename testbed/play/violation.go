package play

import (
	"slices"
	"strings"
	"time"

	"ordeal/checker"
)

// Violation is a promise that a trial saw broken.
type Violation struct {
	// Kind names the checker and what kind of reason it has: two trials that broke a promise in the same way have it in
	// common, wherever and whenever it was.
	Kind string `json:"kind"`
	// At is when it was certain, on the world's clock.
	At time.Duration `json:"atNs"`
	// Events are those of the history that began the operations which contradict each other.
	Events []int `json:"events,omitempty"`
	// why says of transactions that contradict each other why each is before the next.
	why []string
}

// violations lists what a trial broke, in the order of the verdict: the first is what decided it. Of each kind there is
// the earliest.
func (p *play) violations(v checker.Verdict) []Violation {
	var all []Violation
	rules := "invariants"
	if p.machines.AnyForgot() {
		rules = "integrity"
	}
	for _, b := range p.badBreaches() {
		all = append(all, Violation{Kind: rules + ": " + b.Rule, At: b.At})
	}
	for _, f := range p.badFailures() {
		all = append(all, Violation{Kind: "servers: panic: " + KindOf(f.Message), At: f.At})
	}
	for _, s := range p.machines.BadStops() {
		all = append(all, Violation{Kind: "servers: stop: " + KindOf(s.Reason.Error()), At: s.At})
	}
	for _, w := range p.waits {
		all = append(all, Violation{Kind: "recovery: " + w.rule, At: w.at})
	}
	for _, part := range v.Parts {
		if !slices.Contains(seenElsewhere, part.Checker) {
			all = append(all, violationsIn(part)...)
		}
	}
	for i := range all {
		if all[i].At == 0 {
			all[i].At = p.world.Now() // nothing in it has a time
		}
	}
	return earliest(all)
}

// seenElsewhere are the parts of a verdict whose violations carry their own times.
var seenElsewhere = []string{"invariants", "integrity", "servers", "recovery"}

// violationsIn lists what a checker of histories found.
func violationsIn(v checker.Verdict) []Violation {
	if v.Outcome != checker.Invalid {
		return nil
	}
	var all []Violation
	for _, part := range v.Parts {
		all = append(all, violationsIn(part)...)
	}
	if all != nil {
		return all
	}
	one := Violation{Kind: v.Checker}
	switch {
	case v.Rule != "":
		one.Kind += ": " + KindOf(v.Rule)
	// which two operations Porcupine or its fast twins name first is chance
	case !strings.HasPrefix(v.Checker, "linearizable "):
		one.Kind += ": " + KindOf(strings.TrimPrefix(v.Reason, v.Key+": "))
	}
	one.why = contradiction(v)
	for _, op := range v.Evidence {
		if v.Checker != Truth { // whose events are those of another history
			one.Events = append(one.Events, op.Call)
		}
		one.At = max(one.At, op.Invoked, op.Completed)
	}
	return []Violation{one}
}

// Truth names the checker of the history in which unknown operations end as they did: see trial.Truth.
const Truth = "truth"

// earliest keeps the earliest violation of each kind, at the place of the kind's first.
func earliest(all []Violation) []Violation {
	var kept []Violation
	for _, v := range all {
		i := slices.IndexFunc(kept, func(k Violation) bool { return k.Kind == v.Kind })
		switch {
		case i < 0:
			kept = append(kept, v)
		case v.At < kept[i].At:
			kept[i] = v
		}
	}
	return kept
}

// wordsMax is how many words make a kind of reason.
const wordsMax = 12

// KindOf is what reasons of one kind have in common: their first words, without those that name a machine, a number, a
// path or a value, up to where details begin.
func KindOf(reason string) string {
	reason, _, _ = strings.Cut(reason, "\n")
	if i := strings.IndexAny(reason, ";("); i > 0 {
		reason = reason[:i]
	}
	var words []string
	for _, w := range strings.Fields(reason) {
		if strings.ContainsAny(w, "0123456789/%\"[]") {
			continue
		}
		words = append(words, strings.TrimRight(w, ",:."))
	}
	return strings.Join(words[:min(len(words), wordsMax)], " ")
}

// contradiction says of transactions what is wrong with them, and why each is before the next.
func contradiction(v checker.Verdict) (lines []string) {
	if v.Transactions == nil || len(v.Transactions.Forbidden) == 0 {
		return nil
	}
	for _, a := range v.Transactions.Found {
		if a.Kind != v.Transactions.Forbidden[0] {
			continue
		}
		lines = append(lines, strings.TrimSuffix(a.Kind+": "+a.Text, ": "))
		for _, s := range a.Steps {
			lines = append(lines, s.Why)
		}
		break
	}
	return lines
}
