package router

import (
	"math/rand/v2"
	"time"

	"ordeal/nemesis"
)

// link is one direction of the way between two machines.
type link struct {
	rng     *rand.Rand
	worse   nemesis.Link
	cut     bool
	clogged bool
	held    []parcel // while it is clogged
	// last is when the last packet in order is due, and free when the link has carried what it was given.
	last, free time.Time
	waiting    int // packets that are late
}

// fate is what becomes of a packet.
type fate struct {
	// dues are when it is handed over, each time that it is; the zero time is at once.
	dues    []time.Time
	corrupt bool
	// dropped says that nothing is left of it, and lost is 1 then.
	dropped bool
	lost    int
}

// million is the whole of a probability in parts per million.
const million = 1_000_000

// overtakeMax is how long at most a packet is late that others overtake, if the link has no delay of its own.
const overtakeMax = 20 * time.Millisecond

// fate draws what becomes of a packet of so many bytes that is sent now.
func (l *link) fate(now time.Time, bytes int) fate {
	w := l.worse
	if l.cut || l.drawn(w.LossPPM) || l.waiting+len(l.held) >= heldMax {
		return fate{dropped: true, lost: 1}
	}
	f := fate{corrupt: l.drawn(w.CorruptPPM)}
	if l.clogged {
		return f
	}
	copies := 1
	if l.drawn(w.DuplicatePPM) {
		copies = 2
	}
	for range copies {
		f.dues = append(f.dues, l.due(now, bytes))
	}
	return f
}

// due is when a packet is to be handed over; the zero time says at once.
func (l *link) due(now time.Time, bytes int) time.Time {
	w := l.worse
	at := now
	if w.BytesPerSecond > 0 {
		if l.free.Before(now) {
			l.free = now
		}
		l.free = l.free.Add(time.Duration(bytes) * time.Second / time.Duration(w.BytesPerSecond))
		at = l.free
	}
	at = at.Add(w.Delay)
	if w.Jitter > 0 {
		at = at.Add(time.Duration(l.rng.Int64N(int64(w.Jitter))))
	}
	if l.drawn(w.ReorderPPM) {
		l.waiting++
		return at.Add(1 + time.Duration(l.rng.Int64N(int64(max(overtakeMax, w.Delay)))))
	}
	if at.Before(l.last) { // all that is not to be overtaken stays in order
		at = l.last
	}
	if !at.After(now) && l.waiting == 0 {
		return time.Time{}
	}
	l.last = at
	l.waiting++
	return at
}

// drawn says whether something comes about that has a probability.
func (l *link) drawn(ppm int) bool { return ppm > 0 && l.rng.IntN(million) < ppm }

// flip makes a bit of a packet wrong that is behind the headers, or any if there is nothing behind them. TCP's checksum
// finds that, so what a program sees of it is a loss.
func flip(packet []byte, rng *rand.Rand) {
	const headers = 40
	from := headers
	if len(packet) <= headers {
		from = 20
	}
	if len(packet) <= from {
		return
	}
	i := from + rng.IntN(len(packet)-from)
	packet[i] ^= 1 << rng.IntN(8)
}
