package main

import (
	"syscall"
	"testing"
	"time"

	"ordeal/testbed"
)

// BenchmarkCommits says how many virtual seconds three servers with 47 commits a second get of a second of a processor.
func BenchmarkCommits(b *testing.B) {
	const length = 20 * time.Second
	service := hashiraft.MustService()
	play := func() {
		testbed.Play(b, service, "hashiraft/1 seed=1 workload=register nodes=3 length=20s rate=50 faults=none "+
			"settings=by-chance")
	}
	play() // the programs are loaded now
	begin := processor()
	for b.Loop() {
		play()
	}
	took := processor() - begin
	b.ReportMetric(length.Seconds()*float64(b.N)/took.Seconds(), "virtual-s/cpu-s")
	b.ReportMetric(took.Seconds()/float64(b.N), "cpu-s/op")
}

// processor is the time that this process has had of the machine's processors.
func processor() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
