package chart

import (
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot"
)

func labels(ticks plot.ConstantTicks) string {
	var all []string
	for _, t := range ticks {
		if t.Label != "" {
			all = append(all, t.Label)
		}
	}
	return strings.Join(all, " ")
}

func TestTimeTicks(t *testing.T) {
	for _, c := range []struct {
		extent time.Duration
		want   string
	}{
		{time.Millisecond, "0 0.0001 0.0002 0.0003 0.0004 0.0005 0.0006 0.0007 0.0008 0.0009 0.001"},
		{2500 * time.Millisecond, "0 0.5 1 1.5 2 2.5"},
		{time.Minute, "0 10 20 30 40 50 60"},
		{time.Hour, "0 500 1000 1500 2000 2500 3000 3500"},
	} {
		if got := labels(timeTicks(c.extent)); got != c.want {
			t.Errorf("ticks to %s: %s, want %s", c.extent, got, c.want)
		}
	}
}

func TestLatencyAxis(t *testing.T) {
	for _, c := range []struct {
		name      string
		latencies []time.Duration
		want      string
	}{
		{"none", nil, "0.1 1 10 100 1000"},
		{"one", []time.Duration{3 * time.Millisecond}, "2 5"},
		{"zero", []time.Duration{0}, "0.001 0.002"},
		{"a wide range", []time.Duration{150 * time.Microsecond, 2500 * time.Millisecond}, "0.1 1 10 100 1000"},
		{"half an hour", []time.Duration{time.Second, 30 * time.Minute}, "1000 10000 100000 1000000"},
	} {
		low, high := latencyRange(c.latencies)
		if got := labels(latencyTicks(low, high)); got != c.want {
			t.Errorf("%s: ticks %s, want %s", c.name, got, c.want)
		}
		for _, l := range c.latencies {
			if l = max(l, LeastLatency); l < low || l >= high {
				t.Errorf("%s: %s is off the axis from %s to %s", c.name, l, low, high)
			}
		}
	}
}

func TestRateTicks(t *testing.T) {
	for _, c := range []struct {
		most float64
		want string
		high float64
	}{
		{0.001, "0 0.001", 0.001},
		{1, "0 0.2 0.4 0.6 0.8 1", 1},
		{62, "0 10 20 30 40 50 60 70", 70},
		{1500, "0 500 1000 1500", 1500},
	} {
		ticks, high := RateTicks(c.most)
		if got := labels(ticks); got != c.want || high != c.high {
			t.Errorf("to %g: ticks %s up to %g, want %s up to %g", c.most, got, high, c.want, c.high)
		}
	}
}
