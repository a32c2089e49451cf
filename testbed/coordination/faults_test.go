package coordination

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
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// TestDamagedServersRefuseToStart: what is wrong on a disk is found by a server's checksums, and it serves nothing of
// it. Often: some damage is in what no start reads again.
func TestDamagedServersRefuseToStart(t *testing.T) {
	for _, kind := range []nemesis.Kind{nemesis.Rot, nemesis.Misdirect} {
		found := 0
		for seed := range uint64(6) {
			p := playPlan(t, short(seed, "register"), fmt.Sprintf("at 8s for 2s %s n2; at 12s for 2s %s n1,n3", kind,
				kind))
			for _, s := range p.servers() {
				found += p.stops(s, refusesDamage)
			}
		}
		if found < 6 {
			t.Errorf("%s: of 18 damaged disks the servers found %d", kind, found)
		}
	}
}

// TestDamageThatIsNotThereIsAFinding: a server that would not start on a sound disk is one that forgets. The trial is
// the same with refusals that nothing excuses.
func TestDamageThatIsNotThereIsAFinding(t *testing.T) {
	one := short(1, "register")
	const plan = "at 8s for 2s rot n1,n2,n3"
	p := playPlan(t, one, plan)
	refused := 0
	for _, s := range p.servers() {
		refused += p.stops(s, refusesDamage)
	}
	if refused == 0 {
		t.Skip("this seed's damage is where no server reads")
	}
	one.Plan = mustPlan(t, plan)
	unexcused := mustRun(t, begunBy(one, func(_ *instance, described *trial.Instance) {
		described.Refuses = func(error) bool { return false }
	}))
	if s := unexcused.Summary; s.Outcome != play.Invalid || s.Checker != "servers" || !strings.Contains(s.Reason,
		"is damaged at offset") {
		t.Errorf("%s: %s: %s", s.Outcome, s.Checker, s.Reason)
	}
}

// refusesDamage says of a server that would not start because of what lies on its disk.
func refusesDamage(s sim.Stop) bool {
	var damage *wal.Damage
	return s.Boot && errors.As(s.Reason, &damage)
}

func TestServersStopOnAFullDiskAndOnOneThatCannotBeRead(t *testing.T) {
	p := playPlan(t, short(2, "queue"), "at 3s for 2s full-disk leader,n1; at 8s for 3s fail-read n3")
	full := p.stops("n1", func(s sim.Stop) bool { return !s.Boot && errors.Is(s.Reason, sim.ErrFull) })
	unread := p.stops("n3", func(s sim.Stop) bool { return s.Boot && errors.Is(s.Reason, sim.ErrDisk) })
	if full != 1 || unread != 1 || p.stage.World.Stats().Full == 0 || p.stage.World.Stats().ReadErrors == 0 {
		t.Errorf("n1 stopped %d times since its disk was full, n3 %d times since it could not be read", full, unread)
	}
}

// TestCorruptMessagesAreCaught: with wrong bits on every link the service goes on, and no server believes them.
func TestCorruptMessagesAreCaught(t *testing.T) {
	dropped := uint64(0)
	p := playPlan(t, short(3, "tree"), "at 2s for 10s corrupt 5% all with-clients", func(p *instance,
		_ *trial.Instance) {
		p.stage.World.At(15*time.Second, func() {
			for _, s := range p.stage.Machines.Servers() {
				dropped += p.operator.node(s).Stats().PeersCorrupt
			}
		})
	})
	if stats := p.stage.World.Stats(); dropped < 50 || stats.Broken == 0 {
		t.Errorf("%d messages were dropped of %d that were wrong, and %d connections broke", dropped, stats.Corrupted,
			stats.Broken)
	}
}

func TestSlowLinksMakeTheServiceSlow(t *testing.T) {
	at := func(plan string) int { return playPlan(t, short(4, "register"), plan).result.Summary.Operations }
	sound, slow := at("at 19s jump n1 1ms"), at("at 1s for 18s slow-link 20kbit all with-clients")
	if slow > sound*9/10 {
		t.Errorf("%d operations on sound links, and %d on slow ones", sound, slow)
	}
}

// TestClientsCrash: what a client had under way is unknown, and another goes on in its place.
func TestClientsCrash(t *testing.T) {
	for _, workload := range Service().DefaultWorkloads("") {
		p := playPlan(t, short(5, workload), "at 2500ms for 1s pause all; at 3s for 1s crash clients; "+
			"at 8s for 3s crash client; at 14s for 5s pause client")
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
		if next := p.leads(at, at+250*time.Millisecond); len(next) != 1 {
			t.Errorf("after %v these began to lead at once: %v", at, next)
		}
	}
	killed := playPlan(t, short(6, "register"), "at 5s for 2s kill leader")
	if next := killed.leads(5*time.Second, 5*time.Second+250*time.Millisecond); len(next) != 0 {
		t.Errorf("after a kill %v led at once", next)
	}
}

func TestSnapshotsAreForced(t *testing.T) {
	saved := func(plan string) map[int64]bool {
		zxids := make(map[int64]bool)
		playPlan(t, short(8, "register"), plan, watching(func(p *instance, m host.Addr) {
			if n := p.operator.node(m); n != nil && m == "n2" {
				zxids[n.NewestSnapshot().Zxid] = true
			}
		}))
		return zxids
	}
	few, many := len(saved("at 19s jump n1 1ms")), len(saved("at 2s for 10s snapshot n2 every 50ms"))
	if many < few+100 {
		t.Errorf("%d snapshots by themselves, and %d when they are forced", few, many)
	}
}

// TestAimsByState: the fault falls where the state of the service is what it was to be.
func TestAimsByState(t *testing.T) {
	p := playPlan(t, short(9, "lock"), "at 3s for 1s crash leader-appended; at 8s for 2s kill holder; "+
		"at 12s for 2s kill keeps-quorum")
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

// TestHoldersAreWhoHolds compares what the operator says with the server's own connections.
func TestHoldersAreWhoHolds(t *testing.T) {
	seen, there := 0, 0
	playPlan(t, short(10, "lock"), "at 19s jump n1 1ms", func(p *instance, _ *trial.Instance) {
		for at := 2 * time.Second; at < 15*time.Second; at += 100 * time.Millisecond {
			p.stage.World.At(at, func() {
				for _, s := range p.operator.Holders() {
					seen++
					if n := p.operator.node(s); n != nil && n.Status().Connections > 0 {
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
