package guest

import (
	"encoding/binary"
	"time"
)

// The only place where a program waits: Go's scheduler comes here when no goroutine can run.

const (
	subscriptionBytes = 48
	eventBytes        = 32

	onClock = 0
	onRead  = 1
	onWrite = 2

	absolute = 1
)

// subscription is one thing that is waited for.
type subscription struct {
	user uint64
	kind byte
	fd   uint32
}

// idlePolls is how many looks without waiting are answered at once, in a row. Then what has happened meanwhile, while
// the program was busy, is let happen first.
const idlePolls = 64

// pollOneoff waits until one of several things has come.
func pollOneoff(in *instance, a args) errno {
	list, events, n := a.u32(0), a.u32(1), a.u32(2)
	now := in.kernel.Spend(callCost)
	until := time.Duration(-1)
	var clock subscription
	subs := make([]subscription, 0, 8)
	for i := range n {
		b := in.bytes(list+i*subscriptionBytes, subscriptionBytes)
		if b == nil {
			return eFault
		}
		s := subscription{user: binary.LittleEndian.Uint64(b), kind: b[8], fd: binary.LittleEndian.Uint32(b[16:])}
		if s.kind != onClock {
			subs = append(subs, s)
			continue
		}
		at := time.Duration(min(binary.LittleEndian.Uint64(b[24:]), 1<<60))
		if binary.LittleEndian.Uint16(b[40:])&absolute != 0 {
			at -= monotonicBegin
		} else {
			at += now
		}
		if until < 0 || at < until {
			until, clock = at, s
		}
	}
	ready := in.ready(subs)
	if len(ready) == 0 && (until < 0 || until > now || in.idle()) {
		ready = in.await(subs, until)
	}
	count := uint32(0)
	for _, s := range ready {
		in.event(events+count*eventBytes, s)
		count++
	}
	if len(ready) == 0 {
		in.event(events, clock)
		count = 1
	}
	return in.put32(a.u32(3), count)
}

// idle counts looks without waiting, and says of every so many of them that it has to wait a little.
func (in *instance) idle() bool {
	in.polls++
	return in.polls%idlePolls == 0
}

// await waits, until an instant of the machine's clock if that is not negative.
func (in *instance) await(subs []subscription, until time.Duration) (ready []subscription) {
	in.polls = 0
	in.wakeAt(until)
	in.park(func() bool {
		ready = in.ready(subs)
		return len(ready) > 0 || until >= 0 && in.kernel.Spend(0) >= until
	})
	in.wakeAt(-1)
	return ready
}

// ready are those that have come. Which comes first is chance: so goroutines that wait for the network wake in any
// order.
func (in *instance) ready(subs []subscription) (ready []subscription) {
	for _, s := range subs {
		d := in.file(s.fd)
		if d == nil || s.kind == onRead && d.readable() || s.kind == onWrite && d.writable() {
			ready = append(ready, s)
		}
	}
	if len(ready) > 1 && in.setup.Schedule != InTurn {
		in.chance.Shuffle(len(ready), func(i, j int) { ready[i], ready[j] = ready[j], ready[i] })
	}
	return ready
}

// event puts one thing that has come into the program's memory.
func (in *instance) event(at uint32, s subscription) {
	b := in.bytes(at, eventBytes)
	if b == nil {
		return
	}
	clear(b)
	binary.LittleEndian.PutUint64(b, s.user)
	if s.kind != onClock && in.file(s.fd) == nil {
		binary.LittleEndian.PutUint16(b[8:], uint16(eBadf))
	}
	b[10] = s.kind
	if s.kind != onClock {
		binary.LittleEndian.PutUint64(b[16:], 1)
	}
}
