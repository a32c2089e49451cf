package sim

import (
	"math"
	"time"
)

// Branch says that a world's chance is another one from an instant on: what happens before it is what happens without,
// and everything that draws from it on draws what the branch's number decides. The zero value is no branch.
type Branch struct {
	At time.Duration
	// Number tells branches of one instant apart; they count from 1, and 0 is none.
	Number uint64
}

// never is an instant that does not come.
const never time.Duration = math.MaxInt64

// branching is what a world with a Branch still has before it.
type branching struct {
	at    time.Duration // never, behind it and without one
	drawn []drawn
	heard []func()
}

// drawn is a stream of chance that is in use.
type drawn struct {
	name   string
	stream *stream
}

func newBranching(b Branch) branching {
	if b.Number == 0 {
		return branching{at: never}
	}
	return branching{at: b.At}
}

// newStream is the stream of a name, from the world's chance as it is now.
func (w *World) newStream(name string) *stream {
	s := newStream(w.chance, name)
	if w.branching.at != never {
		w.branching.drawn = append(w.branching.drawn, drawn{name, s})
	}
	return s
}

// Branched has f called when the world's chance becomes another one, for those who keep numbers that they drew.
func (w *World) Branched(f func()) { w.branching.heard = append(w.branching.heard, f) }

// branch gives every stream other numbers. No event does that: the past of a branch has as many as that of its trunk.
func (w *World) branch() {
	b := w.branching
	w.branching = branching{at: never}
	w.chance = scramble(w.seed ^ scramble(uint64(w.cfg.Branch.At)) + w.cfg.Branch.Number*hashPrime)
	for _, d := range b.drawn {
		*d.stream = *newStream(w.chance, d.name)
	}
	for _, f := range b.heard {
		f()
	}
}
