package reports

import (
	"testing"
	"time"
)

func TestWindowsOver(t *testing.T) {
	for _, c := range []struct {
		extent, step time.Duration
		count        int
	}{
		{time.Millisecond, 10 * time.Microsecond, 100},
		{time.Second, 10 * time.Millisecond, 100},
		{59 * time.Second, 500 * time.Millisecond, 118},
		{60 * time.Second, time.Second, 60},
		{60*time.Second + 1, time.Second, 61},
		{119 * time.Second, time.Second, 119},
		{120 * time.Second, 2 * time.Second, 60},
		{time.Hour, 50 * time.Second, 72},
	} {
		if w := windowsOver(c.extent); w.step != c.step || w.count != c.count {
			t.Errorf("windows over %s: %d of %s, want %d of %s", c.extent, w.count, w.step, c.count, c.step)
		}
	}
}

// Whatever the extent, there are enough windows and not too many, and every instant is in the window around it.
func TestWindowsHoldEveryInstant(t *testing.T) {
	for extent := time.Millisecond; extent < 100*time.Hour; extent = extent*17/10 + 1 {
		w := windowsOver(extent)
		if w.count < leastWindows || w.count > 3*leastWindows {
			t.Fatalf("%d windows over %s", w.count, extent)
		}
		for i := range w.count {
			from := time.Duration(i) * w.step
			for _, at := range []time.Duration{from, w.middle(i), from + w.step - 1} {
				if at < extent && w.at(at) != i {
					t.Fatalf("over %s the instant %s is in window %d, want %d", extent, at, w.at(at), i)
				}
			}
		}
		if got := w.at(extent); got != w.count-1 {
			t.Fatalf("the end of %s is in window %d of %d", extent, got, w.count)
		}
	}
}
