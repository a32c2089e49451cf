package model

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"ordeal/history/formats"
)

// sequence runs operations "F argument -> result", in EDN, one after the other; "?" in place of a result says that
// it is unknown, and "? v" that it tried to take v. An illegal one is reported and skipped.
func sequence[S, I, O any](t *testing.T, s Spec[S, I, O], text string) string {
	var out strings.Builder
	s = s.OrDefault()
	state := s.Init
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		c, err := parseLine(t, s, i, line)
		if err != nil {
			fmt.Fprintf(&out, "malformed: %v\n", err)
			continue
		}
		next, legal := s.Step(state, c.In, c.Out)
		word := "illegal"
		if legal {
			word, state = "legal", next
		}
		fmt.Fprintf(&out, "%s: %s; %s\n", strings.TrimPrefix(s.Text(c), "process 1: "), word, s.DescribeState(state))
	}
	return out.String()
}

func parseLine[S, I, O any](t *testing.T, s Spec[S, I, O], i int, line string) (c Call[I, O], err error) {
	call, result, _ := strings.Cut(line, " -> ")
	f, argument, _ := strings.Cut(call, " ")
	end, result := "ok", strings.TrimSpace(result)
	if rest, ok := strings.CutPrefix(result, "?"); ok {
		end, result = "info", rest
	}
	src := fmt.Sprintf("{:process 1 :type :invoke :f %s :value %s}{:process 1 :type :%s :f %s :value %s}",
		":"+f, orNil(argument), end, ":"+f, orNil(result))
	h, err := formats.Read(fmt.Sprintf("line %d", i), []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	ops, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	c.Op = &ops[0]
	c.In, c.Out, err = s.Parse(ops[0])
	return c, err
}

func orNil(s string) string {
	if strings.TrimSpace(s) == "" {
		return "nil"
	}
	return s
}

func TestSequences(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			switch d.Cmd {
			case "register":
				return sequence(t, Register(), d.Input)
			case "kv":
				return sequence(t, KV(), d.Input)
			case "set":
				return sequence(t, Set(), d.Input)
			case "counter":
				return sequence(t, Counter(), d.Input)
			case "log":
				return sequence(t, Log(), d.Input)
			case "mutex":
				return sequence(t, Mutex(), d.Input)
			case "lock":
				return sequence(t, Lock(), d.Input)
			case "fenced-lock":
				return sequence(t, FencedLock(), d.Input)
			case "election":
				return sequence(t, Election(), d.Input)
			case "queue":
				return sequence(t, Queue(), d.Input)
			}
			t.Fatalf("there is no model %s", d.Cmd)
			return ""
		})
	})
}

// TestTotal holds what a search relies on: an unknown operation is legal in every state, states are values, and equal
// states have equal hashes.
func TestTotal(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	sessions := []string{"a", "b", "c"}
	total(t, r, Lock(), func() (HoldInput, HoldOutput) {
		in := HoldInput{Op: HoldOp(r.IntN(4)), Session: sessions[r.IntN(3)], Number: r.Int64N(5)}
		if in.Op != Observe && r.IntN(3) == 0 {
			return in, HoldOutput{Unknown: true}
		}
		return in, HoldOutput{Held: in.Op == Acquire && r.IntN(4) == 0, Session: sessions[r.IntN(3)], Number: r.Int64N(20)}
	})
	total(t, r, Register(), func() (RegisterInput, RegisterOutput) {
		return RegisterInput{RegisterOp(r.IntN(4)), r.Int64N(3), r.Int64N(3), r.Int64N(5)},
			RegisterOutput{Unknown: r.IntN(2) == 0, Versioned: r.IntN(2) == 0, Value: r.Int64N(3), Version: r.Int64N(5)}
	})
	total(t, r, Queue(), func() (QueueInput, QueueOutput) {
		in := QueueInput{Enqueue: r.IntN(2) == 0}
		if in.Enqueue {
			in.Value = r.Int64N(4)
		}
		out := QueueOutput{Unknown: r.IntN(3) == 0}
		if !in.Enqueue && r.IntN(2) == 0 {
			out.Value = r.Int64N(4)
		}
		return in, out
	})
	total(t, r, KV(), func() (KVInput, KVOutput) {
		in := KVInput{KVOp(r.IntN(6)), string(rune('a' + r.IntN(3))), "", "x", "x", r.Int64N(3) - 1}
		return in, KVOutput{Unknown: true}
	})
	total(t, r, Set(), func() (SetInput, SetOutput) {
		return SetInput{SetOp(r.IntN(3)), string(rune('a' + r.IntN(5)))}, SetOutput{Unknown: true}
	})
	total(t, r, Counter(), func() (CounterInput, CounterOutput) {
		return CounterInput{CounterOp(r.IntN(2)), r.Int64N(5) - 2}, CounterOutput{Unknown: true}
	})
	total(t, r, Log(), func() (LogInput, LogOutput) {
		return LogInput{Op: LogAppend, Entry: r.Int64N(2)}, LogOutput{Unknown: true}
	})
	total(t, r, Mutex(), func() (MutexOp, bool) { return MutexOp(r.IntN(2)), r.IntN(2) == 0 })
}

func total[S, I, O any](t *testing.T, r *rand.Rand, s Spec[S, I, O], draw func() (I, O)) {
	s = s.OrDefault()
	states := []S{s.Init}
	for range 3000 {
		from := states[r.IntN(len(states))]
		before := s.DescribeState(from)
		in, out := draw()
		next, legal := s.Step(from, in, out)
		if s.Describe != nil && !legal && strings.Contains(s.Describe(in, out), "unknown") {
			t.Fatalf("%s: %s is illegal in %s", s.Name, s.Describe(in, out), before)
		}
		if after := s.DescribeState(from); after != before {
			t.Fatalf("%s: %s became %s", s.Name, before, after)
		}
		if legal && len(states) < 200 {
			states = append(states, next)
		}
	}
	for _, a := range states {
		for _, b := range states {
			if s.Equal(a, b) && s.Hash(a) != s.Hash(b) {
				t.Fatalf("%s: %s and %s are equal and have different hashes", s.Name, s.DescribeState(a), s.DescribeState(b))
			}
		}
	}
}
