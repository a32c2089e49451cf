package checker

import (
	"fmt"
	"strings"
	"testing"

	"ordeal/history"
)

// sameTokens is a lock that gives everybody the same token. Each gives it back before the next asks, but for the one
// who keeps it.
func sameTokens(n, keeps int) history.History {
	var h history.History
	add := func(t history.Type, process int, f string, value any) {
		h = append(h, history.Op{Index: len(h), Process: process, Type: t, F: f, Key: "lock", Value: value})
	}
	for i := range n {
		session := fmt.Sprintf("0x%x", i%8+1)
		held := []any{session, int64(7)}
		add(history.Invoke, i%8, "acquire", session)
		add(history.OK, i%8, "acquire", held)
		if i != keeps {
			add(history.Invoke, i%8, "release", held)
			add(history.OK, i%8, "release", held)
		}
	}
	return h
}

// TestGrantsOfOneToken: a release frees what its own session was granted under that token, and nothing of others. The
// last is so long that looking at each grant for each release would go on for minutes.
func TestGrantsOfOneToken(t *testing.T) {
	for _, tt := range []struct{ grants, keeps int }{{2, -1}, {3, 1}, {200_000, 5}} {
		h := sameTokens(tt.grants, tt.keeps)
		ops, err := h.Pair()
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range owners(ops)["lock"].grants {
			// The session that keeps one gives the token back when it has been granted it the next time.
			next := tt.keeps + 8
			if free := g.until < len(h); free != (i != tt.keeps || next < tt.grants) {
				t.Fatalf("grant %d of %d: given back: %v", i, tt.grants, free)
			}
		}
		c, err := ForModel("lock")
		if err != nil {
			t.Fatal(err)
		}
		if v := c.Check(h); v.Outcome != Invalid || !strings.Contains(v.Reason, "have the same number") {
			t.Errorf("%d grants: %s (%s), want invalid: two grants have the same number", tt.grants, v.Outcome, v.Reason)
		}
	}
}
