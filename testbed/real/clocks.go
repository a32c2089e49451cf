package real

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"ordeal/host"
	"ordeal/nemesis"
)

// ofClock are the kinds of fault that move the time of day.
var ofClock = []nemesis.Kind{nemesis.Drift, nemesis.Jump, nemesis.Strobe}

// clockByFaketime says of a product that its programs are dynamically linked, so that libfaketime can move their
// clocks.
const clockByFaketime = "libfaketime"

// faketimes are where Debian, Fedora, Arch and a build of one's own put libfaketime.
var faketimes = []string{
	"/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib64/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1",
	"/usr/local/lib/faketime/libfaketime.so.1",
}

// faketime is the path of libfaketime, or why a product's clocks can't be moved.
func faketime(p *Product) (path, why string) {
	if p.Clock != clockByFaketime {
		return "", "the programs of " + p.Name + " ask the kernel for the time themselves, and no library can change what " +
			"it tells them"
	}
	for _, pattern := range faketimes {
		if found, err := filepath.Glob(pattern); err == nil && len(found) > 0 {
			return found[0], ""
		}
	}
	return "", "libfaketime is not there: it is Debian's package libfaketime"
}

// wallClock is the time of day as a server's program is told it. Its monotonic clock is left alone: libfaketime can't
// move one without the other jumping too.
type wallClock struct {
	library, file string
	begun         time.Time     // when the program was
	since         time.Time     // when the clock was changed
	ahead         time.Duration // as of then
	ppm           int           // how much too fast it has run since
}

// settle brings what the clock is ahead up to now.
func (c *wallClock) settle(now time.Time) {
	c.ahead += c.gained(now.Sub(c.since))
	c.since = now
}

// gained is what it gains in a time.
func (c *wallClock) gained(d time.Duration) time.Duration {
	return d / 1_000_000 * time.Duration(c.ppm)
}

// text is what libfaketime is to read: an offset, and a rate that counts from the beginning of the program.
func (c *wallClock) text() string {
	offset := c.ahead - c.gained(c.since.Sub(c.begun))
	return fmt.Sprintf("%+.6f x%.6f\n", offset.Seconds(), 1+float64(c.ppm)/1_000_000)
}

// write tells the program.
func (c *wallClock) write() error {
	if err := os.WriteFile(c.file+".new", []byte(c.text()), 0o644); err != nil {
		return err
	}
	return os.Rename(c.file+".new", c.file)
}

// begin is called when the program is about to be started, and returns what it needs in its environment.
func (c *wallClock) begin(now time.Time) (environment []string, err error) {
	c.settle(now)
	c.begun = now
	return []string{
		"LD_PRELOAD=" + c.library, "FAKETIME_TIMESTAMP_FILE=" + c.file, "FAKETIME_NO_CACHE=1", "DONT_FAKE_MONOTONIC=1",
		"FAKETIME_FORCE_MONOTONIC_FIX=0",
	}, c.write()
}

// giveClocks gives the servers clocks that can be moved.
func (c *cluster) giveClocks(library string) {
	for _, s := range c.all() {
		s.clock = &wallClock{library: library, file: filepath.Join(s.place.Dir, "clock"), since: time.Now()}
	}
}

// clock changes a server's clock.
func (w *world) clock(machine host.Addr, change func(c *wallClock)) {
	s := w.cluster.server(machine)
	if s == nil || s.clock == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock.settle(time.Now())
	change(s.clock)
	if err := s.clock.write(); err != nil {
		w.refuse("a change of a clock: " + err.Error())
	}
}

// JumpWall moves a server's time of day.
func (w *world) JumpWall(machine host.Addr, by time.Duration) {
	w.clock(machine, func(c *wallClock) { c.ahead += by })
}

// SetDrift makes a server's time of day run at another rate.
func (w *world) SetDrift(machine host.Addr, ppm int) {
	w.clock(machine, func(c *wallClock) { c.ppm = ppm })
}
