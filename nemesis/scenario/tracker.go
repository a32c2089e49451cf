package scenario

import (
	"slices"
	"time"
)

// Tracker follows patterns through one trial. What it is told of costs next to nothing unless some pattern has it.
type Tracker struct {
	// now and events are the world's clock and how many events it has had; leads says who leads.
	now    func() time.Duration
	events func() uint64
	leads  func(server string) bool
	// later calls a function at an instant.
	later func(at time.Duration, f func())
	// byDeed are the steps that a deed is in, the later ones of a pattern first: so one deed is not two steps at once.
	byDeed map[string][]place
}

// place is a step of a pattern that is followed.
type place struct {
	w    *Watch
	step int
}

// NewTracker makes a tracker of a world: of its clock, of how many events it has had, and of who leads. later calls a
// function at an instant; it is used for patterns that are waited for alone.
func NewTracker(now func() time.Duration, events func() uint64, leads func(server string) bool,
	later func(at time.Duration, f func())) *Tracker {
	return &Tracker{now: now, events: events, leads: leads, later: later, byDeed: make(map[string][]place)}
}

// Watch is a pattern that is followed, and how far it got.
type Watch struct {
	pattern Pattern
	came    func(Servers)
	partial []partial
	// Times is how often the pattern came about, and Reached how many of its steps did at most.
	Times, Reached int
	over           bool
}

// Servers are the servers behind the letters of a pattern; "" for a letter that stands for none.
type Servers [lettersMax]string

// Of is the server of a letter; "" for one that stands for none.
func (s Servers) Of(letter byte) string {
	if letter == 0 {
		return ""
	}
	return s[letter-'A']
}

// partial is a beginning of a pattern that came about: all before step.
type partial struct {
	step    int
	servers Servers
	at      time.Duration // of the last step
	events  uint64
}

// partialsMax is how many beginnings are followed of one pattern; the oldest are given up.
const partialsMax = 64

// Follow follows a pattern from now on. came, unless it is nil, is called each time that it has come about; the next
// time begins afresh.
func (t *Tracker) Follow(p Pattern, came func(Servers)) *Watch {
	w := &Watch{pattern: p, came: came}
	for i, s := range slices.Backward(p) {
		t.byDeed[s.Deed] = append(t.byDeed[s.Deed], place{w, i})
	}
	return w
}

// Leave follows a pattern no more.
func (t *Tracker) Leave(w *Watch) {
	w.over = true
	for _, s := range w.pattern {
		t.byDeed[s.Deed] = slices.DeleteFunc(slices.Clone(t.byDeed[s.Deed]), func(p place) bool { return p.w == w })
	}
}

// Did notes that a server has done a deed; "" is none in particular.
func (t *Tracker) Did(server, deed string) {
	for _, p := range t.byDeed[deed] {
		if !p.w.over {
			p.w.settle(t.now())
			t.step(p.w, p.step, server)
		}
	}
}

// End says that nothing will follow: what only had to stay away has stayed away, if its time is over.
func (t *Tracker) End(w *Watch) { w.settle(t.now()) }

// step moves on what a deed moves on in one place.
func (t *Tracker) step(w *Watch, step int, server string) {
	s := w.pattern[step]
	if s.Not {
		w.partial = slices.DeleteFunc(w.partial, func(p partial) bool {
			_, does := t.fits(s.Who, p.servers, server)
			return p.step == step && does
		})
		return
	}
	if step == 0 {
		t.advance(w, partial{}, server)
		return
	}
	for _, p := range slices.Clone(w.partial) {
		if p.step != step || s.Within > 0 && t.now()-p.at > s.Within || s.Events > 0 && t.events()-p.events > s.Events {
			continue
		}
		if t.advance(w, p, server) {
			return
		}
	}
}

// advance makes the beginning that is a step longer, if the server fits; whole says that the pattern came about.
func (t *Tracker) advance(w *Watch, p partial, server string) (whole bool) {
	servers, fits := t.fits(w.pattern[p.step].Who, p.servers, server)
	if !fits {
		return false
	}
	whole = w.put(partial{p.step + 1, servers, t.now(), t.events()})
	if next := p.step + 1; !whole && w.came != nil && w.pattern[next].Not {
		t.later(t.now()+w.pattern[next].For, func() {
			if !w.over {
				w.settle(t.now())
			}
		})
	}
	return whole
}

// fits says whether a server is whom a step means, and who is who then.
func (t *Tracker) fits(who Who, servers Servers, server string) (Servers, bool) {
	if who.Role != Anyone && (server == "" || t.leads(server) != (who.Role == Leader)) {
		return servers, false
	}
	if who.Letter == 0 {
		return servers, true
	}
	for i := range servers {
		if i == int(who.Letter-'A') {
			if servers[i] != "" && servers[i] != server {
				return servers, false
			}
		} else if servers[i] == server {
			return servers, false
		}
	}
	servers[who.Letter-'A'] = server
	return servers, server != ""
}

// put notes a beginning. Of two that are alike the newer one is followed; the older one, while something has to stay
// away. It says whether the pattern is whole.
func (w *Watch) put(p partial) (whole bool) {
	w.Reached = max(w.Reached, p.step)
	if p.step == len(w.pattern) {
		w.Times++
		w.partial = w.partial[:0]
		if w.came != nil {
			w.came(p.servers)
		}
		return true
	}
	for i := range w.partial {
		if o := &w.partial[i]; o.step == p.step && o.servers == p.servers {
			if !w.pattern[p.step].Not {
				*o = p
			}
			return false
		}
	}
	if len(w.partial) == partialsMax {
		w.partial = slices.Delete(w.partial, 0, 1)
	}
	w.partial = append(w.partial, p)
	return false
}

// settle moves those on for whom something has stayed away for long enough, and drops those whose time is over.
func (w *Watch) settle(now time.Duration) {
	for i := 0; i < len(w.partial); i++ {
		p := w.partial[i]
		s := w.pattern[p.step]
		switch {
		case s.Not && now >= p.at+s.For:
			w.partial = slices.Delete(w.partial, i, i+1)
			// Events since then are not known one by one: a bound of events counts from the step before.
			if w.put(partial{p.step + 1, p.servers, p.at + s.For, p.events}) {
				return
			}
			i = -1
		case !s.Not && s.Within > 0 && now > p.at+s.Within:
			w.partial = slices.Delete(w.partial, i, i+1)
			i--
		}
	}
}
