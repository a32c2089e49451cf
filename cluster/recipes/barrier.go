package recipes

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/host"
)

// Barrier is shut or open, and open at the start. Clients shut it, open it, and wait until it is open.
//
// Guaranteed: Shut, Open and Wait are linearizable, and Shut and Open take effect once, also where an answer is lost.
// Wait returns because the barrier was open, and for no other wake-up. Not guaranteed: that whoever waits sees it open
// if it is shut again at once.
type Barrier struct{ cell cell }

// shut is what the znode holds of a barrier that is shut.
const shut = "shut"

// NewBarrier makes a user of the barrier at path. The znode is made when it is needed.
func NewBarrier(p host.Process, c *client.Client, path string) *Barrier {
	return &Barrier{cell{p: p, c: c, path: path}}
}

// Shut shuts it; it may be shut.
func (b *Barrier) Shut(timeout time.Duration) (Outcome, error) { return b.set(shut, timeout) }

// Open opens it; it may be open.
func (b *Barrier) Open(timeout time.Duration) (Outcome, error) { return b.set("", timeout) }

func (b *Barrier) set(state string, timeout time.Duration) (Outcome, error) {
	return b.cell.change(Deadline(b.cell.p, timeout), func(now content) (content, error) {
		if err := now.barrier(); err != nil {
			return now, err
		}
		now.value = []byte(state)
		return now, nil
	})
}

// barrier returns ErrForeign of what no barrier holds.
func (k content) barrier() error {
	if s := string(k.value); s != "" && s != shut {
		return fmt.Errorf("%w: %.40q is neither shut nor open", ErrForeign, s)
	}
	return nil
}

// Wait waits until the barrier is open, for about timeout or Forever. open is false if the time was up: then it was
// shut at some instant during the call. An error means that nothing was seen.
func (b *Barrier) Wait(timeout time.Duration) (open bool, err error) {
	until := Deadline(b.cell.p, timeout)
	for woken := false; ; woken = true {
		w := client.NewWatch()
		now, err := b.bendWatched().readWith(w, until)
		if err == nil {
			err = now.barrier()
		}
		switch {
		case err != nil:
			b.cell.c.Forget(w)
			return false, err
		case string(now.value) != shut || bendWoken(woken):
			b.cell.c.Forget(w)
			return true, nil
		case b.cell.p.Now() >= until:
			b.cell.c.Forget(w)
			return false, nil
		}
		w.Wait(timeLeft(b.cell.p, until))
		b.cell.c.Forget(w)
	}
}
