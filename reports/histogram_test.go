package reports

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestBinned: every latency is in the bin that it lies in, a twentieth of a decade wide.
func TestBinned(t *testing.T) {
	var ops []operation
	for _, d := range []time.Duration{0, 999, 1000, 1121, 1122, 9999, 10_000, 3_162_000, 3_162_277, 60_000_000_000} {
		ops = append(ops, operation{begun: 5, done: 5 + d})
	}
	got := ""
	for _, b := range binned(ops) {
		got += fmt.Sprintf("%d-%d: %d\n", b.from, b.to, b.count)
	}
	want := "1000-1122: 4\n1122-1259: 1\n8913-10000: 1\n10000-11220: 1\n3162000-3548000: 2\n" +
		"56230000000-63100000000: 1\n"
	if got != want {
		t.Errorf("the bins are\n%s, wanted\n%s", got, want)
	}
}

func TestBrief(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 1500: "0.0015", 244_478_123: "244", 1_234_567: "1.23", 999_999: "1", 12_345_000_000: "12300",
	} {
		if got := brief(d); got != want {
			t.Errorf("%d ns are %s ms, wanted %s", d, got, want)
		}
	}
}

// TestPercentilesAcross: a hundred operations reach to 99, and one as slow as all others together shows at the end
// only.
func TestPercentilesAcross(t *testing.T) {
	var ops []operation
	for range 99 {
		ops = append(ops, operation{done: milli(1)})
	}
	ops = append(ops, operation{done: milli(99)})
	points := percentilePoints(ops)
	last, before := points[len(points)-1], points[len(points)-2]
	if last.At != 100 || last.Value != 99 || before.Value != 1 || before.At > 51 {
		t.Errorf("the line ends with %v, %v", before, last)
	}
	marked := markedPoints(ops)
	if len(marked) != 4 || marked[2].At != 50 || marked[2].Value != 1 || marked[3].Value != 99 {
		t.Errorf("the marks are at %v", marked)
	}
	for n, want := range []string{"0", "90", "99", "99.9", "99.99"} {
		if got := shareOfNines(n); got != want {
			t.Errorf("%d nines are %s", n, got)
		}
	}
}

// TestHistogramHasAPanelForEachClass, and says of each what a reader wants to know in figures.
func TestHistogramHasAPanelForEachClass(t *testing.T) {
	trial := Trial{Length: time.Minute, Ops: events(t, "0 0 invoke read\n9 0 ok read\n10 1 invoke write\n40 1 info write")}
	svg := drawn(t, latencyHistogram, trial)
	for _, text := range []string{
		">read</text>", ">write</text>", "1 ok: p50 9, p99 9, p99.9 9, max 9 ms", ">info</text>",
	} {
		if !strings.Contains(svg, text) {
			t.Errorf("the plot does not show %s", text)
		}
	}
}
