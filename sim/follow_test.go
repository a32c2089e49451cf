package sim

import (
	"testing"
	"time"

	"ordeal/host"
)

// TestFollowingChangesNothing: datagrams and jobs of disks are told, and the trace is the same.
func TestFollowingChangesNothing(t *testing.T) {
	followed, alone := counters(1), counters(1)
	var left, arrived, jobs int
	underWay := make(map[*byte]Departure)
	followed.Departures(func(d *Departure) {
		left++
		if d.Due < d.At {
			t.Errorf("a datagram leaves at %v and is due at %v", d.At, d.Due)
		}
		underWay[&d.Payload[0]] = *d
	})
	followed.Overhear(func(from, to host.Addr, payload []byte) {
		arrived++
		d := underWay[&payload[0]]
		// A program that is busy is handed it later than it arrives.
		if d.From != from || d.To != to || followed.Now() < d.Due {
			t.Errorf("from %s to %s at %v; what left: %+v", from, to, followed.Now(), d)
		}
	})
	followed.Jobs(func(j DiskJob) {
		jobs++
		if j.To <= j.From || j.Syncs == 0 || j.Err != nil || j.Machine == "" {
			t.Errorf("%+v", j)
		}
	})
	run(followed, 200*time.Millisecond)
	run(alone, 200*time.Millisecond)
	if followed.TraceHash() != alone.TraceHash() {
		t.Error("following changed the trace")
	}
	if left < 50 || arrived < 50 || arrived > left || jobs < 50 {
		t.Errorf("%d datagrams left, %d arrived, %d jobs", left, arrived, jobs)
	}
}

// TestLostDatagramsAreTold: what a cut loses at once has no time at which it is due, and one that arrives twice is told
// twice.
func TestLostDatagramsAreTold(t *testing.T) {
	w, a, _ := pair(t, 1)
	var all []Departure
	w.Departures(func(d *Departure) { all = append(all, *d) })
	if err := w.Cut("n1", "n2"); err != nil {
		t.Fatal(err)
	}
	sendMany(w, a, "n2", 1)
	if err := w.Mend("n1", "n2"); err != nil {
		t.Fatal(err)
	}
	if err := w.SetLink("n1", "n2", LinkFault{DuplicatePPM: 1_000_000}); err != nil {
		t.Fatal(err)
	}
	sendMany(w, a, "n2", 1)
	if len(all) != 3 || all[0].Due >= 0 || all[1].Due < all[1].At || all[2].Due < all[1].Due || all[2].At != all[1].At {
		t.Errorf("%+v", all)
	}
}

// TestDeparturesSayWhatWentWrong: a datagram whose bits are flipped on the way is told as such, and no other is.
func TestDeparturesSayWhatWentWrong(t *testing.T) {
	w, a, _ := pair(t, 1)
	var all []Departure
	w.Departures(func(d *Departure) { all = append(all, *d) })
	for _, ppm := range []uint32{0, million} {
		if err := w.SetLink("n1", "n2", LinkFault{CorruptPPM: ppm}); err != nil {
			t.Fatal(err)
		}
		sendMany(w, a, "n2", 1)
	}
	if len(all) != 2 || all[0].Garbled || !all[1].Garbled || all[0].Link != all[1].Link {
		t.Errorf("%+v", all)
	}
}
