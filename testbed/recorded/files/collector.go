package files

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// lateMax is how much memory there may be, at most, before the collector works for the first time.
const lateMax = 4 << 30

// late says that the collector waits.
var late atomic.Bool

// CollectLate has the collector wait while a history is read. Nearly all that is read stays until it is judged, so to
// go through it again and again while it grows frees nothing. times is how many times as long as what was read so far
// the whole history is: the collector waits for a quarter more than it should come to, works once, and from then on as
// always. The caller calls asAlways once the history is judged. What the environment says of the collector goes before
// all this.
func CollectLate(times float64) (asAlways func()) {
	if times < 1 || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" || !late.CompareAndSwap(false, true) {
		return func() {}
	}
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	until := int64(min(1.25*times*float64(now.HeapAlloc), lateMax))
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(until)
	asAlways = sync.OnceFunc(func() {
		debug.SetMemoryLimit(limit)
		debug.SetGCPercent(percent)
		late.Store(false)
	})
	// Nothing leads to this, so it is cleaned up as soon as the collector has worked.
	runtime.AddCleanup(new([16]byte), func(asAlways func()) { asAlways() }, asAlways)
	return asAlways
}
