package ci

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"ordeal/reports"
)

// The sample as Markdown and as annotations is in testdata/words.txt. Run with -rewrite to make it anew.
func TestWords(t *testing.T) {
	datadriven.RunTest(t, "testdata/words.txt", func(t *testing.T, d *datadriven.TestData) string {
		switch d.Cmd {
		case "markdown":
			return string(Markdown(sample()))
		case "annotations":
			return Annotations(sample())
		}
		d.Fatalf(t, "there is no command %s", d.Cmd)
		return ""
	})
}

// TestGitHubShowsAllOfIt: what is longer than GitHub shows is cut down, with a word on what is left.
func TestGitHubShowsAllOfIt(t *testing.T) {
	c := Campaign{Tool: "ordeal", Outcome: reports.Invalid}
	for i := range 500 {
		f := sample().Findings[i%3]
		f.Name, f.Text = fmt.Sprintf("trial %d", i), strings.Repeat("evidence\n", 10_000)
		c.Findings = append(c.Findings, f)
	}
	text := string(Markdown(c))
	if len(text) > StepSummaryMax || !strings.Contains(text, "more for which there is no room here") ||
		!strings.Contains(text, "more.\n") {
		t.Errorf("%d bytes", len(text))
	}
	said := Annotations(c)
	if strings.Count(said, "::error ") != annotationsMax || strings.Count(said, "::warning ") != annotationsMax ||
		strings.Count(said, "\n") != 2*annotationsMax || !strings.Contains(said, "title=and more::") {
		t.Errorf("%.2000s", said)
	}
}

// TestNothingEscapesItsFence: a text can't end the block that it stands in.
func TestNothingEscapesItsFence(t *testing.T) {
	text := fence("a\n````\nb")
	if !strings.HasPrefix(text, "`````\n") || !strings.HasSuffix(text, "\n`````\n") {
		t.Error(text)
	}
	if got := codeMD("a`b``c|d"); got != "``` a`b``c\\|d ```" {
		t.Error(got)
	}
	if got := data("100%\r\n") + property("a:b,c"); got != "100%25%0D%0Aa%3Ab%2Cc" {
		t.Error(got)
	}
}
