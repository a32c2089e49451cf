package system

import (
	"strings"
	"testing"

	"ordeal/checker"
	"ordeal/history"
)

// TestLeadersAreJudged: an older epoch that is heard of after a newer one is a second leader, and so is another server
// in the same; what two heard at once may come in any order.
func TestLeadersAreJudged(t *testing.T) {
	ask := func(process int) history.Op { return history.Op{Process: process, F: "leads"} }
	hear := func(process int, epoch int64, server string) history.Op {
		return history.Op{Process: process, F: "leads", Type: history.OK, Value: []any{epoch, server}}
	}
	for _, c := range []struct {
		name, reason string
		history      history.History
	}{
		{"one after another", "", history.History{
			ask(1), hear(1, 1, "n1"), ask(1), hear(1, 1, "n1"), ask(2), hear(2, 2, "n2")}},
		{"at once", "", history.History{ask(1), ask(2), hear(1, 2, "n2"), hear(2, 1, "n1")}},
		{"the older one after", "n1 leads in epoch 1, and another in 2 before", history.History{
			ask(1), hear(1, 2, "n2"), ask(2), hear(2, 1, "n1")}},
		{"two in one", "n1 and n2 lead in epoch 1", history.History{ask(1), ask(2), hear(1, 1, "n1"), hear(2, 1, "n2")}},
		{"a question without answer", "", history.History{ask(1), hear(1, 2, "n2"), ask(2),
			{Process: 2, F: "leads", Type: history.Fail}}},
	} {
		got := Leaders().Judge(c.history)[0]
		if (got.Outcome == checker.Invalid) != (c.reason != "") || !strings.Contains(got.Reason, c.reason) {
			t.Errorf("%s: %s, %q", c.name, got.Outcome, got.Reason)
		}
	}
}
