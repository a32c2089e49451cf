// Package recorded judges histories that were recorded elsewhere, for a person: it reads a file, asks the checkers of a
// model, and says which operations contradict each other.
package recorded

import (
	"fmt"
	"strings"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/model"
)

// ModelNames lists the models that Judge takes.
func ModelNames() string { return strings.Join(checker.Models(), ", ") }

// Judgement is the result of judging a recorded history.
type Judgement struct {
	Outcome string
	// Text says it to a person.
	Text string
}

// Judge judges a recorded history: name is the file's, data its bytes. The error says what is wrong with the file or
// the model.
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
	if reason, _, yes := v.Mismatched(); yes {
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
	return fmt.Sprintf("%s on %s, in %s", count(clients, "operation"), count(len(objects), "object"),
		count(len(h), "event"))
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
