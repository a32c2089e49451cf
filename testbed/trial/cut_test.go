package trial_test

import (
	"reflect"
	"strings"
	"testing"
)

func TestCutLines(t *testing.T) {
	const head = "ordeal/2 seed=7 workload=lock nodes=3 length=5s rate=100 faults=none "
	for _, fields := range []string{
		`ops=""`, `ops="c1"`, `ops="c2 17@4.213s 19[1,3]@4.5s; c5" draws=9`, "settings=30/6/8192/300", "recovery=skip",
		`ops="c1 1@0s" draws=18446744073709551615 settings=1/1/1/1 recovery=skip`,
		"branch=0s/1", "end=32.7s", "branch=1s/2 end=1ns", "recovery=skip branch=12.500000001s/18446744073709551615",
		"order=prioritized", "settings=30/6/8192/300 order=prioritized recovery=skip",
	} {
		one, err := parse(head + fields)
		if err != nil || one.Line() != head+fields {
			t.Errorf("%s: %v, and back %s", fields, err, one.Line())
		}
		if again, err := parse(one.Line()); err != nil || !reflect.DeepEqual(again, one) {
			t.Errorf("%s: %v, %+v", fields, err, again)
		}
	}
	for _, bad := range []struct{ fields, want string }{
		{"ops=c1", "ops=c1 is not in double quotes"},
		{`ops="d1"`, `column 70: ops: "d1" is no client`},
		{`ops="c11"`, "there is no client c11: a trial of this rate has 10"},
		{`ops="c1;"`, "a client is missing beside a semicolon"},
		{`ops="c1; c1"`, "client c1 stands twice"},
		{`ops="c1 0@1s"`, `"0@1s" is no turn`},
		{`ops="c1 3"`, `"3" is no turn`},
		{`ops="c1 3@-1s"`, `"3@-1s" is no turn`},
		{`ops="c1 3[@1s"`, `"3[@1s" is no turn`},
		{`ops="c1 3[1,@1s"`, `"3[1,@1s" is no turn`},
		{`ops="c1 3[1@1s"`, `"3[1@1s" is no turn`},
		{`ops="c1 3@1s 2@2s"`, "2@2s of c1 is out of order: the turn before it is 3@1s"},
		{`ops="c1 3@2s 4@1s"`, "4@1s of c1 is out of order"},
		{"draws=0", "draws=0 is not a number from 1"},
		{"settings=30/6/8192", "settings=30/6/8192: 30/6/8192 is not four numbers"},
		{"settings=30/0/9/9", "settings=30/0/9/9: 30/0/9/9 is not four numbers"},
		{"order=random", "order=random can be prioritized and nothing else"},
		{"branch=12.5s", "branch=12.5s is not an instant and a number from 1 on"},
		{"branch=-1s/1", "branch=-1s/1 is not an instant"},
		{"branch=1s/0", "branch=1s/0 is not an instant"},
		{"branch=1/1", "branch=1/1 is not an instant"},
		{"end=0s", "end=0s is not an instant such as 32.7s"},
		{"end=3", "end=3 is not an instant"},
		{"recovery=no", "recovery= can be skip and nothing else"},
		{"recovery=skip recovery=skip", "recovery= stands twice"},
	} {
		if _, err := parse(head + bad.fields); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, and not %q", bad.fields, err, bad.want)
		}
	}
}
