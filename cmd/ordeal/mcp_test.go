package main

import (
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestMCPOverPipes: the command serves a client of the SDK's on its standard input and output, and ends with it.
func TestMCPOverPipes(t *testing.T) {
	c := ordealCommand(t, "mcp", "--jobs", "1")
	session, err := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil).Connect(t.Context(),
		&mcp.CommandTransport{Command: c}, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: "run", Arguments: map[string]any{
		"first": "18446744073709551610", "trials": 1, "seconds": 2, "nodes": []int{3}}})
	if err != nil || result.IsError {
		t.Fatalf("%+v, %v", result, err)
	}
	if text := result.Content[0].(*mcp.TextContent).Text; !strings.Contains(text, `"trials":1`) {
		t.Error(text)
	}
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if code := c.ProcessState.ExitCode(); code != exitValid {
		t.Errorf("exit code %d", code)
	}
}

// TestEvents asks for what a trial that was kept saw.
func TestEvents(t *testing.T) {
	dir := t.TempDir()
	ordealIn(t, dir, "run", "--seed", "3", "--workloads", "queue", "--nodes", "3", "--length", "2s", "--out", "out")
	r := ordealIn(t, dir, "events", "out", "--where", `f == "enqueue" and type == "invoke"`, "--limit", "3")
	if r.code != exitValid || strings.Count(r.out, "\n") != 3 || strings.Count(r.out,
		`{"trial":"queue-n3-seed3","index":`) != 3 {
		t.Errorf("%+v", r)
	}
	ordealIn(t, dir, "events", "out", "--where", "nothing").refused(t, dir, "unknown name nothing", "out")
}
