package syncs

import (
	"os"
	"slices"
	"testing"
	"time"
)

func TestMeasure(t *testing.T) {
	dir := t.TempDir()
	times, err := Measure(dir, 3, 50*time.Millisecond)
	if err != nil || len(times) < 3 || !slices.IsSorted(times) || times[0] <= 0 {
		t.Errorf("%v, %v", times, err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("it leaves %v, %v", left, err)
	}
	if _, err := Measure(dir+"/none", 1, time.Millisecond); err == nil {
		t.Error("there is no such folder, and it measures")
	}
	if got := (Times{time.Millisecond, 2 * time.Millisecond}).String(); got != "p50 2ms, p99 2ms, the longest 2ms" {
		t.Error(got)
	}
}
