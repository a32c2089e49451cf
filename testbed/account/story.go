// Package account writes the story of a trial that failed, for a person who asks why: what clients asked and were
// answered, what happened when, and what should not have. It writes; whoever observes the trial decides what there is
// to write.
package account

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/workloads/clients"
)

// Bounds of an account: it is to be read.
const (
	linesMax = 60
	// CallsMax is how many operations an account shows.
	CallsMax = 12
)

// Story is what was written down of one trial.
type Story struct {
	now        func() time.Duration
	lines, odd []line
}

// line is something that happened.
type line struct {
	at   time.Duration
	text string
}

// Line is something that happened, or with Odd something that should not have.
type Line struct {
	At   time.Duration
	Text string
	Odd  bool
}

// New makes an empty story; now is the world's clock.
func New(now func() time.Duration) *Story { return &Story{now: now} }

// Tell writes down what happens now.
func (s *Story) Tell(format string, args ...any) { s.TellAt(s.now(), fmt.Sprintf(format, args...)) }

// TellAt writes down what happened at an instant.
func (s *Story) TellAt(at time.Duration, text string) { s.lines = append(s.lines, line{at, text}) }

// Odd writes down what happens now and should not: once, if it goes on.
func (s *Story) Odd(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(s.odd, func(o line) bool { return o.text == text }) {
		s.OddAt(s.now(), text)
	}
}

// OddAt writes down what happened at an instant and should not have.
func (s *Story) OddAt(at time.Duration, text string) { s.odd = append(s.odd, line{at, text}) }

// Fault writes down that a fault begins or ends.
func (s *Story) Fault(e nemesis.Event) {
	what := e.Fault.String()
	if e.Detail != "" && e.Detail != string(e.Fault.Target) {
		what += " (" + e.Detail + ")"
	}
	switch e.Type {
	case nemesis.Fired:
		s.Tell("fault: %s", what)
	case nemesis.Ended:
		s.Tell("the fault ends: %s", what)
	}
}

// Lines are all that was written down, by when it happened.
func (s *Story) Lines() []Line {
	var all []Line
	for _, l := range s.lines {
		all = append(all, Line{l.at, l.text, false})
	}
	for _, l := range s.odd {
		all = append(all, Line{l.at, l.text, true})
	}
	slices.SortStableFunc(all, func(a, b Line) int { return cmp.Compare(a.At, b.At) })
	return all
}

// Call is an operation, and which client was asked for it. Of one that no client was asked for, Client is 0.
type Call struct {
	history.Operation
	clients.Call
}

// Who is "c4 at n2".
func (c Call) Who() string {
	switch {
	case c.Client == 0 && c.Process < 0:
		return "the service"
	case c.Client == 0:
		return fmt.Sprintf("process %d", c.Process)
	case c.Server == "":
		return fmt.Sprintf("c%d", c.Client)
	}
	return fmt.Sprintf("c%d at %s", c.Client, c.Server)
}

// Text is the story up to an instant: the operations in words, what happened, the background, and what was odd. words
// says an operation without who asked for it.
func (s *Story) Text(until time.Duration, calls []Call, words func(history.Operation) string,
	background string) string {
	var b strings.Builder
	writeCalls(&b, calls, words)
	s.writeLines(&b, until)
	b.WriteString(background)
	s.writeOdd(&b, until)
	return b.String()
}

func writeCalls(b *strings.Builder, calls []Call, words func(history.Operation) string) {
	if len(calls) == 0 {
		return
	}
	b.WriteString("What clients asked, and what they were answered:\n")
	over := max(0, len(calls)-CallsMax)
	if over > 0 {
		fmt.Fprintf(b, "  %s before\n", count(over, "operation"))
	}
	for _, o := range calls[over:] {
		end := "no answer"
		if o.Return >= 0 {
			end = Seconds(o.Completed)
		}
		fmt.Fprintf(b, "  %s to %s  %s: %s\n", Seconds(o.Invoked), end, o.Who(), words(o.Operation))
	}
}

func (s *Story) writeLines(b *strings.Builder, until time.Duration) {
	lines := upTo(s.lines, until)
	if len(lines) == 0 {
		return
	}
	b.WriteString("What happened:\n")
	over := max(0, len(lines)-linesMax)
	if over > 0 {
		fmt.Fprintf(b, "  %s before; shrink the trial to see less\n", count(over, "line"))
	}
	for _, l := range lines[over:] {
		fmt.Fprintf(b, "  %9s  %s\n", Seconds(l.at), l.text)
	}
}

func (s *Story) writeOdd(b *strings.Builder, until time.Duration) {
	odd := upTo(s.odd, until)
	if len(odd) == 0 {
		return
	}
	b.WriteString("What should not be:\n")
	for i, o := range odd {
		if i == CallsMax {
			fmt.Fprintf(b, "  and %s more\n", count(len(odd)-i, "thing"))
			break
		}
		fmt.Fprintf(b, "  %9s  %s\n", Seconds(o.at), o.text)
	}
}

// upTo are lines up to an instant, by their times.
func upTo(lines []line, until time.Duration) []line {
	lines = slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return l.at > until })
	slices.SortStableFunc(lines, func(x, y line) int { return cmp.Compare(x.at, y.at) })
	return lines
}

// Seconds is "1.020 s".
func Seconds(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%d.%03d s", ms/1000, ms%1000)
}

// count is "1 line" or "2 lines".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
