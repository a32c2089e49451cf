package shards

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"ordeal/reports/hdr"
	"ordeal/testbed/campaign"
	"ordeal/testbed/play"
)

// large is a shard's result as real campaigns have it: clients that waited for thirty kinds of fault, two hundred items
// of coverage, and as many findings as are asked for.
func large(index, of, findings int) Result {
	r := result(index, of)
	r.Report.Recovered = make(map[string]campaign.Recovered)
	for kind := range 30 {
		began, ended := &hdr.Histogram{}, &hdr.Histogram{}
		for i := range 60 {
			began.Add(time.Duration(i*i*(kind+1)) * time.Millisecond)
			ended.Add(time.Duration(i*i*(kind+1)) * time.Second)
		}
		r.Report.Recovered[fmt.Sprint("kind", kind)] = campaign.Recovered{Began: began, Ended: ended}
	}
	for item := range 200 {
		r.Report.Covered[fmt.Sprint("item", item)] = item
	}
	one := r.Report.Findings[0]
	for item := range 170 {
		one.Summary.Covered = append(one.Summary.Covered, fmt.Sprint("item", item))
	}
	one.Summary.Scenarios = map[string]play.Reached{"a": {Steps: 1}, "b": {Steps: 2}}
	r.Report.Findings, r.Report.Kept = nil, nil
	for range findings {
		r.Report.Findings = append(r.Report.Findings, one)
		r.Report.Kept = append(r.Report.Kept, one.Summary)
	}
	return r
}

// peak is the most memory in use, in MB, while f runs, as the collector leaves it when it runs often.
func peak(f func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	runtime.GC()
	over, most := make(chan struct{}), make(chan uint64)
	go func() {
		top := uint64(0)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			top = max(top, m.HeapAlloc)
			select {
			case <-over:
				most <- top >> 20
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	f()
	close(over)
	return <-most
}

// TestShardsAreNotHeldAllAtATime: how long clients waited takes megabytes a shard, and of these there is to be one at a
// time.
func TestShardsAreNotHeldAllAtATime(t *testing.T) {
	var all []Result
	for i := 1; i <= 20; i++ {
		all = append(all, large(i, 20, 1))
	}
	dirs := written(t, all...)
	all = nil
	var m Merged
	var err error
	if mb := peak(func() { m, err = Merge(folders(dirs), toy, false) }); err != nil || mb > 25 {
		t.Errorf("20 shards took %d MB: %v", mb, err)
	}
	if r := m.Report.Recovered["kind7"]; m.Report.Covered["item7"] != 7*20 || r.Began.Count() != 20*60 ||
		r.Ended.Quantile(1000) < 59*59*8*time.Second {
		t.Errorf("%+v", m.Report)
	}
}

// TestAShardIsWrittenInBrief: what a merge has no use for is not handed on.
func TestAShardIsWrittenInBrief(t *testing.T) {
	m, err := Merge(folders(written(t, large(1, 1, 1))), toy, false)
	if err != nil {
		t.Fatal(err)
	}
	want := result(1, 1).Report.Findings[0].Summary
	if got := m.Report.Findings[0].Summary; got.Covered != nil || got.Scenarios != nil || got.Line != want.Line ||
		got.Reason != want.Reason || got.Outcome != want.Outcome || m.Report.Kept[0].Line != want.Line {
		t.Errorf("%+v", got)
	}
}

// BenchmarkMerge puts together 1,000 shards with a million trials, each with as many findings as a shard can have. It
// is to take less than 10 s and 500 MB.
func BenchmarkMerge(b *testing.B) {
	var dirs []string
	for i := 1; i <= 1000; i++ {
		dirs = append(dirs, written(b, large(i, 1000, campaign.FindingsMax))...)
	}
	b.ReportAllocs()
	for b.Loop() {
		mb := peak(func() {
			m, err := Merge(folders(dirs), toy, false)
			if err != nil || m.Report.Tally.Trials != 1_000_000 {
				b.Fatalf("%+v, %v", m.Report.Tally, err)
			}
		})
		if b.ReportMetric(float64(mb), "MB-most"); mb > 500 {
			b.Errorf("%d MB", mb)
		}
	}
}
