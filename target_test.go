package ordeal

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"ordeal/server"
)

// TestTargetWithAPlantedBug puts real servers on trial that have a bug.
func TestTargetWithAPlantedBug(t *testing.T) {
	if !Marked() {
		t.Skip("the marks are not switched in: go run ./cmd/failpoint-build -test .")
	}
	remove, err := plant("bugWatchAfterData")
	if err != nil {
		t.Fatal(err)
	}
	defer remove()
	e, err := server.StartEnsemble(t.TempDir(), 3, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := Target{Servers: e.Addrs(), Workload: "tree", Seed: 3, Length: 3 * time.Second, Rate: 300}.Run(t.Context())
	if err != nil || r.Summary.Outcome != OutcomeInvalid || r.Summary.Checker != "watches" {
		t.Errorf("%v, found by %q, %v:\n%s", r.Summary.Outcome, r.Summary.Checker, err, r.Summary.Text)
	}
}

func TestServers(t *testing.T) {
	got, err := ParseServers("127.0.0.1:2181,[::1]:2182,zoo.example:2183")
	if want := []string{"127.0.0.1:2181", "[::1]:2182", "zoo.example:2183"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", "zoo", "zoo:", ":2181", "zoo:0", "zoo:65536", "zoo:-1", "zoo:x", "a:1,", "a:1,a:1", "a:1 b:2"} {
		if got, err := ParseServers(bad); err == nil {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

func TestAboutServer(t *testing.T) {
	text := "Zookeeper version: 3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f, built on 2022-02-25 08:49 UTC\nLatency min/avg/max: 0/0.0/0\nMode: standalone\n"
	if version, mode := aboutServer(text); version != "3.8.0-5a02a05eddb59aee6ac762f7ea82e92a68eb9c0f" || mode != ", standalone" {
		t.Errorf("%q %q", version, mode)
	}
	if version, mode := aboutServer("This ZooKeeper instance is not currently serving requests\n"); version != "of an unknown version" || mode != "" {
		t.Errorf("%q %q", version, mode)
	}
}
