package clients_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"ordeal/workloads/clients"
)

var script = clients.Script{
	{Client: 2, Turns: []clients.Turn{
		{N: 17, At: 4213 * time.Millisecond},
		{N: 19, At: 4500 * time.Millisecond, Ops: []int{1, 3}},
	}},
	{Client: 5},
}

const scriptText = "c2 17@4.213s 19[1,3]@4.5s; c5"

func TestAScriptsTextIsReadBack(t *testing.T) {
	if got := script.String(); got != scriptText {
		t.Errorf("the script's text is %q, want %q", got, scriptText)
	}
	got, err := clients.ParseScript(scriptText, 5)
	if err != nil || !reflect.DeepEqual(got, script) {
		t.Errorf("%q was read as %v, %v", scriptText, got, err)
	}
	if got, err := clients.ParseScript("  ", 5); err != nil || got == nil || len(got) != 0 {
		t.Errorf("a text without a client was read as %#v, %v: it has to be a script, and an empty one", got, err)
	}
}

func TestWrongScriptsAreRefused(t *testing.T) {
	for text, want := range map[string]string{
		"c6":                `"c6" is no client: there are c1 to c5`,
		"c0":                `"c0" is no client`,
		"2 1@1s":            `"2" is no client`,
		"c1; ; c2":          "a client is missing",
		"c1 1@1s; c1":       "client c1 stands twice",
		"c1 1":              `"1" is no turn`,
		"c1 1@soon":         `"1@soon" is no turn`,
		"c1 1@-1s":          `"1@-1s" is no turn`,
		"c1 0@1s":           `"0@1s" is no turn`,
		"c1 1[0]@1s":        `"1[0]@1s" is no turn`,
		"c1 1[2@1s":         `"1[2@1s" is no turn`,
		"c1 2@1s 2@2s":      "2@2s of c1 is out of order",
		"c1 1@2s 2@1s":      "2@1s of c1 is out of order",
		"c1 1@1s; c2 1@1x ": `"1@1x" is no turn`,
	} {
		if got, err := clients.ParseScript(text, 5); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q was read as %v, %v; the error has to say %q", text, got, err, want)
		}
	}
	late := clients.Script{{Client: 1, Turns: []clients.Turn{{N: 2}, {N: 1}}}}
	if err := late.Check(); err == nil {
		t.Errorf("%v passes for a script", late)
	}
	if err := script.Check(); err != nil {
		t.Error(err)
	}
}

func TestATurnTakesItsOperations(t *testing.T) {
	all, some, none := clients.Turn{N: 1}, clients.Turn{N: 1, Ops: []int{1, 3}}, clients.Turn{N: 1, Ops: []int{}}
	for op, want := range map[int]bool{1: true, 2: false, 3: true, 4: false} {
		if some.Takes(op) != want || !all.Takes(op) || none.Takes(op) {
			t.Errorf("operation %d: %v of [1,3], %v of all, %v of none",
				op, some.Takes(op), all.Takes(op), none.Takes(op))
		}
	}
}

func TestAFilteredScriptIsANewOne(t *testing.T) {
	before := script.String()
	first := script.Filter(func(client int, t clients.Turn) bool { return client == 2 && t.N < 18 })
	if got := first.String(); got != "c2 17@4.213s; c5" {
		t.Errorf("what was filtered is %q", got)
	}
	first[0].Turns[0].N = 1
	if script.String() != before {
		t.Errorf("a change of what was filtered made the script %q", script)
	}
	if got := first.WithTurns().String(); got != "c2 1@4.213s" {
		t.Errorf("without the clients that do nothing it is %q", got)
	}
	if clients.Script(nil).Filter(func(int, clients.Turn) bool { return true }) != nil {
		t.Error("no script became an empty one")
	}
	times := []time.Duration{4213 * time.Millisecond, 4500 * time.Millisecond}
	if got := script.Times(); script.Turns() != 2 || !reflect.DeepEqual(got, times) {
		t.Errorf("%d turns at %v", script.Turns(), got)
	}
}
