package reports

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// outOfService is a second in which n1 does not write from 300 ms on, and again from 800 ms; n2 does all the while.
func outOfService(t *testing.T) Trial {
	ops := events(t, `
		10 1 invoke write
		20 1 ok write
		210 2 invoke write
		215 2 ok write
		250 1 invoke write
		410 2 invoke write
		415 2 ok write
		610 2 invoke write
		615 2 ok write
		720 1 info write
		810 3 invoke write
		815 3 ok write
		850 2 invoke write
		855 2 ok write
		900 4 invoke read`)
	at := map[int]string{0: "n1", 2: "n2", 4: "n1", 5: "n2", 7: "n2", 10: "n1", 12: "n2"}
	return Trial{
		Title: "two servers", Length: time.Second, Ops: ops, Servers: []string{"n1", "n2"},
		Server: func(invoke int) string { return at[invoke] },
	}
}

// TestAvailability: a piece is served if an operation ended ok in it, is not if none did and one waited through it or
// failed in it, and else is as the piece before. What waits at n1 is not the whole service's any more once n2 has
// served one that came later.
func TestAvailability(t *testing.T) {
	want := "read  ..........\nwrite  +++.++++++\nwrite n1 +++.....++\nwrite n2 ++++++++++\n"
	got := ""
	trial := outOfService(t)
	for _, a := range trial.availabilities() {
		got += a.class + " " + a.server + " "
		for _, p := range a.pieces {
			got += string("?+."[p])
		}
		got += "\n"
	}
	if got != want {
		t.Errorf("availability\n%s, wanted\n%s", got, want)
	}
	rows := fmt.Sprint(trial.availabilityRows())
	if rows != "[{read [0.0 %  ]} {write [90.0 % 50.0 % 100.0 %]}]" {
		t.Errorf("the table is %s", rows)
	}
	if results := trial.availabilityResults(); results[2].Served != 500*time.Millisecond ||
		results[2].Unserved != 500*time.Millisecond || results[2].Server != "n1" {
		t.Errorf("results %+v", results)
	}
}

// TestWaitingIsNoOutage: who waits for another client is not out of service.
func TestWaitingIsNoOutage(t *testing.T) {
	trial := Trial{Length: time.Second, Ops: events(t, "10 1 invoke acquire\n20 2 invoke get\n25 2 ok get"),
		Waits: func(f string) bool { return f == "acquire" }, Class: strings.ToUpper}
	if got := fmt.Sprint(trial.availabilityRows()); got != "[{GET [100.0 %]}]" {
		t.Errorf("the table is %s", got)
	}
}

// TestAvailabilityOfShortTrials: one that is shorter than a piece has none, and still draws.
func TestAvailabilityOfShortTrials(t *testing.T) {
	trial := Trial{Length: time.Millisecond, Ops: events(t, "0 0 invoke read\n1 0 ok read")}
	if got := trial.availabilities(); got != nil {
		t.Errorf("availabilities %v", got)
	}
	drawn(t, availabilityPlot, trial)
	svg := drawn(t, availabilityPlot, outOfService(t))
	for _, text := range []string{">50.0 %</text>", ">n2</text>", ">all</text>", ">write</text>"} {
		if !strings.Contains(svg, text) {
			t.Errorf("the plot does not show %s", text)
		}
	}
}

// TestOutage: clients wait from the instant on, as long as any has an operation under way, until the first ok one that
// was asked for since; the class that waits longest counts.
func TestOutage(t *testing.T) {
	trial := Trial{Ops: events(t, `
		0 1 invoke write
		100 2 invoke write
		120 9 invoke read
		125 9 ok read
		400 2 ok write
		1000 1 info write
		1500 3 invoke write
		1600 3 ok write
		1700 4 invoke write`)}
	for _, c := range []struct {
		at, want int
	}{
		{0, 400}, {50, 350}, {101, 999}, {200, 900}, {1200, 100}, {1500, 100}, {1650, -1}, {2000, -1},
	} {
		want := milli(c.want)
		if c.want < 0 {
			want = -1
		}
		if got := waitedFrom(trial.classed(), milli(c.at)); got != want {
			t.Errorf("from %d ms on clients waited %v, wanted %v", c.at, got, want)
		}
	}
	trial.Faults = []Fault{
		{Kind: "crash", From: milli(50), To: milli(1200)}, {Kind: "clog", From: milli(101), To: -1},
		{Kind: "pause", Skipped: "there was none"},
	}
	want := []Recovery{{"crash", milli(350), milli(100)}, {"clog", milli(999), -1}}
	if got := trial.Recoveries(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("recoveries %v, wanted %v", got, want)
	}
}
