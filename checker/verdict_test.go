package checker

import (
	"bytes"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

func TestWorse(t *testing.T) {
	v, u, i := Verdict{Outcome: Valid}, Verdict{Outcome: Unknown}, Verdict{Outcome: Invalid}
	tests := []struct {
		parts []Verdict
		want  Outcome
	}{
		{nil, Valid}, {[]Verdict{v}, Valid},
		{[]Verdict{v, u, v}, Unknown}, {[]Verdict{u, i, v}, Invalid}, {[]Verdict{i, u}, Invalid},
	}
	for _, tt := range tests {
		if got := Compose("c", tt.parts...); got.Outcome != tt.want {
			t.Errorf("%v: %s, want %s", tt.parts, got.Outcome, tt.want)
		}
	}
	if (Verdict{}).Outcome != Unknown {
		t.Error("the zero verdict is not unknown")
	}
}

// registerHistory is a valid history of one register, with reads, writes and cas of few values.
func registerHistory(seed uint64, ops int) history.History {
	return record(rand.New(rand.NewPCG(seed, 1)), &registerTwin{cas: true, values: 3}, 8, ops, chances{info: 1}, nil)
}

func TestBudgetIsUnknownAndTheSameEveryTime(t *testing.T) {
	h := registerHistory(5, 150)
	// A read of what was never written: no order is there to be found at once.
	wrong := append(slices.Clone(h), history.Op{Index: len(h), Process: 1000, F: "read", Key: "k"},
		history.Op{Index: len(h) + 1, Process: 1000, Type: history.OK, F: "read", Key: "k", Value: int64(99)})
	for _, tt := range []struct {
		budget Budget
		want   string
	}{
		{Budget{Steps: 40}, "was given up after 40 steps"},
		{Budget{Bytes: 5000}, "was given up after 5000 bytes"},
	} {
		c := Linearizable(model.Register(), tt.budget)
		first := c.Check(wrong)
		if first.Outcome != Unknown || !strings.Contains(first.Reason, tt.want) {
			t.Errorf("%s (%s), want unknown: %s", first.Outcome, first.Reason, tt.want)
		}
		for range 3 {
			if again := c.Check(wrong); !reflect.DeepEqual(first, again) {
				t.Errorf("first %+v\nthen  %+v", first, again)
			}
		}
	}
	if v := Linearizable(model.Register(), Budget{}).Check(h); v.Outcome != Valid {
		t.Errorf("with the default budget: %s (%s), want valid", v.Outcome, v.Reason)
	}
}

func TestDisagreement(t *testing.T) {
	liar := func(part model.Part[model.RegisterInput, model.RegisterOutput]) finding {
		return wrong("I feel like it")
	}
	h := parseScript(t, "1 invoke write@r 5\n1 ok write@r 5")
	v := Both(model.Register(), liar, Budget{}).Check(h)
	if v.Outcome != Invalid || !v.Disagreed() || !strings.Contains(v.Reason, "the checkers disagree") {
		t.Errorf("%s, disagreed %v: %s", v.Outcome, v.Disagreed(), v.Reason)
	}
	// Of a history that is too large for Porcupine at first, it judges what is left when it has been cut.
	if v := Both(model.Register(), liar, Budget{}).Check(registerHistory(5, 2*confirmedMax)); !v.Disagreed() {
		t.Errorf("the lie about a large history passed: %s", v.Reason)
	}
	honest, err := ForModel("register")
	if err != nil {
		t.Fatal(err)
	}
	if v := honest.Check(h); v.Disagreed() {
		t.Errorf("disagreed: %s", v.Reason)
	}
}

// staleRead is a long valid history, with a read at its end of a value that was overwritten.
func staleRead(ops int) history.History {
	h := record(rand.New(rand.NewPCG(7, 7)), &registerTwin{versioned: true}, 8, ops, chances{}, nil)
	old := h[len(h)/2]
	for _, op := range h[len(h)/2:] {
		if op.F == "write" && op.Type == history.OK {
			old = op
			break
		}
	}
	n := len(h)
	return append(h,
		history.Op{Index: n, Time: h[n-1].Time, Process: 99, Type: history.Invoke, F: "read", Key: "k"},
		history.Op{Index: n + 1, Time: h[n-1].Time, Process: 99, Type: history.OK, F: "read", Key: "k", Value: old.Value})
}

func TestInvalidIsCutSmall(t *testing.T) {
	for _, tt := range []struct {
		c   Checker
		ops int
	}{
		{Linearizable(model.Register(), Budget{}), 50}, {Both(model.Register(), fastRegister, Budget{}), 150},
	} {
		v := tt.c.Check(staleRead(tt.ops))
		if v.Outcome != Invalid || len(v.Evidence) == 0 || len(v.Evidence) > 8 {
			t.Fatalf("%s with %d operations of evidence: %s", v.Outcome, len(v.Evidence), v.Reason)
		}
		last := v.Evidence[len(v.Evidence)-1]
		if last.Process != 99 || !strings.Contains(v.Reason, "none is left once event") {
			t.Errorf("the stale read is not in the evidence: %s", v.Reason)
		}
		var page bytes.Buffer
		if err := v.Page(&page); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(page.String(), "<html") || !strings.Contains(page.String(), "read -\\u003e") {
			t.Errorf("%d bytes of page without the operations", page.Len())
		}
	}
}

func TestNoPageOfWhatIsValid(t *testing.T) {
	v := Linearizable(model.Register(), Budget{}).Check(parseScript(t, "1 invoke write@r 5\n1 ok write@r 5"))
	if err := v.Page(&bytes.Buffer{}); err == nil || v.HasPage() {
		t.Errorf("page of a valid verdict: error %v", err)
	}
}

func TestForModel(t *testing.T) {
	for _, name := range Models() {
		if c, err := ForModel(name); err != nil || c.Name != name {
			t.Errorf("%s: %v, %v", name, c.Name, err)
		}
	}
	if _, err := ForModel("stack"); err == nil {
		t.Error("there is a stack")
	}
}

// TestLongQueue judges what a search never could.
func TestLongQueue(t *testing.T) {
	h := record(rand.New(rand.NewPCG(9, 9)), &queueTwin{}, 10, 20_000, chances{}, nil)
	c := Both(model.Queue(), fastQueue, Budget{})
	if v := c.Check(h); v.Outcome != Valid {
		t.Fatalf("%s: %s", v.Outcome, v.Reason)
	}
	// Two dequeues far apart change what they got.
	var got []int
	for i, op := range h {
		if op.F == "dequeue" && op.Type == history.OK && op.Value != nil {
			got = append(got, i)
		}
	}
	a, b := got[len(got)/3], got[len(got)/2]
	h[a].Value, h[b].Value = h[b].Value, h[a].Value
	v := c.Check(h)
	if v.Outcome != Invalid || len(v.Evidence) == 0 || len(v.Evidence) > 6 {
		t.Errorf("%s with %d operations of evidence: %s", v.Outcome, len(v.Evidence), v.Reason)
	}
}

// TestModelsAreDocumented: every model has a row among the operations and one among the algorithms.
func TestModelsAreDocumented(t *testing.T) {
	data, err := os.ReadFile("../docs/MODELS.md")
	if err != nil {
		t.Fatal(err)
	}
	operations, rest, ok := strings.Cut(string(data), "\n## Which algorithm judges\n")
	algorithms, _, more := strings.Cut(rest, "\n## What they can't see\n")
	if !ok || !more {
		t.Fatal("docs/MODELS.md has other headings")
	}
	for _, m := range Catalog() {
		for _, name := range append([]string{m.Name}, m.Others...) {
			if !regexp.MustCompile(`(?m)^### .*\b` + name + `\b`).MatchString(operations) {
				t.Errorf("%s has no operations", name)
			}
		}
		if !regexp.MustCompile(`(?m)^\| ([a-z-]+, )*` + m.Name + `(, [a-z-]+)* \|`).MatchString(algorithms) {
			t.Errorf("%s has no algorithm", m.Name)
		}
	}
}
