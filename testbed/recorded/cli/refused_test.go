package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatMeansNothingIsRefused tells commands what does not go with the rest of what they are told.
func TestWhatMeansNothingIsRefused(t *testing.T) {
	t.Chdir("../../..")
	for _, tt := range []struct{ command, want string }{
		{"check docs/models/bank.jsonl --permits 3", "--permits means nothing to the model bank; it is for semaphore"},
		{"check docs/check/store.edn --model kv --total 7", "--total means nothing to the model kv; it is for bank"},
		{"check docs/models/set.jsonl --linearizable", "--linearizable means nothing to the model set; it is for set-full"},
		{"check docs/models/register.jsonl --consistency-models serializable",
			"--consistency-models means nothing to the model register"},
		{"check docs/models/list-append.jsonl --linearizable-keys", "it is for rw-register"},
		{"check docs/models/semaphore.jsonl --permits 0", "--permits and --times are at least 1"},
		{"check docs/models/set.jsonl --initial 0", "the model set holds at the start can't be chosen"},
		{"check docs/models/set.jsonl --nil value", "--nil is about reads of registers"},
		{"check docs/models --page page.html", "--page is of one file, and docs/models is a folder"},
		{"check docs/models --minimize small.jsonl", "--minimize is of one file"},
		{"check docs/models --json", "--json is of one file"},
		{"check docs/models/set.jsonl --page docs/../docs/models/set.jsonl", "--page would write over the history"},
		{"check docs/models/set.jsonl --junit docs/models/set.jsonl", "--junit would write over the history"},
		{"check docs/models --junit docs/models/set.jsonl", "--junit would write over the history in docs/models/set.jsonl"},
		{"check docs/models/set.jsonl --page docs/a --minimize ./docs/a", "--minimize would write over what --page writes"},
		{"check docs/models/set.jsonl --list", "--list judges no file"},
		{"convert docs/check/zero.edn --to edn --model register", "--model is for the head of jsonl"},
		{"convert docs/check/stored/maelstrom --to edn", "{:index 0"},
		{"check docs/models/bank.jsonl --total 20", "INVALID"},
		{"check docs/models --total 20", "49 files:"}, // for those that it is for
	} {
		if out := run(t, strings.Fields("bin/ordeal "+tt.command)); !strings.Contains(out, tt.want) {
			t.Errorf("%s:\n%swant %s", tt.command, out, tt.want)
		}
	}
}

// TestPermitsHaveTheirModelsDefault judges what is right by the default of one model, and not by that of another.
func TestPermitsHaveTheirModelsDefault(t *testing.T) {
	round := `{"format": "ordeal-history", "version": 1, "model": "double-barrier"}
{"process": 0, "type": "invoke", "f": "enter", "value": "a"}
{"process": 1, "type": "invoke", "f": "enter", "value": "b"}
{"process": 2, "type": "invoke", "f": "enter", "value": "c"}
{"process": 0, "type": "ok", "f": "enter", "value": ["a", 1, ["a", "b", "c"]]}
{"process": 1, "type": "ok", "f": "enter", "value": ["b", 1, ["a", "b", "c"]]}
{"process": 2, "type": "ok", "f": "enter", "value": ["c", 1, ["a", "b", "c"]]}
`
	lease := `{"format": "ordeal-history", "version": 1, "model": "leases"}
{"process": 0, "type": "invoke", "f": "acquire", "value": "a"}
{"process": 0, "type": "ok", "f": "acquire", "value": ["a", 1]}
{"process": 1, "type": "invoke", "f": "acquire", "value": "b"}
{"process": 1, "type": "ok", "f": "acquire", "value": ["b", 2]}
`
	for _, tt := range []struct{ text, flags, want string }{
		{round, "", "VALID"}, {round, "--permits 3", "VALID"}, {round, "--permits 2", "INVALID"},
		{lease, "", "VALID"}, {lease, "--permits 2", "VALID"}, {lease, "--permits 1", "INVALID"},
	} {
		file := filepath.Join(t.TempDir(), "history.jsonl")
		if err := os.WriteFile(file, []byte(tt.text), 0o666); err != nil {
			t.Fatal(err)
		}
		out := run(t, append([]string{"bin/ordeal", "check", file}, strings.Fields(tt.flags)...))
		if !strings.HasPrefix(out, tt.want+" ") {
			t.Errorf("%s: %swant %s", tt.flags, out, tt.want)
		}
	}
}
