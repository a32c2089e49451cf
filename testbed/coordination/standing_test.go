package coordination

import (
	"fmt"
	"testing"

	"ordeal/history"
	"ordeal/testbed/trial"
)

// TestStanding: a session stands from when it is heard of to its end, and a watch from its answer to its event or to
// the end of its session; one that expired, and one that should have fired, are odd.
func TestStanding(t *testing.T) {
	var h history.History
	const first = int64(0x100000100000001)
	add := func(process int, kind history.Type, f, key string, value any) {
		h = append(h, history.Op{
			Index: len(h), Time: timeOf(len(h)), Process: process, Type: kind, F: f, Key: key, Value: value,
		})
	}
	list := func(v ...any) []any { return v }
	service := func(f string, value any) { add(history.Service, history.OK, f, "", value) }
	service("attach", list(first, int64(1)))
	add(1, history.Invoke, "getData", "", list(first, int64(1), int64(5), "/a", true))
	add(1, history.OK, "getData", "", list(int64(0), int64(9))) // 2: watched
	service("event", list(first, int64(1), "changed", "/a", int64(10)))
	add(2, history.Invoke, "getChildren", "", list(first, int64(1), int64(6), "/b", true))
	add(2, history.OK, "getChildren", "", list(int64(0), int64(9))) // 5: watched
	add(1, history.Invoke, "exists", "", list(first, int64(1), int64(7), "/c", false))
	add(1, history.OK, "exists", "", list(int64(0), int64(9)))
	service("applied", list(int64(11), first, int64(0), "closeSession")) // 8: expired
	add(3, history.Invoke, "acquire", "l", "0x2")
	add(3, history.OK, "acquire", "l", list("0x2", int64(3)))
	service("end", "0x2")                      // 11
	add(4, history.Invoke, "watch", "r1", nil) // 12
	add(4, history.OK, "watch", "r1", list(int64(1), int64(2), false))
	want := []trial.Standing{
		{Lane: "sessions", Text: "session 0x100000100000001, which expired", From: timeOf(0), To: timeOf(8), Odd: true},
		{Lane: "watches", Text: "/a, data, of session 0x100000100000001", From: timeOf(2), To: timeOf(3)},
		{Lane: "watches", Text: "/b, children, of session 0x100000100000001", From: timeOf(5), To: timeOf(8)},
		{Lane: "sessions", Text: "session 0x2", From: timeOf(9), To: timeOf(11)},
		{Lane: "watches", Text: "r1, which did not fire", From: timeOf(12), To: timeOf(13), Odd: true},
	}
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	got := standing(pairs)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
			t.Fatalf("%d: %v, wanted %v", i, got, want)
		}
	}
}
