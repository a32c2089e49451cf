package recorded

import (
	"fmt"
	"testing"

	"ordeal/checker"
	"ordeal/history"
)

// long is a history of one client after the other: n writes and reads of a register, the last read of which shows what
// was there before the last write.
func long(n int64, f, read string, value func(i int64) any, shown func(i int64) any) history.History {
	var h history.History
	add := func(kind history.Type, f string, v any) {
		h = append(h, history.Op{Index: len(h), Type: kind, F: f, Value: v})
	}
	for i := range n {
		add(history.Invoke, f, value(i))
		add(history.OK, f, value(i))
		add(history.Invoke, read, nil)
		add(history.OK, read, shown(i))
	}
	return h
}

func TestMinimize(t *testing.T) {
	number := func(i int64) any { return i + 1 }
	for _, tt := range []struct {
		model  string
		h      history.History
		events int
	}{
		{"register", long(50, "write", "read", number, func(i int64) any { return 1 + min(i, 40) }), 6},
		{"unique-ids", long(50, "a", "b", number, func(i int64) any { return -1 - min(i, 48) }), 4},
		{"bank", long(30, "transfer", "read", func(int64) any { return "moved" },
			func(i int64) any { return []any{int64(5), 5 + i/29} }), 4},
	} {
		t.Run(tt.model, func(t *testing.T) {
			c, err := checker.ForModel(tt.model)
			if err != nil {
				t.Fatal(err)
			}
			small := minimize(c, tt.h)
			v := c.Check(small)
			if v.Outcome != checker.Invalid || len(small) > tt.events {
				t.Errorf("%d events are left, %s %s: %s", len(small), v.Outcome, v.Reason, fmt.Sprint(small))
			}
			if wrongness(v) != wrongness(c.Check(tt.h)) {
				t.Errorf("it is wrong in another way: %s", v.Reason)
			}
		})
	}
}

// TestMinimizeTransactions keeps what makes a cycle, and the read that shows its order.
func TestMinimizeTransactions(t *testing.T) {
	var h history.History
	both := func(process int, asked, got []any) {
		h = append(h, history.Op{Index: len(h), Process: process, Type: history.Invoke, F: "txn", Value: asked},
			history.Op{Index: len(h) + 1, Process: process, Type: history.OK, F: "txn", Value: got})
	}
	mop := func(f, key string, v any) any { return []any{f, key, v} }
	for i := range int64(20) {
		a := mop("append", "z", i)
		both(1, []any{a}, []any{a})
	}
	x := mop("append", "x", int64(1))
	both(1, []any{x}, []any{x})
	both(2, []any{mop("r", "x", nil)}, []any{mop("r", "x", nil)})
	both(3, []any{mop("r", "x", nil)}, []any{mop("r", "x", []any{int64(1)})})
	c, err := checker.ForModel("list-append")
	if err != nil {
		t.Fatal(err)
	}
	if small := minimize(c, h); len(small) != 4 {
		t.Errorf("%d events are left: %v", len(small), small)
	}
}

// TestMinimizeKeepsWhatWasWritten leaves no read without the write of what it shows: a cas that asks for a value to be
// there is none.
func TestMinimizeKeepsWhatWasWritten(t *testing.T) {
	var h history.History
	add := func(process int, f string, asked, got any) {
		h = append(h, history.Op{Index: len(h), Process: process, Type: history.Invoke, F: f, Value: asked},
			history.Op{Index: len(h) + 1, Process: process, Type: history.OK, F: f, Value: got})
	}
	cas := []any{int64(7), int64(8)}
	add(1, "write", int64(7), int64(7))
	add(1, "cas", cas, cas)
	add(2, "read", nil, int64(7))
	c, err := checker.ForModel("cas-register")
	if err != nil {
		t.Fatal(err)
	}
	if small := minimize(c, h); len(small) != len(h) {
		t.Errorf("%d events are left: %v", len(small), small)
	}
}
