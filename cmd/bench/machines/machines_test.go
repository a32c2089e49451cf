package machines

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestTheCurve holds the model to figures that a person can check.
func TestTheCurve(t *testing.T) {
	runs := []run{{2, 60, 20 * time.Second, 33 * time.Second}, {1, 60, 30 * time.Second, 30 * time.Second}}
	m := modelOf(runs, time.Millisecond, 2)
	if m.trial != 500*time.Millisecond || m.full() != 501 {
		t.Errorf("%+v keeps %d processes busy", m, m.full())
	}
	for n, want := range map[int][3]float64{1: {2, 2, 1.996}, 4: {4, 8, 7.984}, 10_000: {4, 20_000, 1000}} {
		if got := [3]float64{m.here(n), m.shards(n), m.fleet(n)}; got[0] != want[0] || got[1] != want[1] ||
			got[2]-want[2] > 0.001 || want[2]-got[2] > 0.001 {
			t.Errorf("%d processes: %v, and not %v", n, got, want)
		}
	}
	var out bytes.Buffer
	if err := m.print(&out, runs, 64); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0.20 % of that", "1000000000 trials: 5787 CPU-days", " keeps 501 processes busy",
		"2         1               3.00        550ms           4.00", "64        32", "90 days"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, &out)
		}
	}
	for seconds, want := range map[float64]string{3600: "1.0 hours", 5 * 86400: "5 days", 3 * 365 * 86400: "3 years"} {
		if got := lasting(seconds); got != want {
			t.Errorf("%s, and not %s", got, want)
		}
	}
}

// TestAsking: it takes something to ask for a trial, and not much.
func TestAsking(t *testing.T) {
	each, err := asking(t.Context(), 20)
	if err != nil || each <= 0 || each > 50*time.Millisecond {
		t.Errorf("%v, %v", each, err)
	}
}
