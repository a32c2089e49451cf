package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage a server of etcd's API lets lie: so many bytes if little is alive, since it makes garbage for every
// call and would be collected all the time; and a share of what is alive if that is much.
const (
	garbageLeast  = 64 << 20
	garbageShare  = 25 // percent
	garbageMost   = 1000
	garbageLooked = 200 * time.Millisecond
)

// tendGarbage keeps to that until ctx is done. The environment's GOGC goes before it.
func tendGarbage(ctx context.Context) {
	if os.Getenv("GOGC") != "" {
		return
	}
	looks := time.NewTicker(garbageLooked)
	defer looks.Stop()
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for set := 0; ; {
		metrics.Read(sample)
		alive := max(sample[0].Value.Uint64(), 1)
		percent := int(min(max(garbageLeast*100/alive, garbageShare), garbageMost))
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
