package real

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/testbed/real/loop"
)

// TestAMachineThatIsTooBusy has a server wait for a processor, as Linux tells it of its threads, and then nothing that
// it does too late is held against it.
func TestAMachineThatIsTooBusy(t *testing.T) {
	dir := t.TempDir()
	waited := func(thread int, d time.Duration) {
		name := filepath.Join(dir, fmt.Sprint(thread), "schedstat")
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(fmt.Sprintf("123456789 %d 77\n", d)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l := loop.New(func() time.Duration { return 0 })
	r := &running{loop: l, cluster: &cluster{}, starved: starved{before: make(map[string]time.Duration)}}
	r.over.Store(true)
	look := func() { r.starved.look("n2", filepath.Join(dir, "*", "schedstat")) }
	waited(1, time.Hour) // before anyone looked
	waited(2, 0)
	look()
	waited(1, time.Hour+starvedMax)
	waited(2, starvedMax/2)
	look()
	if r.busy() || r.worst() != checker.Invalid || r.judge()[1].Outcome != checker.Valid {
		t.Errorf("too busy, and the longest wait was %v", r.starved.longest)
	}
	waited(2, 2*starvedMax)
	look()
	machine := r.judge()[1]
	if !r.busy() || r.worst() != checker.Unknown || machine.Outcome != checker.Unknown ||
		!strings.Contains(machine.Reason, "n2 waited 1.5s for a processor") {
		t.Errorf("%+v", machine)
	}
	r.starved.longest, l.Late = 0, lateMax+time.Second
	if machine := r.judge()[1]; !strings.Contains(machine.Reason, "up to 3s too late") {
		t.Errorf("%+v", machine)
	}
	l.End()
}
