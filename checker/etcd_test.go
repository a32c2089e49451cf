package checker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ordeal/history/formats"
	"ordeal/model/etcd"
)

// etcdLine is an operation as etcd's robustness tests write one. The lines here are made by hand, from the types that
// those tests declare.
func etcdLine(client int, call, ret int64, kind, request, response string) string {
	return fmt.Sprintf(`{"ClientId":%d,"Input":{"Type":%q,%s},"Call":%d,"Output":{%s},"Return":%d}`+"\n",
		client, kind, request, call, response, ret)
}

func etcdPut(key, value string, lease int) string {
	return fmt.Sprintf(`{"Type":"put-operation","Put":{"Key":%q,"Value":{"Value":%q},"LeaseID":%d}}`, key, value, lease)
}

func etcdTxn(condition, success, failure string) string {
	return fmt.Sprintf(`"Txn":{"Conditions":[%s],"OperationsOnSuccess":[%s],"OperationsOnFailure":[%s]}`,
		condition, success, failure)
}

func TestEtcd(t *testing.T) {
	const get = `"Range":{"Start":"k","End":"","Limit":0,"Revision":0}`
	const getOp = `{"Type":"range-operation","Range":{"Start":"k","End":"","Limit":0}}`
	put := func(at int64, value string, revision int) string {
		return etcdLine(1, at, at+1, "txn", etcdTxn("", etcdPut("k", value, 0), ""),
			fmt.Sprintf(`"Txn":{"Results":[{}]},"Revision":%d`, revision))
	}
	read := func(at int64, value string, changed, revision int) string {
		return etcdLine(2, at, at+1, "range", get, fmt.Sprintf(
			`"Range":{"KVs":[{"Key":"k","Value":{"Value":%q},"ModRevision":%d}],"Count":1},"Revision":%d`,
			value, changed, revision))
	}
	compare := func(at int64, expected int, failure bool, result string, revision int) string {
		return etcdLine(1, at, at+1, "txn",
			etcdTxn(fmt.Sprintf(`{"Key":"k","ExpectedRevision":%d}`, expected), etcdPut("k", "new", 0), getOp),
			fmt.Sprintf(`"Txn":{"Failure":%v,"Results":[%s]},"Revision":%d`, failure, result, revision))
	}
	none := etcdLine(2, 5, 6, "range", get, `"Range":{"KVs":[],"Count":0},"Revision":1`)
	lost := etcdLine(3, 12, 13, "txn", etcdTxn("", etcdPut("k", "b", 0), ""), `"Error":"timeout"`)
	found := `{"KVs":[{"Key":"k","Value":{"Value":"a"},"ModRevision":2}],"Count":1}`
	grant := etcdLine(1, 10, 11, "leaseGrant", `"LeaseGrant":{"LeaseID":7}`, `"LeaseGrant":{"LeaseID":7},"Revision":1`)
	leased := etcdLine(1, 20, 21, "txn", etcdTxn("", etcdPut("k", "a", 7), ""), `"Txn":{"Results":[{}]},"Revision":2`)
	revoke := etcdLine(1, 30, 31, "leaseRevoke", `"LeaseRevoke":{"LeaseID":7}`, `"LeaseRevoke":{},"Revision":3`)
	gone := etcdLine(2, 40, 41, "range", get, `"Range":{"KVs":null,"Count":0},"Revision":3`)
	for name, tt := range map[string]struct {
		lines string
		want  Outcome
	}{
		"put and read":                   {none + put(10, "a", 2) + read(20, "a", 2, 2), Valid},
		"a stale read":                   {put(10, "a", 2) + put(20, "b", 3) + read(30, "a", 2, 2), Invalid},
		"a read of another value":        {put(10, "a", 2) + read(20, "b", 2, 2), Invalid},
		"a read with another revision":   {put(10, "a", 2) + read(20, "a", 3, 2), Invalid},
		"a put that raised nothing":      {put(10, "a", 2) + put(20, "b", 2), Invalid},
		"a lost put that was seen":       {put(10, "a", 2) + lost + read(20, "b", 3, 3), Valid},
		"a lost put that was not":        {put(10, "a", 2) + lost + read(20, "a", 2, 2), Valid},
		"a lost put, seen and gone":      {put(10, "a", 2) + lost + read(20, "b", 3, 3) + read(30, "a", 2, 3), Invalid},
		"a comparison that held":         {put(10, "a", 2) + compare(20, 2, false, "{}", 3) + read(30, "new", 3, 3), Valid},
		"one that failed":                {put(10, "a", 2) + compare(20, 1, true, found, 2), Valid},
		"one that had to hold":           {put(10, "a", 2) + compare(20, 2, true, found, 2), Invalid},
		"one that could not":             {put(10, "a", 2) + compare(20, 1, false, "{}", 3), Invalid},
		"a lease ends with its key":      {grant + leased + revoke + gone, Valid},
		"a key outlives its lease":       {grant + leased + revoke + read(40, "a", 2, 3), Invalid},
		"a put under a lease that is no": {leased, Invalid},
	} {
		h, err := formats.Read(name, []byte(tt.lines))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c, err := ForModel("etcd")
		if err != nil {
			t.Fatal(err)
		}
		if v := c.Check(h); v.Outcome != tt.want || v.Malformed {
			t.Errorf("%s: %s, want %s: %s", name, v.Outcome, tt.want, v.Reason)
		}
	}
}

// TestEtcdMalformed says of requests that are not etcd's which they are.
func TestEtcdMalformed(t *testing.T) {
	for _, line := range []string{
		etcdLine(1, 1, 2, "txn", etcdTxn("", `{"Type":"append"}`, ""), `"Txn":{"Results":[{}]},"Revision":2`),
		etcdLine(1, 1, 2, "txn", etcdTxn("{}", "", ""), `"Txn":{"Results":[]},"Revision":2`),
		etcdLine(1, 1, 2, "txn", etcdTxn("", etcdPut("k", "a", 0), ""), `"Txn":{"Results":[]},"Revision":2`),
	} {
		h, err := formats.Read("h", []byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if _, event, yes := Linearizable(etcd.New(), Budget{}).Check(h).Mismatched(); !yes || event != 0 {
			t.Errorf("event %d is malformed, %v: %s", event, yes, line)
		}
	}
}

// TestEtcdAtRandom judges histories that a store gave, whose operations overlap, and the same with one answer changed.
func TestEtcdAtRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for round := range 40 {
		lines := etcdHistory(rng)
		for bad := range 2 {
			if bad == 1 {
				at := rng.IntN(len(lines))
				changed := strings.Replace(lines[at], `"Revision":`, `"Revision":1`, 1)
				if strings.Contains(lines[at], `"Type":"range"`) {
					changed = lines[at][:len(lines[at])-1] // the request has a revision too; leave this round out
				}
				if len(changed) <= len(lines[at]) {
					continue
				}
				lines = slices.Clone(lines)
				lines[at] = changed
			}
			h, err := formats.Read("h", []byte(strings.Join(lines, "")))
			if err != nil {
				t.Fatal(err)
			}
			want := []Outcome{Valid, Invalid}[bad]
			if v := Linearizable(etcd.New(), Budget{}).Check(h); v.Outcome != want {
				t.Fatalf("round %d: %s, want %s: %s\n%s", round, v.Outcome, want, v.Reason, strings.Join(lines, ""))
			}
		}
	}
}

// etcdHistory is what a small store answered to puts and reads of three keys, each of which took effect at an instant
// of its own, some time within its interval.
func etcdHistory(rng *rand.Rand) []string {
	type entry struct {
		value    string
		revision int
	}
	keys, revision := map[string]entry{}, 1
	var lines []string
	for i := range 20 {
		instant := int64(100 * (i + 1))
		call, ret := instant-rng.Int64N(300), instant+rng.Int64N(300)
		key := string(rune('a' + rng.IntN(3)))
		if rng.IntN(2) == 0 {
			revision++
			keys[key] = entry{fmt.Sprint(i), revision}
			lines = append(lines, etcdLine(i, call, ret, "txn", etcdTxn("", etcdPut(key, fmt.Sprint(i), 0), ""),
				fmt.Sprintf(`"Txn":{"Results":[{}]},"Revision":%d`, revision)))
			continue
		}
		shown := `"KVs":[],"Count":0`
		if e, ok := keys[key]; ok {
			shown = fmt.Sprintf(`"KVs":[{"Key":%q,"Value":{"Value":%q},"ModRevision":%d}],"Count":1`, key, e.value, e.revision)
		}
		lines = append(lines, etcdLine(i, call, ret, "range",
			fmt.Sprintf(`"Range":{"Start":%q,"End":"","Limit":0,"Revision":0}`, key),
			fmt.Sprintf(`"Range":{%s},"Revision":%d`, shown, revision)))
	}
	return lines
}
