package checker

import (
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

// equalQueueTwin is a queue of which elements may be equal.
type equalQueueTwin struct{ queueTwin }

func (t *equalQueueTwin) draw(r *rand.Rand, process int) (string, any) {
	f, argument := t.queueTwin.draw(r, process)
	if f == "enqueue" {
		argument = 1 + r.Int64N(2)
	}
	return f, argument
}

// TestComposedModelsAgree holds all that judges a model, as users have it, against the search alone: a checker beside
// it may explain what is wrong, and never accuse what is right.
func TestComposedModelsAgree(t *testing.T) {
	hold := func(acquire, release string) func(*rand.Rand) twin {
		return func(*rand.Rand) twin {
			one := newHoldTwin(acquire, release)
			one.observes = true
			return one
		}
	}
	for _, tt := range []struct {
		name   string
		search Checker
		draw   func(*rand.Rand) twin
	}{
		{"queue", Linearizable(model.Queue(), Budget{}), func(*rand.Rand) twin { return &equalQueueTwin{} }},
		{"unordered-queue", Linearizable(model.UnorderedQueue(), Budget{}),
			func(*rand.Rand) twin { return &equalQueueTwin{} }},
		{"register", Linearizable(model.Register(), Budget{}),
			func(*rand.Rand) twin { return &registerTwin{cas: true, values: 3} }},
		{"lock", Linearizable(model.Lock(), Budget{}), hold("acquire", "release")},
		{"election", Linearizable(model.Election(), Budget{}), hold("campaign", "resign")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			whole, err := ForModel(tt.name)
			if err != nil {
				t.Fatal(err)
			}
			composedAgree(t, whole, tt.search, small(10, tt.draw))
		})
	}
}

func composedAgree(t *testing.T, whole, search Checker, draw func(*rand.Rand) history.History) {
	r := rand.New(rand.NewPCG(11, 12))
	var count [3]int
	for range rounds() {
		h := draw(r)
		for range 3 * r.IntN(3) {
			h = corrupt(r, h)
		}
		want, got := search.Check(h), whole.Check(h)
		if _, _, broken := want.Mismatched(); broken {
			continue
		}
		count[want.Outcome]++
		if got.Outcome != want.Outcome && got.Outcome != Unknown { // that nothing succeeded is no finding
			ops, _ := h.Pair()
			t.Fatalf("%s (%s), and the search says %s (%s):\n%s", got.Outcome, got.Reason, want.Outcome, want.Reason, lines(ops))
		}
	}
	if count[Valid] < rounds()/20 || count[Invalid] < rounds()/50 {
		t.Errorf("%d valid and %d invalid: that tries too little", count[Valid], count[Invalid])
	}
}
