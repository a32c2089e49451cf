package ordeal

import (
	"fmt"
	"strings"
)

// Scenario is a trial that is short enough for everything in it to be tried.
type Scenario struct {
	Name string
	// What says what it is about.
	What  string
	Trial Trial
}

// scenarios are written as their lines are. Everything that happens in them stands for itself: there is little of each, and
// the states of the disks are few enough to be tried without exception.
var scenarios = []struct{ name, what, line string }{
	{"write", "two clients write and read while nothing else happens",
		`seed=1 workload=register length=2500ms plan="" ops="c1 1@900ms 2@1.2s 3@1.5s; c2 1@1s 2@1.4s" storage=1000/200/65536/262144`},
	{"tree", "two clients do all kinds of things to the tree",
		`seed=1 workload=tree length=2.2s plan="" ops="c1 1@900ms 2@1.1s 3@1.3s; c2 1@1s 2@1.2s 3@1.5s" storage=1000/200/65536/262144`},
	{"restart", "all servers lose power in the middle of it, and once more at the end",
		`seed=1 workload=queue length=5s plan="at 1.5s for 300ms crash all; at 4.2s for 300ms crash all" ops="c1 1@900ms 2@1.2s 3@2.6s; c2 1@1s 2@2.8s 3@3.6s" storage=1000/200/65536/262144`},
	{"snapshot", "snapshots, short logs in short files, and a server that was away and needs a snapshot",
		`seed=1 workload=queue length=4500ms plan="at 900ms for 1s crash n3; at 3.8s for 300ms crash all" ops="c1 1@900ms 2@1.1s 3@1.3s 4@1.5s; c2 1@1s 2@1.2s 3@1.6s 4@2.5s" storage=5/1/700/262144`},
	{"election", "the leader is cut off, another is elected, and the first comes back",
		`seed=1 workload=register length=4s plan="at 1.2s for 1.2s partition isolate leader with-clients" ops="c1 1@900ms 2@1.3s 3@2.2s; c2 1@1s 2@1.5s 3@2.8s" storage=1000/200/65536/262144`},
	{"votes", "two servers that don't see each other both want the vote of the third, which takes long to come",
		`seed=12 workload=register length=2.2s plan="at 0s for 2s partition bridge; at 0s for 2s delay 150ms all" ops="c1 1@900ms" storage=1000/200/65536/262144`},
	{"lock", "two clients want one lock, and a leader hands over",
		`seed=1 workload=lock length=3500ms plan="at 1.6s transfer follower" ops="c1 1@900ms 2@1.5s; c2 1@950ms 2@1.7s" storage=1000/200/65536/262144`},
	{"reconfig", "a fourth server joins while a client writes",
		`seed=1 workload=register length=4s plan="at 1.1s add" ops="c1 1@900ms 2@1.3s 3@2s" storage=20/5/65536/262144`},
}

// Scenarios lists the scenarios that there are.
func Scenarios() []Scenario {
	var all []Scenario
	for _, s := range scenarios {
		t, err := ParseTrial(fmt.Sprintf("%s%d nodes=3 rate=5 %s", linePrefix, Version, s.line))
		if err != nil {
			panic("ordeal: scenario " + s.name + ": " + err.Error())
		}
		all = append(all, Scenario{s.name, s.what, t})
	}
	return all
}

// ScenarioNamed is the scenario of a name, or that of a trial line.
func ScenarioNamed(text string) (Scenario, error) {
	var names []string
	for _, s := range Scenarios() {
		if s.Name == text {
			return s, nil
		}
		names = append(names, s.Name)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), linePrefix) {
		return Scenario{}, fmt.Errorf("scenario %q is not known: there are %s, or a trial line in quotes", text, strings.Join(names, ", "))
	}
	t, err := ParseTrial(text)
	return Scenario{Name: t.Line(), What: "a trial", Trial: t}, err
}
