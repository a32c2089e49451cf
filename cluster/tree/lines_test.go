package tree

import (
	"slices"
	"strings"
	"testing"

	"ordeal/cluster/wire"
)

// TestLinesTellStatesApart: states that differ have lines that differ, and those that do not have the same.
func TestLinesTellStatesApart(t *testing.T) {
	build := func(data string, flags int32) *Tree {
		tr := New()
		tr.Apply(1, Txn{Session: 0, Request: CreateSession{ID: 7, TimeoutMs: 5, Passwd: []byte("p")}})
		tr.Apply(2, Txn{Session: 7, Request: wire.CreateRequest{Path: "/a", Data: []byte(data), ACL: []wire.ACL{everybody},
			Flags: flags}})
		return tr
	}
	one := build("x", 0)
	if again := build("x", 0); !slices.Equal(one.Lines(), again.Lines()) || one.Hash() != again.Hash() {
		t.Errorf("%q\n%q", one.Lines(), again.Lines())
	}
	for _, other := range []*Tree{build("y", 0), build("x", wire.FlagEphemeral)} {
		if slices.Equal(one.Lines(), other.Lines()) || one.Hash() == other.Hash() {
			t.Errorf("two states have the lines %q", other.Lines())
		}
	}
	text := strings.Join(one.Lines(), "\n")
	for _, want := range []string{"0 sessions ended", "session 0x7: timeout 5 ms", `znode /a: "x", version 0`,
		"znode /: "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
