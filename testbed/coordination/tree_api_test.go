package coordination

import (
	"fmt"
	"slices"
	"testing"

	"ordeal/history"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// treeAPI is every operation that a client can ask for, with whether it can be refused. createSession is what attach
// stands for, auth is a claim, and getConfig is a getData.
var treeAPI = map[string]bool{
	"create": true, "create2": true, "createContainer": true, "createTTL": true, "delete": true, "exists": true,
	"getData": true,
	"setData": true, "getACL": true, "setACL": true, "getChildren": true, "getChildren2": true, "sync": false,
	"check": true,
	"multi": true, "multiRead": true, "reconfig": true, "addWatch": true, "checkWatches": true, "removeWatches": true,
	"getEphemerals": false, "getAllChildrenNumber": true, "whoAmI": false, "closeSession": false,
	"attach": false, "claimed": true, "setWatches": false, "setWatches2": false,
}

// apiUse counts how often an operation succeeded and was refused.
type apiUse struct{ done, refused int }

// Trials of the tree use every operation, and each that can be refused is; of the flags and modes all come to
// something, too.
func TestTheWholeAPIIsUnderTrial(t *testing.T) {
	used, kinds := map[string]apiUse{}, map[string]bool{}
	for _, seed := range []uint64{1, 2, 3, 4, 5, 6, 7, 8} {
		plan, err := trial.ParsePlan("test", []byte("at 3s add; "+bugPlans["clients"]))
		if err != nil {
			t.Fatal(err)
		}
		r := mustRun(t, trial.Trial{Service: Service(), Seed: seed, Workload: "tree", Nodes: 3, Plan: plan,
			Length: bugLength, Rate: trial.DefaultRate})
		if r.Summary.Outcome != play.Valid {
			t.Errorf("%s: %s: %s", r.Summary.Line, r.Summary.Outcome, r.Summary.Reason)
		}
		countAPI(t, r.History, used, kinds)
	}
	for op, canRefuse := range treeAPI { //house:unordered each complains for itself
		if u := used[op]; u.done == 0 && op != "check" || canRefuse && u.refused == 0 {
			t.Errorf("%s: %+v", op, u)
		}
	}
	for _, kind := range []string{"create 0", "create 1", "create 2", "create 3", "create2 0", "create2 1",
		"create2 2", "create2 3",
		"createTTL 5", "createTTL 6", "addWatch 0", "addWatch 1", "event 1", "event 2", "event 3", "event 4",
		"getConfig", "a path refused", "a quota refused", "a version refused",
		"quota stats",
		"part create", "part create2", "part createContainer", "part createTTL", "part delete", "part setData",
		"part check"} {
		if !kinds[kind] {
			t.Errorf("never %s", kind)
		}
	}
	t.Log(used)
}

// countAPI counts what a history has: what was used, and which kinds of it came to something.
func countAPI(t *testing.T, h history.History, used map[string]apiUse, kinds map[string]bool) {
	t.Helper()
	ops, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	for i := range ops {
		op := &ops[i]
		asked, _ := op.Argument.([]any)
		result, _ := op.Result.([]any)
		code := int64(0)
		switch {
		case op.Process == history.Service && op.F == "event":
			kinds[fmt.Sprint("event ", asked[2])] = true
			continue
		case op.Process == history.Service && op.F == "claimed":
			code = asked[2].(int64)
		case op.Process == history.Service:
		case op.End != history.OK:
			continue
		default:
			code = result[0].(int64)
		}
		parts := countParts(op.F, asked, result, kinds)
		u := used[op.F]
		if code == 0 && !parts {
			u.done++
			noteKind(op.F, asked, kinds)
		} else {
			u.refused++
			kinds["a version refused"] = kinds["a version refused"] || code == -103
			kinds["a quota refused"] = kinds["a quota refused"] || code == -125
			kinds["a path refused"] = kinds["a path refused"] || code == -8 && op.F == "delete"
		}
		used[op.F] = u
	}
}

// countParts notes the parts of a multi that succeeded, and reports whether one was refused.
func countParts(f string, asked, result []any, kinds map[string]bool) (refused bool) {
	if f != "multi" && f != "multiRead" || len(result) < 3 {
		return false
	}
	for i, one := range result[2].([]any) {
		if one.([]any)[0] != int64(0) {
			return true
		}
		kinds[fmt.Sprint("part ", asked[3].([]any)[i].([]any)[0])] = true
	}
	return false
}

// noteKind notes flags, modes and the path that says who is in the ensemble.
func noteKind(f string, asked []any, kinds map[string]bool) {
	switch {
	case slices.Contains([]string{"create", "create2", "createTTL"}, f):
		kinds[fmt.Sprint(f, " ", asked[5])] = true
	case f == "addWatch":
		kinds[fmt.Sprint(f, " ", asked[4])] = true
	case f == "getData" && asked[3] == "/zookeeper/config":
		kinds["getConfig"] = true
	case f == "getData" && asked[3] == "/zookeeper/quota/t/a/zookeeper_stats":
		kinds["quota stats"] = true
	}
}
