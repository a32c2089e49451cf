package ordeal

import (
	"reflect"
	"strings"
	"testing"

	"ordeal/testbed/clients"
)

func TestCutLines(t *testing.T) {
	const head = "ordeal/1 seed=7 workload=lock nodes=3 length=5s rate=100 faults=none "
	for _, fields := range []string{
		`ops=""`, `ops="c1"`, `ops="c2 17@4.213s 19[1,3]@4.5s; c5" draws=9`, "storage=30/6/8192/300", "recovery=skip",
		`ops="c1 1@0s" draws=18446744073709551615 storage=1/1/1/1 recovery=skip`,
	} {
		trial, err := ParseTrial(head + fields)
		if err != nil || trial.Line() != head+fields {
			t.Errorf("%s: %v, and back %s", fields, err, trial.Line())
		}
		if again, err := ParseTrial(trial.Line()); err != nil || !reflect.DeepEqual(again, trial) {
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
		{"storage=30/6/8192", "storage=30/6/8192 is not four numbers"},
		{"storage=30/0/9/9", "storage=30/0/9/9 is not four numbers"},
		{"recovery=no", "recovery= can be skip and nothing else"},
		{"recovery=skip recovery=skip", "recovery= stands twice"},
	} {
		if _, err := ParseTrial(head + bad.fields); err == nil || !strings.Contains(err.Error(), bad.want) {
			t.Errorf("%s: %v, and not %q", bad.fields, err, bad.want)
		}
	}
}

func TestKindsOfReasons(t *testing.T) {
	for _, c := range []struct{ reason, want string }{
		{"n2 and n3 both led term 5", "and both led term"},
		{"session 0x500000100000006 went back: event 7792 shows zxid 0x30", "session went back event shows zxid"},
		{"runtime error: index out of range [3] with length 2", "runtime error index out of range with length"},
		{"entry 7: wrong\nand more", "entry wrong"},
		{"%s, with xid %d and zxid 0x%x, took effect before %s, with xid %d and zxid 0x%x", "with xid and zxid took effect before with xid and zxid"},
		{"3 elements are lost, the first of them 9; but", "elements are lost the first of them"},
	} {
		if got := wordsOf(c.reason); got != c.want {
			t.Errorf("%q is of the kind %q, not %q", c.reason, got, c.want)
		}
	}
}

// Nobody and nothing is a script too, and not the lack of one, which is a trial with everything that clients draw.
func TestTheLastClientIsTakenOut(t *testing.T) {
	script, err := clients.ParseScript("c1 1@1s 2@2s", scriptClientsMax)
	if err != nil {
		t.Fatal(err)
	}
	c := cutting{}
	c.best.Script = script
	for _, smaller := range c.coarser(2) {
		if smaller.Script == nil {
			t.Errorf("%q became a trial without a script", script)
		}
	}
}
