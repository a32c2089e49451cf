package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/host"
)

// pair is two probes that can hear each other.
func pair(t *testing.T, seed uint64) (*World, *probe, *probe) {
	w := New(seed, Config{})
	return w, addProbe(t, w, "n1"), addProbe(t, w, "n2")
}

// sendMany sends n numbered datagrams, a millisecond apart.
func sendMany(w *World, from *probe, to host.Addr, n int) {
	for i := range n {
		from.h.Send(to, fmt.Appendf(nil, "%04d", i))
		run(w, time.Millisecond)
	}
	run(w, time.Second)
}

func TestDatagramsArriveOnceAndInOrder(t *testing.T) {
	w, a, b := pair(t, 1)
	for i := range 1000 { // all at once: latencies differ, order doesn't
		a.h.Send("n2", fmt.Appendf(nil, "%04d", i))
	}
	run(w, time.Second)
	if len(b.heard) != 1000 || !slices.IsSorted(b.heard) {
		t.Errorf("heard %d of 1000, in order: %v", len(b.heard), slices.IsSorted(b.heard))
	}
	a.h.Send("n99", nil)
	if w.Stats().Lost != 1 {
		t.Error("a message for no machine was not lost")
	}
}

func TestPoisonedMessages(t *testing.T) {
	w, a, b := pair(t, 1)
	w.Poison()
	payload := []byte("before")
	a.h.Send("n2", payload)
	if string(payload) == "before" {
		t.Error("what was sent is as it was")
	}
	copy(payload, "AFTER!")
	run(w, time.Second)
	if b.heard[0] != "before" {
		t.Errorf("the sender changed what arrived: %s", b.heard[0])
	}
}

func TestLinkFaultsBite(t *testing.T) {
	tests := []struct {
		name  string
		fault LinkFault
		check func(heard []string) bool
	}{
		{"none", LinkFault{}, func(h []string) bool { return len(h) == 500 && slices.IsSorted(h) }},
		{"loss", LinkFault{LossPPM: 300_000}, func(h []string) bool { return len(h) > 300 && len(h) < 400 }},
		{"all lost", LinkFault{LossPPM: million}, func(h []string) bool { return len(h) == 0 }},
		{"duplicates", LinkFault{DuplicatePPM: 300_000}, func(h []string) bool {
			return len(h) > 600 && len(h) < 700 && len(slices.Compact(slices.Sorted(slices.Values(h)))) == 500
		}},
		{"reordering", LinkFault{ReorderPPM: 300_000}, func(h []string) bool { return len(h) == 500 && !slices.IsSorted(h) }},
		{"corruption", LinkFault{CorruptPPM: 300_000}, func(h []string) bool {
			bad := 0
			for i, text := range h {
				if text != fmt.Sprintf("%04d", i) {
					bad++
				}
			}
			return len(h) == 500 && bad > 100 && bad < 200
		}},
		{"corruption of all", LinkFault{CorruptPPM: million, LossPPM: 100_000}, func(h []string) bool {
			return len(h) > 400 && len(h) < 500 && !slices.Contains(h, "0100")
		}},
		{"jitter", LinkFault{Jitter: 50 * time.Millisecond}, func(h []string) bool {
			return len(h) == 500 &&
				slices.IsSorted(h)
		}},
	}
	for _, tt := range tests {
		w, a, b := pair(t, 5)
		if tt.fault != (LinkFault{}) {
			must(t, w.SetLink("n1", "n2", tt.fault))
		}
		sendMany(w, a, "n2", 500)
		if !tt.check(b.heard) {
			t.Errorf("%s: heard %d, in order: %v", tt.name, len(b.heard), slices.IsSorted(b.heard))
		}
	}
}

// TestSlowLinkGetsBehindOnlySoFar: it carries what it can, what waits too long is lost, and nothing is late when it is
// over.
func TestSlowLinkGetsBehindOnlySoFar(t *testing.T) {
	w, a, b := pair(t, 1)
	must(t, w.SetLink("n1", "n2", LinkFault{BytesPerSecond: 1000}))
	for range 100 { // a hundred times a tenth of a second
		a.h.Send("n2", make([]byte, 100))
	}
	run(w, 500*time.Millisecond)
	if n := len(b.heard); n < 4 || n > 5 {
		t.Errorf("%d datagrams came in half a second", n)
	}
	run(w, time.Minute)
	if n := len(b.heard); n < 10 || n > 13 {
		t.Errorf("%d datagrams came, and a second's worth may wait", n)
	}
	a.h.Send("n2", make([]byte, 100_000)) // would take 100 s
	run(w, 1100*time.Millisecond)
	must(t, w.ClearLink("n1", "n2"))
	b.heard = nil
	a.h.Send("n2", []byte("quick"))
	run(w, time.Millisecond)
	expect(t, "on a sound link the program", b.heard, "quick")
	if w.SetLink("n1", "n2", LinkFault{BytesPerSecond: -1}) == nil {
		t.Error("a link carries less than nothing")
	}
}

func TestDelay(t *testing.T) {
	w, a, b := pair(t, 1)
	must(t, w.SetLink("n1", "n2", LinkFault{Delay: 300 * time.Millisecond}))
	a.h.Send("n2", nil)
	run(w, 299*time.Millisecond)
	if len(b.heard) != 0 {
		t.Error("it came too soon")
	}
	run(w, 10*time.Millisecond)
	if len(b.heard) != 1 {
		t.Error("it did not come")
	}
}

// TestMaskedFaultShiftsNothing takes one kind of fault away: what remains strikes the same messages as before.
func TestMaskedFaultShiftsNothing(t *testing.T) {
	lost := func(fault LinkFault) (missing []string) {
		w, a, b := pair(t, 9)
		must(t, w.SetLink("n1", "n2", fault))
		sendMany(w, a, "n2", 300)
		for i := range 300 {
			if text := fmt.Sprintf("%04d", i); !slices.Contains(b.heard, text) {
				missing = append(missing, text)
			}
		}
		return missing
	}
	alone := lost(LinkFault{LossPPM: 100_000})
	with := lost(LinkFault{LossPPM: 100_000, DuplicatePPM: 500_000, ReorderPPM: 500_000, Jitter: time.Second})
	if len(alone) == 0 || !slices.Equal(alone, with) {
		t.Errorf("lost with one fault: %v\nwith several: %v", alone, with)
	}
}

func TestCutIsOneWayAndLosesWhatIsUnderWay(t *testing.T) {
	w, a, b := pair(t, 1)
	a.h.Send("n2", []byte("under way"))
	must(t, w.Cut("n1", "n2"))
	a.h.Send("n2", []byte("cut"))
	b.h.Send("n1", []byte("back"))
	run(w, time.Second)
	must(t, w.Mend("n1", "n2"))
	a.h.Send("n2", []byte("mended"))
	run(w, time.Second)
	if !slices.Equal(b.heard, []string{"mended"}) || !slices.Equal(a.heard, []string{"back"}) {
		t.Errorf("heard %q and %q", a.heard, b.heard)
	}
}

func TestClogHoldsInOrder(t *testing.T) {
	w, a, b := pair(t, 1)
	a.h.Send("n2", []byte("1"))
	must(t, w.Clog("n1", "n2"))
	a.h.Send("n2", []byte("2"))
	run(w, time.Minute)
	if len(b.heard) != 0 {
		t.Fatalf("heard %q through a clog", b.heard)
	}
	must(t, w.Unclog("n1", "n2"))
	a.h.Send("n2", []byte("3"))
	run(w, time.Second)
	if !slices.Equal(b.heard, []string{"1", "2", "3"}) {
		t.Errorf("heard %q", b.heard)
	}
}

func TestLinkQueueHasABound(t *testing.T) {
	w := New(1, Config{Network: Network{Queue: 10}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	must(t, w.Clog("n1", "n2"))
	sendMany(w, a, "n2", 25)
	must(t, w.Unclog("n1", "n2"))
	run(w, time.Second)
	if len(b.heard) != 10 || w.Stats().Overflowed != 15 {
		t.Errorf("heard %d, %d overflowed", len(b.heard), w.Stats().Overflowed)
	}
	must(t, w.Pause("n2"))
	sendMany(w, a, "n2", 25)
	must(t, w.Resume("n2"))
	run(w, time.Second)
	if len(b.heard) != 20 {
		t.Errorf("heard %d after a pause, want 10 more", len(b.heard))
	}
	sendMany(w, a, "n2", 5)
	if len(b.heard) != 25 {
		t.Errorf("heard %d in the end: the bound counts what is gone", len(b.heard))
	}
}

func TestBytesTakeTime(t *testing.T) {
	w := New(1, Config{Network: Network{BytesPerSecond: 1_000_000}, CPU: CPU{PerKiB: -1}})
	a, b := addProbe(t, w, "n1"), addProbe(t, w, "n2")
	c := addProbe(t, w, "n3")
	a.h.Send("n3", make([]byte, 2_000_000))
	a.h.Send("n2", make([]byte, 1_000_000))
	run(w, 1990*time.Millisecond)
	if len(c.heard) != 0 {
		t.Error("two million bytes came in less than two seconds")
	}
	run(w, 20*time.Millisecond)
	if len(c.heard) != 1 || len(b.heard) != 0 {
		t.Error("one machine's messages did not queue for its network interface")
	}
	run(w, time.Second)
	if len(b.heard) != 1 {
		t.Error("the second message did not come")
	}
}

func TestVerbsSayWhyNot(t *testing.T) {
	w, _, _ := pair(t, 1)
	w.Spawn("c1", func(host.Process) {})
	run(w, time.Second)
	links := []func(a, b host.Addr) error{
		w.Cut, w.Mend, w.Clog, w.Unclog, w.ClearLink,
		func(a, b host.Addr) error { return w.SetLink(a, b, LinkFault{LossPPM: 1}) },
	}
	for i, verb := range links {
		if verb("n9", "n1") == nil || verb("n1", "n9") == nil {
			t.Errorf("verb %d for links worked on a machine that is not there", i)
		}
	}
	machines := []error{
		w.Crash("n9"), w.Restart("n9"), w.Pause("n9"), w.Resume("n9"), w.CrashInSync("n9", nil),
		w.DisarmCrashInSync("n9"), w.SetDrift("n9", 1), w.JumpWall("n9", 1), w.SetDisk("n9", DiskFault{}),
	}
	for i, err := range machines {
		if err == nil {
			t.Errorf("verb %d for machines worked on one that is not there", i)
		}
	}
	twice := map[string][2]error{
		"cut":     {w.Cut("n1", "n2"), w.Cut("n1", "n2")},
		"mend":    {w.Mend("n1", "n2"), w.Mend("n1", "n2")},
		"clog":    {w.Clog("n1", "n2"), w.Clog("n1", "n2")},
		"unclog":  {w.Unclog("n1", "n2"), w.Unclog("n1", "n2")},
		"clear":   {w.SetLink("n1", "n2", LinkFault{LossPPM: 5}), w.SetLink("n1", "n2", LinkFault{Delay: -1})},
		"cleared": {w.ClearLink("n1", "n2"), w.ClearLink("n1", "n2")},
		"drift":   {w.SetDrift("n1", 100), w.SetDrift("n1", -million)},
		"disk":    {w.SetDisk("n1", DiskFault{}), w.SetDisk("n1", DiskFault{SyncDelay: -1})},
		"pause":   {w.Pause("n1"), w.Pause("n1")},
		"resume":  {w.Resume("n1"), w.Resume("n1")},
		"sync":    {w.CrashInSync("n1", nil), w.CrashInSync("n1", nil)},
		"disarm":  {w.DisarmCrashInSync("n1"), w.DisarmCrashInSync("n1")},
		"crash":   {w.Crash("n1"), w.Crash("n1")},
		"restart": {w.Restart("n1"), w.Restart("n1")},
		"itself":  {nil, w.Cut("n1", "n1")},
		"client":  {w.Crash("c1"), w.Restart("c1")},
	}
	for name, errs := range twice {
		if errs[0] != nil || errs[1] == nil {
			t.Errorf("%s: first %v, then %v", name, errs[0], errs[1])
		}
	}
}

// TestUnclogLetsNothingOvertake has a message arrive at the very instant of the unclogging.
func TestUnclogLetsNothingOvertake(t *testing.T) {
	scenario := func(unclog time.Duration) (heard []string, last time.Duration) {
		w, a, b := pair(t, 1)
		b.receive = func(host.Addr, []byte) { last = w.Now() }
		if unclog > 0 {
			must(t, w.Clog("n1", "n2"))
			w.At(unclog, func() { must(t, w.Unclog("n1", "n2")) })
		}
		a.h.Send("n2", []byte("1"))
		run(w, time.Second)
		a.h.Send("n2", []byte("2"))
		run(w, time.Second)
		return b.heard, last
	}
	_, arrival := scenario(0)
	heard, _ := scenario(arrival)
	expect(t, "n2", heard, "1", "2")
}
