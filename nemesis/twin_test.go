package nemesis

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

// twin knows, from the events alone, what state the world ought to be in, by the dumbest means.
type twin struct{ under map[int]Event }

func (w *twin) hear(e Event) {
	switch {
	case e.Type == Fired && !happensAtOnce(e.Kind):
		w.under[e.Step] = e
	case e.Type == Ended:
		delete(w.under, e.Step)
	}
}

func happensAtOnce(k Kind) bool {
	info, _ := k.Info()
	return !info.lasts
}

// turned are the ways that swizzles clog at an instant.
func (w *twin) turned(now time.Duration) map[Way]bool {
	hit := map[Way]bool{}
	for _, e := range w.under {
		for _, turn := range e.Turns {
			for _, way := range e.Ways {
				if (way.From == turn.Machine || way.To == turn.Machine) && turn.From <= now && now < turn.To {
					hit[way] = true
				}
			}
		}
	}
	return hit
}

// ways are those that a fault of a kind hits.
func (w *twin) ways(k Kind) map[Way]bool {
	hit := map[Way]bool{}
	for _, e := range w.under {
		if e.Kind == k {
			for _, way := range e.Ways {
				hit[way] = true
			}
		}
	}
	return hit
}

// hit says how many faults of a kind are under way on a machine, and what their numbers add up to and at most are.
func (w *twin) hit(k Kind, a host.Addr) (n, sum, most int) {
	for _, e := range w.under {
		if e.Kind == k && slices.Contains(e.Machines, a) {
			n, sum, most = n+1, sum+drawn(e, a), max(most, e.PPM, int(e.Amount))
		}
	}
	return n, sum, most
}

// drawn is the drift that a machine has according to the event's text, if each machine has its own.
func drawn(e Event, a host.Addr) (ppm int) {
	if !e.Each {
		return e.PPM
	}
	for _, part := range strings.Split(e.Detail, ", ") {
		if _, err := fmt.Sscanf(part, string(a)+" %dppm", &ppm); err == nil {
			return ppm
		}
	}
	panic(a + " has no drift in " + host.Addr(e.Detail))
}

// cycled says that a start of the machine fails while it lasts, and that one was tried at the beginning.
func (w *twin) cycled(a host.Addr) bool {
	for _, k := range []Kind{FailRead, Rot, Misdirect} {
		if n, _, _ := w.hit(k, a); n > 0 {
			return true
		}
	}
	return false
}

// leaves says that the machine is asked to end, and how long ago at least.
func (w *twin) leaves(a host.Addr, now time.Duration) (yes bool, since time.Duration) {
	for _, e := range w.under {
		if e.Kind == Stop && slices.Contains(e.Machines, a) {
			yes, since = true, max(since, now-e.Time)
		}
	}
	return yes, since
}

// compare finds what the world and the twin disagree on.
func (w *twin) compare(t *testing.T, f *fakeWorld, stopped map[host.Addr]bool) {
	t.Helper()
	if want := w.ways(Partition); !reflect.DeepEqual(want, f.cut) {
		t.Errorf("at %s: cut are %v, not %v", f.now, f.cut, want)
	}
	clogged := w.ways(Clog)
	maps.Copy(clogged, w.turned(f.now))
	if want := clogged; !reflect.DeepEqual(want, f.clogged) {
		t.Errorf("at %s: clogged are %v, not %v", f.now, f.clogged, want)
	}
	lossy := map[Way]bool{}
	for way, link := range f.links {
		if link.LossPPM > 0 {
			lossy[way] = true
		}
	}
	if want := w.ways(Loss); !reflect.DeepEqual(want, lossy) {
		t.Errorf("at %s: lossy are %v, not %v", f.now, lossy, want)
	}
	for _, a := range f.members {
		w.compareMachine(t, f, a, stopped[a])
	}
	for _, a := range f.clients {
		crashes, _, _ := w.hit(Crash, a)
		if (crashes > 0) != f.down[a] {
			t.Errorf("at %s: %s down is %v, not %v", f.now, a, f.down[a], crashes > 0)
		}
		if pauses, _, _ := w.hit(Pause, a); (pauses > 0 && crashes == 0) != f.paused[a] {
			t.Errorf("at %s: %s paused is %v, not %v", f.now, a, f.paused[a], pauses > 0)
		}
	}
}

func (w *twin) compareMachine(t *testing.T, f *fakeWorld, a host.Addr, stopped bool) {
	t.Helper()
	crashes, _, _ := w.hit(Crash, a)
	kills, _, _ := w.hit(Kill, a)
	wipes, _, _ := w.hit(Wipe, a)
	kills += wipes
	leaves, since := w.leaves(a, f.now)
	pauses, _, _ := w.hit(Pause, a)
	mayTake := leaves && (since < 200*time.Millisecond || f.leaving[a]) // it is asked, and takes its time
	if want := crashes+kills > 0 || leaves || stopped; want != f.down[a] && !mayTake {
		t.Errorf("at %s: %s down is %v, not %v", f.now, a, f.down[a], want)
	}
	if want := pauses > 0 && !f.down[a]; want != f.paused[a] {
		t.Errorf("at %s: %s paused is %v, not %v", f.now, a, f.paused[a], want)
	}
	_, drift, _ := w.hit(Drift, a)
	if drift = min(max(drift, -DriftMax), DriftMax); drift != f.drift[a] {
		t.Errorf("at %s: %s drifts by %d, not %d", f.now, a, f.drift[a], drift)
	}
	_, _, fail := w.hit(FailSync, a)
	_, _, slow := w.hit(SlowDisk, a)
	full, _, _ := w.hit(FullDisk, a)
	unread, _, _ := w.hit(FailRead, a)
	if want := (Disk{time.Duration(slow), fail, full > 0, unread > 0}); want != f.disks[a] {
		t.Errorf("at %s: %s has %v, not %v", f.now, a, f.disks[a], want)
	}
}

// wild draws a plan of what the swarm may draw and of much that it would not: everything at once.
func wild(rng *rand.Rand, nodes []host.Addr, policy Policy) Plan {
	all, err := Select([]string{"swarm", "failpoint"})
	if err != nil {
		panic(err)
	}
	var plan Plan
	for range 4 {
		plan = append(plan, Swarm(rng, SwarmOptions{
			Nodes: nodes, Clients: true, Length: 20 * time.Second, Kinds: all, Marks: []string{"markA", "markB"},
			Policy: Merciless,
		})...)
	}
	if policy == Merciless { // what is damaged then is so for good, and a server down for good
		plan = slices.DeleteFunc(plan, func(s Step) bool { return damages(s.Fault.Kind) })
	}
	return plan
}

// TestWorldIsWhatTheEventsSay runs wild plans on worlds whose leader comes and goes and whose traps spring, and
// compares the world with the events at every instant; and when all is healed, nothing is left.
func TestWorldIsWhatTheEventsSay(t *testing.T) {
	for seed := range uint64(150) {
		rng := seeded(seed)
		f := newFake(t, 1+rng.IntN(7), rng.IntN(4))
		policy := []Policy{Merciful, Merciful, Merciless}[seed%3]
		plan := wild(rng, f.members, policy)
		checkRoundTrip(t, plan)
		w, stopped := &twin{map[int]Event{}}, map[host.Addr]bool{}
		r := Run(f, plan, policy, seeded(seed), w.hear)
		for range 60 {
			victim := f.members[rng.IntN(len(f.members))]
			f.At(time.Duration(rng.Int64N(int64(20*time.Second))), func() {
				f.leader = pick(rng, append(f.Members(), ""))
				f.holders = []host.Addr{pick(rng, f.members)}
				if f.leader != "" {
					f.append(f.leader)
				}
				wasUp := f.Up(victim)
				f.spring(victim)
				stopped[victim] = stopped[victim] || wasUp && !f.Up(victim)
			})
		}
		end := time.Duration(rng.Int64N(int64(22 * time.Second)))
		f.runTo(end, func() {
			for a := range stopped { // a machine that went down by itself stays so while something may have stopped it
				stopped[a] = f.down[a] && w.mayStay(a)
			}
			for _, a := range f.members {
				stopped[a] = stopped[a] || w.cycled(a)
			}
			w.compare(t, f, stopped)
		})
		healInParts(t, f, r, rng)
		checkReport(t, plan, r)
		if t.Failed() {
			t.Fatalf("seed %d: %s", seed, plan)
		}
	}
}

// mayStay holds while some fault is under way on a that takes a machine down by itself.
func (w *twin) mayStay(a host.Addr) bool {
	for _, info := range kinds {
		if n, _, _ := w.hit(info.Kind, a); n > 0 && downs(info.Kind) {
			return true
		}
	}
	return false
}

// healInParts heals some machines first, and sees that just these are sound; then all.
func healInParts(t *testing.T, f *fakeWorld, r *Runner, rng *rand.Rand) {
	some := f.members[:1+rng.IntN(len(f.members))]
	r.Heal(some...)
	if chance(rng, 1, 4) {
		r.Heal() // before those that were started are up
	}
	f.runTo(time.Hour, nil)
	for _, a := range some {
		if f.down[a] || f.paused[a] || f.drift[a] != 0 || f.disks[a] != (Disk{}) || len(f.traps[a]) > 0 || f.damaged[a] {
			t.Errorf("%s is healed, yet %v", a, f.damage())
		}
		for _, b := range append(f.Clients(), some...) {
			for _, way := range []Way{{a, b}, {b, a}} {
				if f.cut[way] || f.clogged[way] || f.links[way] != (Link{}) {
					t.Errorf("the link %s is healed, yet %v", way, f.damage())
				}
			}
		}
	}
	r.Heal()
	f.runTo(2*time.Hour, nil)
	if damage := f.damage(); len(damage) > 0 {
		t.Errorf("healed, yet %v", damage)
	}
	if len(r.active) > 0 {
		t.Errorf("healed, yet %d faults are under way", len(r.active))
	}
}

// checkReport sees that every step has just one beginning or one excuse, in words, and every fault an end.
func checkReport(t *testing.T, plan Plan, r *Runner) {
	t.Helper()
	for i, s := range plan {
		fired, ended, excused := 0, 0, 0
		for _, e := range r.Results() {
			switch {
			case e.Step != i:
				continue
			case e.Type == Fired:
				fired++
			case e.Type == Ended:
				ended++
			default:
				excused++
			}
			if (e.Type != Ended && e.Detail == "") || e.Fault != s.Fault {
				t.Errorf("step %d: %+v", i, e)
			}
		}
		if fired+excused != 1 || ended != fired && !happensAtOnce(s.Fault.Kind) {
			t.Errorf("step %d (%s): fired %d, ended %d, excused %d times", i, s, fired, ended, excused)
		}
	}
	for _, e := range r.Unfired() {
		if e.Type == Fired || e.Type == Ended && !isTrap(e.Kind) {
			t.Errorf("%s is among the unfired", e)
		}
	}
}
