package expand

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Again is how an expanded trial came out when it was played again.
type Again struct {
	// Line is the trial that was played, and Summary its result.
	Line    string
	Summary play.Summary
	// Identical says that it was the same, event for event.
	Identical bool
	// Operations, Faults and Violation say in what the trial was another one, "" each for the same: in what clients asked
	// for, in what the nemesis did and when, and in what was violated.
	Operations, Faults, Violation string
	// Scripted says that the clients had to be told which turns they take: by themselves they take others now.
	Scripted bool
}

// SameTrial says that the same was asked for and the same was broken, so that the trial is worth comparing.
func (a Again) SameTrial() bool { return a.Operations == "" && a.Faults == "" }

// Play plays an expanded trial, and says whether it means the same. If the clients ask for other things than they did,
// it is played once more with the turns that they took then.
func (e Expanded) Play(s *trial.Service) (Again, error) {
	t, err := e.trial(s)
	if err != nil {
		return Again{}, err
	}
	first, err := e.compare(t)
	if err != nil || first.Operations == "" || t.Script != nil {
		return first, err
	}
	scripted := t
	if scripted.Script, err = trial.ParseScript(e.Script); err != nil {
		return first, fmt.Errorf("the expanded trial: script: %w", err)
	}
	if err := scripted.Check(); err != nil {
		return first, fmt.Errorf("the expanded trial: %w", err)
	}
	second, err := e.compare(scripted)
	if err != nil || !second.SameTrial() {
		return first, err
	}
	second.Scripted = true
	return second, nil
}

// compare plays a trial and compares it with what is written.
func (e Expanded) compare(t trial.Trial) (Again, error) {
	r, err := play.Run(t, play.Ask{})
	if err != nil {
		return Again{}, err
	}
	now := happened(r)
	return Again{
		Line: t.Line(), Summary: r.Summary, Identical: now.TraceHash == e.TraceHash,
		Operations: difference(words(e.Operations, wordsAsked), words(now.Operations, wordsAsked)),
		Faults:     difference(e.Faults, now.Faults), Violation: violation(e, now),
	}, nil
}

// wordsAsked are the words of an operation that tell what was asked for: arguments may hold what the service had
// answered, such as the id of a session, which is another one in another version.
const wordsAsked = 4

func words(lines []string, n int) (short []string) {
	for _, line := range lines {
		fields := strings.Fields(line)
		short = append(short, strings.Join(fields[:min(len(fields), n)], " "))
	}
	slices.Sort(short) // by client: who came first is no matter
	return short
}

// difference says where two lists differ first; "" if they don't.
func difference(then, now []string) string {
	for i, one := range then {
		switch {
		case i >= len(now):
			return fmt.Sprintf("there were %d, and are %d: %q is missing", len(then), len(now), one)
		case one != now[i]:
			return fmt.Sprintf("%q was, and %q is, the first of %d and %d that differ", one, now[i], len(then), len(now))
		}
	}
	if len(now) > len(then) {
		return fmt.Sprintf("there were %d, and are %d: %q is new", len(then), len(now), now[len(then)])
	}
	return ""
}

func violation(then, now Expanded) string {
	first := func(e Expanded) string {
		if len(e.Violations) == 0 {
			return e.Outcome
		}
		return e.Violations[0]
	}
	if was, is := first(then), first(now); was != is {
		return fmt.Sprintf("it was %q, and is %q", was, is)
	}
	return ""
}

// Text says to a person whether the trial means the same.
func (a Again) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", strings.ToUpper(a.Summary.Outcome), a.Line)
	if a.Identical {
		b.WriteString("  the same, event for event\n")
		return b.String()
	}
	for _, part := range []struct{ name, differs string }{
		{"operations", a.Operations}, {"faults", a.Faults}, {"violation", a.Violation},
	} {
		if part.differs == "" {
			part.differs = "the same"
		}
		fmt.Fprintf(&b, "  %s: %s\n", part.name, part.differs)
	}
	switch {
	case a.SameTrial() && a.Violation == "":
		b.WriteString("  it means the same, though its trace is another one\n")
	case a.SameTrial():
		b.WriteString("  it is the same trial, and it comes out differently\n")
	default:
		b.WriteString("  it is another trial here: what it says is no answer to what it said\n")
	}
	if a.Scripted {
		b.WriteString("  the clients were told which turns to take\n")
	}
	return b.String()
}
