package remote_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/reports"
	"ordeal/server"
	"ordeal/testbed/coordination"
	"ordeal/testbed/play"
	"ordeal/testbed/target"
)

// deaf is a connection that loses what comes behind an instant, and ends with that.
type deaf struct {
	net.Conn
	from time.Time
}

func (d deaf) Read(b []byte) (int, error) {
	n, err := d.Conn.Read(b)
	if err == nil && time.Now().After(d.from) {
		d.Close()
		return 0, io.EOF
	}
	return n, err
}

// TestLogsTellWhatBecameOfLostWrites puts real servers on trial over connections that lose answers. Of every write that
// was not answered the servers' logs say whether it took effect; a history in which one of these words is missing does
// not hold together.
func TestLogsTellWhatBecameOfLostWrites(t *testing.T) {
	dir, service := t.TempDir(), coordination.Service()
	e, err := server.StartEnsemble(dir, 3, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	var dials atomic.Int64
	around := &target.Around{
		Called: "ours", Folder: "ours",
		Dial: func(ctx context.Context, client host.Addr, address string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
			if err != nil || !strings.HasPrefix(string(client), "c") {
				return c, err
			}
			n := dials.Add(1)
			return deaf{c, time.Now().Add(time.Duration(100+37*(n%10)) * time.Millisecond)}, nil
		},
		Begin: func(func() time.Duration) {}, Heal: func() {}, Report: func(*reports.Trial) {},
		Unserved: func() checker.Outcome { return checker.Invalid },
		Judge:    func() []checker.Verdict { return nil },
		Logs: func() (dirs []string) {
			e.Close()
			for _, name := range []string{"1", "2", "3"} {
				dirs = append(dirs, filepath.Join(dir, name))
			}
			return dirs
		},
	}
	r, err := target.Target{Service: service, Servers: e.Addrs(), Workload: "tree", Seed: 3, Length: 3 * time.Second,
		Rate: 300, Around: around}.Run(t.Context())
	if err != nil || r.Summary.Outcome != play.Valid {
		t.Fatalf("%v: %v\n%s", err, r.Summary.Outcome, r.Summary.Text)
	}
	told, missed := 0, 0
	for i, op := range r.History {
		if op.F != "applied" || op.Value.([]any)[2] == any(int64(0)) {
			continue
		}
		told++
		h := history.History(slices.Delete(slices.Clone(r.History), i, i+1))
		for i := range h {
			h[i].Index = i
		}
		for _, v := range play.JudgeHistory(service, "tree", h) {
			if v.Outcome == checker.Invalid {
				missed++
			}
		}
	}
	if told == 0 || missed == 0 {
		t.Errorf("the logs tell of %d writes without an answer, and %d are missed", told, missed)
	}
}
