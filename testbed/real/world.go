package real

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/testbed/real/loop"
)

// world is a cluster as the nemesis sees it. It does what unfit does not refuse; whatever else it is asked for, it
// notes that it was not done. All calls come from its loop.
type world struct {
	cluster  *cluster
	loop     *loop.Loop
	leaders  *leaders
	means    Means
	refused  []string
	ensemble ensemble
	// operators are those who ask for changes, until ctx is over.
	operators sync.WaitGroup
	ctx       context.Context
	// powerLosses counts crashes that lost what was not synced.
	powerLosses int
}

var (
	_ nemesis.World   = (*world)(nil)
	_ nemesis.Limited = (*world)(nil)
)

func (w *world) Now() time.Duration               { return w.loop.Now() }
func (w *world) At(t time.Duration, f func())     { w.loop.At(t, f) }
func (w *world) Leader() (host.Addr, bool)        { return w.leaders.leader() }
func (w *world) Holders() []host.Addr             { return nil }
func (w *world) Failpoints() bool                 { return false }
func (w *world) Cut(from, to host.Addr)           { w.cluster.network.Cut(from, to) }
func (w *world) Mend(from, to host.Addr)          { w.cluster.network.Mend(from, to) }
func (w *world) Clog(from, to host.Addr)          { w.cluster.network.Clog(from, to) }
func (w *world) Unclog(from, to host.Addr)        { w.cluster.network.Unclog(from, to) }
func (w *world) ClearLink(from, to host.Addr)     { w.cluster.network.Set(from, to, nemesis.Link{}) }
func (w *world) FailpointCrash(host.Addr, string) { w.refuse("a crash at a mark") }
func (w *world) Remember(host.Addr)               { w.refuse("a copy of a disk") }
func (w *world) GoBack(host.Addr)                 { w.refuse("a disk that goes back in time") }
func (w *world) Wipe(host.Addr)                   { w.refuse("an empty disk") }
func (w *world) Snapshot(host.Addr)               { w.refuse("a snapshot") }

// Clients are the machines of clients.
func (w *world) Clients() (all []host.Addr) {
	for _, m := range w.cluster.clients {
		all = append(all, m.name)
	}
	return all
}

// Up says whether a server runs. A client always does.
func (w *world) Up(machine host.Addr) bool {
	s := w.cluster.server(machine)
	return s == nil || s.up()
}

// Paused says whether a server stands still.
func (w *world) Paused(machine host.Addr) bool {
	s := w.cluster.server(machine)
	return s != nil && s.stands()
}

// Kill ends a server at once.
func (w *world) Kill(machine host.Addr) {
	if s := w.cluster.server(machine); s != nil {
		s.kill()
	}
}

// Leave asks a server to end, and ends it if it does not come to an end.
func (w *world) Leave(machine host.Addr) {
	s := w.cluster.server(machine)
	if s == nil {
		return
	}
	begun := s.runs()
	go func() {
		if w.allowDowngrade(s); s.runs() != begun {
			return // its time to stop was over before
		}
		if s.stop(w.cluster.product.Stop) {
			w.loop.Do(func() {
				w.refuse(fmt.Sprintf("an end in good order: %s had not ended %v after SIGTERM, and was killed", machine,
					w.cluster.product.Stop))
			})
		}
	}()
}

// Restart starts a server on what it has written.
func (w *world) Restart(machine host.Addr) {
	s := w.cluster.server(machine)
	if s == nil || s.retired() {
		return
	}
	if err := s.start(); err != nil {
		w.refuse("a start: " + err.Error())
	}
}

// Pause makes a server stand still, and Resume ends that.
func (w *world) Pause(machine host.Addr) { w.signal(machine, syscall.SIGSTOP) }

// Resume is described at Pause.
func (w *world) Resume(machine host.Addr) { w.signal(machine, syscall.SIGCONT) }

func (w *world) signal(machine host.Addr, sig syscall.Signal) {
	if s := w.cluster.server(machine); s != nil {
		s.signal(sig)
	}
}

// SetLink makes a direction of a link worse than it is.
func (w *world) SetLink(from, to host.Addr, link nemesis.Link) { w.cluster.network.Set(from, to, link) }

// Unable says which faults are skipped: they fit real processes, and not these.
func (w *world) Unable(f nemesis.Fault) string {
	if slices.Contains(ofClock, f.Kind) {
		return w.means.noClock
	}
	return ""
}

// Await waits in vain: what happens within servers can't be seen.
func (w *world) Await(nemesis.Moment, func(host.Addr)) (cancel func()) { return func() {} }

// AwaitDeeds waits in vain, too.
func (w *world) AwaitDeeds(scenario.Pattern, func(scenario.Servers)) (cancel func()) {
	return func() {}
}

// Pin pins nothing.
func (w *world) Pin(nemesis.Fault, func(string)) (cancel func()) { return func() {} }

func (w *world) refuse(what string) { w.refused = append(w.refused, what) }
