package nemesis

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"ordeal/host"
)

// SwarmOptions is what a swarm plan is drawn for.
type SwarmOptions struct {
	// Nodes are the servers.
	Nodes []host.Addr
	// Clients says that there are clients, at which faults may aim.
	Clients bool
	// Length is how long the trial goes on before it is healed. Every fault of the plan is over some time before.
	Length time.Duration
	// Kinds are those that a plan may have, as Select returns them.
	Kinds []Kind
	// Policy is that under which the plan is carried out.
	Policy Policy
	// Marks are the names for Failpoint, which is left out where there are none.
	Marks []string
	// Untold are those of ToldRoles that the service does not tell: no fault that chance has drawn aims at them.
	Untold []string
}

// mix is what one plan is made of. Plans that each leave much out, and overdo what is left, find more than plans
// that have a little of everything: a fault that is always there hides what only happens without it (Groce et al.,
// "Swarm Testing", ISSTA 2012).
type mix struct {
	o     SwarmOptions
	kinds []Kind // each as often as it weighs
	aims  []Target
	links []Target // aims of packet faults
	forms []Shape
	level int  // how harsh the worst faults are: 0 to levels-1
	burst int  // how many faults begin almost together
	pile  bool // whether a fault may begin before the last one is over
	with  bool // whether network faults may reach the clients
	on    bool // whether faults may aim at clients
	// successions says whether a power loss in a sync may come as a succession.
	successions bool
	gap         time.Duration
	lasts       time.Duration // the longest that a fault lasts
	own         *rand.Rand    // of moments
	waits       []Target      // roles of a moment that faults may wait for
	beat        time.Duration // a second, or less in a short trial
}

// levels is how many grades of harshness there are.
const levels = 4

// The grades of each fault, from mild to harsh.
var (
	delays     = [levels]time.Duration{5 * time.Millisecond, 50 * time.Millisecond, 300 * time.Millisecond, time.Second}
	syncDelays = [levels]time.Duration{5 * time.Millisecond, 50 * time.Millisecond, 200 * time.Millisecond, time.Second}
	jumps      = [levels]time.Duration{50 * time.Millisecond, time.Second, 30 * time.Second, 5 * time.Minute}
	losses     = [levels]int{10_000, 50_000, 200_000, 750_000}
	doubles    = [levels]int{10_000, 50_000, 200_000, 500_000} // Duplicate and Reorder
	drifts     = [levels]int{200, 5_000, 50_000, 300_000}
	failShares = [levels]int{certain, certain, 500_000, 100_000}
	corrupts   = [levels]int{1_000, 10_000, 50_000, 200_000}
	rates      = [levels]int{10_000_000, 1_000_000, 200_000, 50_000} // bits a second
	periods    = [levels]time.Duration{time.Second, 300 * time.Millisecond, 100 * time.Millisecond, 30 * time.Millisecond}
)

// aim is a role and how many servers it takes.
type aim struct {
	role string
	need int
}

// A role stands here as often as it weighs.
var (
	machineAims = []aim{
		{roleLeader, 1}, {roleLeader, 1}, {roleLeader, 1}, {roleOne, 1}, {roleOne, 1}, {roleFollower, 2},
		{roleMinority, 3}, {roleMinorityWithLeader, 3}, {roleMinorityWithoutLeader, 3}, {roleMajority, 1},
		{roleMajorityWithLeader, 1}, {roleFollowers, 2}, {roleAll, 1}, {roleMinorityThird, 4}, {roleKeepsQuorum, 3},
		{roleBreaksQuorum, 1}, {roleHolder, 1}, {roleLeaderAppended, 1}, {roleLeaderAppended, 1},
	}
	linkAims = []aim{
		{roleAll, 2}, {roleAll, 2}, {roleLeader, 2}, {roleLeader, 2}, {roleOne, 2}, {roleFollower, 2}, {roleMinority, 3},
	}
)

// clientAims are the roles of clients, as often as they weigh. All of them lose their sessions at once, which is when
// it shows who still believes in one.
var clientAims = []Target{roleClient, roleClients}

// Swarm draws a plan. Each plan has its own few kinds of fault, in its own proportions, and its own pace: some are
// dense and some quiet, in some the faults overlap or come in bursts. A fault that has begun lasts a while, so that
// nothing flaps; and there is always at least one. There is no plan (nil) without nodes or kinds, or for less than a
// second.
func Swarm(rng *rand.Rand, o SwarmOptions) Plan {
	m := mix{o: o}
	if m.kinds, m.own = drawKinds(rng, o); len(m.kinds) == 0 || o.Length < time.Second {
		return nil
	}
	m.drawMoments()
	m.drawPace(rng)
	m.drawTaste(rng)
	last := o.Length - min(o.Length/6, 10*time.Second)
	var plan Plan
	for at := m.wait(rng); at+m.shortest() <= last; at += m.wait(rng) {
		end := at
		for range m.burst {
			begin := m.round(at + span(rng, 0, m.beat*time.Duration(m.burst-1)/4))
			if begin+m.shortest() > last {
				continue
			}
			steps := m.steps(rng, begin, last)
			plan = append(plan, steps...)
			end = max(end, steps.End())
		}
		if !m.pile {
			at = end
		}
	}
	plan = append(plan, m.ambushes(plan, last)...)
	plan = append(plan, m.exiles(last)...)
	plan.surely()
	slices.SortStableFunc(plan, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return plan
}

// surely has one fault of a plan not wait for a moment that may never come, nor aim at a holder where there may be
// none, nor ask the leader to hand over to itself, if all of them do.
func (p Plan) surely() {
	toItself := []Target{roleLeader, roleMajorityWithLeader, roleMinorityWithLeader}
	fires := func(s Step) bool {
		f := s.Fault
		return !f.Target.waits() && f.Target != roleHolder && (f.Kind != Transfer || !slices.Contains(toItself, f.Target))
	}
	if len(p) == 0 || slices.ContainsFunc(p, fires) {
		return
	}
	if f := &p[0].Fault; f.Kind == Transfer {
		f.Target = roleFollower
	} else {
		f.Target = roleLeader
	}
}

// drawKinds switches each kind that could do anything here on or off, and weighs those that are on; own is for what
// comes in later.
func drawKinds(rng *rand.Rand, o SwarmOptions) (kinds []Kind, own *rand.Rand) {
	var possible, drawn []Kind
	for _, kind := range o.Kinds {
		if o.possible(kind) {
			possible = append(possible, kind)
		}
	}
	seed := rng.Uint64()
	for _, kind := range possible {
		own := kind.stream(seed)
		weight := 1 + own.IntN(8)
		if info, _ := kind.Info(); chance(own, 1, info.oneIn) {
			drawn = append(drawn, slices.Repeat([]Kind{kind}, weight)...)
		}
	}
	if len(drawn) == 0 && len(possible) > 0 {
		drawn = append(drawn, pick(rng, possible))
	}
	other := func(k Kind) bool { return k != Promote }
	if len(drawn) > 0 && !slices.ContainsFunc(drawn, other) {
		drawn = append(drawn, Demote) // or there would never be an observer
	}
	return drawn, Kind("moments").stream(seed)
}

// possible reports whether a kind can do anything here.
func (o SwarmOptions) possible(kind Kind) bool {
	info, ok := kind.Info()
	merciful, n := o.Policy != Merciless, len(o.Nodes)
	switch {
	case !ok, n == 0, (info.network || kind == Transfer) && n < 2, reconfigures(kind) && n < 3:
		return false
	case kind == Promote: // there is no server to promote unless some server is demoted before
		return slices.Contains(o.Kinds, Demote)
	case kind == Failpoint:
		return len(o.Marks) > 0
	case merciful && kind.Merciless():
		return false
	case merciful && damages(kind): // a majority of the disks is spared
		return n >= 3
	}
	return true
}

// stream is the kind's own chance: a kind that is new here moves nothing in a plan that does not have it.
func (k Kind) stream(seed uint64) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(k)) // it never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

func (m *mix) drawPace(rng *rand.Rand) {
	m.beat = min(time.Second, m.o.Length/40)
	m.gap = m.beat * pick(rng, []time.Duration{1, 2, 3, 4, 6, 9})
	m.lasts = m.beat * pick(rng, []time.Duration{1, 3, 6, 12})
	m.pile = chance(rng, 1, 2)
	m.burst = 1
	if chance(rng, 1, 3) {
		m.burst = 2 + rng.IntN(3)
		m.gap *= 2
	}
	if chance(rng, 1, 8) { // a quiet one
		m.gap *= 3
	}
	m.gap = min(m.gap, m.o.Length/4)
}

// drawTaste draws whom the plan likes to hit and how hard.
func (m *mix) drawTaste(rng *rand.Rand) {
	n := len(m.o.Nodes)
	m.aims = m.tellable(drawAims(rng, machineAims, n))
	if name := string(pick(rng, m.o.Nodes)); isMachine(name) {
		m.aims = append(m.aims, Target(name))
	}
	m.links = drawAims(rng, linkAims, n)
	for _, s := range shapes {
		if n >= max(2, s.need) && chance(rng, 1, 2) {
			m.forms = append(m.forms, s.shape)
		}
	}
	if len(m.forms) == 0 {
		m.forms = []Shape{Isolate}
	}
	m.level = rng.IntN(levels)
	m.with = chance(rng, 1, 3)
	m.on = m.o.Clients && chance(rng, 2, 3)
	m.successions = slices.Contains(m.o.Kinds, Crash) && chance(rng, 1, 2)
}

// tellable are the aims without those that the service does not tell: the leader, if there is no other.
func (m *mix) tellable(aims []Target) []Target {
	aims = slices.DeleteFunc(aims, func(t Target) bool { return slices.Contains(m.o.Untold, string(t)) })
	if len(aims) == 0 {
		aims = []Target{roleLeader}
	}
	return aims
}

func drawAims(rng *rand.Rand, aims []aim, n int) (drawn []Target) {
	for _, a := range aims {
		if a.need <= n && chance(rng, 1, 2) {
			drawn = append(drawn, Target(a.role))
		}
	}
	if len(drawn) == 0 {
		drawn = []Target{roleLeader}
	}
	return drawn
}

// steps draws one fault that begins at the given time and is over by last, or two that belong together.
func (m *mix) steps(rng *rand.Rand, begin, last time.Duration) Plan {
	kind := pick(rng, m.kinds)
	if kind == CrashInSync && m.successions && begin+m.successionLasts() <= last && chance(rng, 1, 2) {
		return m.succession(rng, begin)
	}
	s := Step{At: begin, Fault: m.fault(rng, kind)}
	if info, _ := kind.Info(); info.lasts {
		least, most := m.shortest(), m.lasts
		if s.Fault.Target == roleClient || s.Fault.Target == roleClients {
			least, most = m.round(m.beat*3/2), m.beat*6
		}
		s.For = min(m.round(span(rng, least, most)), last-begin)
	}
	m.awaitMoment(&s, last)
	return Plan{s}
}

// fault draws what a fault of a kind is like.
func (m *mix) fault(rng *rand.Rand, kind Kind) Fault {
	f := Fault{Kind: kind, Target: pick(rng, m.aims)}
	level := rng.IntN(m.level + 1)
	info, _ := kind.Info()
	switch {
	case kind == Add:
		f.Target = ""
	case kind == Promote:
		f.Target = roleObserver
	case !info.lasts && f.Target.waits():
		f.Target = roleLeader
	}
	if info.network {
		f.Target = pick(rng, m.links)
		f.WithClients = m.with && chance(rng, 1, 2)
	}
	aimsAtClients := m.on && info.clients &&
		(kind != Crash && chance(rng, 1, 4) || (kind == Pause || kind == Crash) && chance(rng, 1, 3))
	m.harshness(rng, &f, level)
	if aimed, _ := f.Shape.info(); aimsAtClients && (kind != Partition || aimed.aimed) {
		f.Target, f.WithClients = pick(rng, clientAims), false
	}
	return f
}

// harshness draws the numbers of a fault.
func (m *mix) harshness(rng *rand.Rand, f *Fault, level int) {
	switch f.Kind {
	case Partition:
		f.Shape = pick(rng, m.forms)
		f.Target = m.side(rng, f.Shape)
	case Delay:
		f.Amount = delays[level]
		f.Jitter = f.Amount * time.Duration(rng.IntN(3)) / 2
	case Loss:
		f.PPM = losses[level]
	case Duplicate, Reorder:
		f.PPM = doubles[level]
	case Corrupt:
		f.PPM = corrupts[level]
	case SlowLink:
		f.Rate = rates[level]
	case Drift:
		f.PPM = drifts[level] * sign(rng)
		if f.Each = chance(rng, 1, 3); f.Each {
			f.PPM = max(f.PPM, -f.PPM)
		}
	case Jump:
		f.Amount = m.round(span(rng, jumps[level]/2, jumps[level])) * time.Duration(sign(rng))
		if f.Each = chance(rng, 1, 3); f.Each {
			f.Amount = max(f.Amount, -f.Amount)
		}
	case Strobe:
		f.Amount = m.round(span(rng, jumps[level]/2, jumps[level]))
		f.Every = pick(rng, periods[:])
	case Snapshot:
		f.Every = pick(rng, periods[:])
	case SlowDisk:
		f.Amount = syncDelays[level]
	case FailSync:
		f.PPM = failShares[level]
	case Failpoint:
		f.Mark = pick(rng, m.o.Marks)
	}
}

// side draws the target of a shape that has one: never everybody, for then there is no other side.
func (m *mix) side(rng *rand.Rand, shape Shape) Target {
	if info, _ := shape.info(); !info.aimed {
		return ""
	}
	if some := slices.DeleteFunc(slices.Clone(m.aims), func(t Target) bool { return m.takesAll(t) }); len(some) > 0 {
		return pick(rng, some)
	}
	return roleLeader
}

// takesAll holds for roles that may be every server.
func (m *mix) takesAll(t Target) bool {
	majority := t == roleMajority || t == roleMajorityWithLeader || t == roleBreaksQuorum
	return t == roleAll || majority && len(m.o.Nodes) <= 2
}

// wait draws the time until the next fault or burst.
func (m *mix) wait(rng *rand.Rand) time.Duration { return m.round(span(rng, m.gap/2, m.gap*3/2)) }

// shortest is how long a fault lasts at least.
func (m *mix) shortest() time.Duration { return m.round(m.beat / 4) }

// round keeps plans short to read.
func (m *mix) round(d time.Duration) time.Duration {
	if m.beat < time.Second {
		return d.Truncate(time.Millisecond)
	}
	return d.Truncate(10 * time.Millisecond)
}

// span draws a duration between two, both included.
func span(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Int64N(int64(most-least)+1))
}

// chance holds n times in d.
func chance(rng *rand.Rand, n, d int) bool { return rng.IntN(d) < n }

func sign(rng *rand.Rand) int { return 1 - 2*rng.IntN(2) }

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }
