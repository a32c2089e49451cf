package coordination

import (
	"fmt"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/testbed/trial"
)

// TestHolds: a hold ends with what gives it back, or with the session, whichever is first; attempts that found the lock
// held are none.
func TestHolds(t *testing.T) {
	claim := func(session string, token int64) []any { return []any{session, token} }
	var h history.History
	add := func(process int, kind history.Type, f string, value any) {
		h = append(h, history.Op{
			Index: len(h), Time: timeOf(len(h)), Process: process, Type: kind, F: f, Key: "k", Value: value,
		})
	}
	add(1, history.Invoke, "acquire", "0x1")
	add(1, history.OK, "acquire", claim("0x1", 5)) // 1: held
	add(2, history.Invoke, "acquire", "0x2")
	add(2, history.OK, "acquire", []any{"0x2", "held"})
	add(1, history.Invoke, "release", claim("0x1", 5)) // 4: given back
	add(1, history.Info, "release", nil)
	add(2, history.Invoke, "campaign", "0x2")
	add(2, history.OK, "campaign", claim("0x2", 7)) // 7: leads
	add(history.Service, history.OK, "end", "0x2")  // 8: over
	add(2, history.Invoke, "resign", claim("0x2", 7))
	add(2, history.Fail, "resign", nil)
	add(3, history.Invoke, "acquire", "0x3")
	add(3, history.OK, "acquire", claim("0x3", 9)) // 12: to the end
	want := []trial.Hold{
		{What: "lock k", Who: "session 0x1, token 5", From: timeOf(1), To: timeOf(4)},
		{What: "lock k", Who: "session 0x3, token 9", From: timeOf(12), To: -1},
		{What: "office k", Who: "session 0x2, token 7", From: timeOf(7), To: timeOf(8)},
	}
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	if got := holds(pairs); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, wanted %v", got, want)
	}
}

func timeOf(index int) time.Duration { return time.Duration(index) * time.Second }
