// Package hdr counts durations in buckets that are wider the longer the durations are, as HdrHistogram has it, so that
// quantiles far out in the tail cost no more memory than the median. Of every duration two significant digits are kept:
// what comes out is at most a hundredth more than what went in. It decides nothing and knows no service.
package hdr

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Durations are counted in microseconds, from 1 µs up to a day: what is shorter or longer counts as that.
const (
	unit    = time.Microsecond
	longest = int64(24 * time.Hour / unit)
	digits  = 2
)

// Histogram counts durations. The zero value is empty and ready. It is not safe for use by several goroutines.
type Histogram struct{ counts *hdrhistogram.Histogram }

// Bucket is how many durations lie from From to To, both included.
type Bucket struct {
	From, To time.Duration
	Count    int64
}

// Add counts a duration.
func (h *Histogram) Add(d time.Duration) { h.add(int64(d/unit), 1) }

func (h *Histogram) add(micros, count int64) {
	if h.counts == nil {
		h.counts = hdrhistogram.New(1, longest, digits)
	}
	micros = min(max(micros, 1), longest)
	if err := h.counts.RecordValues(micros, count); err != nil {
		panic("hdr: a duration within the bounds was refused: " + err.Error())
	}
}

// Merge counts all that another histogram has counted, which may be nil.
func (h *Histogram) Merge(other *Histogram) {
	if other == nil || other.counts == nil {
		return
	}
	if h.counts == nil {
		h.counts = hdrhistogram.New(1, longest, digits)
	}
	if lost := h.counts.Merge(other.counts); lost > 0 {
		panic(fmt.Sprintf("hdr: %d durations within the bounds were refused", lost))
	}
}

// Count is how many durations were counted.
func (h *Histogram) Count() int64 {
	if h == nil || h.counts == nil {
		return 0
	}
	return h.counts.TotalCount()
}

// Quantile is the end of the bucket up to which q of 1000 durations lie; q is from 1 to 1000. It is 0 if there are
// none.
func (h *Histogram) Quantile(q int) time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return time.Duration(h.counts.ValueAtPercentile(float64(q)/10)) * unit
}

// Buckets are those that have any, the shortest durations first.
func (h *Histogram) Buckets() (list []Bucket) {
	if h.Count() == 0 {
		return nil
	}
	for _, b := range h.counts.Distribution() {
		if b.Count > 0 {
			list = append(list, Bucket{time.Duration(b.From) * unit, time.Duration(b.To) * unit, b.Count})
		}
	}
	return list
}

// MarshalJSON writes the buckets that have any: a list of pairs, of where one begins in microseconds and its count.
func (h *Histogram) MarshalJSON() ([]byte, error) {
	pairs := [][2]int64{}
	for _, b := range h.Buckets() {
		pairs = append(pairs, [2]int64{int64(b.From / unit), b.Count})
	}
	return json.Marshal(pairs)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (h *Histogram) UnmarshalJSON(text []byte) error {
	var pairs [][2]int64
	if err := json.Unmarshal(text, &pairs); err != nil {
		return fmt.Errorf("a histogram: %w", err)
	}
	*h = Histogram{}
	for _, p := range pairs {
		if p[0] < 0 || p[0] > longest || p[1] < 1 {
			return fmt.Errorf("a histogram: %d durations of %d µs can't be", p[1], p[0])
		}
		h.add(p[0], p[1])
	}
	return nil
}
