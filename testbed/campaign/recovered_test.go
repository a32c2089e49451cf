package campaign

import (
	"encoding/json"
	"testing"
	"time"

	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trialtest"
)

// TestRecoveredIsTheSameInParts: what parts of a campaign have counted is, joined and by way of a shard's file, what
// one campaign counts.
func TestRecoveredIsTheSameInParts(t *testing.T) {
	service := trialtest.Service(trialtest.Options{})
	whole, parts := newReport(service), []Report{newReport(service), newReport(service)}
	for i := range 40 {
		ms := time.Duration(1+i*i) * time.Millisecond
		s := play.Summary{Recoveries: []reports.Recovery{
			{Kind: "crash", Began: ms, Ended: -1}, {Kind: "pause", Began: -1, Ended: 2 * ms},
		}}
		whole.recover(s)
		parts[i%2].recover(s)
	}
	for i := range parts {
		text, err := json.Marshal(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = newReport(service)
		if err := json.Unmarshal(text, &parts[i]); err != nil {
			t.Fatal(err)
		}
	}
	want, _ := json.Marshal(whole.recoveredResults())
	got, _ := json.Marshal(Join(service, parts).recoveredResults())
	if string(got) != string(want) {
		t.Errorf("joined\n%s, wanted\n%s", got, want)
	}
	crash := whole.recoveredResults()["crash"]
	if crash.Began.Count != 40 || crash.Ended.Count != 0 || crash.Began.Max < 1522*time.Millisecond {
		t.Errorf("crashes: %+v", crash)
	}
}
