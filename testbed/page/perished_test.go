package page

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

const line = `toy/1 seed=1 workload=register nodes=3 length=10s rate=50 plan="at 3s for 2s crash leader"`

// TestPerishedTrialHasAPage: of a trial that the tool did not survive, the page has what the line says, what the worker
// ended with, and what is missing; of a folder of it, what is in the folder.
func TestPerishedTrialHasAPage(t *testing.T) {
	dies := func(string, play.Mode) ([]byte, play.Summary, error) {
		return nil, play.Summary{}, &campaign.Finding{
			Kind: campaign.FindingPanic, Detail: "the worker ended with exit status 2\npanic: <nothing> is left",
		}
	}
	dir := t.TempDir()
	verdict := `{"format":1,"line":` + quoted(line) + `,"outcome":"unknown","verdicts":[{"name":"recovery","outcome":` +
		`"unknown","reason":"no server came back"}],"trace":{"hash":"00"}}`
	if err := os.WriteFile(filepath.Join(dir, "verdict.json"), []byte(verdict), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		arg, dir string
		fails    bool
		want     []string
	}{
		{line, "", true, []string{
			"did not survive the trial", "the worker ended with exit status 2", "panic: &lt;nothing&gt; is left",
			`"kind":"crash","label":"leader"`, `"from":3000000,"to":5000000`, "as they were planned", "invalid",
		}},
		{dir, dir, false, []string{"did not survive it: panic", "no server came back", "history.jsonl could not be read"}},
	} {
		page, err := timelinePage(trialtest.Service(trialtest.Options{}), c.arg, c.dir, dies)
		if (err != nil) != c.fails {
			t.Errorf("%s: %v", c.arg, err)
		}
		for _, want := range c.want {
			if !strings.Contains(string(page), want) {
				t.Errorf("%s: the page has no %q", c.arg, want)
			}
		}
	}
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
