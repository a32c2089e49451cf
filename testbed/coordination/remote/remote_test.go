package remote_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/server"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
)

// TestTargetWithAPlantedBug puts real servers on trial that have a bug.
func TestTargetWithAPlantedBug(t *testing.T) {
	service := coordination.Service()
	if !service.Marked {
		t.Skip("the marks are not switched in: see cmd/failpoint-build")
	}
	bug, _ := service.Bug("bugWatchAfterData")
	mark := bug.Package + "/" + bug.Name
	if err := failpoint.Enable(mark, "return(true)"); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = failpoint.Disable(mark) }()
	e, err := server.StartEnsemble(t.TempDir(), 3, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	r, err := target.Target{
		Service: service, Servers: e.Addrs(), Workload: "tree", Seed: 3, Length: 3 * time.Second, Rate: 300,
	}.Run(t.Context())
	if err != nil || r.Summary.Outcome != play.Invalid || r.Summary.Checker != "watches" {
		t.Errorf("%v, found by %q, %v:\n%s", r.Summary.Outcome, r.Summary.Checker, err, r.Summary.Text)
	}
}
