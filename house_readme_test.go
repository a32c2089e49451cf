package ordeal_test

import (
	"os"
	"regexp"
	"testing"

	"ordeal"
)

// TestTheReadmesFinding plays the trial that the README shows: a reader who pastes it has to see what is printed there.
func TestTheReadmesFinding(t *testing.T) {
	if !ordeal.Marked() {
		t.Skip("the finding is of a planted bug: this needs a build with marks")
	}
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("INVALID  (ordeal/1 .*)\n(?s:.*?)\n  trace ([0-9a-f]{16}), ").FindSubmatch(text)
	if shown == nil {
		t.Fatal("the README shows no finding")
	}
	trial, err := ordeal.ParseTrial(string(shown[1]))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ordeal.Run(trial)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Summary; s.Outcome != ordeal.OutcomeInvalid || s.TraceHash != string(shown[2]) {
		t.Errorf("%s is %s with trace %s: the README has to show another", s.Line, s.Outcome, s.TraceHash)
	}
}
