package workloads_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/workloads"
	"ordeal/workloads/data"
)

// dataModels are the models of the workloads of shared data, and what clients do there: F, type, and what of each there
// must be.
var dataModels = map[string]struct{ model, calm, disturbed string }{
	"append":  {"list-append", "txn ok", "txn ok, txn fail, txn info"},
	"rw":      {"rw-register", "txn ok", "txn ok, txn fail, txn info"},
	"bank":    {"bank", "transfer ok, read ok", "transfer ok, transfer info, read ok"},
	"set":     {"set", "add ok, remove ok, contains ok, read ok", "add ok, add info, remove ok, read ok, contains ok"},
	"counter": {"counter", "add ok, add-and-get ok, read ok", "add ok, add info, add-and-get ok, read ok"},
	"logs":    {"kafka", "send ok, poll ok", "send ok, send info, poll ok"},
}

func TestSharedDataIsJudgedWhole(t *testing.T) {
	for _, w := range data.All() {
		for _, disturbed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/disturbed=%v", w.Name, disturbed), func(t *testing.T) {
				judgeShared(t, w, disturbed)
			})
		}
	}
}

func judgeShared(t *testing.T, w workloads.Workload, disturbed bool) {
	known := dataModels[w.Name]
	c, err := checker.ForModel(known.model)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, 2, w)
	ops := slices.DeleteFunc(slices.Clone(o.run(disturbed)), func(op history.Op) bool { return op.F == "end" })
	for i := range ops {
		ops[i].Index = i
	}
	if v := c.Check(ops); v.Outcome != checker.Valid {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
	seen, infos := map[string]int{}, 0
	pairs(ops, func(_, end history.Op) {
		seen[fmt.Sprintf("%s %s", end.F, end.Type)]++
		if end.Type == history.Info {
			infos++
		}
	})
	wanted := known.calm
	if disturbed {
		wanted = known.disturbed
	}
	for _, want := range strings.Split(wanted, ", ") {
		if seen[want] == 0 {
			t.Errorf("never %q, only %v", want, seen)
		}
	}
	if !disturbed && infos > 0 {
		t.Errorf("%d operations ended unknown, and nothing was disturbed", infos)
	}
	if o.env.Processes() != 3*clients+infos {
		t.Errorf("%d processes, %d clients, %d infos", o.env.Processes(), 3*clients, infos)
	}
}

// What a transfer changes it takes from one account and gives another, so that whoever sees half of one sees another
// total.
func TestMoneyMoves(t *testing.T) {
	w := data.All()[2]
	balances := map[string]bool{}
	pairs(newTrial(t, 4, w).run(false), func(_, end history.Op) {
		if end.F == "read" && end.Type == history.OK {
			balances[fmt.Sprint(end.Value)] = true
		}
	})
	if len(balances) < 100 {
		t.Errorf("reads show %d different states", len(balances))
	}
}
