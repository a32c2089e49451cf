package bench_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/testbed/bench"
	"ordeal/testbed/coordination"
	"ordeal/testbed/load"
	"ordeal/testbed/trial"
)

// slower is the service whose clients wait longer for requests of a kind, by so many percent of what they wait anyway.
func slower(kind load.Kind, percent int) *trial.Service {
	s := *coordination.Service()
	begin := s.Begin
	s.Begin = func(stage *trial.Stage) trial.Instance {
		i := begin(stage)
		make := i.Load
		i.Load = func(p host.Process, at load.Place) load.Client { return slow{make(p, at), p, kind, percent} }
		return i
	}
	return &s
}

type slow struct {
	load.Client
	p       host.Process
	kind    load.Kind
	percent int
}

func (s slow) Ask(r load.Request) error {
	began := s.p.Now()
	err := s.Client.Ask(r)
	if r.Kind == s.kind {
		s.p.Sleep((s.p.Now() - began) * time.Duration(s.percent) / 100)
	}
	return err
}

// measured measures a plan.
func measured(t *testing.T, s *trial.Service, p bench.Plan) bench.Plan {
	t.Helper()
	var all []bench.Figures
	for _, setup := range p.Setups() {
		f, err := bench.Measure(s, setup)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	return p.Measured(all)
}

// small is a plan of one load over one network.
func small(t *testing.T, loadName, networkName string, requests int, first uint64, seeds int) bench.Plan {
	t.Helper()
	cell, err := bench.NewCell(coordination.Service(), loadName, networkName, 3)
	if err != nil {
		t.Fatal(err)
	}
	p := bench.Plan{Nodes: 3, Clients: 30, Requests: requests, Settings: coordination.Service().Bench.Settings,
		Cells: []bench.Cell{cell}}
	for i := range seeds {
		p.Seeds = append(p.Seeds, first+uint64(i))
	}
	return p
}

// TestTenPercentSlowerIsRed: a service that is a tenth slower in one class is red, in that class and no other, and says
// so in two numbers.
func TestTenPercentSlowerIsRed(t *testing.T) {
	plan := small(t, "hot-key", "uniform", 900, 1, bench.SeedsMin)
	before := measured(t, coordination.Service(), plan)
	now := measured(t, slower(load.Write, 10), small(t, "hot-key", "uniform", 900, 100, bench.SeedsMin))
	c := bench.Compare(before, now, 5)
	found := false
	for _, w := range c.Worse() {
		t.Log(w)
		found = found || w.What == "p50 of write" && strings.HasPrefix(w.String(),
			"p50 of write under hot-key over uniform: 10 % worse: 2.")
		if strings.Contains(w.What, "read") {
			t.Errorf("reads are as they were, and: %s", w)
		}
	}
	if !found {
		t.Errorf("of %d figures these are worse: %v", c.Compared, c.Worse())
	}
	if better := bench.Compare(now, before, 5); len(better.Worse()) > 0 || len(better.Changes) != len(c.Changes) {
		t.Errorf("the other way round: %v", better.Changes)
	}
}

// TestRunsOfOneBuildAreGreen: runs that differ by their seeds alone have nothing to tell. Unless GATE_RUNS says how
// many runs there are to be for real, fifty are drawn from the measurements of two.
func TestRunsOfOneBuildAreGreen(t *testing.T) {
	service := coordination.Service()
	if runs, _ := strconv.Atoi(os.Getenv("GATE_RUNS")); runs > 0 {
		realRuns(t, service, runs)
		return
	}
	before := measured(t, service, small(t, "write", "slow-follower", 500, 1, bench.SeedsMin))
	pool := measured(t, service, small(t, "write", "slow-follower", 500, 1001, 2*bench.SeedsMin))
	rng := rand.New(rand.NewPCG(3, 4))
	for run := range 50 {
		now := before
		now.Cells = slices.Clone(before.Cells)
		now.Cells[0].Figures = nil
		chosen := rng.Perm(2 * bench.SeedsMin)[:bench.SeedsMin]
		for _, f := range pool.Cells[0].Figures {
			var values []int64
			for _, i := range chosen {
				values = append(values, f.Values[i])
			}
			f.Values = values
			now.Cells[0].Figures = append(now.Cells[0].Figures, f)
		}
		c := bench.Compare(before, now, 5)
		if len(c.Changes) > 0 {
			t.Errorf("run %d of the same build: %v", run, c.Changes)
		}
		if c.Compared != 4 {
			t.Fatalf("%d figures were compared, wanted p50, p99, the most and what failed", c.Compared)
		}
	}
}

// TestSavedAgain: what is saved and read is the same, and what is no such file is refused with what is wrong.
func TestSavedAgain(t *testing.T) {
	s := coordination.Service()
	plan := small(t, "read", "uniform", 100, 1, bench.SeedsMin)
	plan.Cells[0].Figures = []bench.Figure{{What: "p50 of read", Unit: bench.Nanoseconds, Values: make([]int64, 12)}}
	good := string(bench.NewSaved(s, "v1", plan).JSON())
	read, err := bench.ParseSaved(s, []byte(good))
	if err != nil || string(read.JSON()) != good {
		t.Fatalf("read again: %v\n%s\nwanted\n%s", err, read.JSON(), good)
	}
	for _, c := range []struct{ was, is, says string }{
		{`"format": 1`, `"format": 2`, "format 2"},
		{`"ordeal"`, `"paxos"`, `figures of "paxos"`},
		{`"read"`, `"reed"`, `no load "reed"`},
		{`"uniform"`, `"uniformed"`, `no network "uniformed"`},
		{`"shapes": "`, `"shapes": "x`, "meant something else"},
		{`"nodes": 3`, `"nodes": 0`, "0 nodes"},
		{"\t\t12\n", "\t\t12, 13\n", "12 values of 13 seeds"},
		{`{`, `[`, "no file of"},
	} {
		if _, err := bench.ParseSaved(s, []byte(strings.Replace(good, c.was, c.is, 1))); err == nil ||
			!strings.Contains(err.Error(), c.says) {
			t.Errorf("%s in place of %s: %v, wanted %s", c.is, c.was, err, c.says)
		}
	}
}
