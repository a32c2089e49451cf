// Package coordination is ordeal's own coordination service as the testbed tries it: which workloads, planted bugs and
// drills it has, how a trial boots it, what its monitors hold it to, and what it tells of itself.
package coordination

import (
	_ "embed"
	"math/rand/v2"
	"sync"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/nemesis"
	"ordeal/nemesis/scenario"
	"ordeal/testbed/coordination/bugs"
	"ordeal/testbed/coordination/keys"
	"ordeal/testbed/coordination/remote"
	"ordeal/testbed/coordination/setup"
	"ordeal/testbed/trial"
	"ordeal/workloads/etcd/recipes"
	"ordeal/workloads/uses"
)

// lineVersion is the version of trial lines: it changes whenever the same line would no longer mean the same trial.
const lineVersion = 2

//go:embed prices.json
var prices []byte

//go:embed scenarios.txt
var scenarios string

//go:embed coverage.json
var coverageMeasured []byte

// Service is the coordination service. It is the same one each time.
var Service = sync.OnceValue(func() *trial.Service {
	return &trial.Service{
		Name: "ordeal", Version: lineVersion, What: "a coordination service with ZooKeeper's data model, on raft",
		Workloads: workloadsWithJudges(), Begin: begin,
		DrawSettings:    func(rng *rand.Rand) string { return setup.Draw(rng).String() },
		CheckSettings:   func(text string) error { _, err := setup.Parse(text); return err },
		SimplerSettings: simpler, Lies: setup.Lies(), Lying: setup.Lying,
		Bugs: bugs.List(), BugClasses: bugs.Classes(), Marks: bugs.Marks(), Marked: bugs.Marked(),
		Asks: []nemesis.Kind{
			nemesis.Add, nemesis.Demote, nemesis.Promote, nemesis.Remove, nemesis.Replace, nemesis.Snapshot, nemesis.Transfer,
		},
		Tells: nemesis.ToldRoles(),
		Items: items(), Deeds: deedNames(), Scenarios: scenario.MustParse("scenarios.txt", scenarios),
		Drills: drills, Prices: prices, Coverage: coverageMeasured,
		Import: "ordeal", Regression: "ordeal.Regression",
		Remote: remote.New,
		Targets: "It is ours or Apache ZooKeeper. All that clients do is below one new znode, which is removed in the " +
			"end.",
		Bench:        &bench,
		ElectionTime: 1500 * time.Millisecond, MemoryTime: sessionTimeout + time.Second,
	}
})

// simpler are settings with which a trial may be easier to follow.
func simpler(text string) (list []string) {
	s, err := setup.Parse(text)
	if err != nil {
		return nil
	}
	for _, one := range s.Simpler() {
		list = append(list, one.String())
	}
	return list
}

// workloadsWithJudges are the workloads, each judged by all that can be said of its model.
func workloadsWithJudges() (list []trial.Workload) {
	for _, u := range uses.Workloads() {
		c, err := checker.ForModelWith(u.Model, u.Told)
		if err != nil {
			panic("coordination: workload " + u.Name + ": " + err.Error())
		}
		one := trial.Workload{Model: u.Model, Judge: trial.JudgeBy(c)}
		if one.Name, one.Apart = u.Name, u.Apart; u.Name == "tree" {
			one.Class = treeClass
		}
		one.Waits = waits
		list = append(list, one)
	}
	list = append(list, trial.Workload{Name: keys.Workload, Model: "mvcc", Apart: true, Judge: judgeBy("mvcc")})
	for _, w := range recipes.All() {
		list = append(list, trial.Workload{Name: w.Name, Model: w.Model, Apart: true, Judge: judgeBy(w.Model), Waits: waits})
	}
	return list
}

func judgeBy(model string) func(h history.History) []checker.Verdict {
	c, err := checker.ForModel(model)
	if err != nil {
		panic("coordination: " + err.Error())
	}
	return trial.JudgeBy(c)
}
