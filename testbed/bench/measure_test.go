package bench_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ordeal/testbed/bench"
	"ordeal/testbed/coordination"
	"ordeal/testbed/load"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// setup is a short measurement of our service.
func setup(loadName, network string) bench.Setup {
	return bench.Setup{Load: loadName, Network: network, Nodes: 3, Clients: 30, Rate: 500, Requests: 300,
		Settings: coordination.Service().Bench.Settings, Seed: 5}
}

func measure(t *testing.T, s *trial.Service, one bench.Setup) bench.Figures {
	t.Helper()
	f, err := bench.Measure(s, one)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestEveryLoad: each built-in load asks for what it says, everything is done, and the same setup gives the same
// figures twice, down to the trace.
func TestEveryLoad(t *testing.T) {
	for _, shape := range coordination.Service().Bench.AllShapes() {
		f := measure(t, coordination.Service(), setup(shape.Name, "uniform"))
		if f.Failed > 0 || f.Asked != 270 {
			t.Errorf("%s: %d of %d requests failed", shape.Name, f.Failed, f.Asked)
		}
		for _, k := range shape.Asks() {
			if len(f.Latencies[k]) == 0 {
				t.Errorf("%s: nothing of kind %s was done", shape.Name, k)
			}
		}
	}
	one, two := measure(t, coordination.Service(), setup("churn", "jitter")),
		measure(t, coordination.Service(), setup("churn", "jitter"))
	if !reflect.DeepEqual(one, two) {
		t.Errorf("two measurements of one setup differ: %x and %x", one.Hash, two.Hash)
	}
}

// TestEveryNetworkBites: each network makes requests slower where it says, by what it says.
func TestEveryNetworkBites(t *testing.T) {
	const ms = time.Millisecond
	at := func(times []time.Duration, permille int) time.Duration { return times[len(times)*permille/1000] }
	over := func(network string) map[load.Kind][]time.Duration {
		one := setup("hot-key", network)
		one.Rate = 200 // so that thirty clients are enough, however long the ways are
		return measure(t, coordination.Service(), one).Latencies
	}
	plain := over("uniform")
	for _, c := range []struct {
		network  string
		kind     load.Kind
		permille int
		more     [2]time.Duration // than over the uniform network
	}{
		{"multi-region", load.Write, 200, [2]time.Duration{31 * ms, 120 * ms}}, // a majority is the nearest other region
		{"multi-region", load.Read, 200, [2]time.Duration{-ms, ms}},
		{"wan-loss", load.Write, 500, [2]time.Duration{38 * ms, 100 * ms}},
		{"wan-loss", load.Write, 950, [2]time.Duration{75 * ms, 2000 * ms}},
		{"jitter", load.Read, 500, [2]time.Duration{4 * ms, 6 * ms}},
		{"slow-follower", load.Write, 300, [2]time.Duration{-ms, ms}}, // the other two are a majority
		{"slow-follower", load.Write, 900, [2]time.Duration{45 * ms, 80 * ms}},
		{"slow-followers", load.Write, 100, [2]time.Duration{18 * ms, 25 * ms}},
		{"wan-clients", load.Read, 500, [2]time.Duration{80 * ms, 100 * ms}},
	} {
		got := over(c.network)[c.kind]
		more := at(got, c.permille) - at(plain[c.kind], c.permille)
		if more < c.more[0] || more > c.more[1] {
			t.Errorf("%s: %d of 1000 %ss take up to %v more, wanted %v to %v", c.network, c.permille, c.kind, more,
				c.more[0], c.more[1])
		}
	}
}

// TestStrangersAreMeasured: a service that says what it can be asked for has the loads that ask for no more, shapes of
// its own, and figures of requests that fail.
func TestStrangersAreMeasured(t *testing.T) {
	s := trialtest.Service(trialtest.Options{})
	s.Bench.Shapes = []load.Shape{{Name: "own", What: "two writes to a read",
		Mix: []load.Share{{Kind: load.Write, Weight: 2}, {Kind: load.Read, Weight: 1}}}}
	var names []string
	for _, shape := range s.Bench.AllShapes() {
		names = append(names, shape.Name)
	}
	if got := strings.Join(names, " "); got != "read write large-payload hot-key own" {
		t.Errorf("the toy has the loads %s", got)
	}
	one := bench.Setup{Load: "own", Network: "uniform", Nodes: 3, Clients: 10, Rate: 50, Requests: 120, Seed: 1}
	f := measure(t, s, one)
	if f.Failed > 0 || len(f.Latencies[load.Write]) < 60 || len(f.Latencies[load.Read]) < 25 {
		t.Errorf("%d failed; %d writes, %d reads", f.Failed, len(f.Latencies[load.Write]), len(f.Latencies[load.Read]))
	}
	bare := *s
	bare.Bench = nil
	if _, err := bench.Measure(&bare, one); err == nil || !strings.Contains(err.Error(), "Service.Bench") {
		t.Errorf("a service that says nothing of loads: %v", err)
	}
	one.Load = "production-mix"
	if _, err := bench.Measure(s, one); err == nil || !strings.Contains(err.Error(), "there are read, write") {
		t.Errorf("a load that the toy has not: %v", err)
	}
}

// TestRefused: setups that can't be are refused with what is wrong.
func TestRefused(t *testing.T) {
	for says, change := range map[string]func(*bench.Setup){
		"0 clients":         func(s *bench.Setup) { s.Clients = 0 },
		"99 requests":       func(s *bench.Setup) { s.Requests = 99 },
		"a rate of -1":      func(s *bench.Setup) { s.Rate = -1 },
		"0 nodes":           func(s *bench.Setup) { s.Nodes = 0 },
		"settings=x":        func(s *bench.Setup) { s.Settings = "x" },
		`no network "moon"`: func(s *bench.Setup) { s.Network = "moon" },
	} {
		one := setup("read", "uniform")
		change(&one)
		if _, err := bench.Measure(coordination.Service(), one); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, wanted %s", err, says)
		}
	}
}

// TestRise: as the load rises more is done, up to the most, and latencies with it; the plot and the files are the same
// twice.
func TestRise(t *testing.T) {
	measureAll := func(setups []bench.Setup) (all []bench.Figures, err error) {
		for _, one := range setups {
			f, err := bench.Measure(coordination.Service(), one)
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		return all, nil
	}
	c, err := bench.Rise(setup("hot-key", "uniform"), []uint64{1}, nil, measureAll)
	if err != nil {
		t.Fatal(err)
	}
	first, last := c.Points[0], c.Points[len(c.Points)-1]
	if len(c.Points) != 10 || c.Most < 2000 || first.Done > c.Most/10 || last.Done < c.Most/2 {
		t.Errorf("at most %d a second, from %d up to %d", c.Most, first.Done, last.Done)
	}
	if low, high := first.Kinds[1].P99, last.Kinds[1].P99; first.Kinds[1].Kind != "write" || high < low*5/4 {
		t.Errorf("writes take %v with hardly any load, and %v with more than can be done", low, high)
	}
	text := c.Text()
	if !strings.Contains(text, fmt.Sprintf("hot-key over uniform: 3 servers, 30 clients, 1 seed; at most %d", c.Most)) ||
		!strings.Contains(text, "write p50") || strings.Count(text, "\n") != 12 {
		t.Errorf("the table is\n%s", text)
	}
	other := c
	other.Network = "jitter"
	one, err1 := bench.Plots([]bench.Curve{c, other})
	two, err2 := bench.Plots([]bench.Curve{c, other})
	if err1 != nil || err2 != nil || len(one) != 1 || !bytes.Equal(one[0].Data, two[0].Data) {
		t.Fatalf("%d and %d plots, %v, %v", len(one), len(two), err1, err2)
	}
	for _, word := range []string{">uniform</text>", ">jitter</text>", ">read</text>", ">write</text>", ">median</text>"} {
		if !bytes.Contains(one[0].Data, []byte(word)) {
			t.Errorf("the plot does not show %s", word)
		}
	}
}

// TestNothingIsDoneAnyMore: a figure that is gone is worse, and so are requests that fail.
func TestNothingIsDoneAnyMore(t *testing.T) {
	plan := small(t, "read", "uniform", 100, 1, bench.SeedsMin)
	before, now := plan, plan
	values := func(v int64) (list []int64) {
		for i := range int64(bench.SeedsMin) {
			list = append(list, v+i)
		}
		return list
	}
	cell := plan.Cells[0]
	cell.Figures = []bench.Figure{
		{What: "p50 of read", Unit: bench.Nanoseconds, Values: values(400_000)},
		{What: "requests a second at most", Unit: bench.PerSecond, Values: values(1000)},
		{What: "requests that failed", Unit: bench.Permille, Values: make([]int64, bench.SeedsMin)},
	}
	before.Cells = []bench.Cell{cell}
	cell.Figures = []bench.Figure{
		{What: "requests a second at most", Unit: bench.PerSecond, Values: values(800)},
		{What: "requests that failed", Unit: bench.Permille, Values: values(20)},
	}
	now.Cells = []bench.Cell{cell}
	c := bench.Compare(before, now, 5)
	text := c.Text()
	for _, want := range []string{
		"WORSE   p50 of read under read over uniform", "20 % worse: 805 a second, and it was 1005 a second",
		"requests that failed under read over uniform: worse: 25 of 1000, and it was 0 of 1000",
		"3 figures of 12 seeds: 3 worse, 0 better",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
	if s := c.Suite("ordeal", now.Cells, "again"); len(s.Cases) != 1 || !strings.Contains(s.Cases[0].Text, "a second") {
		t.Errorf("the test report is %+v", s)
	}
	row := "| **worse** | requests a second at most | read | uniform | 1005 a second | 805 a second | 20 % |"
	if md := c.Markdown("ordeal", "again"); !strings.Contains(md, "3 figures are worse") || !strings.Contains(md, row) {
		t.Errorf("the summary is\n%s", md)
	}
}
