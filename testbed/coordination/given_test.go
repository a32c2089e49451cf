package coordination

import (
	"testing"

	"ordeal/testbed/play"
)

// TestNothingTouchesWhatItGaveAway plays trials in a world that overwrites what is sent: the service and its clients
// look at nothing that they gave away, so nothing changes, and machines share no memory though messages are not
// copied.
func TestNothingTouchesWhatItGaveAway(t *testing.T) {
	for _, one := range each(40) {
		want := mustRun(t, one)
		got, err := play.Run(one, play.Ask{Poison: true})
		if err != nil || got.Summary.TraceHash != want.Summary.TraceHash ||
			got.Summary.HistoryHash != want.Summary.HistoryHash {
			t.Errorf("%s: trace %s where it was %s: %v", one.Line(), got.Summary.TraceHash, want.Summary.TraceHash, err)
		}
	}
}
