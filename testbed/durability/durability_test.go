package durability

import (
	"bytes"
	"strings"
	"testing"

	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
)

// service is ordeal's own, with short trials of one workload.
func service() *trial.Service {
	s := *coordination.Service()
	s.Length = s.TrialLength() / 2
	return &s
}

func TestSyncsThatDoNothingAreNoticed(t *testing.T) {
	got, err := try(t.Context(), service(), "no-sync", 8)
	if err != nil || got.seed == 0 || got.checker == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestTable has one lie that is none.
func TestTable(t *testing.T) {
	s := service()
	s.Lies = []string{"nothing"}
	s.Lying = func(settings, lie string) string { return settings }
	var out bytes.Buffer
	if err := Table(t.Context(), &out, s, 1); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "nothing  no       1 trials") {
		t.Errorf("the table is\n%s", out.String())
	}
	s.Lying = func(settings, lie string) string { return settings + ",disk=" + lie }
	if err := Table(t.Context(), &out, s, 1); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("settings that are none: %v", err)
	}
}
