package campaign

import (
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"ordeal/testbed/trial"
)

// A trial that has no end is known by the processor time that its worker uses, which does not depend on what else
// the machine does: a loaded one makes no findings. The worker watches itself, and says where the trial is. Real time
// counts only of a worker that is not heard of at all, and then there is much of it.

// exitHang is the code with which a worker process ends itself when its trial has used too much processor time.
const exitHang = 87

// hangAfter is how much processor time a trial may use, unless the request says. It is far above what any uses: a trial
// of a minute uses a second.
func (r Request) hangAfter(t trial.Trial) time.Duration {
	if r.HangAfter > 0 {
		return r.HangAfter
	}
	return 2*time.Minute + 2*t.Length
}

// lostFactor is how many times as much real time as processor time a worker has.
const lostFactor = 20

// watchHang ends the process when it has used so much processor time from now on, unless it is stopped before. busy may
// be nil.
func watchHang(limit time.Duration, busy func() string) (stop func()) {
	until, done := cpuTime()+limit, make(chan struct{})
	go func() {
		t := time.NewTicker(min(time.Second, limit/4))
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				if cpuTime() > until {
					what := ""
					if busy != nil {
						what = busy()
					}
					if what != "" {
						what = "; " + what
					}
					fmt.Fprintf(os.Stderr, "no end after %v of processor time%s; where it was:\n", limit, what)
					_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 2)
					os.Exit(exitHang)
				}
			}
		}
	}()
	return func() { close(done) }
}
