package events

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/history"
)

// kept writes the history of a trial into a folder.
func kept(t *testing.T, dir string) {
	t.Helper()
	var text bytes.Buffer
	h := history.History{
		{Index: 0, Time: time.Second, Process: 3, Type: history.Invoke, F: "write", Key: "r1", Value: int64(7)},
		{Index: 1, Time: 2 * time.Second, Process: -1, Type: history.Info, F: "partition", Value: "<n1>"},
		{Index: 2, Time: 3 * time.Second, Process: 3, Type: history.Info, F: "write", Key: "r1", Value: int64(7),
			Error: "lost"},
		{Index: 3, Time: 4 * time.Second, Process: 4, Type: history.OK, F: "read", Key: "r2",
			Value: []any{int64(1), nil}},
	}
	if err := history.WriteJSONL(&text, history.Head{Model: "register"}, h); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, historyFile), text.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestQueries(t *testing.T) {
	dir := t.TempDir()
	kept(t, dir)
	for where, want := range map[string]string{
		"":                                       "0 1 2 3",
		`type == "info" and process >= 0`:        "2",
		`key == "r1"`:                            "0 2",
		`seconds > 1.5 && seconds < 3.5`:         "1 2",
		`f in ["read", "partition"]`:             "1 3",
		`value == 7`:                             "0 2",
		`error != "" or index == 0`:              "0 2",
		`f matches "^par" || time >= 4000000000`: "1 3",
	} {
		var got []string
		err := Query{Where: where}.Run(dir, func(e Event) error {
			got = append(got, string(rune('0'+e.Index)))
			return nil
		})
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: %q, %v", where, got, err)
		}
	}
	var out bytes.Buffer
	if err := (Query{Where: "index > 0", Limit: 1}).JSON(dir, &out); err != nil || out.String() !=
		`{"index":1,"time":2000000000,"process":-1,"type":"info","f":"partition","value":"<n1>"}`+"\n" {
		t.Errorf("%s, %v", out.String(), err)
	}
}

// TestACampaignsEvents: of many trials, each event says of which it is.
func TestACampaignsEvents(t *testing.T) {
	dir := t.TempDir()
	kept(t, filepath.Join(dir, "a"))
	kept(t, filepath.Join(dir, "b"))
	var out bytes.Buffer
	if err := (Query{Where: `f == "read"`}).JSON(dir, &out); err != nil || strings.Count(out.String(), "\n") != 2 ||
		!strings.Contains(out.String(), `{"trial":"b","index":3,`) || !strings.Contains(out.String(), `"value":[1,null]`) {
		t.Errorf("%s, %v", out.String(), err)
	}
}

func TestBadQueries(t *testing.T) {
	dir := t.TempDir()
	kept(t, dir)
	for where, want := range map[string]string{
		`typ == "info"`: "unknown name typ", `key ==`: "unexpected token", `key`: "expected bool",
	} {
		err := Query{Where: where}.Run(dir, func(Event) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", where, err)
		}
	}
	if err := (Query{}).Run(t.TempDir(), nil); err == nil || !strings.Contains(err.Error(), "has no history.jsonl") {
		t.Error(err)
	}
	if err := (Query{Limit: -1}).Run(dir, nil); err == nil {
		t.Error("a negative limit was let pass")
	}
}
