package ordeal

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/wal"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/sim"
)

// planned is a trial of a plan that was written, played to its end.
type planned struct {
	*play
	result Result
}

func playPlan(t *testing.T, trial Trial, plan string, begin ...func(*play)) planned {
	t.Helper()
	trial.Plan = mustPlan(t, plan)
	var p planned
	var err error
	p.result, err = runTrial(trial, func(of *play) {
		p.play = of
		for _, f := range begin {
			f(of)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.result.Summary.Outcome != OutcomeValid {
		t.Errorf("%s", p.result.Summary.Text)
	}
	return p
}

func mustPlan(t *testing.T, text string) nemesis.Plan {
	t.Helper()
	plan, err := ParsePlan("plan", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// stops counts the stops of a server that a reason holds for.
func (p planned) stops(m host.Addr, is func(sim.Stop) bool) (n int) {
	for _, s := range p.world.Stops() {
		if s.Machine == m && is(s) {
			n++
		}
	}
	return n
}

// infos counts the operations that ended unknown with such an error.
func (p planned) infos(what string) (n int) {
	for _, op := range p.result.History {
		if strings.Contains(op.Error, what) {
			n++
		}
	}
	return n
}

// leads are the machines that led, one after another, between two instants.
func (p planned) leads(from, to time.Duration) (machines []host.Addr) {
	for _, l := range p.result.Leaders {
		if l.From >= from && l.From <= to {
			machines = append(machines, l.Machine)
		}
	}
	return machines
}

// TestDamagedServersRefuseToStart: what is wrong on a disk is found by a server's checksums, and it serves nothing of it.
// Often: some damage is in what no start reads again.
func TestDamagedServersRefuseToStart(t *testing.T) {
	for _, kind := range []nemesis.Kind{nemesis.Rot, nemesis.Misdirect} {
		found := 0
		for seed := range uint64(6) {
			p := playPlan(t, short(seed, "register"), fmt.Sprintf("at 8s for 2s %s n2; at 12s for 2s %s n1,n3", kind, kind))
			for _, s := range p.ground.servers {
				found += p.stops(s, func(s sim.Stop) bool {
					var damage *wal.Damage
					return s.Boot && errors.As(s.Reason, &damage)
				})
			}
		}
		if found < 6 {
			t.Errorf("%s: of 18 damaged disks the servers found %d", kind, found)
		}
	}
}

// TestDamageThatIsNotThereIsAFinding: a server that would not start on a sound disk is one that forgets.
func TestDamageThatIsNotThereIsAFinding(t *testing.T) {
	p := playPlan(t, short(1, "register"), "at 8s for 2s rot n1,n2,n3")
	if len(p.ground.detected) == 0 {
		t.Skip("this seed's damage is where nobody reads")
	}
	p.ground.detected = nil
	if v := p.judgeStops(); v.Outcome.String() != OutcomeInvalid || !strings.Contains(v.Reason, "is damaged at offset") {
		t.Errorf("%v: %s", v.Outcome, v.Reason)
	}
}

func TestServersStopOnAFullDiskAndOnOneThatCannotBeRead(t *testing.T) {
	p := playPlan(t, short(2, "queue"), "at 3s for 2s full-disk leader,n1; at 8s for 3s fail-read n3")
	full := p.stops("n1", func(s sim.Stop) bool { return !s.Boot && errors.Is(s.Reason, sim.ErrFull) })
	unread := p.stops("n3", func(s sim.Stop) bool { return s.Boot && errors.Is(s.Reason, sim.ErrDisk) })
	if full != 1 || unread != 1 || p.world.Stats().Full == 0 || p.world.Stats().ReadErrors == 0 {
		t.Errorf("n1 stopped %d times since its disk was full, n3 %d times since it could not be read", full, unread)
	}
}

// TestCorruptMessagesAreCaught: with wrong bits on every link the service goes on, and no server believes them.
func TestCorruptMessagesAreCaught(t *testing.T) {
	dropped := uint64(0)
	p := playPlan(t, short(3, "tree"), "at 2s for 10s corrupt 5% all with-clients", func(p *play) {
		p.world.At(15*time.Second, func() {
			for _, s := range p.ground.servers {
				dropped += p.ground.node(s).Stats().PeersCorrupt
			}
		})
	})
	if stats := p.world.Stats(); dropped < 50 || stats.Broken == 0 {
		t.Errorf("%d messages were dropped of %d that were wrong, and %d connections broke", dropped, stats.Corrupted, stats.Broken)
	}
}

func TestSlowLinksMakeTheServiceSlow(t *testing.T) {
	at := func(plan string) int { return playPlan(t, short(4, "register"), plan).result.Summary.Operations }
	if sound, slow := at("at 19s jump n1 1ms"), at("at 1s for 18s slow-link 20kbit all with-clients"); slow > sound*9/10 {
		t.Errorf("%d operations on sound links, and %d on slow ones", sound, slow)
	}
}

// TestClientsCrash: what a client had under way is unknown, and another goes on in its place.
func TestClientsCrash(t *testing.T) {
	for _, workload := range Workloads() {
		p := playPlan(t, short(5, workload), "at 2500ms for 1s pause all; at 3s for 1s crash clients; at 8s for 3s crash client; at 14s for 5s pause client")
		if n := p.infos("the client crashed"); n == 0 && workload != "tree" {
			t.Errorf("%s: no operation was under way", workload)
		}
		after := 0
		for _, op := range p.result.History {
			if op.Time > 5*time.Second && op.Process >= 0 {
				after++
			}
		}
		if after < 100 {
			t.Errorf("%s: %d events after all clients had crashed", workload, after)
		}
	}
}

// TestAnOrderlyEndHandsOver: another leads at once, and no election's timeout has passed.
func TestAnOrderlyEndHandsOver(t *testing.T) {
	p := playPlan(t, short(6, "register"), "at 5s for 2s stop leader; at 10s transfer follower")
	for _, at := range []time.Duration{5 * time.Second, 10 * time.Second} {
		if next := p.leads(at, at+tickTime/2); len(next) != 1 {
			t.Errorf("after %v these began to lead at once: %v", at, next)
		}
	}
	killed := playPlan(t, short(6, "register"), "at 5s for 2s kill leader")
	if next := killed.leads(5*time.Second, 5*time.Second+tickTime/2); len(next) != 0 {
		t.Errorf("after a kill %v led at once", next)
	}
}

func TestSnapshotsAreForced(t *testing.T) {
	saved := func(plan string) map[int64]bool {
		zxids := make(map[int64]bool)
		playPlan(t, short(8, "register"), plan, func(p *play) {
			p.world.Observe(func(m host.Addr, _ host.Program) {
				if n := p.ground.node(m); n != nil && m == "n2" {
					zxids[n.NewestSnapshot().Zxid] = true
				}
			})
		})
		return zxids
	}
	if few, many := len(saved("at 19s jump n1 1ms")), len(saved("at 2s for 10s snapshot n2 every 50ms")); many < few+100 {
		t.Errorf("%d snapshots by themselves, and %d when they are forced", few, many)
	}
}

// TestAimsByState: the fault falls where the state of the service is what it was to be.
func TestAimsByState(t *testing.T) {
	p := playPlan(t, short(9, "lock"), "at 3s for 1s crash leader-appended; at 8s for 2s kill holder; at 12s for 2s kill keeps-quorum")
	for _, e := range p.result.Faults {
		if e.Type != nemesis.Fired {
			continue
		}
		switch e.Step {
		case 0:
			led := false
			for _, l := range p.result.Leaders {
				led = led || l.Machine == e.Machines[0] && l.From < e.Time && (l.To < 0 || l.To >= e.Time)
			}
			if !led {
				t.Errorf("%s did not lead at %v", e.Machines[0], e.Time)
			}
		case 2:
			if len(e.Machines) != 1 {
				t.Errorf("of three, %v can go", e.Machines)
			}
		}
	}
	if len(p.result.Faults) != 6 {
		t.Errorf("events: %v", p.result.Faults)
	}
}

// TestHoldersAreWhoHolds compares what the ground says with the server's own connections.
func TestHoldersAreWhoHolds(t *testing.T) {
	seen, there := 0, 0
	playPlan(t, short(10, "lock"), "at 19s jump n1 1ms", func(p *play) {
		for at := 2 * time.Second; at < 15*time.Second; at += 100 * time.Millisecond {
			p.world.At(at, func() {
				for _, s := range p.ground.Holders() {
					seen++
					if n := p.ground.node(s); n != nil && n.Status().Connections > 0 {
						there++
					}
				}
			})
		}
	})
	if seen < 100 || there < seen/2 { // a holder may have lost its connection: that is one of the workload's manners
		t.Errorf("%d holders were seen, and at the servers of %d was a connection at all", seen, there)
	}
}
