package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/campaign"
	"ordeal/testbed/findings"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

var toy = trialtest.Service(trialtest.Options{})

// said is what the command prints with some arguments.
func said(args ...string) (string, error) {
	var out bytes.Buffer
	c := Command(toy)
	c.SetArgs(args)
	c.SetOut(&out)
	c.SetErr(&out)
	err := c.Execute()
	return out.String(), err
}

// TestFindings lists a folder with one finding as a table, as JSON and as a page.
func TestFindings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "found")
	folder, err := findings.Open(dir, toy)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := folder.Of(campaign.Finding{Kind: campaign.FindingInvalid, Summary: play.Summary{
		Line:    "toy/1 seed=5 workload=register nodes=3 length=10s rate=50 faults=swarm",
		Outcome: play.Invalid, Checker: "linearizable register", Operations: 77, Reason: "why",
		Violations: []play.Violation{{Kind: "linearizable register"}}, Fired: map[string]int{"crash": 2},
	}})
	folder.Found(kind, "0123456789abcdef")
	if err := folder.Write(); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "page.html")
	table, err := said(dir, "--page", page)
	if err != nil || !strings.Contains(table, kind.ID+"  new    0123456789ab  0123456789ab  77") ||
		!strings.Contains(table, "toy replay 'toy/1 seed=5 ") {
		t.Errorf("%v\n%s", err, table)
	}
	text, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(text), "<strong>new</strong>") || !strings.Contains(string(text), kind.ID) {
		t.Errorf("the page: %v\n%s", err, text)
	}
	lines, err := said(dir, "--json")
	var one findings.Finding
	if err != nil || json.Unmarshal([]byte(lines), &one) != nil || one.ID != kind.ID || one.State != findings.New {
		t.Errorf("%v\n%s", err, lines)
	}
	if text, err := said(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "there is no folder") {
		t.Errorf("%v\n%s", err, text)
	}
}
