package main

import (
	"strings"
	"testing"
	"time"

	"ordeal"
)

func TestHuntReadsResults(t *testing.T) {
	var h hunt
	err := h.read(strings.NewReader(`{"line":"a","outcome":"valid","verdicts":[{"name":"lock","outcome":"valid"}]}
{"line":"b","outcome":"unknown","verdicts":[{"name":"sanity","outcome":"unknown"}]}
{"line":"c","outcome":"invalid","verdicts":[{"name":"lock","outcome":"invalid"},{"name":"sanity","outcome":"valid"},{"name":"fencing","outcome":"invalid"}]}
`))
	if err != nil || h.trials != 3 || h.line != "c" || strings.Join(h.caught, ",") != "lock,fencing" {
		t.Errorf("%+v, %v", h, err)
	}
	if err := new(hunt).read(strings.NewReader(`{"line":`)); err == nil {
		t.Error("half a result is taken for one")
	}
}

func TestBugRowFlags(t *testing.T) {
	bug := ordeal.Bug{Name: "bugX", Caught: "linearizable"}
	by := func(seconds int, caught ...string) hunt {
		return hunt{trials: 10 * seconds, cpu: time.Duration(seconds) * time.Second,
			elapsed: time.Duration(seconds) * time.Second, caught: caught}
	}
	for name, test := range map[string]struct {
		hunts []hunt
		want  string
		ok    bool
	}{
		"medians": {[]hunt{by(9, "linearizable lock"), by(1, "fencing", "linearizable lock"), by(2, "linearizable queue")},
			"bugX\t3 of 3\t20\t2.0\t2.0\t9.0\tlinearizable lock 2, linearizable queue 1, fencing 1\tok", true},
		"missed":          {[]hunt{by(1, "linearizable lock"), by(60)}, "bugX\t1 of 2\t600\t60.0\t60.0\t60.0\tlinearizable lock 1\tMISSED", false},
		"somebody else's": {[]hunt{by(1, "fencing")}, "bugX\t1 of 1\t10\t1.0\t1.0\t1.0\tfencing 1\tNOT AS DECLARED", false},
	} {
		if row, err := bugRow(bug, test.hunts); row != test.want || (err == nil) != test.ok {
			t.Errorf("%s: %q, %v", name, row, err)
		}
	}
}
