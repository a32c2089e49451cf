package checker

import (
	"math/rand/v2"
	"testing"

	"ordeal/history"
	"ordeal/model"
)

// bruteForce tries every order. Unknown calls may be left out.
func bruteForce[S, I, O any](spec model.Spec[S, I, O], calls []model.Call[I, O]) bool {
	used := make([]bool, len(calls))
	var try func(s S) bool
	try = func(s S) bool {
		done := true
		first := endless // nothing may be placed that was called after this return
		for i, c := range calls {
			if !used[i] && !c.Unknown() {
				done = false
				first = min(first, c.Op.Return)
			}
		}
		if done {
			return true
		}
		for i, c := range calls {
			if used[i] || c.Op.Call > first {
				continue
			}
			if next, legal := spec.Step(s, c.In, c.Out); legal {
				used[i] = true
				if try(next) {
					return true
				}
				used[i] = false
			}
		}
		return false
	}
	return try(spec.Init)
}

// differ judges random histories by the fast algorithm, by Porcupine and by brute force. pruned says that brute force
// gets what Prune leaves; else it gets everything.
func differ[S, I, O any](t *testing.T, spec model.Spec[S, I, O], fast decision[I, O], pruned bool, rounds int,
	draw func(r *rand.Rand) history.History,
) {
	r := rand.New(rand.NewPCG(1, 2))
	spec = spec.OrDefault()
	whole := spec
	if !pruned {
		whole.Prune = func(calls []model.Call[I, O], _ []history.Operation) []model.Call[I, O] { return calls }
	}
	porcupine := newSearch(spec, Budget{})
	var valid, invalid, decided, witnessed int
	for range rounds {
		h := draw(r)
		for range 3 * r.IntN(3) {
			h = corrupt(r, h)
		}
		ops, err := h.Pair()
		if err != nil {
			continue
		}
		parts, err := spec.Parts(ops)
		if err != nil || len(parts) != 1 {
			continue
		}
		wholes, err := whole.Parts(ops)
		if err != nil {
			t.Fatal(err)
		}
		want := Invalid
		if bruteForce(spec, wholes[0].Calls) {
			want = Valid
			valid++
		} else {
			invalid++
		}
		if got := porcupine.decide(parts[0]); got.outcome != want {
			t.Fatalf("Porcupine says %s, brute force %s:\n%s", got.outcome, want, lines(ops))
		}
		if porcupine.witness().of(parts[0]) {
			witnessed++
			if want != Valid {
				t.Fatalf("there is a witness, and brute force says %s:\n%s", want, lines(ops))
			}
		}
		relaxedDiffer(t, r, spec, fast, parts[0], want == Valid)
		f := fast(parts[0])
		if f.outcome == Unknown {
			continue
		}
		decided++
		if f.outcome != want {
			t.Fatalf("the fast checker says %s (%s), brute force %s:\n%s", f.outcome, f.reason, want, lines(ops))
		}
	}
	t.Logf("%d valid, of which %d had a witness, %d invalid; the fast checker decided %d",
		valid, witnessed, invalid, decided)
	if valid < rounds/50 || invalid < rounds/50 || witnessed < valid/2 {
		t.Errorf("of %d histories, %d were valid and %d invalid: that tries too little", rounds, valid, invalid)
	}
}

// relaxedDiffer relaxes some calls: what was valid stays so, and the algorithms agree on the rest too.
func relaxedDiffer[S, I, O any](t *testing.T, r *rand.Rand, spec model.Spec[S, I, O], fast decision[I, O],
	part model.Part[I, O], valid bool,
) {
	var calls []model.Call[I, O]
	for _, c := range part.Calls {
		keep := true
		if r.IntN(3) == 0 {
			c, keep = spec.Relaxed(c)
		}
		if keep {
			calls = append(calls, c)
		}
	}
	want := Invalid
	if bruteForce(spec, calls) {
		want = Valid
	} else if valid {
		t.Fatalf("relaxing made invalid what was valid:\n%s", lines(part.Operations))
	}
	part.Calls = spec.Prune(calls, part.Failed)
	f := fast(part)
	p := newSearch(spec, Budget{}).decide(part)
	// Pruning again leaves out evidence that an attempt spoils which was known before, so it may only allow more.
	evidence := spec.Name == "lock" || spec.Name == "fenced-lock" || spec.Name == "election"
	if p.outcome != want && !(evidence && p.outcome == Valid) {
		t.Fatalf("relaxed, Porcupine says %s, brute force %s:\n%s", p.outcome, want, lines(part.Operations))
	}
	if f.outcome != Unknown && f.outcome != p.outcome {
		t.Fatalf("relaxed, the fast checker says %s (%s), Porcupine %s:\n%s",
			f.outcome, f.reason, p.outcome, lines(part.Operations))
	}
}

func lines(ops []history.Operation) string {
	s := ""
	for _, op := range ops {
		s += span(op) + "  " + model.Text(op) + "\n"
	}
	return s
}

func TestDifferential(t *testing.T) {
	rounds := (rounds() + 1) / 2
	if *roundsFlag > 0 {
		rounds = *roundsFlag
	}
	for _, tt := range []struct {
		name string
		info int
		twin registerTwin
	}{
		{"plain", 0, registerTwin{}},
		{"plain unknown", 15, registerTwin{}},
		{"few values, cas, unknown", 15, registerTwin{cas: true, values: 3}},
		{"versioned", 0, registerTwin{versioned: true}},
		{"versioned unknown", 15, registerTwin{versioned: true}},
		{"versioned, few values, unknown", 15, registerTwin{versioned: true, values: 2}},
	} {
		t.Run("register/"+tt.name, func(t *testing.T) {
			draw := small(tt.info, func(*rand.Rand) twin { one := tt.twin; return &one })
			differ(t, model.Register(), fastRegister, false, rounds, draw)
		})
	}
	t.Run("queue", func(t *testing.T) {
		differ(t, model.Queue(), fastQueue, false, rounds, func(r *rand.Rand) history.History {
			return record(r, &queueTwin{}, 3, 3+r.IntN(5), chances{}, nil)
		})
	})
	t.Run("queue/unknown", func(t *testing.T) {
		differ(t, model.Queue(), fastQueue, false, rounds, func(r *rand.Rand) history.History {
			return nameDequeues(r, record(r, &queueTwin{}, 3, 3+r.IntN(5), chances{info: 15}, nil))
		})
	})
}

// nameDequeues lets most unknown dequeues say what they tried to take.
func nameDequeues(r *rand.Rand, h history.History) history.History {
	for i, op := range h {
		if op.F == "dequeue" && op.Type == history.Info && r.IntN(4) > 0 {
			h[i].Value = 1 + r.Int64N(4)
		}
	}
	return h
}

func TestDifferentialHold(t *testing.T) {
	rounds := (rounds() + 1) / 2
	if *roundsFlag > 0 {
		rounds = *roundsFlag
	}
	draw := func(c chances, make func(r *rand.Rand) *holdTwin) func(r *rand.Rand) history.History {
		return func(r *rand.Rand) history.History {
			h := make(r)
			return record(r, h, 3, 3+r.IntN(5), c, h.end(r, 3))
		}
	}
	lock := func(tries bool) func(*rand.Rand) *holdTwin {
		return func(r *rand.Rand) *holdTwin {
			h := newHoldTwin("acquire", "release")
			h.tries = tries
			return h
		}
	}
	election := func(r *rand.Rand) *holdTwin {
		h := newHoldTwin("campaign", "resign")
		h.observes = true
		return h
	}
	t.Run("lock", func(t *testing.T) {
		differ(t, model.Lock(), fastHold, false, rounds, draw(chances{}, lock(false)))
	})
	t.Run("lock/unknown", func(t *testing.T) {
		differ(t, model.Lock(), fastHold, false, rounds, draw(chances{info: 10}, lock(false)))
	})
	t.Run("lock/tries", func(t *testing.T) {
		differ(t, model.Lock(), fastHold, true, rounds, draw(chances{info: 10, fail: 10}, lock(true)))
	})
	t.Run("fenced-lock", func(t *testing.T) {
		differ(t, model.FencedLock(), fastHold, true, rounds, func(r *rand.Rand) history.History {
			h := lock(r.IntN(2) == 0)(r)
			return withoutSessions(record(r, h, 3, 3+r.IntN(5), chances{info: 10, fail: 5}, nil), 3)
		})
	})
	t.Run("election", func(t *testing.T) {
		differ(t, model.Election(), fastHold, false, rounds, draw(chances{}, election))
	})
	t.Run("election/unknown", func(t *testing.T) {
		differ(t, model.Election(), fastHold, true, rounds, draw(chances{info: 10, fail: 10}, election))
	})
}
