package pricing

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/coverage"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// priced makes a price of hunts with so many trials of 100 ms each; a negative number found nothing.
func priced(bug string, trials ...int) Price {
	p := newPrice(coordination.Service(), bug, 0)
	for _, n := range trials {
		h := Hunt{Trials: max(n, -n), CPUMs: 100 * int64(max(n, -n))}
		if n > 0 {
			h.Found, h.Caught = "ordeal/2 ...", append([]string{"sanity"}, strings.Split(p.bug.Caught, " or ")...)
		}
		p.Hunts = append(p.Hunts, h)
	}
	return p
}

func TestMedianOfSearches(t *testing.T) {
	trials, cpu, ok := priced("bugStaleSync", 9, 1, 5, -300, 7).Median()
	if trials != 7 || cpu != 700*time.Millisecond || !ok {
		t.Error(trials, cpu, ok)
	}
	if _, _, ok := priced("bugStaleSync", -1, 1, -1).Median(); ok {
		t.Error("most searches found nothing")
	}
	if _, _, ok := (Price{}).Median(); ok {
		t.Error("there was no search")
	}
	if got := priced("bugStaleSync", 9, -300).Slowest(); got != 30*time.Second {
		t.Error(got)
	}
}

func TestTroubleWithAPrice(t *testing.T) {
	other := priced("bugStaleSync", 1, 1, 1)
	for i := range other.Hunts {
		other.Hunts[i].Caught = []string{"sanity"}
	}
	for want, p := range map[string]Price{
		"":                           priced("bugStaleSync", 1, 2, -3),
		"caught by 1 searches of 3":  priced("bugStaleSync", 1, -2, -3),
		"not caught":                 priced("bugStaleSync", -1, -2, -3),
		"not caught by linearizable": other,
	} {
		if got := p.Trouble(); got != want {
			t.Errorf("%q, and not %q", got, want)
		}
	}
	if got := priced("bugStaleSync", 1).Catchers(); !slices.Equal(got, []string{"linearizable", "sanity"}) {
		t.Error(got)
	}
}

// TestChanceIsOfAllSearches: the bound goes by the trials of all searches together.
func TestChanceIsOfAllSearches(t *testing.T) {
	if got, want := priced("bugStaleSync", 40, -60).Chance(), coverage.Chance(1, 100); got != want || want <= 0 {
		t.Errorf("%v, and not %v", got, want)
	}
	if got := priced("bugStaleSync", -40).Chance(); got != 0 {
		t.Errorf("%v where nothing was found", got)
	}
}

func TestGreenNight(t *testing.T) {
	list := Of(coordination.Service(), []Price{
		priced("bugStaleSync", 50, 50, 50), priced("bugLockNoRecheck", 2, 2, 2), priced("bugWatchAfterData", 1, 1, 1),
		priced("bugTornTailKept", -9),
	})
	s := coordination.Service().Campaign("", "swarm")
	for trials, want := range map[int]string{
		1:      "1 trial: too few to say",
		20:     "as easy as bugWatchAfterData would have been found with 99.9 %",
		100:    "as easy as bugLockNoRecheck would",
		10_000: "as easy as bugStaleSync would",
	} {
		if got := list.Green(s, trials); !strings.Contains(got, want) {
			t.Errorf("%d trials: %q", trials, got)
		}
	}
	for _, other := range []trial.Seeds{coordination.Service().Campaign("", "none"),
		coordination.Service().Campaign("bugStaleSync", "swarm"), {Template: s.Template, Workloads: []string{"lock"},
			Nodes: s.Nodes}} {
		if got := list.Green(other, 10_000); got != "" {
			t.Errorf("the prices are not about %v: %q", other, got)
		}
	}
	if got := (Prices{}).Green(s, 10); got != "" {
		t.Errorf("without prices: %q", got)
	}
}

func TestPricesAsAFile(t *testing.T) {
	list := Prices{Command: "x", service: coordination.Service()}.With([]Price{priced("bugLockNoRecheck", 2),
		priced("bugStaleSync", 1), {Bug: "bugGone"}})
	list = list.With([]Price{priced("bugStaleSync", 3)})
	if len(list.Bugs) != 2 || list.Bugs[0].Bug != "bugStaleSync" || list.Bugs[0].Hunts[0].Trials != 3 {
		t.Fatalf("%+v", list)
	}
	again, err := Parse(coordination.Service(), list.JSON())
	if err != nil || string(again.JSON()) != string(list.JSON()) {
		t.Error(err, again)
	}
	if _, err := Parse(coordination.Service(), []byte("{")); err == nil {
		t.Error("no error")
	}
	doc, err := list.WithTable([]byte("a\n" + list.madeBegin() + "stale\n" + madeEnd + "z\n"))
	if err != nil || !strings.HasPrefix(string(doc), "a\n"+list.madeBegin()) || !strings.HasSuffix(string(doc), madeEnd+
		"z\n") ||
		strings.Contains(string(doc), "stale\n") {
		t.Errorf("%v\n%s", err, doc)
	}
	if _, err := list.WithTable([]byte("a\n")); err == nil {
		t.Error("there is no place for the prices")
	}
}

func TestPricingOfNothing(t *testing.T) {
	good := Pricing{Service: coordination.Service(), Seeds: 1, Budget: time.Minute, Jobs: 1}
	for want, p := range map[string]Pricing{
		`bug "nope" is not known`: {Service: coordination.Service(), Bugs: []string{"nope"}, Seeds: 1,
			Budget: time.Minute, Jobs: 1},
		"a budget of 1ms is too small": {Service: coordination.Service(), Seeds: 1, Budget: time.Millisecond, Jobs: 1},
		"0 seeds":                      {Service: coordination.Service(), Budget: time.Minute, Jobs: 1},
		"0 jobs":                       {Service: coordination.Service(), Seeds: 1, Budget: time.Minute},
	} {
		if _, err := p.Run(context.Background(), func(Price) {}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, and not %s", err, want)
		}
	}
	if err := good.Check(); !coordination.Service().Marked && !errors.Is(err, trial.ErrUnmarked) {
		t.Error(err)
	}
}

func TestBoardShowsRowsInOrder(t *testing.T) {
	var shown []int
	var finished, cells atomic.Int32
	release := make(chan struct{})
	b := board{rows: 3, columns: 2,
		cell: func(_ context.Context, row, column int) error {
			cells.Add(1)
			if row == 0 && column == 1 {
				<-release // the other slot gets through everything else meanwhile
			}
			if row == 2 && column == 1 {
				close(release)
			}
			return nil
		},
		finish: func(context.Context, int) error { finished.Add(1); return nil },
		shown:  func(row int) { shown = append(shown, row) },
	}
	whole, err := b.run(context.Background(), 2)
	if whole != 3 || err != nil || !slices.Equal(shown, []int{0, 1, 2}) || finished.Load() != 3 || cells.Load() != 6 {
		t.Error(whole, err, shown, finished.Load(), cells.Load())
	}
	broken := errors.New("broken")
	b = board{rows: 3, columns: 1, cell: func(_ context.Context, row, _ int) error {
		if row == 1 {
			return broken
		}
		return nil
	}}
	if whole, err := b.run(context.Background(), 1); whole != 1 || !errors.Is(err, broken) {
		t.Error(whole, err)
	}
}

// pickyWorker finds something in trials whose plans have all of some families, or without any plan in every third
// trial.
type pickyWorker struct {
	families []string
	runs     *int
}

func (w pickyWorker) Run(_ context.Context, r campaign.Request) (play.Summary, error) {
	*w.runs++
	t, err := coordination.Service().Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	s := play.Summary{Line: r.Line, Outcome: play.Valid, CPUMs: 100, Checker: "picky"}
	has := familiesOf(t.Plan)
	if t.Plan == nil && t.Seed%3 == 0 || t.Plan != nil && !slices.ContainsFunc(w.families,
		func(f string) bool { return !slices.Contains(has, f) }) {
		s.Outcome = play.Invalid
	}
	return s, nil
}

func (pickyWorker) Close() {}

func TestHuntEndsWithItsFindingOrItsBudget(t *testing.T) {
	runs := 0
	worker := func() (campaign.Worker, error) { return pickyWorker{runs: &runs}, nil }
	h, err := hunt(context.Background(), coordination.Service().Campaign("", "swarm"), 4, time.Minute, worker, "")
	if err != nil || h.Trials != 3 || h.CPUMs != 300 || !strings.Contains(h.Found, "seed=6 ") || !slices.Equal(h.Caught,
		[]string{"picky"}) {
		t.Errorf("%+v, %v", h, err)
	}
	h, err = hunt(context.Background(), coordination.Service().Campaign("", "swarm"), 4, 150*time.Millisecond, worker,
		"")
	if err != nil || h.Trials != 2 || h.Found != "" {
		t.Errorf("%+v, %v", h, err)
	}
}

// needsOf finds what hunts need, by a worker.
func needsOf(ctx context.Context, hunts []Hunt, w campaign.Worker) ([]string, error) {
	p := Pricing{Service: coordination.Service(), NewWorker: func() (campaign.Worker, error) { return w, nil }}
	return p.needsOf(ctx, hunts)
}

func TestNeedsAreTheFewestFamilies(t *testing.T) {
	line := coordination.Service().Campaign("", "swarm").Trial(4).Line()
	one, _ := coordination.Service().Parse(line)
	all := familiesOf(one.DrawPlan())
	if len(all) < 3 {
		t.Fatalf("the plan of seed 4 has only %v: take another", all)
	}
	for _, want := range [][]string{{}, all[1:2], all[:2], all} {
		runs := 0
		needs, err := needsOf(t.Context(), []Hunt{{}, {Found: line}}, pickyWorker{families: want, runs: &runs})
		if err != nil || needs == nil || !slices.Equal(needs, want) {
			t.Errorf("%v, %v, and not %v", needs, err, want)
		}
	}
	needs, err := needsOf(t.Context(), []Hunt{{}}, pickyWorker{})
	if needs != nil || err != nil {
		t.Error("nothing was found, so it is not known")
	}
}
