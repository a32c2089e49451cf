package clients_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

func TestATrialThatFollowsItsScriptIsTheSame(t *testing.T) {
	drawn := newTrial(t, clients.Config{})
	drawn.run(3, stop+time.Minute)
	script := drawn.group.Script()
	if n := script.Turns(); n < 100 || len(script) != 3 {
		t.Fatalf("%d clients took %d turns", len(script), n)
	}
	read, err := clients.ParseScript(script.String(), 3)
	if err != nil {
		t.Fatal(err)
	}
	follows := newTrial(t, clients.Config{Script: read})
	follows.run(3, stop+time.Minute)
	if !reflect.DeepEqual(follows.record.Ops(), drawn.record.Ops()) {
		t.Errorf("the histories differ: %d events and %d", len(follows.record.Ops()), len(drawn.record.Ops()))
	}
	if got := follows.group.Script(); !reflect.DeepEqual(got, script) {
		t.Errorf("the script of a trial that follows one is another one")
	}
}

func TestTurnsLeftOutChangeNothingInTheOthers(t *testing.T) {
	whole := newTrial(t, clients.Config{})
	whole.run(3, stop+time.Minute)
	odd := func(client int, turn clients.Turn) bool { return client != 2 && turn.N%2 == 1 }
	script := whole.group.Script().Filter(odd)
	for i := range script[0].Turns {
		script[0].Turns[i].Ops = []int{2}
	}
	part := newTrial(t, clients.Config{Script: script})
	part.run(3, stop+time.Minute)

	want := map[[3]int]string{}
	for at, what := range whole.asked() {
		client, turn, op := at[0], at[1], at[2]
		if odd(client, clients.Turn{N: turn}) && (client != 1 || op == 2) {
			want[at] = what
		}
	}
	if got := part.asked(); len(want) < 50 || !reflect.DeepEqual(got, want) {
		t.Errorf("asked for was\n%v\nand should be\n%v", got, want)
	}
}

func TestAScriptsClientsKeepTheirNumbers(t *testing.T) {
	script, err := clients.ParseScript("c3 2@1s 7@2s; c1", 3)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, clients.Config{Script: script})
	o.run(2, stop+time.Minute)
	var turns []int
	earliest := map[int]time.Duration{2: time.Second, 7: 2 * time.Second}
	for _, call := range o.group.Calls() {
		if began := o.record.Ops()[call.Event].Time; call.Client != 3 || began < earliest[call.Turn] {
			t.Errorf("client %d began turn %d at %v", call.Client, call.Turn, began)
		}
		turns = append(turns, call.Turn)
	}
	if turns = slices.Compact(turns); !slices.Equal(turns, []int{2, 7}) {
		t.Errorf("the turns %v were taken", turns)
	}
	if got := o.group.Script().String(); got != script.String() {
		t.Errorf("%q was followed as %q", script, got)
	}
}

func TestACrashInMidOperationIsRecorded(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.mute["n1"], o.mute["n2"] = true, true
	o.At(time.Second, func() { o.Crash("c1") })
	o.run(1, 2*time.Second)
	ops := o.record.Ops()
	if len(ops) != 2 || ops[1].Type != history.Info || ops[1].Error != "the client crashed" {
		t.Fatalf("the history is %v", ops)
	}
	if ops[1].Time != time.Second || !reflect.DeepEqual(ops[1].Value, ops[0].Value) || ops[1].Key != "x" {
		t.Errorf("%v was recorded of %v", ops[1], ops[0])
	}
}

func TestAgainGoesOnBehindTheLastTurn(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.At(3*time.Second, func() { o.mute["n1"], o.mute["n2"] = true, true })
	o.At(4*time.Second, func() { o.Crash("c1") })
	o.run(2, 4500*time.Millisecond)
	before := len(o.group.Calls())
	reached := o.group.Script()[0].Turns
	o.mute["n1"], o.mute["n2"] = false, false
	o.Spawn("c1", o.group.Again)
	o.until(stop + time.Minute)

	first := slices.IndexFunc(o.group.Calls()[before:], func(call clients.Call) bool { return call.Client == 1 })
	if first < 0 {
		t.Fatal("the client did nothing any more")
	}
	if n := o.group.Calls()[before+first].Turn; n != len(reached)+1 {
		t.Errorf("the client had begun turn %d and goes on with turn %d", len(reached), n)
	}
	turns := o.group.Script()[0].Turns
	for i, turn := range turns {
		if turn.N != i+1 || i > 0 && turn.At < turns[i-1].At {
			t.Fatalf("turn %d of the client is %v, after %v", i+1, turn, turns[max(i-1, 0)])
		}
	}
	if len(o.group.Script()) != 2 || len(turns) < 2*len(reached) {
		t.Errorf("of %d clients the first took %d turns, %d of them before it crashed",
			len(o.group.Script()), len(turns), len(reached))
	}
}

func TestAgainFollowsTheRestOfAScript(t *testing.T) {
	script, err := clients.ParseScript("c1 1@1s 2@2s 3@5s 4@6s", 1)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, clients.Config{Script: script})
	o.run(1, 3*time.Second)
	o.Crash("c1")
	o.until(4 * time.Second)
	o.Spawn("c1", o.group.Again)
	o.until(stop + time.Minute)
	began := map[int][]time.Duration{}
	for _, call := range o.group.Calls() {
		if call.Op == 1 {
			at := o.record.Ops()[call.Event].Time
			began[call.Turn] = append(began[call.Turn], at.Truncate(time.Second))
		}
	}
	want := map[int][]time.Duration{1: {time.Second}, 2: {2 * time.Second}, 3: {5 * time.Second}, 4: {6 * time.Second}}
	if !reflect.DeepEqual(began, want) {
		t.Errorf("the turns began at %v, want %v", began, want)
	}
}

// Who has taken the last turn of a script waits for Stop, and not for as long again.
func TestAClientOfAScriptEndsAtStop(t *testing.T) {
	script, err := clients.ParseScript("c1 1@1s", 1)
	if err != nil {
		t.Fatal(err)
	}
	o := newTrial(t, clients.Config{Script: script})
	ended := false
	o.Spawn("c1", func(p host.Process) { o.group.Run(p); ended = true })
	if o.until(stop); ended {
		t.Error("it has ended before Stop")
	}
	if o.until(stop + 4*time.Second); !ended {
		t.Error("it has not ended 4 s behind Stop")
	}
}

func TestAgainWhereThereWasNoClientIsRun(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.Spawn("c1", o.group.Again)
	o.until(stop + time.Minute)
	if s := o.group.Script(); len(s) != 1 || s[0].Client != 1 || len(s[0].Turns) == 0 {
		t.Errorf("the script is %q", s)
	}
}

// No process goes on after an info: the recorder would panic. Here many operations end unknown.
func TestAClientGoesOnAsAnotherProcess(t *testing.T) {
	o := newTrial(t, clients.Config{Patience: 200 * time.Millisecond})
	for i := range 20 { // n1 and n2 are mute in turn
		o.At(time.Duration(i)*stop/20, func() { o.mute["n1"], o.mute["n2"] = i%2 == 0, i%2 == 1 })
	}
	o.run(4, stop+time.Minute)
	infos, oks := 0, 0
	for _, op := range o.record.Ops() {
		switch op.Type {
		case history.Info:
			infos++
		case history.OK:
			oks++
		}
	}
	if infos < 20 || oks < 20 || o.group.Processes() != 4+infos {
		t.Errorf("%d infos, %d oks and %d processes of 4 clients", infos, oks, o.group.Processes())
	}
}

func TestTheRateIsAbout(t *testing.T) {
	o := newTrial(t, clients.Config{Clients: 5, Rate: 50})
	o.run(5, stop+time.Minute)
	if n := len(o.group.Calls()); n < 400 || n > 550 {
		t.Errorf("%d operations in 10 s, at a rate of 50 a second", n)
	}
	if last := o.record.Ops()[len(o.record.Ops())-1].Time; last > stop+time.Second {
		t.Errorf("the last event is at %v, and the clients stop at %v", last, stop)
	}
}

// A client that asked for hundreds in a turn rested for as long as a hundred turns would have taken, far behind Stop.
func TestAClientThatAskedForMuchRestsLikeOthers(t *testing.T) {
	for _, rate := range []int{1, 10} {
		o := newTrial(t, clients.Config{Clients: 2, Rate: rate})
		o.bursts = 300
		ended := 0
		for _, name := range []host.Addr{"c1", "c2"} {
			o.Spawn(name, func(p host.Process) { o.group.Run(p); ended++ })
		}
		if o.until(stop + 4*time.Second); ended != 2 {
			t.Errorf("rate %d: %d of 2 clients have ended 4 s behind Stop", rate, ended)
		}
	}
}

func TestStopComesEarly(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.At(3*time.Second, o.group.Stop)
	o.run(2, stop)
	ops := o.record.Ops()
	if last := ops[len(ops)-1].Time; last < 2*time.Second || last > 4*time.Second {
		t.Errorf("the last event is at %v, after a stop at 3 s", last)
	}
}

func TestProbeReturnsWhenTheServiceServes(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.until(time.Second)
	o.Crash("n1")
	o.Crash("n2")
	done := 0
	for _, name := range []host.Addr{"p1", "p2"} {
		o.Spawn(name, func(p host.Process) { o.group.Probe(p); done++ })
	}
	o.until(time.Minute)
	if done != 0 {
		t.Fatalf("%d probes returned from a service that is down", done)
	}
	o.Restart("n2")
	o.until(time.Minute + 5*time.Second)
	if done != 2 {
		t.Errorf("%d probes of 2 returned when the service was back", done)
	}
	if len(o.group.Calls()) != 0 || len(o.group.Script()) != 0 {
		t.Errorf("probes are in the script %q", o.group.Script())
	}
}

func TestDrainLooksAtEverything(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.until(time.Second)
	for i, name := range []host.Addr{"d1", "d2"} {
		o.Spawn(name, func(p host.Process) { o.group.Drain(p, i, 2) })
	}
	o.until(time.Minute)
	slices.Sort(o.drained)
	if !slices.Equal(o.drained, []string{"a", "b", "c"}) {
		t.Errorf("the shares %v were drained", o.drained)
	}
}

func TestCallsNameTheServer(t *testing.T) {
	o := newTrial(t, clients.Config{})
	o.At(5*time.Second, func() { o.Crash("n1") })
	o.run(4, stop+time.Minute)
	seen := map[host.Addr]bool{}
	for _, call := range o.group.Calls() {
		if o.record.Ops()[call.Event].Time > 6*time.Second && call.Server != "n2" {
			t.Errorf("%+v names a server that is down", call)
		}
		seen[call.Server] = true
	}
	if !seen["n1"] || !seen["n2"] || len(seen) != 2 {
		t.Errorf("calls name the servers %v", seen)
	}
}

// TestAgainDrawsOtherSessions holds that a client that begins anew has no session in common with the one before, even
// those that its behaviour begins with: a service may know its clients by what they drew.
func TestAgainDrawsOtherSessions(t *testing.T) {
	o := newTrial(t, clients.Config{})
	var drawn []uint64
	cfg := clients.Config{Record: o.record, Now: o.Now, Stop: stop}
	group := clients.New(cfg, func(c *clients.Client) clients.Behaviour {
		drawn = append(drawn, c.NextSession().Rand().Uint64())
		return user{clients.NewAsker(c, servers), &o.drained, 0}
	})
	o.Spawn("c1", group.Run)
	o.until(time.Second)
	o.Crash("c1")
	o.Spawn("c1", group.Again)
	o.until(2 * time.Second)
	if len(drawn) != 2 || drawn[0] == drawn[1] {
		t.Errorf("the client drew %v for its sessions, before and after its crash", drawn)
	}
}
