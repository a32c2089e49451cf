package chart

import (
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot"
)

// timeTicks are the ticks of the time axis: at most eleven, at round times, labelled in seconds.
func timeTicks(extent time.Duration) plot.ConstantTicks {
	step := time.Duration(1)
	for s := range RoundSteps {
		step = s
		if extent/s <= 10 {
			break
		}
	}
	var ticks plot.ConstantTicks
	for t := time.Duration(0); t <= extent; t += step {
		ticks = append(ticks, plot.Tick{Value: t.Seconds(), Label: Decimal(int64(t), 9)})
	}
	return ticks
}

// Decimal writes v / 10^places without trailing zeros.
func Decimal(v int64, places int) string {
	s := strconv.FormatInt(v, 10)
	sign := ""
	if v < 0 {
		sign, s = "-", s[1:]
	}
	if len(s) <= places {
		s = strings.Repeat("0", places+1-len(s)) + s
	}
	whole, rest := s[:len(s)-places], strings.TrimRight(s[len(s)-places:], "0")
	if rest == "" {
		return sign + whole
	}
	return sign + whole + "." + rest
}

// LeastLatency is what shorter latencies are drawn as: a logarithmic axis has no zero.
const LeastLatency = time.Microsecond

// latencyRange is the range of a latency axis: round numbers around what is to be shown.
func latencyRange(latencies []time.Duration) (low, high time.Duration) {
	if len(latencies) == 0 {
		return 100 * time.Microsecond, time.Second
	}
	least, most := latencies[0], latencies[0]
	for _, l := range latencies {
		least, most = min(least, l), max(most, l)
	}
	least, most = max(least, LeastLatency), max(most, LeastLatency)
	for s := range RoundSteps {
		if s <= least {
			low = s
		}
		if high = s; s > most {
			break
		}
	}
	return low, high
}

// latencyTicks labels powers of ten in milliseconds; 2 and 5 times those as well where the axis is short.
func latencyTicks(low, high time.Duration) plot.ConstantTicks {
	short := high/low <= 200
	var ticks plot.ConstantTicks
	for decade := time.Duration(1); decade > 0 && decade <= high; decade *= 10 {
		for m := time.Duration(1); m < 10 && m*decade <= high; m++ {
			if m*decade < low {
				continue
			}
			tick := plot.Tick{Value: Milliseconds(m * decade)}
			if m == 1 || short && (m == 2 || m == 5) {
				tick.Label = Decimal(int64(m*decade), 6)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// RateTicks are at most eight ticks from 0 to a round number at or above most, and that number. most is in operations
// a second.
func RateTicks(most float64) (plot.ConstantTicks, float64) {
	step := time.Duration(1) // thousandths of an operation a second
	for s := range RoundSteps {
		step = s
		if float64(s)*7 >= most*1000 {
			break
		}
	}
	var ticks plot.ConstantTicks
	for v := time.Duration(0); ; v += step {
		ticks = append(ticks, plot.Tick{Value: float64(v) / 1000, Label: Decimal(int64(v), 3)})
		if v > 0 && float64(v) >= most*1000 {
			return ticks, float64(v) / 1000
		}
	}
}

// Milliseconds places a duration on a latency axis.
func Milliseconds(d time.Duration) float64 {
	return float64(max(d, LeastLatency)) / float64(time.Millisecond)
}

// RoundSteps yields 1, 2, 5, 10, 20, 50 … nanoseconds, as far as they fit.
func RoundSteps(yield func(time.Duration) bool) {
	for decade := time.Duration(1); decade <= 1e18; decade *= 10 {
		for _, m := range [...]time.Duration{1, 2, 5} {
			if !yield(m * decade) {
				return
			}
		}
		if decade == 1e18 {
			return
		}
	}
}

// LatencyAxis is an axis across of latencies in milliseconds, logarithmic, on which these have their places.
func LatencyAxis(label string, latencies []time.Duration) Axis {
	low, high := latencyRange(latencies)
	return Axis{label, Milliseconds(low), Milliseconds(high), plot.LogScale{}, latencyTicks(low, high)}
}

// UpLatency makes the axis upwards one of latencies, as LatencyAxis does that across.
func (ch *Chart) UpLatency(latencies []time.Duration) {
	a := LatencyAxis("Latency (ms)", latencies)
	ch.YLabel, ch.Scale, ch.YTicks, ch.Low, ch.High = a.Label, a.Scale, a.Ticks, a.Low, a.High
}
