package workloads_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads"
)

// each runs a test on every workload of many small objects, calm and disturbed. The tree is one object: see
// tree_test.go.
func each(t *testing.T, f func(t *testing.T, w workloads.Workload, disturbed bool)) {
	for _, w := range workloads.All() {
		if w.Name == "tree" {
			continue
		}
		for _, disturbed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/disturbed=%v", w.Name, disturbed), func(t *testing.T) { f(t, w, disturbed) })
		}
	}
}

func TestHistoriesKeepTheirShapeAndSize(t *testing.T) {
	each(t, func(t *testing.T, w workloads.Workload, disturbed bool) {
		o := newTrial(t, 1, w)
		ops := o.run(disturbed)
		perObject, infos := map[string]int{}, 0
		pairs(ops, func(invoke, end history.Op) {
			if got := shape(invoke, end); !strings.Contains(shapes, "\n"+got+"\n") {
				t.Errorf("process %d has an operation of the shape %q", end.Process, got)
			}
			perObject[invoke.Key]++
			if end.Type == history.Info {
				infos++
			}
		})
		delete(perObject, "")
		for key, n := range perObject {
			// Clients that used it when it was full end what they began, and then come probes and drain.
			if n > w.OpsMax+60 {
				t.Errorf("%d operations on %s", n, key)
			}
		}
		if len(perObject) < 10 || len(perObject) > o.env.Objects() {
			t.Errorf("%d objects were used of %d", len(perObject), o.env.Objects())
		}
		// Clients that hold end others' sessions, whose attempts are unknown then.
		if holds := w.Name == "lock" || w.Name == "election"; !disturbed && infos > 0 && !holds {
			t.Errorf("%d operations ended unknown, and nothing was disturbed", infos)
		}
		if o.env.Processes() != 3*clients+infos {
			t.Errorf("%d processes, %d clients, %d infos", o.env.Processes(), 3*clients, infos)
		}
	})
}

// shapes are the operations of the table in docs/ARCHITECTURE.md: F, type, what the invoke says, what the end says.
// What failed says again what was asked for, and so does an info that knows no more.
const shapes = `
read ok nil [nil int]
read ok nil [int int]
read fail nil nil
write ok int [int int]
write fail int int
write info int int
set-if ok [int int] [int int]
set-if ok [int int] refused
set-if fail [int int] [int int]
set-if info [int int] [int int]
watch ok nil [int int bool]
watch fail nil nil
acquire ok session [session int]
acquire ok session [session held]
acquire fail session session
acquire info session session
release ok [session int] [session int]
release fail [session int] [session int]
release info [session int] [session int]
end ok session session
fenced ok [session int int] accepted
fenced ok [session int int] refused
campaign ok session [session int]
campaign fail session session
campaign info session session
resign ok [session int] [session int]
resign fail [session int] [session int]
resign info [session int] [session int]
observe ok nil [session int]
observe ok nil nil
observe fail nil nil
enqueue ok int int
enqueue fail int int
enqueue info int int
dequeue ok nil int
dequeue ok nil nil
dequeue fail nil nil
dequeue info nil int
`

func shape(invoke, end history.Op) string {
	return fmt.Sprintf("%s %s %s %s", end.F, end.Type, kind(invoke.Value), kind(end.Value))
}

func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case int64:
		return "int"
	case string:
		if strings.HasPrefix(v, "0x") {
			return "session"
		}
		return v
	case []any:
		var kinds []string
		for _, e := range v {
			kinds = append(kinds, kind(e))
		}
		return "[" + strings.Join(kinds, " ") + "]"
	}
	return fmt.Sprintf("%T", v)
}

// Over a few seeds, everything that clients may see is seen.
func TestEverythingHappens(t *testing.T) {
	for name, want := range map[string][]string{
		"register": {"read ok nil [nil int]", "read ok nil [int int]", "read fail nil nil", "write ok int [int int]",
			"write info int int", "set-if ok [int int] refused", "set-if ok [int int] [int int]",
			"watch ok nil [int int bool]"},
		"lock": {"acquire ok session [session int]", "acquire ok session [session held]",
			"acquire fail session session", "acquire info session session",
			"release ok [session int] [session int]", "release fail [session int] [session int]",
			"fenced ok [session int int] accepted", "fenced ok [session int int] refused", "end ok session session"},
		"election": {"campaign ok session [session int]", "campaign info session session",
			"resign ok [session int] [session int]", "resign fail [session int] [session int]",
			"observe ok nil [session int]", "observe ok nil nil"},
		"queue": {"enqueue ok int int", "enqueue info int int", "dequeue ok nil int", "dequeue ok nil nil"},
	} {
		w, ok := byName(name)
		if !ok {
			t.Fatalf("there is no workload %s", name)
		}
		seen := map[string]int{}
		for seed := range uint64(3) {
			pairs(disturbed(t, seed, w), func(invoke, end history.Op) { seen[shape(invoke, end)]++ })
		}
		for _, s := range want {
			if seen[s] == 0 {
				t.Errorf("%s: never %q, only %v", name, s, seen)
			}
		}
	}
}

func TestTheRateIsAbout(t *testing.T) {
	for _, w := range workloads.All() {
		o := newTrial(t, 3, w)
		o.RunUntil(start)
		o.use(clients, stop, func(p host.Process, _ int) { o.env.Run(p) })
		var n int
		for _, op := range o.record.Ops() {
			if op.Process >= 0 && op.Type == history.Invoke {
				n++
			}
		}
		if rate := n / 30; rate < 55 || rate > 115 {
			t.Errorf("%s: %d operations a second, 100 were asked for", w.Name, rate)
		}
	}
}

func TestTheSameSeedGivesTheSameHistory(t *testing.T) {
	for _, w := range workloads.All() {
		o := newTrial(t, 1, w)
		if again := o.run(true); !reflect.DeepEqual(again, disturbed(t, 1, w)) {
			t.Errorf("%s: two runs of one seed differ", w.Name)
		}
	}
}

func TestProbeDoesNotReturnFromADeadService(t *testing.T) {
	for _, w := range workloads.All() {
		o := newTrial(t, 1, w)
		o.RunUntil(start)
		o.use(clients, start+5*time.Second, func(p host.Process, _ int) { o.env.Run(p) })
		o.Crash("n1")
		o.Crash("n2")
		if done := o.use(3, o.Now()+time.Minute, func(p host.Process, _ int) { o.env.Probe(p) }); done != 0 {
			t.Errorf("%s: %d probes came back from a cluster without a quorum", w.Name, done)
		}
	}
}
