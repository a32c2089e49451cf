package reports

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/history"
)

// events reads "time process type f" words, in milliseconds.
func events(t *testing.T, script string) []history.Op {
	t.Helper()
	var ops []history.Op
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		var at, process int
		var typ, f string
		if _, err := fmt.Sscan(line, &at, &process, &typ, &f); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		parsed, err := history.ParseType(typ)
		if err != nil {
			t.Fatal(err)
		}
		ops = append(ops, history.Op{
			Index: len(ops), Time: time.Duration(at) * time.Millisecond, Process: process, Type: parsed, F: f,
		})
	}
	return ops
}

func TestOperations(t *testing.T) {
	ops := operations(events(t, `
		1 0 invoke read
		2 1 invoke write
		3 -1 info kill
		4 1 fail write
		5 0 ok read
		6 7 ok read
		7 2 invoke write
		8 2 info write
		9 3 invoke read
		10 4 invoke read
		11 4 invoke read
		12 4 ok read
		13 -2 ok end`))
	var got []string
	for _, o := range ops {
		got = append(got, fmt.Sprintf("%s %s %d", o.f, o.outcome, o.begun.Milliseconds()))
		if o.outcome != pending {
			got[len(got)-1] += fmt.Sprintf("+%d", o.latency().Milliseconds())
		}
	}
	want := "read ok 1+4; write fail 2+2; write info 7+1; read pending 9; read pending 10; read ok 11+1"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("operations\n%s, want\n%s", s, want)
	}
	n := totals(tallies(ops))
	if n != [...]int{2, 1, 1, 2} {
		t.Errorf("ok, info, fail, pending are %v", n)
	}
}

// An info's latency is a timeout: it must not move the quantiles of the ok ones.
func TestTalliesKeepOutcomesApart(t *testing.T) {
	all := tallies(operations(events(t, `
		0 0 invoke read
		3 0 ok read
		4 1 invoke read
		9000 1 info read
		9001 2 invoke read`)))
	if len(all) != 1 || all[0].ok[4] != 3*time.Millisecond || all[0].other[0] != 8996*time.Millisecond {
		t.Errorf("tallies %+v", all)
	}
}

func TestRecovery(t *testing.T) {
	ops := operations(events(t, `
		0 0 invoke read
		1 1 invoke read
		10 0 ok read
		25 1 ok read
		26 2 invoke read
		40 2 fail read`))
	for _, c := range []struct {
		to, want  time.Duration
		recovered bool
	}{{5, 5, true}, {10, 0, true}, {11, 14, true}, {26, 0, false}, {-1, 0, false}} {
		to := c.to
		if to > 0 {
			to *= time.Millisecond
		}
		got, recovered := recovery(Fault{To: to}, ops)
		if recovered != c.recovered || recovered && got != c.want*time.Millisecond {
			t.Errorf("recovery after %d ms: %s, %v, want %d ms, %v", c.to, got, recovered, c.want, c.recovered)
		}
	}
}

func TestQuantileRunsBreakWhereNothingHappened(t *testing.T) {
	w := windows{step: 10 * time.Millisecond, count: 5}
	ops := operations(events(t, `
		0 0 invoke read
		9 0 ok read
		10 0 invoke read
		12 0 ok read
		19 0 invoke read
		25 0 ok read
		40 0 invoke read
		41 0 ok read`))
	got := fmt.Sprint(quantileRuns(ops, w, 1000))
	if want := "[[{0.005 9} {0.015 6}] [{0.045 1}]]"; got != want {
		t.Errorf("runs %s, want %s", got, want)
	}
	if got := fmt.Sprint(ended(ops, w)); got != "[1 1 1 0 1]" {
		t.Errorf("ended %s", got)
	}
}
