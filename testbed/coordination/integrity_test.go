package coordination

import (
	"strings"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/cluster"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// seenBy lets an integrity see servers say things of themselves, and returns the rules that were broken.
func seenBy(i *integrity, said ...cluster.Status) (rules []string) {
	breaches := &trial.Breaches{Now: func() time.Duration { return time.Second }}
	v := newInvariants(breaches)
	for n := range said {
		i.applied(v, numbered(len(said))[n], &said[n])
	}
	for _, b := range breaches.List() {
		rules = append(rules, b.Rule)
	}
	return rules
}

// TestIntegrityHoldsWhatItMust: of an entry that one leader wrote there is one log, and of a log one state.
func TestIntegrityHoldsWhatItMust(t *testing.T) {
	base := cluster.Status{Applied: 7, AppliedTerm: 2, LogHash: 11, StateHash: 5}
	same, other, served, later := base, base, base, base
	other.LogHash, other.StateHash = 12, 6                       // an entry that no leader of term 2 wrote
	served.StateHash = 9                                         // the same log, and another state
	later.AppliedTerm, later.LogHash, later.StateHash = 3, 13, 8 // of another leader: data was lost, and that is said
	twice := newIntegrity()
	twice.leads(2)
	twice.leads(2)
	for name, tt := range map[string]struct {
		i    *integrity
		said []cluster.Status
		want string
	}{
		"agreement":               {newIntegrity(), []cluster.Status{base, same}, ""},
		"another leader's":        {newIntegrity(), []cluster.Status{base, later}, ""},
		"made up":                 {newIntegrity(), []cluster.Status{base, other}, ruleWritten},
		"served damage":           {newIntegrity(), []cluster.Status{base, served}, ruleFollows},
		"a term that two led":     {twice, []cluster.Status{base, other}, ""},
		"damage in such a term":   {twice, []cluster.Status{base, served}, ruleFollows},
		"damage behind a new log": {newIntegrity(), []cluster.Status{base, later, served}, ruleFollows},
	} {
		if got := strings.Join(seenBy(tt.i, tt.said...), ", "); got != tt.want {
			t.Errorf("%s: broken are %q, want %q", name, got, tt.want)
		}
	}
}

// TestForgetfulDisksBite: a majority of disks that go back in time loses what was acknowledged. The same trial is
// valid, for it could not be kept, and what the checkers of clients would say is that it was lost.
func TestForgetfulDisksBite(t *testing.T) {
	lost := 0
	for seed := range uint64(5) {
		for _, fault := range []string{"stale-disk n1,n2", "wipe n1,n2"} {
			one := short(20+seed, "register")
			one.Policy = "merciless"
			p := playPlan(t, one, "at 4s for 6s "+fault)
			if len(p.forgot()) != 2 || len(p.result.Report.Notes) != 3 {
				t.Errorf("%s: %v have forgotten; notes: %q", fault, p.forgot(), p.result.Report.Notes)
			}
			seen := checker.Compose("history", play.JudgeHistory(Service(), "register", p.result.History)...)
			if seen.Outcome == checker.Invalid || len(p.stage.Breaches.List()) > 0 ||
				len(p.stage.World.Failures()) > 0 {
				lost++
			}
		}
	}
	if lost < 5 {
		t.Errorf("of 10 majorities that forgot, %d lost anything", lost)
	}
}

// TestMercifulDisksForgetNothing: the same plan, softened, is an ordinary power loss, of which everything is demanded.
func TestMercifulDisksForgetNothing(t *testing.T) {
	p := playPlan(t, short(20, "register"), "at 4s for 3s wipe n1,n2; at 8s for 3s stale-disk all; "+
		"at 12s for 2s rot all")
	softened := 0
	for _, e := range p.result.Faults {
		if strings.Contains(e.String(), "(softened: ") {
			softened++
		}
	}
	if len(p.forgot()) > 0 || softened != 3 {
		t.Errorf("%v have forgotten, and %d of 3 faults say that they were softened", p.forgot(), softened)
	}
}

// TestMercilessDamageStays: servers that refuse to start for good are no finding, nor is it one that no server serves.
func TestMercilessDamageStays(t *testing.T) {
	refused := 0
	for seed := range uint64(4) {
		one := short(30+seed, "tree")
		one.Policy = "merciless"
		p := playPlan(t, one, []string{"at 6s for 1s rot all", "at 6s for 1s misdirect all"}[seed%2])
		for _, s := range p.servers() {
			refused += p.stops(s, refusesDamage)
		}
		if bad := p.stage.Machines.BadStops(); len(bad) > 0 {
			t.Errorf("%s: %v", one.Line(), bad)
		}
	}
	if refused < 8 {
		t.Errorf("of 12 servers with damaged disks, some refused to start %d times", refused)
	}
}

func TestMercilessTrials(t *testing.T) {
	template := short(0, "")
	template.Policy = "merciless"
	seeds := trial.Seeds{Template: template, Workloads: Service().DefaultWorkloads(""), Nodes: []int{1, 3, 5}}
	for seed := range uint64(10) {
		one := seeds.Trial(seed)
		if line := one.Line(); !strings.Contains(line, " policy=merciless") {
			t.Fatalf("%s does not say its policy", line)
		}
		if r := mustRun(t, one); r.Summary.Outcome != play.Valid {
			t.Errorf("%s", r.Summary.Text)
		}
	}
}
