package recorded

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/checker"
	"ordeal/checker/txn"
)

// transactionsOf is what a verdict or a part of it found in transactions; nil if it is about something else.
func transactionsOf(v checker.Verdict) *txn.Result {
	if v.Transactions != nil {
		return v.Transactions
	}
	for _, p := range v.Parts {
		if r := transactionsOf(p); r != nil {
			return r
		}
	}
	return nil
}

// kindShown is how many anomalies of one kind a judgement shows, and anomaliesShown how many in all.
const (
	kindShown      = 2
	anomaliesShown = 8
)

// transactionsText says which anomalies there are, the shortest of each kind, and what they mean.
func transactionsText(r *txn.Result) string {
	var b strings.Builder
	if len(r.Counts) > 0 {
		fmt.Fprintf(&b, "  found:     %s\n", found(r))
	}
	for _, line := range []struct {
		name   string
		models []string
	}{{"is not:", r.Not}, {"may be:", r.Holds}} {
		if len(line.models) > 0 {
			fmt.Fprintf(&b, "  %-10s %s\n", line.name, strings.Join(line.models, ", "))
		}
	}
	shown, all := map[string]int{}, 0
	for _, a := range r.Found {
		if shown[a.Kind]++; shown[a.Kind] > kindShown || all == anomaliesShown {
			continue
		}
		all++
		b.WriteString(anomalyText(a))
	}
	return b.String()
}

// found counts the anomalies; those that are not forbidden are in brackets.
func found(r *txn.Result) string {
	words := make([]string, len(r.Counts))
	for i, c := range r.Counts {
		words[i] = c.Kind
		if c.N > 1 {
			words[i] += fmt.Sprintf(" (%d times)", c.N)
		}
		if !slices.Contains(r.Forbidden, c.Kind) {
			words[i] += " [allowed]"
		}
	}
	return strings.Join(words, ", ")
}

func anomalyText(a txn.Anomaly) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s: %s\n", a.Kind, a.Text)
	for i, op := range a.Transactions {
		fmt.Fprintf(&b, "    T%d  %-18s %s\n", i+1, span(op), txn.Text(op))
	}
	for i, s := range a.Steps {
		fmt.Fprintf(&b, "    T%d is before T%d (%s): %s\n", i+1, (i+1)%len(a.Steps)+1, s.Kind, s.Why)
	}
	return b.String()
}
