package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"ordeal"
)

// show tells a person how a campaign goes: a progress bar on a terminal, plain lines elsewhere. With --json, standard
// output has one object a trial and nothing else, and the rest goes to standard error.
type show struct {
	text   io.Writer
	json   *json.Encoder // nil without --json
	bar    *progressbar.ProgressBar
	budget time.Duration
	last   time.Time
}

// plainEvery is how often a plain line says how far the campaign is.
const plainEvery = 5 * time.Second

func newShow(out, errOut io.Writer, f runFlags) *show {
	s := &show{text: out, last: time.Now()}
	if f.json {
		s.text, s.json = errOut, json.NewEncoder(out)
		s.json.SetEscapeHTML(false)
	}
	if file, ok := s.text.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.bar = newBar(s.text, f)
	}
	return s
}

func newBar(w io.Writer, f runFlags) *progressbar.ProgressBar {
	total := int64(-1)
	if first, last, err := f.seedRange(f.seeds == "" && f.seed != 0); err == nil && last != noLast {
		total = int64(last - first + 1)
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription("starting"), progressbar.OptionShowCount(),
		progressbar.OptionSetElapsedTime(true), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
	)
}

func progressText(t ordeal.Tally) string {
	return fmt.Sprintf("%d trials, %v virtual, %d operations judged, %d findings",
		t.Trials, t.Virtual.Round(time.Second), t.Operations, t.Findings)
}

// trial takes in a trial that is done.
func (s *show) trial(t ordeal.Tally, sum ordeal.Summary) {
	if s.json != nil && sum.Result != nil {
		_ = s.json.Encode(sum.Result)
	}
	switch {
	case s.bar != nil:
		s.bar.Describe(progressText(t))
		_ = s.bar.Set(t.Trials)
	case time.Since(s.last) >= plainEvery:
		s.last = time.Now()
		fmt.Fprintf(s.text, "%s, %v\n", progressText(t), t.Elapsed.Round(time.Second))
	}
}

// finding prints a finding with the command that plays it again.
func (s *show) finding(f ordeal.Finding) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	fmt.Fprint(s.text, findingText(f))
}

func findingText(f ordeal.Finding) string {
	var b strings.Builder
	switch {
	case f.Summary.Text != "":
		b.WriteString(f.Summary.Text)
	default:
		fmt.Fprintf(&b, "%s  %s\n", strings.ToUpper(f.Kind), f.Summary.Line)
	}
	if f.Detail != "" {
		fmt.Fprintf(&b, "  %s: %s\n", f.Kind, strings.ReplaceAll(strings.TrimSpace(f.Detail), "\n", "\n    "))
	}
	if f.Summary.Text == "" {
		fmt.Fprintf(&b, "  again: %s\n", f.Summary.Command)
	}
	if f.Reproduced {
		fmt.Fprintln(&b, "  played twice, with the same trace")
	}
	if f.Summary.Dir != "" {
		fmt.Fprintf(&b, "  files: %s\n", f.Summary.Dir)
	}
	return b.String()
}

// end says what came of the campaign.
func (s *show) end(r ordeal.Report) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	t := r.Tally
	if r.Interrupted {
		fmt.Fprintln(s.text, "interrupted")
	}
	fmt.Fprintf(s.text, "%d trials: %d valid, %d unknown, %d invalid; %d findings\n", t.Trials, t.Valid, t.Unknown, t.Invalid, t.Findings)
	fmt.Fprintf(s.text, "%v of virtual time and %d operations in %v, %v of CPU\n",
		t.Virtual.Round(time.Second), t.Operations, t.Elapsed.Round(100*time.Millisecond), t.CPU.Round(100*time.Millisecond))
}
