// Package recorded judges histories that were recorded elsewhere, for a person: it reads a file, asks the checkers of a
// model, and says which operations contradict each other.
package recorded

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/model"
)

// ModelNames lists the models that can be asked for.
func ModelNames() string { return strings.Join(checker.Models(), ", ") }

// Judgement is the result of judging a recorded history.
type Judgement struct {
	Outcome string
	// Contents counts what is in the history, and Reason says why in a sentence, if there is a reason.
	Contents, Reason string
	// Text says it to a person, and JSON, one line, to programs.
	Text string
	JSON []byte
	// Page is an HTML page of it, and Smallest the smallest history that is wrong in the same way, as JSON lines;
	// they are there if they were asked for, and Smallest if the history is wrong.
	Page, Smallest []byte
}

// manyOperations are so many that it pays to guess how many there are in all.
const manyOperations = 1 << 16

// judge judges a recorded history by a model; "" is the one that the file names. The error says what is wrong with the
// file, the model, or how to read the one as the other.
func judge(f *formats.File, as string, r reading) (Judgement, error) {
	if as != "" { // a bad name is said before a long file is read
		if _, err := r.checker(as); err != nil {
			return Judgement{}, err
		}
	}
	var p history.Pairing
	p.Trees()
	broken := error(nil) // of what everybody takes for granted
	many, asAlways := false, func() {}
	defer func() { asAlways() }()
	err := f.Each(func(op *history.Op) error {
		if broken = p.Add(op); !many && p.Len() >= manyOperations {
			many, asAlways = true, r.late(f.Expected())
			p.Expect(int(manyOperations * f.Expected() * 1.1))
		}
		return broken
	})
	if err != nil && broken == nil {
		return Judgement{}, err
	}
	if head, _ := f.Head(); as == "" {
		as = head.Model
	}
	if as == "" {
		return Judgement{}, fmt.Errorf("--model is missing: one of %s", ModelNames())
	}
	c, err := r.checker(as)
	if err != nil {
		return Judgement{}, err
	}
	ops := p.Operations()
	if broken == nil {
		ops, broken = history.Untuple(ops)
	}
	ops, notes, err := r.apply(f, as, ops)
	if err != nil {
		return Judgement{}, err
	}
	held := contents(ops, f.Events())
	var v checker.Verdict
	if broken == nil {
		v = c.CheckOperations(ops)
	} else {
		v = c.NoHistory(broken)
	}
	if reason, event, yes := v.Mismatched(); yes {
		return Judgement{}, fmt.Errorf("%s is no history of the model %s: %s", f.Place(event), as, reason)
	}
	if r.Told.Initial == nil && slices.Contains(registers, as) && neverWritten(ops, v.Evidence) {
		notes = append(notes, "a register holds nil at the start; --initial says otherwise")
	}
	j := Judgement{
		Outcome: v.Outcome.String(), Contents: held.text(v), Reason: v.Reason,
		Text: judgementText(f.Name, as, held, v) + notesText(notes),
	}
	if r.page {
		j.Page = []byte(pageHTML(j.Text, v))
	}
	if r.minimize && v.Outcome == checker.Invalid {
		var out bytes.Buffer
		if err := history.WriteJSONL(&out, history.Head{Model: as}, minimize(c, history.Events(ops))); err != nil {
			return Judgement{}, err
		}
		j.Smallest = out.Bytes()
	}
	j.JSON, err = judgementBytes(f.Name, as, held, v, notes)
	return j, err
}

// checker is that of a model that is told what a person told.
func (r reading) checker(as string) (checker.Checker, error) {
	c, err := checker.ForModelWith(as, r.Told)
	if err == nil {
		err = r.forModel(as)
	}
	return c, err
}

// notesText shows what a reader of the verdict has to know of how the file was read.
func notesText(notes []string) string {
	var b strings.Builder
	for _, n := range notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	return b.String()
}

// evidenceMax is how many contradicting operations a judgement lists. The last ones are where no order is left.
const evidenceMax = 40

func judgementText(name, as string, held counts, v checker.Verdict) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s as %s: %s\n", strings.ToUpper(v.Outcome.String()), name, as, held.text(v))
	if v.Reason != "" {
		fmt.Fprintf(&b, "  %s\n", v.Reason)
	}
	if v.Key != "" {
		fmt.Fprintf(&b, "  object: %s\n", v.Key)
	}
	if r := transactionsOf(v); r != nil {
		return b.String() + transactionsText(r)
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

// counts are how much is in a history.
type counts struct{ events, operations, objects int }

// contents counts what is in a history.
func contents(ops []history.Operation, events int) counts {
	c := counts{events: events}
	objects := map[string]bool{}
	last := ""
	for i := range ops {
		op := &ops[i]
		if op.Process < 0 {
			continue
		}
		c.operations++
		if op.Key != last || c.operations == 1 {
			objects[op.Key] = true
			last = op.Key
		}
	}
	c.objects = len(objects)
	return c
}

// text says what a verdict is about.
func (c counts) text(v checker.Verdict) string {
	if r := transactionsOf(v); r != nil {
		return fmt.Sprintf("%s on %s, in %s", count(r.Transactions, "transaction"), count(r.Objects, "object"),
			count(c.events, "event"))
	}
	return fmt.Sprintf("%s on %s, in %s", count(c.operations, "operation"), count(c.objects, "object"),
		count(c.events, "event"))
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
