package diff

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/reports/timeline"
)

// Parting is where two runs part.
type Parting struct {
	// By is what was compared: "events" of the world, or of the "history"; "" if neither could be.
	// Ended names the run, "A" or "B", whose history is missing or breaks off before the two part; "" for none.
	By    string `json:"by"`
	Ended string `json:"ended,omitempty"`
	// Shared is how many were the same in both, from the start on.
	Shared int `json:"shared"`
	// At is when the first that is another one happened; negative if there is none.
	At time.Duration `json:"at_ns"`
	// First and Second say what it is in either run, and "" that the run was over.
	First  string `json:"first"`
	Second string `json:"second"`
	// Around is what either run did from that instant on and shortly after, and the other did not.
	Around [2][]string `json:"around"`
}

// parted finds where two runs part: by every event of the world where both were played here, and by what clients saw
// where one is known by its folder alone.
func parted(a, b *run) Parting {
	p := Parting{At: -1}
	switch {
	case a.real || b.real: // no event of one is one of the other
		return p
	case a.steps != nil && b.steps != nil:
		p = partedByEvents(a, b)
	default:
		p = partedByHistory(a, b)
	}
	if p.At >= 0 {
		first, second := around(a.timeline, p.At), around(b.timeline, p.At)
		p.Around = [2][]string{without(first, second), without(second, first)}
	}
	return p
}

func partedByEvents(a, b *run) Parting {
	p := Parting{By: "events", At: -1}
	n := min(len(a.steps), len(b.steps))
	for p.Shared < n && a.steps[p.Shared] == b.steps[p.Shared] {
		p.Shared++
	}
	if p.Shared == len(a.steps) && p.Shared == len(b.steps) {
		return p
	}
	first, okFirst := a.happening(p.Shared)
	second, okSecond := b.happening(p.Shared)
	switch {
	case okFirst && okSecond:
		p.At = min(first.At, second.At)
	case okFirst:
		p.At = first.At
	case okSecond:
		p.At = second.At
	}
	if okFirst {
		p.First = first.String()
	}
	if okSecond {
		p.Second = second.String()
	}
	if p.First == p.Second {
		p.First, p.Second = p.First+", with other bytes in it", p.Second+", with other bytes in it"
	}
	return p
}

func partedByHistory(a, b *run) Parting {
	p := Parting{By: "history", At: -1}
	n := min(len(a.history), len(b.history))
	for p.Shared < n && eventText(a.history[p.Shared]) == eventText(b.history[p.Shared]) {
		p.Shared++
	}
	for _, one := range []*run{a, b} {
		if one.cut && p.Shared == len(one.history) {
			p.Ended = one.name
			return p
		}
	}
	for i, one := range []*run{a, b} {
		if p.Shared == len(one.history) {
			continue
		}
		op := one.history[p.Shared]
		if p.At < 0 || op.Time < p.At {
			p.At = op.Time
		}
		if i == 0 {
			p.First = eventText(op)
		} else {
			p.Second = eventText(op)
		}
	}
	return p
}

// eventText is an event of a history in a line.
func eventText(op history.Op) string {
	text := fmt.Sprintf("%s process %d %s %s", clock(op.Time), op.Process, op.F, op.Type)
	if op.Key != "" {
		text += " " + op.Key
	}
	if op.Value != nil {
		text += fmt.Sprintf(" %v", op.Value)
	}
	if op.Error != "" {
		text += " (" + op.Error + ")"
	}
	return text
}

const (
	// aroundMax is how many items around the parting are told, and aroundFor for how long.
	aroundMax = 5
	aroundFor = time.Second
)

func around(t timeline.Timeline, at time.Duration) (texts []string) {
	for _, item := range t.Items(at, at+aroundFor) {
		texts = append(texts, clock(item.At)+" "+item.Text)
	}
	return texts
}

// without is the first of some texts that are not among others.
func without(texts, others []string) []string {
	there := make(map[string]bool, len(others))
	for _, text := range others {
		there[text] = true
	}
	only := []string{}
	for _, text := range texts {
		if !there[text] && len(only) < aroundMax {
			only = append(only, text)
		}
	}
	return only
}

// clock writes an instant in seconds, to the microsecond.
func clock(d time.Duration) string { return fmt.Sprintf("%.6f s", d.Seconds()) }

// fields lists in what two trial lines differ, and of what they have in common the workload.
func fields(a, b string) (differences []timeline.Difference) {
	first, second := fieldsOf(a), fieldsOf(b)
	var names []string
	for _, f := range append(slices.Clone(first), second...) {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	for _, name := range names {
		x, y := valueOf(first, name), valueOf(second, name)
		if x != y {
			differences = append(differences, timeline.Difference{What: "line: " + name, First: x, Second: y})
		}
	}
	return differences
}

type field struct{ name, value string }

// fieldsOf splits a line at spaces, but not within double quotes.
func fieldsOf(line string) (all []field) {
	quoted, escaped := false, false
	words := strings.FieldsFunc(line, func(r rune) bool {
		switch {
		case escaped:
			escaped = false
		case quoted && r == '\\':
			escaped = true
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			return true
		}
		return false
	})
	for _, word := range words {
		name, value, ok := strings.Cut(word, "=")
		if !ok {
			name, value = "version", word
		}
		all = append(all, field{name, value})
	}
	return all
}

func valueOf(fields []field, name string) string {
	for _, f := range fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}
