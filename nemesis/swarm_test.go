package nemesis

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/host"
)

func everyKind(t *testing.T, more ...string) []Kind {
	t.Helper()
	all, err := Select(append([]string{"swarm"}, more...))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestSwarmKeepsItsBounds draws many plans: every one is sound text, ends in time, and starts no fault that flaps; and
// together they have everything that there is.
func TestSwarmKeepsItsBounds(t *testing.T) {
	o := SwarmOptions{
		Nodes:   addrs("n", 5),
		Clients: true,
		Length:  time.Minute,
		Kinds:   everyKind(t, "failpoint"),
		Marks:   []string{"markA"},
		Policy:  Merciless,
	}
	seen := map[string]bool{}
	steps, kinds, overlaps, bursts, most, least := 0, 0, 0, 0, 0, 1000
	for seed := range uint64(1000) {
		if o.Policy = Merciful; seed%2 == 0 {
			o.Policy = Merciless
		}
		plan := Swarm(seeded(seed), o)
		checkRoundTrip(t, plan)
		if len(plan) == 0 || plan.End() > 50*time.Second || plan[0].At < 500*time.Millisecond {
			t.Fatalf("seed %d: out of bounds: %s", seed, plan)
		}
		if o.Policy == Merciful && slices.ContainsFunc(plan, func(s Step) bool { return s.Fault.Kind.Merciless() }) {
			t.Fatalf("seed %d: a merciful plan has what would be softened: %s", seed, plan)
		}
		own := map[Kind]bool{}
		overlap, burst := false, false
		for i, s := range plan {
			own[s.Fault.Kind] = true
			seen[string(s.Fault.Kind)], seen[string(s.Fault.Shape)], seen[string(s.Fault.Target)] = true, true, true
			if s.For < 250*time.Millisecond && !happensAtOnce(s.Fault.Kind) || s.For > 12*time.Second {
				t.Fatalf("seed %d: %s lasts too short or too long", seed, s)
			}
			overlap = overlap || i > 0 && s.At < plan[:i].End()
			burst = burst || i > 1 && s.At-plan[i-2].At < 500*time.Millisecond
		}
		steps, kinds = steps+len(plan), kinds+len(own)
		most, least = max(most, len(plan)), min(least, len(plan))
		overlaps, bursts = overlaps+count(overlap), bursts+count(burst)
	}
	drawn := slices.DeleteFunc(kindNames(), func(k string) bool { return pinned(Kind(k)) })
	for _, word := range slices.Concat(drawn, shapeNames(), roles, []string{"n1", "n5"}) {
		if !seen[word] {
			t.Errorf("never drawn: %s", word)
		}
	}
	t.Logf(
		"%d steps and %d kinds in 1000 plans of %d to %d, %d overlap, %d burst",
		steps,
		kinds,
		least,
		most,
		overlaps,
		bursts,
	)
	if steps < 6_000 || steps > 20_000 {
		t.Errorf("%d steps in 1000 plans: not one every few seconds", steps)
	}
	if kinds > 7_200 || overlaps < 200 || overlaps > 900 || bursts < 100 || bursts > 700 || most < 20 || least > 5 {
		t.Error("the plans are too much alike")
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestSwarmDrawsOnlyWhatItMay(t *testing.T) {
	packet, err := Select([]string{"packet", "pause"})
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(200) {
		for _, s := range Swarm(seeded(seed), SwarmOptions{Nodes: addrs("n", 3), Length: 30 * time.Second, Kinds: packet}) {
			if family := s.Fault.Family(); family != "packet" && family != "pause" {
				t.Fatalf("seed %d: %s", seed, s)
			}
		}
		for _, s := range Swarm(seeded(seed), SwarmOptions{Nodes: addrs("n", 3), Length: 5 * time.Second,
			Kinds: everyKind(t)}) {
			if s.Fault.Kind == Failpoint {
				t.Fatalf("seed %d: %s was not asked for", seed, s)
			}
		}
	}
}

// TestSwarmFitsItsCluster runs drawn plans on worlds of every size: what they skip is skipped for the moment's reasons,
// never for the number of machines.
func TestSwarmFitsItsCluster(t *testing.T) {
	for seed := range uint64(300) {
		f := newFake(t, 1+int(seed%7), 2)
		o := SwarmOptions{
			Nodes:   f.members,
			Clients: true,
			Length:  time.Duration(1+seed%40) * time.Second,
			Kinds:   everyKind(t),
		}
		plan := Swarm(seeded(seed), o)
		if len(plan) == 0 || plan.End() >= o.Length {
			t.Errorf("seed %d: of %s: %s", seed, o.Length, plan)
		}
		r := Run(f, plan, Merciful, seeded(seed), nil)
		f.runTo(o.Length, nil)
		r.Heal()
		passing := regexp.MustCompile(
			"already|no server is up to lead|no client holds|has lain long enough|no moment|there is no observer",
		)
		for _, e := range r.Unfired() {
			if e.Type == NotReached || e.Type == Skipped && !passing.MatchString(e.Detail) {
				t.Errorf("seed %d, %d machines: %s", seed, len(f.members), e)
			}
		}
	}
}

func TestSwarmIsPure(t *testing.T) {
	o := SwarmOptions{Nodes: addrs("n", 5), Length: time.Minute, Kinds: everyKind(t)}
	if a, b := Swarm(seeded(3), o).String(), Swarm(seeded(3), o).String(); a != b {
		t.Errorf("one seed, two plans:\n%s\n%s", a, b)
	}
	if a, b := Swarm(seeded(3), o).String(), Swarm(seeded(4), o).String(); a == b {
		t.Errorf("two seeds, one plan:\n%s", a)
	}
	for name, spoil := range map[string]func(*SwarmOptions){
		"no nodes": func(o *SwarmOptions) { o.Nodes = nil },
		"no kinds": func(o *SwarmOptions) { o.Kinds = nil },
		"no time":  func(o *SwarmOptions) { o.Length = time.Millisecond },
		"no links": func(o *SwarmOptions) { o.Nodes, o.Kinds = []host.Addr{"n1"}, []Kind{Loss, Partition} },
		"no marks": func(o *SwarmOptions) { o.Kinds = []Kind{Failpoint} },
	} {
		nothing := o
		spoil(&nothing)
		if plan := Swarm(seeded(1), nothing); plan != nil {
			t.Errorf("%s: %s", name, plan)
		}
	}
}

func TestSelect(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"none", ""},
		{"crash", "crash crash-in-sync kill stop"},
		{"failpoint,crash", "crash crash-in-sync failpoint kill stop"},
		{"packet,loss,partition", "clog corrupt delay duplicate loss partition reorder slow-link swizzle"},
		{"membership", "add demote promote remove replace"},
		{"swarm", "add clog corrupt crash crash-in-sync delay demote drift duplicate fail-read fail-sync full-disk jump " +
			"kill loss misdirect " +
			"partition pause promote remove reorder replace rot slow-disk slow-link snapshot stale-disk stop strobe swizzle " +
			"transfer wipe"},
		{"none,crash", "faults: none stands alone, here it is with none,crash"},
		{"lose-message", "faults: lose-message is never drawn: it is pinned to the number of something that happens, and " +
			"stands in plans only"},
		{"disks", `faults: unknown fault or family "disks": did you mean disk?`},
	} {
		chosen, err := Select(strings.Split(test.words, ","))
		var got []string
		for _, k := range chosen {
			got = append(got, string(k))
		}
		if err != nil {
			text, _, _ := strings.Cut(err.Error(), " (")
			got = append(got, text)
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%s: %q", test.words, text)
		}
	}
}

func TestTablesAreSortedAndComplete(t *testing.T) {
	var families []string
	for _, f := range Families() {
		families = append(families, f.Name)
	}
	var used []string
	for _, k := range Kinds() {
		used = append(used, k.Family)
	}
	slices.Sort(used)
	if !slices.Equal(families, slices.Compact(used)) {
		t.Errorf("families are %v, used are %v", families, used)
	}
	if !slices.IsSorted(kindNames()) || !slices.IsSorted(shapeNames()) || !slices.IsSorted(roles) {
		t.Error("a table is not sorted")
	}
}
