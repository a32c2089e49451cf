package diff

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"ordeal/testbed/shrink"
)

// short writes a time in three or four digits.
func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%d µs", d.Microseconds())
}

// ratio says how much longer or shorter the second is.
func ratio(a, b time.Duration) string { return change(float64(a), float64(b)) }

func change(a, b float64) string {
	switch {
	case a <= 0 || b <= 0 || a == b:
		return ""
	case b >= 2*a:
		return fmt.Sprintf("%.1f times as much", b/a)
	}
	return fmt.Sprintf("%+.1f %%", (b/a-1)*100)
}

// sentences say where the two part.
func (r report) sentences() []string {
	p := r.Parts
	var lines []string
	switch {
	case r.Same:
		lines = append(lines, fmt.Sprintf("They are the same run: all %d %s are equal.", p.Shared, p.unit()))
	case p.Ended != "" && p.Shared == 0:
		lines = append(lines, fmt.Sprintf("Where they part can't be said: there is no history of %s.", p.Ended))
	case p.Ended != "":
		lines = append(lines, fmt.Sprintf("The first %d %s are equal; behind them, that of %s is missing.", p.Shared,
			p.unit(), p.Ended))
	case p.By == "":
		lines = append(lines, "Where they part can't be said: they ran in different kinds of time.")
	case p.At < 0:
		lines = append(lines, fmt.Sprintf("All %d %s are equal.", p.Shared, p.unit()))
	case p.Shared == 0:
		lines = append(lines, "They part at the very start: not even the first event is the same.")
	default:
		lines = append(lines, fmt.Sprintf("They part at %s; before that, %d %s are the same.", clock(p.At), p.Shared,
			p.unit()))
	}
	return append(lines, r.Notes...)
}

func (p Parting) unit() string {
	if p.By == "history" {
		return "events of the history"
	}
	return "events of the world"
}

// Text is the report for a person.
func (r report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A  %s\nB  %s\n", shrink.Shown(r.First.What), shrink.Shown(r.Second.What))
	for _, line := range r.sentences() {
		fmt.Fprintf(&b, "%s\n", line)
	}
	p := r.Parts
	if p.At >= 0 {
		for i, side := range []struct{ name, what string }{{"A", p.First}, {"B", p.Second}} {
			if side.what == "" {
				side.what = "it was over"
			}
			fmt.Fprintf(&b, "  %s  %s\n", side.name, side.what)
			for _, text := range p.Around[i] {
				fmt.Fprintf(&b, "       %s\n", text)
			}
		}
	}
	r.tables(&b)
	return b.String()
}

// cellMax is how many characters a cell of a table shows.
const cellMax = 60

func cell(s string) string {
	if runes := []rune(s); len(runes) > cellMax {
		return string(runes[:cellMax-1]) + "…"
	}
	return s
}

func (r report) tables(b *strings.Builder) {
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	if len(r.Differences) > 0 {
		fmt.Fprintf(w, "\nWHAT DIFFERS\tA\tB\t\n")
	}
	for _, d := range r.Differences {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cell(d.What), cell(d.First), cell(d.Second), d.Note)
	}
	_ = w.Flush()
	if len(r.Latencies) > 0 {
		fmt.Fprintf(w, "\nANSWERED\tA\tp50\tp99\tmax\tB\tp50\tp99\tmax\n")
	}
	for _, l := range r.Latencies {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.F, l.First.text(), l.Second.text())
	}
	_ = w.Flush()
}

func (f Figures) text() string {
	if f.Count == 0 {
		return "0\t-\t-\t-"
	}
	return fmt.Sprintf("%d\t%s\t%s\t%s", f.Count, short(f.P50), short(f.P99), short(f.Max))
}

// JSON is the report for programs, one line.
func (r report) JSON() ([]byte, error) {
	data, err := json.Marshal(r)
	return append(data, '\n'), err
}
