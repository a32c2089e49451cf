package reports

import (
	"time"

	"ordeal/reports/chart"
)

// windows cut the extent of a trial into equal pieces: window i is [i*step, (i+1)*step).
type windows struct {
	step  time.Duration
	count int
	// extent is the end of the last window, which may be shorter; 0 if all are whole.
	extent time.Duration
}

// leastWindows is how many windows a plot has at least, however short the trial: ten-second windows show nothing of a
// trial that takes one minute.
const leastWindows = 60

// windowsOver cuts extent with the longest step of 1, 2 or 5 times a power of ten (in nanoseconds) that still makes
// leastWindows of it. An instant at extent itself is in the last window.
func windowsOver(extent time.Duration) windows {
	step := time.Duration(1)
	for s := range chart.RoundSteps {
		if int64(extent)/int64(s) < leastWindows {
			break
		}
		step = s
	}
	count := int((extent + step - 1) / step)
	return windows{step: step, count: max(count, 1), extent: extent}
}

// at is the window that an instant is in.
func (w windows) at(t time.Duration) int {
	return min(max(int(t/w.step), 0), w.count-1)
}

// middle is the instant in the middle of window i.
func (w windows) middle(i int) time.Duration {
	from := time.Duration(i) * w.step
	if to := from + w.step; w.extent > 0 && to > w.extent {
		return from + (w.extent-from)/2
	}
	return from + w.step/2
}
