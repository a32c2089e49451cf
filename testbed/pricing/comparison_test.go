package pricing

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ordeal/testbed/campaign"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
)

// mapper is a worker that says of every trial that it reached states which its line decides.
type mapper struct{}

func (mapper) Run(_ context.Context, r campaign.Request) (play.Summary, error) {
	t, err := coordination.Service().Parse(r.Line)
	if err != nil {
		return play.Summary{}, err
	}
	s := play.Summary{Line: r.Line, Outcome: play.Valid, CPUMs: 100}
	if r.Mode != play.States {
		return s, nil // the second time
	}
	if t.Seed%3 == 0 {
		s.States = []uint32{1, uint32(t.Seed%100) + 10}
	}
	return s, nil
}

func (mapper) Close() {}

func TestGuidedHuntEndsWithItsBudget(t *testing.T) {
	worker := func() (campaign.Worker, error) { return mapper{}, nil }
	h, err := hunt(context.Background(), coordination.Service().Campaign("", "swarm"), 4, 2500*time.Millisecond, worker,
		campaign.GoalStates)
	if err != nil || h.Trials != 25 || h.CPUMs != 2500 || h.Found != "" {
		t.Errorf("%+v, %v", h, err)
	}
	runs := 0
	picky := func() (campaign.Worker, error) { return pickyWorker{runs: &runs}, nil }
	if h, err = hunt(context.Background(), coordination.Service().Campaign("", "swarm"), 4, time.Minute, picky,
		campaign.GoalStates); err != nil || h.Trials != 3 || h.Found == "" {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestComparison(t *testing.T) {
	hunts := func(found bool, ms ...int64) (list []Hunt) {
		for _, m := range ms {
			h := Hunt{Trials: int(m / 100), CPUMs: m}
			if found {
				h.Found = "x"
			}
			list = append(list, h)
		}
		return list
	}
	list := []Comparison{
		{"a", hunts(true, 1000, 4000, 2000), hunts(true, 4000), hunts(true, 1000, 500, 1500), 10_000},
		{"b", hunts(true, 1000), hunts(true, 1000), hunts(false, 9000), 10_000},
		{"c", hunts(false, 9000), hunts(false, 9000), hunts(false, 9000), 10_000},
		{"d", hunts(true, 4000), hunts(true, 2000), hunts(true, 3000), 10_000},
	}
	for i, want := range []string{"[a 20 2.0 40 4.0 2.00 10 1.0 0.50]", "[b 10 1.0 10 1.0 1.00 - - 10.00]",
		"[c - - - - - - - -]", "[d 40 4.0 20 2.0 0.50 30 3.0 0.75]"} {
		if got := fmt.Sprint(list[i].Cells()); got != want {
			t.Errorf("%s, and must be %s", got, want)
		}
	}
	const want = "of 3 bugs that blind or aimed found, aimed finds 1 faster and 1 slower; in the middle it takes 1.00 " +
		"times as long\n" +
		"of 3 bugs that blind or guided found, guided finds 2 faster and 1 slower; in the middle it takes 0.75 " +
		"times as long"
	if got := CompareText(list); got != want {
		t.Error(got)
	}
	if got := CompareText(list[2:3]); got != "neither blind nor aimed found a bug\nneither blind nor guided found a bug" {
		t.Error(got)
	}
}
