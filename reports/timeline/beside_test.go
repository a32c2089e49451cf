package timeline

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBeside: the lanes of two runs have their names before theirs, those of one client are below each other, and
// nothing of either is lost.
func TestBeside(t *testing.T) {
	first, second := small(), small()
	second.Clients = []string{"c1", "c2", "c3"}
	second.Standing = []Standing{{"sessions", "session 0x1", 0, -1, true}}
	two := Beside(first, second, 8*time.Millisecond, Runs{
		Names: [2]string{"A", "B"}, Lines: [2]string{"line of A", "<line of B>"}, Story: []string{"They part at once."},
		Differences: []Difference{{"p99 of read", "1 ms", "2 ms", "2.0 times as much"}},
	})
	if want := "[A c1 B c1 A c2 B c2 B c3] [0 1 0 1 1]"; fmt.Sprint(two.Clients, two.Runs.Clients) != want {
		t.Errorf("the lanes are %v %v", two.Clients, two.Runs.Clients)
	}
	for i, o := range two.Ops {
		name := two.Clients[o.Client]
		of := []Timeline{first, second}[two.Runs.Clients[o.Client]]
		old := of.Ops[i%len(first.Ops)]
		if !strings.HasSuffix(name, " "+of.Clients[old.Client]) || o.Text != old.Text {
			t.Errorf("%+v is in the lane of %s", o, name)
		}
	}
	if len(two.Ops) != 4 || two.Traffic.messages.len() != 4 || two.Traffic.jobs.len() != 2 || len(two.Servers) != 2 ||
		len(two.Story) != 4 || !slices.Contains(two.Traffic.machines.words, "B n2") {
		t.Errorf("something is missing: %+v", two)
	}
	page := pageOf(t, two)
	for _, want := range []string{
		"line of A", "&lt;line of B&gt;", "They part at once.", "p99 of read", "2.0 times as much", `"parts":true`,
		`"lane":"B sessions"`, `"laneRuns":[0,1,0,1,1]`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestItems: what happened in a while is told in order, with where it began and where it ended.
func TestItems(t *testing.T) {
	var got []string
	for _, i := range small().Items(time.Millisecond, 8*time.Millisecond) {
		got = append(got, fmt.Sprintf("%v %s", i.At, i.Text))
	}
	want := []string{
		"1ms n1 becomes: down", "1ms fault: crash n1", "1ms n2 sends n1: vote asked, and it is lost", "1ms c1 asks: write",
		"1ms n1 goes down", "2ms n1 sends n2: append", "4ms the disk of n1 is done with 100 bytes and 1 syncs, and it failed",
		"5ms n2 is handed what n1 sent: append", "6ms c2 asks: read",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, wanted %q", got, want)
	}
}

// TestCurve: the page has the probability, and says what was found.
func TestCurve(t *testing.T) {
	one := small()
	one.Curve = &Curve{
		Kind: "linearizable register", Confidence: 95, From: time.Millisecond, To: 2 * time.Millisecond,
		Points: []Chance{{0, 10, 1, 2500, 445_000}, {2 * time.Millisecond, 40, 40, 911_000, 1_000_000}},
		Story:  []string{"From 0.002 s on it was inevitable."},
	}
	page := pageOf(t, one)
	for _, want := range []string{
		"From 0.002 s on it was inevitable.", `"curve":[{"at":0,"branches":10,"failed":1,"low":2500,"high":445000},`,
		`"jump":[1000,2000]`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}
