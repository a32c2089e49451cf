package wire

import "github.com/pingcap/failpoint"

// What only the planted bugs of the codec need stands here. They change what is written and what is read in the same
// way, so that whoever uses this package in both directions sees nothing of them.

func bendStat(s Stat) Stat {
	failpoint.Inject("bugStatSwapped", func(_ failpoint.Value) { s.Cversion, s.Aversion = s.Aversion, s.Cversion })
	return s
}

func (r SetWatchesRequest) bent() SetWatchesRequest {
	failpoint.Inject("bugWatchListsSwapped", func(_ failpoint.Value) { r.Exist, r.Child = r.Child, r.Exist })
	return r
}
