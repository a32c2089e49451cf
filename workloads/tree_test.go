package workloads_test

import (
	"fmt"
	"testing"

	"ordeal/checker"
	"ordeal/history"
)

// Every operation is used and ends in each of the ways that it can, over a few seeds; and so do watches and reconnects.
func TestEverythingHappensToTheTree(t *testing.T) {
	w, _ := byName("tree")
	seen, profiles := map[string]int{}, map[any]bool{}
	for seed := range uint64(5) {
		pairs(disturbed(t, seed, w), func(_, end history.Op) {
			what := fmt.Sprintf("%s %s", end.F, end.Type)
			if v := list(end.Value); end.Process >= 0 && end.Type == history.OK {
				what += fmt.Sprint(" ", v[0])
			} else if end.F == "event" {
				what += fmt.Sprint(" ", v[2])
			}
			seen[what]++
			if end.F == "profile" {
				profiles[end.Value] = true
			}
		})
	}
	for _, what := range []string{
		"create ok 0", "create ok -101", "create ok -108", "create ok -110", "create info",
		"create2 ok 0", "create2 ok -101", "create2 ok -108", "create2 ok -110",
		"delete ok 0", "delete ok -101", "delete ok -103", "delete ok -111", "delete info",
		"setData ok 0", "setData ok -101", "setData ok -103", "setData info", "multi ok 0", "multi info",
		"exists ok 0", "exists ok -101", "getData ok 0", "getData ok -101", "getData ok -102", "getData fail",
		"getChildren ok 0", "getChildren ok -101",
		"getChildren2 ok 0", "getChildren2 ok -101", "sync ok 0", "closeSession ok 0",
		"createContainer ok 0", "setACL ok 0", "setACL ok -103", "getACL ok 0", "getAllChildrenNumber ok 0",
		"getEphemerals ok 0", "multiRead ok 0", "checkWatches ok 0", "checkWatches ok -121", "checkWatches ok -5",
		"removeWatches ok 0", "removeWatches ok -121", "setData ok -102", "delete ok -102", "create ok -102",
		"createTTL ok 0", "createTTL ok -8", "create ok -114", "check ok -6", "whoAmI ok 0", "addWatch ok 0",
		"addWatch ok -5", "claim ok", "claimed ok", "attach ok", "setWatches ok", "setWatches2 ok",
		"event ok 1", "event ok 2", "event ok 3", "event ok 4",
	} {
		if seen[what] == 0 {
			t.Errorf("never %s, only %v", what, seen)
		}
	}
	if len(profiles) < 3 {
		t.Errorf("only the profiles %v", profiles)
	}
}

// These histories do not say whether the requests whose answers were lost took effect. So the judge may not know; but
// it never accuses.
func TestTheTreeIsJudgedWithoutTheServicesWord(t *testing.T) {
	w, _ := byName("tree")
	for seed := range uint64(5) {
		if v := checker.Tree().Check(disturbed(t, seed, w)); v.Outcome == checker.Invalid {
			t.Errorf("seed %d: %s", seed, v.Reason)
		} else {
			t.Log(v.Outcome, v.Reason)
		}
	}
}
