package main

import (
	"fmt"
	"io"
	"time"
)

// printHeader names the columns. Those of etcd come last, behind the verdict, as nothing is judged by them.
func printHeader(w io.Writer, etcd bool) {
	fmt.Fprint(w, "clients × outstanding\t\tordeal\tZooKeeper\tratio\ttarget\t")
	if etcd {
		fmt.Fprint(w, "\tetcd\tratio")
	}
	fmt.Fprintln(w)
}

// printRates prints a load's figures, ours, ZooKeeper's and perhaps etcd's, and reports whether the targets are
// reached.
func printRates(w io.Writer, l load, rates []rate) bool {
	our, their := rates[0], rates[1]
	throughput, p99 := our.perSecond/their.perSecond, ratio(our.p99, their.p99)
	fast, even := judged(throughput >= 1), judged(p99 <= 1)
	fmt.Fprintf(w, "%v\toperations a second\t%.0f\t%.0f\t%.2f\t>= 1.00\t%s", l, our.perSecond, their.perSecond, throughput,
		fast)
	if others := rates[2:]; len(others) > 0 {
		fmt.Fprintf(w, "\t%.0f\t%.2f", others[0].perSecond, our.perSecond/others[0].perSecond)
	}
	fmt.Fprintln(w)
	for _, row := range []struct {
		name, verdict string
		of            func(rate) time.Duration
	}{
		{"p50, ms", "\t", func(r rate) time.Duration { return r.p50 }},
		{"p99, ms", fmt.Sprintf("<= 1.00\t%s", even), func(r rate) time.Duration { return r.p99 }},
		{"CPU of 1000, ms", "\t", func(r rate) time.Duration { return r.cpu }},
	} {
		a, b := row.of(our), row.of(their)
		fmt.Fprintf(w, "\t%s\t%s\t%s\t%.2f\t%s", row.name, millis(a), millis(b), ratio(a, b), row.verdict)
		for _, other := range rates[2:] {
			fmt.Fprintf(w, "\t%s\t%.2f", millis(row.of(other)), ratio(a, row.of(other)))
		}
		fmt.Fprintln(w)
	}
	return fast == reached && even == reached
}

// printPeaks prints the most memory that the servers ever held, in bytes.
func printPeaks(w io.Writer, peaks []int64) {
	fmt.Fprintf(w, "all of it\tpeak memory, MB\t%d\t%d\t\t\t", peaks[0]>>20, peaks[1]>>20)
	for _, other := range peaks[2:] {
		fmt.Fprintf(w, "\t%d\t%.2f", other>>20, float64(peaks[0])/float64(other))
	}
	fmt.Fprint(w, "\n\n")
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

func millis(d time.Duration) string { return fmt.Sprintf("%.2f", float64(d)/float64(time.Millisecond)) }
