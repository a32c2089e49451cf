package model

import (
	"testing"

	"ordeal/history"
)

// TestRegisterFrom asks a register that holds 0 at the start what one that holds nil is asked.
func TestRegisterFrom(t *testing.T) {
	read := func(v any) history.Operation { return history.Operation{F: "read", End: history.OK, Result: v} }
	for _, tt := range []struct {
		initial, saw any
		legal        bool
	}{{nil, nil, true}, {nil, int64(0), false}, {int64(0), int64(0), true}, {int64(0), nil, false}, {"a", "a", true}} {
		s := RegisterFrom(tt.initial)
		in, out, err := s.Parse(read(tt.saw))
		if err != nil {
			t.Fatal(err)
		}
		if _, legal := s.Step(s.Init, in, out); legal != tt.legal {
			t.Errorf("a register that holds %v reads %v: legal %v", tt.initial, tt.saw, legal)
		}
	}
	s := RegisterFrom(int64(0))
	in, out, err := s.Parse(history.Operation{F: "cas", Argument: []any{int64(0), int64(1)}, End: history.OK})
	next, legal := s.Step(s.Init, in, out)
	if err != nil || !legal || next.Value != any(int64(1)) {
		t.Errorf("cas 0 to 1: %v, %v, %v", next, legal, err)
	}
	if text := s.DescribeState(s.Init); text != "0, version 0" {
		t.Error(text)
	}
}
