package sim

import (
	"slices"
	"time"
)

// Order says which of the events of one instant comes first.
type Order string

// The orders.
const (
	// InTurn is that in which they were queued.
	InTurn Order = ""
	// Prioritized is that of priorities which the seed draws for the machines: at one instant all of one machine comes
	// before anything of another. A few times in a world's life one machine falls back behind all others (Burckhardt et
	// al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010). What arrives, arrives
	// in steps of a length that the seed draws too, so that more of it falls together.
	Prioritized Order = "prioritized"
)

const (
	// classBits is how many bits of a key's order the class has: those above count and slot.
	classBits  = 7
	classShift = 64 - classBits
	// drawnMax is the last class that is drawn for a machine; those behind it are for machines that fell back. Class 0 is
	// the world's own: what it calls, and machines that boot.
	drawnMax = 1<<(classBits-1) - 1
	// fallsMax is how often a machine falls back at most, and fallsWithin by when.
	fallsMax    = 8
	fallsWithin = time.Minute
)

// grains are the lengths of the steps in which things arrive; 0 is none.
var grains = [...]time.Duration{0, 20 * time.Microsecond, 100 * time.Microsecond, 500 * time.Microsecond}

// order is what a world with Prioritized knows.
type order struct {
	chance  *stream
	grain   time.Duration
	classes []uint64 // by the machine's index; 0 for one that has none yet
	falls   []time.Duration
	fallen  uint64
}

func newOrder(seed uint64, o Order) *order {
	if o != Prioritized {
		return nil
	}
	d := &order{chance: newStream(seed, "order")}
	d.grain = grains[d.chance.below(uint64(len(grains)))]
	for range 1 + d.chance.below(fallsMax) {
		d.falls = append(d.falls, time.Duration(d.chance.below(uint64(fallsWithin))))
	}
	slices.Sort(d.falls)
	return d
}

// place is when an event that is queued for an instant happens, and its class.
func (d *order) place(now, at time.Duration, ev *event) (time.Duration, uint64) {
	if ev.m == nil || ev.kind == evBoot {
		return at, 0
	}
	for len(d.classes) <= ev.m.index {
		d.classes = append(d.classes, 1+d.chance.below(drawnMax))
	}
	// To fall back is the only way in which a machine's class changes: so of its own events the later one stays behind.
	if len(d.falls) > 0 && now >= d.falls[0] {
		d.falls = d.falls[1:]
		d.fallen++
		d.classes[ev.m.index] = drawnMax + d.fallen
	}
	if d.grain > 0 && arrives(ev.kind) {
		at = (at + d.grain - 1) / d.grain * d.grain
	}
	return at, d.classes[ev.m.index]
}

// arrives holds for what comes from another machine, or from the disk.
func arrives(k kind) bool {
	return k == evMessage || k == evDisk || k >= evDial && k <= evReset || k == evShut || k == evWindow
}
