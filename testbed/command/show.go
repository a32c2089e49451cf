package command

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/pricing"
	"ordeal/testbed/trial"
)

// show tells a person how a campaign goes: a progress bar on a terminal, plain lines elsewhere. With --json, standard
// output has one object a trial and nothing else, and the rest goes to standard error.
type show struct {
	app    *app
	text   io.Writer
	json   *json.Encoder // nil without --json
	bar    *progressbar.ProgressBar
	budget time.Duration // when the bar shows time: how much there is
	trials int64         // when it shows trials: how many there are
	last   time.Time
}

// plainEvery is how often a plain line says how far the campaign is.
const plainEvery = 5 * time.Second

func newShow(out, errOut io.Writer, f runFlags, budget time.Duration) *show {
	s := &show{app: f.app, text: out, last: time.Now()}
	if f.json {
		s.text, s.json = errOut, json.NewEncoder(out)
		s.json.SetEscapeHTML(false)
	}
	if file, ok := s.text.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		s.budget, s.trials = budget, f.seedCount()
		s.bar = s.newBar()
	}
	return s
}

// total is what a full bar stands for: trials if their number is known, else milliseconds of the budget.
func (s *show) total() int64 {
	if s.trials > 0 {
		return s.trials
	}
	return max(1, s.budget.Milliseconds())
}

func (s *show) newBar() *progressbar.ProgressBar {
	bar := progressbar.NewOptions64(s.total(),
		progressbar.OptionSetWriter(s.text), progressbar.OptionSetDescription(s.barText(campaign.Tally{})),
		progressbar.OptionSetWidth(20),
		progressbar.OptionSetElapsedTime(false), progressbar.OptionSetPredictTime(false), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond),
	)
	_ = bar.RenderBlank()
	return bar
}

// progressText says how far a campaign is; trials is how many of them.
func progressText(trials string, t campaign.Tally) string {
	return fmt.Sprintf("%s, %v virtual, %s judged, %s", trials, t.Virtual.Round(time.Second),
		count(t.Operations, "operation"), count(t.Findings, "finding"))
}

// count is "1 trial" or "2 trials".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// trial shows that a trial is done.
func (s *show) trial(t campaign.Tally, sum play.Summary) {
	if s.json != nil && sum.Result != nil {
		_ = s.json.Encode(sum.Result)
	}
	switch {
	case s.bar != nil:
		s.advance(t)
	case time.Since(s.last) >= plainEvery:
		s.last = time.Now()
		fmt.Fprintf(s.text, "%s, %v\n", progressText(count(t.Trials, "trial"), t), t.Elapsed.Round(time.Second))
	}
}

// barText says how far a campaign is, and how far it goes.
func (s *show) barText(t campaign.Tally) string {
	if s.trials > 0 {
		return progressText(fmt.Sprintf("%d of %d trials", t.Trials, s.trials), t)
	}
	return fmt.Sprintf("%s, %v of %v", progressText(count(t.Trials, "trial"), t), t.Elapsed.Round(time.Second), s.budget)
}

func (s *show) advance(t campaign.Tally) {
	s.bar.Describe(s.barText(t))
	done := int64(t.Trials)
	if s.trials == 0 {
		done = t.Elapsed.Milliseconds()
	}
	// A full bar would be finished, and the campaign is not: its last trials are still under way.
	_ = s.bar.Set64(min(done, s.total()-1))
}

// finding prints a finding with the command that plays it again.
func (s *show) finding(f campaign.Finding) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	fmt.Fprint(s.text, f.Text())
}

// page says where the campaign's page is.
func (s *show) page(path string) { fmt.Fprintf(s.text, "page: %s\n", path) }

// say prints a line of its own; "" is none.
func (s *show) say(line string) {
	if line == "" {
		return
	}
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	fmt.Fprintln(s.text, line)
}

// end says what the campaign found.
func (s *show) end(r campaign.Report) {
	if s.bar != nil {
		_ = s.bar.Clear()
	}
	t := r.Tally
	if r.Interrupted {
		fmt.Fprintln(s.text, "interrupted")
	}
	fmt.Fprintf(s.text, "%s: %d valid, %d unknown, %d invalid; %s\n", count(t.Trials, "trial"), t.Valid, t.Unknown,
		t.Invalid,
		count(t.Findings, "finding"))
	if t.Resolved > 0 || t.Masked > 0 {
		fmt.Fprintf(s.text, "%s ended unknown to the client and known to the simulator; %s that no client could have seen\n",
			count(t.Resolved, "operation"), count(t.Masked, "violation"))
	}
	fmt.Fprintf(s.text, "%v of virtual time and %d operations in %v, %v of CPU\n",
		t.Virtual.Round(time.Second), t.Operations, t.Elapsed.Round(100*time.Millisecond), t.CPU.Round(100*time.Millisecond))
	if g := r.Guided; g != nil && g.Goal == campaign.GoalScenarios {
		fmt.Fprintf(s.text, "guided: %s branched from others; %d of %d scenarios came about\n", count(g.Branched, "trial"),
			g.CameAbout, g.Wanted)
	} else if g != nil {
		fmt.Fprintf(s.text, "guided: %s branched from others; %d states of the protocol, and %s to branch from\n",
			count(g.Branched, "trial"), g.States, count(g.Pool, "trial"))
	}
	fmt.Fprint(s.text, r.CoverageText())
}

// green says what a campaign that found nothing would have found.
func (s *show) green(seeds trial.Seeds, r campaign.Report) {
	prices, err := pricing.Known(s.app.service)
	if err != nil {
		fmt.Fprintln(s.text, err)
		return
	}
	if text := prices.Green(seeds, r.Tally.Trials); text != "" {
		fmt.Fprintln(s.text, text)
	}
}
