package nemesis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
	"ordeal/nemesis/scenario"
)

// fakeWorld keeps the state that verbs set, and refuses every verb that makes no sense in its state.
type fakeWorld struct {
	t          testing.TB
	now        time.Duration
	queue      []call
	calls      int
	members    []host.Addr
	clients    []host.Addr
	leader     host.Addr
	failpoints bool

	down, paused map[host.Addr]bool
	booting      map[host.Addr]bool // as well as down
	traps        map[host.Addr][]string
	drift        map[host.Addr]int
	jumped       map[host.Addr]time.Duration
	disks        map[host.Addr]Disk
	cut, clogged map[Way]bool
	links        map[Way]Link
	verbs        []string
	leaving      map[host.Addr]bool
	damaged      map[host.Addr]bool
	remembered   map[host.Addr]bool
	holders      []host.Addr
	observers    []host.Addr
	appended     []func(host.Addr) // who waits for it; nil for one that gave up
	deeds        []func(scenario.Servers)
	pins         []func(n int) // likewise
}

type call struct {
	at    time.Duration
	order int
	f     func()
}

func newFake(t testing.TB, servers, clients int) *fakeWorld {
	return &fakeWorld{
		t: t, members: addrs("n", servers), clients: addrs("c", clients), leader: "n1", failpoints: true,
		down: map[host.Addr]bool{}, booting: map[host.Addr]bool{}, paused: map[host.Addr]bool{},
		traps: map[host.Addr][]string{},
		drift: map[host.Addr]int{}, jumped: map[host.Addr]time.Duration{}, disks: map[host.Addr]Disk{},
		leaving: map[host.Addr]bool{}, damaged: map[host.Addr]bool{}, remembered: map[host.Addr]bool{}, cut: map[Way]bool{},
		clogged: map[Way]bool{}, links: map[Way]Link{},
	}
}

func addrs(prefix string, n int) []host.Addr {
	var all []host.Addr
	for i := range n {
		all = append(all, host.Addr(fmt.Sprintf("%s%d", prefix, i+1)))
	}
	return all
}

// runTo lets the world go on to the instant until, and calls each when it is done with an instant.
func (w *fakeWorld) runTo(until time.Duration, each func()) {
	for len(w.queue) > 0 && w.queue[0].at <= until {
		next := w.queue[0]
		w.queue = w.queue[1:]
		w.now = next.at
		next.f()
		if each != nil && (len(w.queue) == 0 || w.queue[0].at > w.now) {
			each()
		}
	}
	w.now = until
}

func (w *fakeWorld) verb(legal bool, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	w.verbs = append(w.verbs, text)
	if !legal {
		w.t.Errorf("at %s: %q makes no sense after %q", w.now, text, w.verbs[:len(w.verbs)-1])
	}
}

// takeVerbs returns what was done since the last call.
func (w *fakeWorld) takeVerbs() string {
	text := strings.Join(w.verbs, ", ")
	w.verbs = nil
	return text
}

// spring lets every trap and failing disk on a machine do its work.
func (w *fakeWorld) spring(a host.Addr) {
	if w.Up(a) && !w.paused[a] && (len(w.traps[a]) > 0 || w.disks[a].FailSyncPPM > 0) {
		w.stop(a)
	}
}

// stop takes a machine down by no verb.
func (w *fakeWorld) stop(a host.Addr) {
	w.down[a], w.booting[a], w.paused[a], w.leaving[a] = true, false, false, false
	delete(w.traps, a)
}

func (w *fakeWorld) Now() time.Duration { return w.now }
func (w *fakeWorld) At(t time.Duration, f func()) {
	if t < w.now {
		w.t.Errorf("an event at %s, which is before %s", t, w.now)
	}
	w.calls++
	w.queue = append(w.queue, call{t, w.calls, f})
	slices.SortStableFunc(w.queue, func(a, b call) int { return int(a.at - b.at) })
}
func (w *fakeWorld) Members() []host.Addr      { return slices.Clone(w.members) }
func (w *fakeWorld) Clients() []host.Addr      { return slices.Clone(w.clients) }
func (w *fakeWorld) Leader() (host.Addr, bool) { return w.leader, w.leader != "" }
func (w *fakeWorld) Up(a host.Addr) bool       { return !w.down[a] }
func (w *fakeWorld) Paused(a host.Addr) bool   { return w.paused[a] }
func (w *fakeWorld) Failpoints() bool          { return w.failpoints }
func (w *fakeWorld) Holders() []host.Addr      { return w.holders }
func (w *fakeWorld) Await(_ Moment, f func(host.Addr)) (cancel func()) {
	i := len(w.appended)
	w.appended = append(w.appended, f)
	return func() { w.appended[i] = nil }
}

func (w *fakeWorld) AwaitDeeds(p scenario.Pattern, f func(scenario.Servers)) (cancel func()) {
	i := len(w.deeds)
	w.verb(true, "await %s", p)
	w.deeds = append(w.deeds, f)
	return func() { w.deeds[i] = nil }
}

func (w *fakeWorld) Pin(f Fault, hit func(string)) (cancel func()) {
	i := len(w.pins)
	w.verb(true, "pin %s", f)
	w.pins = append(w.pins, func(n int) {
		if f.N != n {
			return
		}
		w.pins[i] = nil
		if f.Target != "" {
			w.stop(host.Addr(f.Target))
		}
		w.At(w.now, func() { hit("the world came to it") })
	})
	return func() {
		w.verb(w.pins[i] != nil, "unpin %s", f)
		w.pins[i] = nil
	}
}

// come lets the world come to the n-th of everything.
func (w *fakeWorld) come(n int) {
	for _, f := range w.pins {
		if f != nil {
			f(n)
		}
	}
}

// append lets a leader append something.
func (w *fakeWorld) append(a host.Addr) {
	waiting := w.appended
	w.appended = nil
	for _, f := range waiting {
		if f != nil {
			f(a)
		}
	}
}
func (w *fakeWorld) isClient(a host.Addr) bool { return slices.Contains(w.clients, a) }
func (w *fakeWorld) isMember(a host.Addr) bool { return slices.Contains(w.members, a) }
func (w *fakeWorld) isWay(from, to host.Addr) bool {
	return from != to && (w.isMember(from) || w.isMember(to))
}

func (w *fakeWorld) Crash(a host.Addr) {
	w.verb((w.isMember(a) || w.isClient(a)) && (w.Up(a) || w.booting[a]), "crash %s", a)
	w.stop(a)
}
func (w *fakeWorld) Kill(a host.Addr) {
	w.verb(w.isMember(a) && (w.Up(a) || w.booting[a]), "kill %s", a)
	w.stop(a)
}

// Leave takes a while, but for a machine that is paused then.
func (w *fakeWorld) Leave(a host.Addr) {
	w.verb(w.isMember(a) && w.Up(a) && !w.leaving[a], "leave %s", a)
	w.leaving[a] = true
	w.At(w.now+100*time.Millisecond, func() {
		if w.leaving[a] && !w.paused[a] {
			w.stop(a)
		}
	})
}
func (w *fakeWorld) Damage(a host.Addr, d Damage) string {
	if a == "n2" {
		return "" // nothing is there
	}
	w.verb(w.isMember(a), "damage %s %+v", a, d)
	w.damaged[a] = true
	return "a bit"
}
func (w *fakeWorld) Remember(a host.Addr) {
	w.verb(w.isMember(a) && !w.remembered[a], "remember %s", a)
	w.remembered[a] = true
}
func (w *fakeWorld) GoBack(a host.Addr) {
	w.verb(w.remembered[a] && !w.Up(a) && !w.booting[a], "go back %s", a)
	delete(w.remembered, a)
}
func (w *fakeWorld) Wipe(a host.Addr) {
	w.verb(w.isMember(a) && !w.Up(a) && !w.booting[a], "wipe %s", a)
}
func (w *fakeWorld) Repair(a host.Addr) {
	w.verb(w.damaged[a], "repair %s", a)
	delete(w.damaged, a)
}
func (w *fakeWorld) Transfer(to host.Addr) {
	w.verb(w.Up(to) && to != w.leader && w.leader != "", "transfer to %s", to)
}
func (w *fakeWorld) Newcomer() host.Addr    { return "n99" }
func (w *fakeWorld) Observers() []host.Addr { return w.observers }
func (w *fakeWorld) Reconfig(c Change) {
	left := c.Leave + c.Promote + c.Demote
	w.verb(c != Change{} && (left == "" || w.isMember(left)), "reconfig %+v", c)
}
func (w *fakeWorld) Snapshot(a host.Addr) { w.verb(w.isMember(a) && w.Up(a), "snapshot %s", a) }
func (w *fakeWorld) Restart(a host.Addr) {
	w.verb((w.isMember(a) || w.isClient(a)) && !w.Up(a) && !w.booting[a], "restart %s", a)
	w.booting[a] = true
	w.At(w.now, func() {
		if w.booting[a] {
			w.down[a], w.booting[a] = w.damaged[a] || w.disks[a].FailRead, false
		}
	})
}
func (w *fakeWorld) CrashInSync(a host.Addr) {
	w.verb(w.Up(a) && !slices.Contains(w.traps[a], "sync"), "crash-in-sync %s", a)
	w.traps[a] = append(w.traps[a], "sync")
}
func (w *fakeWorld) FailpointCrash(a host.Addr, mark string) {
	w.verb(w.failpoints && w.Up(a) && !slices.Contains(w.traps[a], mark), "failpoint %s %s", a, mark)
	w.traps[a] = append(w.traps[a], mark)
}
func (w *fakeWorld) Disarm(a host.Addr) {
	w.verb(len(w.traps[a]) > 0, "disarm %s", a)
	delete(w.traps, a)
}
func (w *fakeWorld) Pause(a host.Addr) {
	w.verb(w.Up(a) && !w.paused[a], "pause %s", a)
	w.paused[a] = true
}
func (w *fakeWorld) Resume(a host.Addr) {
	w.verb(w.Up(a) && w.paused[a], "resume %s", a)
	w.paused[a] = false
}
func (w *fakeWorld) Cut(from, to host.Addr) {
	w.verb(w.isWay(from, to) && !w.cut[Way{from, to}], "cut %s>%s", from, to)
	w.cut[Way{from, to}] = true
}
func (w *fakeWorld) Mend(from, to host.Addr) {
	w.verb(w.cut[Way{from, to}], "mend %s>%s", from, to)
	delete(w.cut, Way{from, to})
}
func (w *fakeWorld) Clog(from, to host.Addr) {
	w.verb(w.isWay(from, to) && !w.clogged[Way{from, to}], "clog %s>%s", from, to)
	w.clogged[Way{from, to}] = true
}
func (w *fakeWorld) Unclog(from, to host.Addr) {
	w.verb(w.clogged[Way{from, to}], "unclog %s>%s", from, to)
	delete(w.clogged, Way{from, to})
}
func (w *fakeWorld) SetLink(from, to host.Addr, l Link) {
	w.verb(w.isWay(from, to) && l != Link{}, "link %s>%s %+v", from, to, l)
	w.links[Way{from, to}] = l
}
func (w *fakeWorld) ClearLink(from, to host.Addr) {
	w.verb(w.links[Way{from, to}] != Link{}, "clear %s>%s", from, to)
	delete(w.links, Way{from, to})
}
func (w *fakeWorld) SetDrift(a host.Addr, ppm int) {
	w.verb(w.isMember(a) && w.drift[a] != ppm && max(ppm, -ppm) <= DriftMax, "drift %s %+d", a, ppm)
	w.drift[a] = ppm
}
func (w *fakeWorld) JumpWall(a host.Addr, by time.Duration) {
	w.verb(w.isMember(a) && by != 0, "jump %s %s", a, by)
	w.jumped[a] += by
}
func (w *fakeWorld) SetDisk(a host.Addr, d Disk) {
	w.verb(w.isMember(a) && d != Disk{}, "disk %s %+v", a, d)
	w.disks[a] = d
}
func (w *fakeWorld) ClearDisk(a host.Addr) {
	w.verb(w.disks[a] != Disk{}, "clear disk %s", a)
	delete(w.disks, a)
}

// damage lists what is wrong with the world, in words.
func (w *fakeWorld) damage() []string {
	var found []string
	for _, a := range w.clients {
		if w.paused[a] || w.down[a] {
			found = append(found, fmt.Sprintf("%s is paused or down", a))
		}
	}
	for _, a := range w.members {
		for what, is := range map[string]bool{
			"down": w.down[a], "paused": w.paused[a], "trapped": len(w.traps[a]) > 0, "drifting": w.drift[a] != 0,
			"on a bad disk": w.disks[a] != Disk{} || w.damaged[a],
		} {
			if is {
				found = append(found, fmt.Sprintf("%s is %s", a, what))
			}
		}
	}
	for _, ways := range []map[Way]bool{w.cut, w.clogged} {
		for way := range ways {
			found = append(found, "no way "+way.String())
		}
	}
	for way := range w.links {
		found = append(found, "bad link "+way.String())
	}
	slices.Sort(found)
	return found
}

func seeded(n uint64) *rand.Rand { return rand.New(rand.NewPCG(n, 7)) }

func mustParse(t testing.TB, text string) Plan {
	t.Helper()
	plan, err := ParsePlan("plan", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func addrOf(name string) host.Addr { return host.Addr(name) }

func addrsOf(names []string) (machines []host.Addr) {
	for _, name := range names {
		machines = append(machines, addrOf(name))
	}
	return machines
}

func duration(t testing.TB, text string) time.Duration {
	t.Helper()
	d, err := parseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
