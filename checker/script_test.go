package checker

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"ordeal/history"
	"ordeal/history/formats"
	"ordeal/model"
)

// parseScript reads a history of lines "process type f@key value", the value in EDN, in which 2 invoke read@r1 nil is
// an event. A word in front such as "t=300" sets the time of this event and those behind it; else each is 10 ns after
// the one before.
func parseScript(t testing.TB, text string) history.History {
	var h history.History
	now := time.Duration(0)
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		now += 10
		if rest, ok := strings.CutPrefix(line, "t="); ok {
			var ns int64
			if _, err := fmt.Sscanf(rest, "%d", &ns); err != nil {
				t.Fatal(err)
			}
			now = time.Duration(ns)
			_, line, _ = strings.Cut(line, " ")
		}
		words := strings.SplitN(line, " ", 4)
		if len(words) < 4 {
			t.Fatalf("%q is no event", line)
		}
		f, key, _ := strings.Cut(words[2], "@")
		event := fmt.Sprintf("{:process %s :type :%s :f :%s :value %s}", words[0], words[1], f, words[3])
		one, err := formats.Read("script", []byte(event))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		one[0].Index, one[0].Key, one[0].Time = len(h), key, now
		h = append(h, one[0])
	}
	return h
}

func checkerByName(t testing.TB, name string) Checker {
	switch name {
	case "porcupine-register":
		return Linearizable(model.Register(), Budget{})
	case "porcupine-lock":
		return Linearizable(model.Lock(), Budget{})
	case "porcupine-election":
		return Linearizable(model.Election(), Budget{})
	case "porcupine-queue":
		return Linearizable(model.Queue(), Budget{})
	case "porcupine-set":
		return Linearizable(model.Set(), Budget{})
	case "porcupine-counter":
		return Linearizable(model.Counter(), Budget{})
	case "porcupine-log":
		return Linearizable(model.Log(), Budget{})
	case "exclusion":
		return Exclusion()
	case "fencing":
		return Fencing()
	case "overlap":
		return Overlap()
	case "conservation":
		return Conservation()
	case "watches":
		return Watches()
	case "sanity":
		return Sanity()
	}
	c, err := ForModel(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func render(v Verdict, indent string) string {
	s := fmt.Sprintf("%s%s %s", indent, v.Checker, v.Outcome)
	if v.Disagree {
		s += " DISAGREE"
	}
	if v.Reason != "" && len(v.Parts) == 0 {
		s += ": " + v.Reason
	}
	for _, m := range v.Measures {
		if m.Name != "objects" {
			s += strings.TrimRight(fmt.Sprintf("; %s %d %s", m.Name, m.Value, m.Unit), " ")
		}
	}
	s += "\n"
	for _, p := range v.Parts {
		// A model's own checkers that have nothing to say would fill every script.
		if p.Outcome != Valid {
			s += render(p, indent+"  ")
		}
	}
	return s
}

// TestScripts holds every checker against histories written by hand, good ones and bad ones.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return render(checkerByName(t, d.Cmd).Check(parseScript(t, d.Input)), "")
		})
	})
}
