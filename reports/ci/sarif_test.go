package ci

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ordeal/reports"
)

// sarifChecked is SARIF's own schema, as testdata/README.md says.
func sarifChecked(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/sarif-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	checked, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return checked
}

func TestSARIFIsBySchema(t *testing.T) {
	schema := sarifChecked(t)
	for name, c := range map[string]Campaign{
		"sample": sample(), "nothing": {}, "no findings": {Tool: "ordeal", Outcome: reports.Valid},
	} {
		text := SARIF(c)
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	bad, err := jsonschema.UnmarshalJSON(strings.NewReader(`{"version": "2.1.0", "runs": [{"results": [{}]}]}`))
	if err == nil && schema.Validate(bad) == nil {
		t.Error("the schema lets anything pass")
	}
}

func TestSARIFSaysWhatWasFound(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal(SARIF(sample()), &log); err != nil {
		t.Fatal(err)
	}
	results := log.Runs[0].Results
	if len(results) != 3 || len(log.Runs[0].Tool.Driver.Rules) != 3 {
		t.Fatalf("%+v", log.Runs[0])
	}
	first, known, unknown := results[0], results[1], results[2]
	if first.Baseline != "new" || first.Level != "error" || first.Properties.Seed != "18446744073709551615" ||
		!strings.Contains(first.Message.Text, "Again: bin/ordeal replay '") ||
		first.Locations[0].Physical.Artifact.URI != "found%20here/linearizable%3Aqueue.json" {
		t.Errorf("%+v", first)
	}
	if known.Baseline != "unchanged" || len(known.Suppressions) != 1 || unknown.Kind != "open" || unknown.Level != "none" {
		t.Errorf("%+v, %+v", known, unknown)
	}
	many := sample()
	for len(many.Findings) < resultsMax+10 {
		many.Findings = append(many.Findings, many.Findings[0])
	}
	if err := json.Unmarshal(SARIF(many), &log); err != nil || len(log.Runs[0].Results) != resultsMax ||
		len(log.Runs[0].Tool.Driver.Rules) != 3 {
		t.Errorf("%d results, %v", len(log.Runs[0].Results), err)
	}
}
