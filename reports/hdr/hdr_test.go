package hdr_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ordeal/reports/hdr"
)

// TestQuantiles holds quantiles against those of the sorted durations: no shorter, and at most a hundredth longer.
func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h hdr.Histogram
	var all []time.Duration
	for range 5000 {
		d := time.Duration(rng.ExpFloat64() * float64(3*time.Millisecond)).Round(time.Microsecond)
		h.Add(d)
		all = append(all, max(d, time.Microsecond))
	}
	slices.Sort(all)
	for _, q := range []int{1, 500, 900, 990, 999, 1000} {
		want := all[(len(all)*q+999)/1000-1]
		if got := h.Quantile(q); got < want || got > want+want/100+time.Microsecond {
			t.Errorf("the quantile of %d permille is %v, and that of the sorted durations %v", q, got, want)
		}
	}
	if h.Count() != 5000 {
		t.Errorf("%d were counted", h.Count())
	}
}

// TestMergedAndWritten: histograms that are merged, and written and read, count the same.
func TestMergedAndWritten(t *testing.T) {
	var one, other, both, read hdr.Histogram
	for i := range 1000 {
		d := time.Duration(i*i) * time.Microsecond
		both.Add(d)
		if i%2 == 0 {
			one.Add(d)
		} else {
			other.Add(d)
		}
	}
	one.Merge(&other)
	one.Merge(nil)
	text, err := json.Marshal(&one)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(read.Buckets(), both.Buckets()) || read.Quantile(990) != both.Quantile(990) {
		t.Errorf("merged and read: %v\nwanted %v", read.Buckets(), both.Buckets())
	}
}

func TestBounds(t *testing.T) {
	var h *hdr.Histogram
	if h.Count() != 0 || h.Quantile(500) != 0 || h.Buckets() != nil {
		t.Error("nothing was counted, and there is something")
	}
	h = &hdr.Histogram{}
	h.Add(0)
	h.Add(1000 * time.Hour)
	day := 24 * time.Hour
	if b := h.Buckets(); len(b) != 2 || b[0].From != time.Microsecond || b[1].From > day || b[1].To < day {
		t.Errorf("what is out of bounds is in %v", b)
	}
}

// TestRefused: what no histogram has written is refused.
func TestRefused(t *testing.T) {
	for _, text := range []string{`{}`, `[[1]]`, `[[-1,2]]`, `[[5,0]]`, `[[999999999999999,1]]`, `[["a",1]]`} {
		var h hdr.Histogram
		if err := json.Unmarshal([]byte(text), &h); err == nil {
			t.Errorf("%s was read as %v", text, h.Buckets())
		}
	}
}
