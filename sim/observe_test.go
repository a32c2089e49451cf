package sim

import (
	"fmt"
	"testing"
	"time"

	"ordeal/host"
)

// TestOnlookersHearOfWhatGoesDownAndWhatIsLost: and the trace knows nothing of them.
func TestOnlookersHearOfWhatGoesDownAndWhatIsLost(t *testing.T) {
	play := func(onlook bool) (heard []string, trace uint64) {
		w, a, _ := pair(t, 1)
		if onlook {
			w.ObserveDown(func(m host.Addr, power bool) {
				heard = append(heard, fmt.Sprint(m, " down, power ", power, ", up ", w.Up(m)))
			})
			w.ObserveLoss(func(from, to host.Addr) { heard = append(heard, fmt.Sprint(from, ">", to, " lost")) })
		}
		must(t, w.Cut("n1", "n2"))
		a.h.Send("n2", []byte("1"))
		run(w, time.Second)
		must(t, w.Mend("n1", "n2"))
		must(t, w.Kill("n2"))
		a.h.Send("n2", []byte("2"))
		run(w, time.Second)
		must(t, w.Restart("n2"))
		run(w, time.Second)
		must(t, w.Crash("n2"))
		return heard, w.TraceHash()
	}
	heard, trace := play(true)
	expect(t, "heard", heard, "n1>n2 lost", "n2 down, power false, up true", "n2 down, power true, up true")
	if _, alone := play(false); alone != trace {
		t.Error("who looks on changes the trace")
	}
}
