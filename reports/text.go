package reports

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/reports/chart"
)

// mostEvidence is how many contradicting events the terminal shows of one check; the page shows all.
const mostEvidence = 8

// mostFaults is how many faults it lists.
const mostFaults = 8

// Text is the trial for a terminal: what happened, where, under which faults, and how to see it again.
func Text(t Trial) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", strings.ToUpper(string(t.Outcome())), inline(t.Line))
	for _, v := range t.Verdicts {
		if v.Outcome != Valid {
			b.WriteString(v.text())
		}
	}
	if len(t.Verdicts) == 0 {
		b.WriteString("  nothing was checked\n")
	}
	b.WriteString(t.faultText())
	n := countedAs(tallies(operations(t.Ops)))
	fmt.Fprintf(&b, "  %s in %s: %s ok, %s info, %s fail, %s pending\n", plural(int64(n.Total), "operation"),
		seconds(t.Length), thousands(int64(n.OK)), thousands(int64(n.Info)), thousands(int64(n.Fail)),
		thousands(int64(n.Pending)))
	if t.Trace.Hash != "" {
		fmt.Fprintf(&b, "  trace %s, %s\n", inline(t.Trace.Hash), plural(t.Trace.Events, "event"))
	}
	if t.Replay != "" {
		fmt.Fprintf(&b, "  again: %s\n", inline(t.Replay))
	}
	for _, note := range t.Notes {
		fmt.Fprintf(&b, "  %s\n", inline(note))
	}
	return b.String()
}

// faultText counts the faults, and lists them unless the trial is valid: then there is no failure to explain.
func (t Trial) faultText() string {
	var b strings.Builder
	fired, skipped := t.fired()
	fmt.Fprintf(&b, "  %s fired, %s skipped\n", plural(int64(len(fired)), "fault"), thousands(int64(len(skipped))))
	if t.Outcome() == Valid {
		return b.String()
	}
	for i, f := range slices.Concat(fired, skipped) {
		if i == mostFaults {
			fmt.Fprintf(&b, "    and %s more\n", thousands(int64(len(t.Faults)-i)))
			break
		}
		fmt.Fprintf(&b, "    %s %s", inline(f.Kind), inline(f.Label))
		if f.Skipped != "" {
			fmt.Fprintf(&b, ", skipped: %s\n", inline(f.Skipped))
		} else {
			fmt.Fprintf(&b, ", %s to %s\n", seconds(f.From), until(f.To))
		}
	}
	return b.String()
}

// text is a verdict that is not valid, with the first of its evidence.
func (v Verdict) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s %s: %s\n", inline(v.Name), v.Outcome.known(), inline(v.Reason))
	for _, d := range v.Details {
		fmt.Fprintf(&b, "    %s\n", inline(d))
	}
	for i, e := range v.Evidence {
		if i == mostEvidence {
			fmt.Fprintf(&b, "    and %s\n", plural(int64(len(v.Evidence)-i), "more event"))
			break
		}
		fmt.Fprintf(&b, "    %10s  #%d %s %s %s", seconds(e.Time), e.Index, processText(e.Process), e.Type, inline(e.F))
		if e.Key != "" {
			b.WriteString(" " + inline(e.Key))
		}
		b.WriteString(" " + inline(valueText(e.Value)))
		if e.Error != "" {
			fmt.Fprintf(&b, " (%s)", inline(e.Error))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// inline makes a string fit for one line of a terminal: nothing in it moves the cursor or colours the screen.
func inline(s string) string { return chart.Clean(s, 1<<16) }
