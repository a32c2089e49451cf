package usage

import (
	"testing"
	"time"
)

func TestProcessTimes(t *testing.T) {
	got, err := parseStat("42 (a (b) c) S 1 42 42 0 -1 4194560 1 0 0 0 250 50 7 8 20 0 9 0 1 2 3\n")
	if want := 3 * time.Second; err != nil || got != want {
		t.Errorf("%v, %v, and not %v", got, err, want)
	}
	if _, err := parseStat("42 (x) S 1 2"); err == nil {
		t.Error("a line that ends too early is taken")
	}
}

func TestProcessMemory(t *testing.T) {
	now, peak, err := parseStatus("Name:\tx\nVmHWM:\t    3000 kB\nVmRSS:\t    2000 kB\n")
	if err != nil || now != 2000<<10 || peak != 3000<<10 {
		t.Errorf("%d, %d, %v", now, peak, err)
	}
	if _, _, err := parseStatus("Name:\tx\n"); err == nil {
		t.Error("a status without memory is taken")
	}
}
