package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// garbage is how much garbage a server lets lie before Go's collector runs: so many bytes if little is alive, since
// every request makes some and a run slows all that are under way; and a share of what is alive if that is much.
type garbage struct {
	least uint64 // bytes
	share uint64 // percent of what is alive
}

const (
	garbageMost   = 1000 // percent
	garbageLooked = 200 * time.Millisecond
)

// tend keeps to that until ctx is done. The environment's GOGC goes before it.
func (g garbage) tend(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	looks := time.NewTicker(garbageLooked)
	defer looks.Stop()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for set := 0; ; {
		metrics.Read(sample)
		percent := g.percent(sample[0].Value.Uint64())
		if percent > set+set/10 || percent < set-set/10 {
			debug.SetGCPercent(percent)
			set = percent
		}
		select {
		case <-ctx.Done():
			return
		case <-looks.C:
		}
	}
}

// percent is the collector's setting while so many bytes are alive.
func (g garbage) percent(alive uint64) int {
	return int(min(max(g.least*100/max(alive, 1), g.share), garbageMost))
}
