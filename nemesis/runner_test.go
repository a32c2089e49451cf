package nemesis

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// TestRunner holds what the world feels and what is reported, step by step. Arguments of a script: servers, clients,
// leader, nofailpoints, merciless, spring=(n1,2s) for a trap or failing disk that does its work then, stop=(n1,2s)
// for a machine that goes down by no fault, heal=(30s,n1,n2), append=(n1,2s) for a leader that then appends something,
// holders=(n1,n2), observers=(n3), come=(17,2s) for a world that then comes to the 17th of everything.
func TestRunner(t *testing.T) {
	datadriven.Walk(t, "testdata/runner", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			return script(t, d)
		})
	})
}

func script(t *testing.T, d *datadriven.TestData) string {
	servers, clients, leader := 3, 0, "n1"
	d.MaybeScanArgs(t, "servers", &servers)
	d.MaybeScanArgs(t, "clients", &clients)
	d.MaybeScanArgs(t, "leader", &leader)
	w := newFake(t, servers, clients)
	w.leader = addrOf(strings.TrimPrefix(leader, "none"))
	w.failpoints = !d.HasArg("nofailpoints")

	var out strings.Builder
	flush := func() {
		if verbs := w.takeVerbs(); verbs != "" {
			fmt.Fprintf(&out, "    %s\n", verbs)
		}
	}
	policy := Merciful
	if d.HasArg("merciless") {
		policy = Merciless
	}
	r := Run(w, mustParse(t, d.Input), policy, seeded(1), func(e Event) {
		flush()
		fmt.Fprintln(&out, e)
	})
	for _, arg := range d.CmdArgs {
		switch arg.Key {
		case "spring":
			w.At(duration(t, arg.Vals[1]), func() { w.spring(addrOf(arg.Vals[0])) })
		case "append":
			w.At(duration(t, arg.Vals[1]), func() { w.append(addrOf(arg.Vals[0])) })
		case "come":
			n, err := strconv.Atoi(arg.Vals[0])
			if err != nil {
				t.Fatal(err)
			}
			w.At(duration(t, arg.Vals[1]), func() { w.come(n) })
		case "observers":
			w.observers = addrsOf(arg.Vals)
		case "holders":
			w.holders = addrsOf(arg.Vals)
		case "stop":
			w.At(duration(t, arg.Vals[1]), func() { w.stop(addrOf(arg.Vals[0])) })
		case "heal":
			w.At(duration(t, arg.Vals[0]), func() {
				flush()
				fmt.Fprintf(&out, "heal %s\n", strings.Join(arg.Vals[1:], " "))
				r.Heal(addrsOf(arg.Vals[1:])...)
			})
		}
	}
	w.runTo(time.Hour, flush)
	for _, e := range r.Unfired() {
		fmt.Fprintf(&out, "unfired: %d %s\n", e.Step, e.Type)
	}
	if damage := w.damage(); len(damage) > 0 {
		fmt.Fprintf(&out, "left: %s\n", strings.Join(damage, ", "))
	}
	return out.String()
}

// TestAStepDrawsTheSameWithoutTheOthers takes steps out of plans, and shortens them: what is left resolves to the same
// machines.
func TestAStepDrawsTheSameWithoutTheOthers(t *testing.T) {
	plan := mustParse(t, `
		at 1s for 1s partition halves
		at 3s for 1s crash minority
		at 5s for 1s partition isolate one
		at 5s for 1s partition isolate one
		at 7s for 1s drift one +10ppm
		at 9s for 1s partition ring with-clients`)
	fired := func(plan Plan, seed uint64) map[string]string {
		w, seen := newFake(t, 7, 3), map[string]string{}
		Run(w, plan, Merciful, seeded(seed), func(e Event) {
			if e.Type == Fired {
				text := Step{At: e.Time, Fault: e.Fault}.String()
				seen[text] = fmt.Sprint(seen[text], e.Detail, e.Machines, e.Ways)
			}
		})
		w.runTo(time.Minute, nil)
		return seen
	}
	differ, twins := 0, 0
	for seed := range uint64(20) {
		whole := fired(plan, seed)
		for i := range plan {
			if i == 2 || i == 3 { // twins: together they are the same, whichever is taken
				continue
			}
			shorter := append(Plan{}, plan...)
			shorter[i].For /= 2
			less := append(append(Plan{}, plan[:i]...), plan[i+1:]...)
			for _, cut := range []Plan{shorter, less} {
				for text, got := range fired(cut, seed) {
					if whole[text] != got {
						t.Errorf("seed %d without step %d: %s hits %s, not %s", seed, i, text, got, whole[text])
					}
				}
			}
		}
		both := whole["at 5s partition isolate one"]
		if both == "" {
			t.Fatalf("no twins in %v", whole)
		}
		if both[:len(both)/2] != both[len(both)/2:] {
			twins++
		}
		if fmt.Sprint(whole) != fmt.Sprint(fired(plan, seed+100)) {
			differ++
		}
	}
	if twins < 10 {
		t.Errorf("two equal steps at one instant differ with only %d of 20 seeds", twins)
	}
	if differ < 19 {
		t.Errorf("only %d of 20 seeds differ from another", differ)
	}
}
