package mcp

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"ordeal/testbed/campaign"
	"ordeal/testbed/trialtest"
)

// connected is a client of the SDK's with a server of a service that is wrong.
func connected(t *testing.T) *sdk.ClientSession {
	t.Helper()
	wrong := trialtest.Service(trialtest.Options{StaleReads: true})
	s := Server{Service: wrong, Version: "v", Jobs: 1, NewWorker: func() (campaign.Worker, error) {
		return campaign.InProcess(wrong, nil), nil
	}}
	near, far := sdk.NewInMemoryTransports()
	if _, err := s.server().Connect(t.Context(), far, nil); err != nil {
		t.Fatal(err)
	}
	client, err := sdk.NewClient(&sdk.Implementation{Name: "test"}, nil).Connect(t.Context(), near, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// call calls a tool, and reads its result into out. It gives what the tool said if it was an error.
func call(t *testing.T, c *sdk.ClientSession, tool string, in, out any) (wrong string) {
	t.Helper()
	result, err := c.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: in})
	if err != nil {
		return err.Error()
	}
	if result.IsError {
		return result.Content[0].(*sdk.TextContent).Text
	}
	text, err := json.Marshal(result.StructuredContent)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "null") && tool != "events" {
		t.Errorf("%s: there is a null in %s", tool, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%s: %v in %s", tool, err, text)
	}
	return ""
}

// TestAClientFindsAndExplains goes from a campaign to a cause, as a program would.
func TestAClientFindsAndExplains(t *testing.T) {
	c := connected(t)
	tools, err := c.ListTools(t.Context(), nil)
	if err != nil || len(tools.Tools) != 6 {
		t.Fatalf("%d tools, %v", len(tools.Tools), err)
	}
	campaign := map[string]any{"first": "15", "trials": 2, "faults": []string{"partition", "crash"}, "seconds": 10}
	var ran runOutput
	if wrong := call(t, c, "run", campaign, &ran); wrong != "" || ran.Trials != 2 {
		t.Fatalf("%s: %+v", wrong, ran)
	}
	if len(ran.Findings) != 1 || ran.Findings[0].Kind != "invalid" {
		t.Fatalf("%+v", ran)
	}
	line := map[string]any{"line": ran.Findings[0].Line}
	var played replayOutput
	if wrong := call(t, c, "replay", line, &played); wrong != "" || !played.Same || played.Outcome != "invalid" ||
		len(played.TraceHash) != 16 || played.Reason != ran.Findings[0].Reason {
		t.Errorf("%s: %+v", wrong, played)
	}
	var small shrinkOutput
	if wrong := call(t, c, "shrink", map[string]any{"line": ran.Findings[0].Line, "seconds": 20}, &small); wrong != "" ||
		small.Operations > 20 || small.Kind == "" {
		t.Errorf("%s: %+v", wrong, small)
	}
	var told explainOutput
	if wrong := call(t, c, "explain", map[string]any{"line": small.Line}, &told); wrong != "" ||
		!strings.Contains(told.Text, "linearizable") {
		t.Errorf("%s: %+v", wrong, told)
	}
}

func TestAClientReadsWhatIsKept(t *testing.T) {
	c, dir := connected(t), t.TempDir()
	history := `{"format":"ordeal-history","version":1}
{"index":0,"time":1000000000,"process":3,"type":"invoke","f":"write","value":9007199254740993}
{"index":1,"time":2000000000,"process":3,"type":"ok","f":"write","value":1}
{"index":2,"time":3000000000,"process":3,"type":"invoke","f":"read","value":null}
`
	if err := os.WriteFile(filepath.Join(dir, "history.jsonl"), []byte(history), 0o644); err != nil {
		t.Fatal(err)
	}
	var got eventsOutput
	if wrong := call(t, c, "events", map[string]any{"dir": dir, "where": "f == \"write\"", "limit": 1},
		&got); wrong != "" ||
		len(got.Events) != 1 || !got.More || got.Events[0].Value != "9007199254740993" {
		t.Errorf("%s: %+v", wrong, got)
	}
	var list findingsOutput
	if wrong := call(t, c, "findings", map[string]any{"dir": t.TempDir()}, &list); wrong != "" || len(list.Findings) != 0 {
		t.Errorf("%s: %+v", wrong, list)
	}
	if got := exact([]any{int64(math.MaxInt64), int64(7), "x"}); !reflect.DeepEqual(got,
		[]any{"9223372036854775807", int64(7), "x"}) {
		t.Errorf("%v", got)
	}
}

// TestAClientIsToldWhatIsWrong: a bad call is an error of the tool's, and the server goes on.
func TestAClientIsToldWhatIsWrong(t *testing.T) {
	c := connected(t)
	for want, ask := range map[string]struct {
		tool string
		in   map[string]any
	}{
		"it is of version 9":     {"replay", map[string]any{"line": "toy/9 seed=1"}},
		"is no number from 0":    {"run", map[string]any{"first": "x"}},
		"there must be from 1":   {"run", map[string]any{"trials": 10001}},
		`workload "dance"`:       {"run", map[string]any{"workloads": []string{"dance"}}},
		"unknown name typ":       {"events", map[string]any{"dir": ".", "where": "typ == 1"}},
		"must be from 1 to 1000": {"events", map[string]any{"dir": ".", "limit": 1001}},
		"no such file":           {"findings", map[string]any{"dir": "nowhere"}},
		"nothing to look for":    {"shrink", map[string]any{"line": "toy/1 seed=15 workload=register nodes=3 faults=none"}},
		"unexpected additional":  {"explain", map[string]any{"line": "x", "more": 1}},
	} {
		if wrong := call(t, c, ask.tool, ask.in, &struct{}{}); !strings.Contains(wrong, want) {
			t.Errorf("%s %v: %q, and not %s", ask.tool, ask.in, wrong, want)
		}
	}
}
