package ordeal_test

import (
	"os"
	"regexp"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
)

// TestTheReadmesFinding plays the trial that the README shows: a reader who pastes it has to see what is printed there.
func TestTheReadmesFinding(t *testing.T) {
	if !coordination.Service().Marked {
		t.Skip("the finding is of a planted bug: this needs a build with marks")
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("INVALID  (ordeal/2 .*)\n(?s:.*?)\n  trace ([0-9a-f]{16}), ").FindSubmatch(text)
	if shown == nil {
		t.Fatal("the README shows no finding")
	}
	trial, err := coordination.Service().Parse(string(shown[1]))
	if err != nil {
		t.Fatal(err)
	}
	r, err := play.Run(trial, play.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Summary; s.Outcome != play.Invalid || s.TraceHash != string(shown[2]) {
		t.Errorf("%s is %s with trace %s: the README has to show another", s.Line, s.Outcome, s.TraceHash)
	}
}
