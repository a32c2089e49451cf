package keys

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table shows what loads have shown.
type table struct{ w *tabwriter.Writer }

func newTable(out io.Writer, servers int) table {
	fmt.Fprintf(out, "servers: %d\n", servers)
	t := table{tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(t.w, "load\tordeal /s\tp99\tCPU of 1,000\tetcd /s\tp99\tCPU of 1,000\tthroughput\tp99\tCPU\twanted\t")
	return t
}

// row shows one load, and says whether what is wanted was reached: the throughput, and a p99 that is no longer.
func (t table) row(l load, ours, theirs result) bool {
	rate := ours.rate / theirs.rate
	late := float64(ours.p99) / float64(theirs.p99)
	ok := rate >= l.wanted && late <= 1
	verdict := "reached"
	if !ok {
		verdict = "MISSED"
	}
	short := func(d time.Duration) string { return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond)) }
	fmt.Fprintf(t.w, "%s\t%.0f\t%s\t%s\t%.0f\t%s\t%s\t%.2f\t%.2f\t%.2f\t%.1f, 1.0\t%s\n", l.name,
		ours.rate, short(ours.p99), short(ours.cpu), theirs.rate, short(theirs.p99), short(theirs.cpu),
		rate, late, float64(ours.cpu)/float64(theirs.cpu), l.wanted, verdict)
	return ok
}

func (t table) flush() error { return t.w.Flush() }
