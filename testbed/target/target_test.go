package target

import (
	"slices"
	"testing"

	"ordeal/checker"
)

// TestWhatABusyMachineExcuses is what was to happen in time, and nothing else.
func TestWhatABusyMachineExcuses(t *testing.T) {
	for _, means := range []checker.Outcome{checker.Invalid, checker.Unknown} {
		verdicts := []checker.Verdict{{Checker: "sessions", Outcome: checker.Invalid},
			{Checker: "sessions", Outcome: checker.Valid}, {Checker: "leases", Outcome: checker.Invalid}}
		excuse(verdicts, means)
		if verdicts[0].Outcome != means || verdicts[1].Outcome != checker.Valid || verdicts[2].Outcome != checker.Invalid {
			t.Errorf("%v: %+v", means, verdicts)
		}
	}
}

func TestServers(t *testing.T) {
	got, err := ParseServers("127.0.0.1:2181,[::1]:2182,zoo.example:2183")
	if want := []string{"127.0.0.1:2181", "[::1]:2182", "zoo.example:2183"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "zoo", "zoo:", ":2181", "zoo:0", "zoo:65536", "zoo:-1", "zoo:x", "a:1,", "a:1,a:1",
		"a:1 b:2"} {
		if got, err := ParseServers(bad); err == nil {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}
