package trial

import "time"

// Breach is an invariant that does not hold.
type Breach struct {
	// Rule names the invariant.
	Rule string
	At   time.Duration
	// What says what was seen where.
	What string
	// Always says that the invariant holds even when disks have forgotten what was acknowledged.
	Always bool
}

// Breaches collects the invariants that do not hold in a trial: at most one breach of each, the first.
type Breaches struct {
	// Now is the world's clock.
	Now  func() time.Duration
	list []Breach
}

// Add notes that an invariant does not hold.
func (b *Breaches) Add(rule, what string) { b.add(Breach{Rule: rule, What: what}) }

// AddAlways is Add for an invariant that holds even when disks have forgotten what was acknowledged.
func (b *Breaches) AddAlways(rule, what string) { b.add(Breach{Rule: rule, What: what, Always: true}) }

func (b *Breaches) add(one Breach) {
	for _, other := range b.list {
		if other.Rule == one.Rule {
			return
		}
	}
	one.At = b.Now()
	b.list = append(b.list, one)
}

// List are the breaches, in the order in which they were seen.
func (b *Breaches) List() []Breach { return b.list }
