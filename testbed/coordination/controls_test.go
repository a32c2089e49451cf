package coordination

import (
	"crypto/rand"
	mathrand "math/rand/v2"
	"testing"
	"time"

	"ordeal/checker"
	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/sim"
	"ordeal/testbed/play"
)

// witness is a client whose requests and events are written down as the workload tree does: docs/HISTORIES.md.
type witness struct {
	c       *client.Client
	r       *history.Recorder
	process int
	conn    int
	events  []wire.WatcherEvent
	// missed are the paths that it waited for when it set its watches again.
	missed []string
}

func newWitness(p host.Process, r *history.Recorder, process int, servers []host.Addr) *witness {
	w := &witness{r: r, process: process}
	record := func(f string, value ...any) {
		id, _ := w.c.Session()
		r.OK(history.Service, f, "", append([]any{id, w.conn}, value...))
	}
	w.c = client.New(p, client.Config{Servers: servers, SessionTimeout: 10 * time.Second, Heard: client.Heard{
		Attached: func() {
			w.conn++
			record("attach")
		},
		Event: func(zxid int64, e wire.WatcherEvent) {
			w.events = append(w.events, e)
			record("event", int64(e.Type), e.Path, zxid)
		},
		Rewatched: func(zxid int64, s wire.SetWatchesRequest) {
			w.missed = append(w.missed, s.Exist...)
			var exist []any
			for _, path := range s.Exist {
				exist = append(exist, path)
			}
			record("setWatches", zxid, s.RelativeZxid, []any{}, exist, []any{})
		},
	}})
	return w
}

// ask sends a request and waits for its answer; arguments are those of the history behind session, conn and xid.
func (w *witness) ask(req wire.Request, watch *client.Watch, arguments ...any) error {
	if err := w.c.Sync("/"); err != nil { // a connection carries the session: the xid is known at once
		return err
	}
	var result []any
	p := w.c.Submit(req, watch, func(p *client.Pending) {
		code, _ := p.Err().(wire.Code)
		result = []any{int64(code), p.Zxid()}
		if r, ok := p.Response().(wire.CreateResponse); ok {
			result = append(result, r.Path)
		}
		w.r.OK(w.process, req.Op().String(), "", result)
	})
	id, _ := w.c.Session()
	w.r.Invoke(w.process, req.Op().String(), "", append([]any{id, w.conn, int64(p.Xid())}, arguments...))
	if err := p.Wait(); err != nil && err != error(wire.NoNode) {
		return err
	}
	return nil
}

// seedEntropy makes crypto/rand, of which raft draws, the same in every run of a test.
func seedEntropy(t *testing.T) {
	was := rand.Reader
	rand.Reader = mathrand.NewChaCha8([32]byte{})
	t.Cleanup(func() { rand.Reader = was })
}

// TestTheExistsGapIsNoFinding is a control. ZooKeeper's programmer's guide says that a client which waits for a znode
// to come may miss one that comes and goes while it is away. The service does that, and no checker may object.
func TestTheExistsGapIsNoFinding(t *testing.T) {
	w := sim.New(1, sim.Config{})
	defer w.Close()
	seedEntropy(t)
	servers := numbered(3)
	var members []cluster.Member
	for i, s := range servers {
		members = append(members, cluster.Member{ID: uint64(i + 1), Addr: s})
	}
	for _, m := range members {
		w.AddMachine(m.Addr, cluster.Boot(cluster.Config{ID: m.ID, Members: members, TickTime: 500 * time.Millisecond}))
	}
	r := history.NewRecorder(w.Now)
	var away, back bool
	var waiting *witness
	fail := func(format string, args ...any) { t.Errorf(format, args...) }
	w.Spawn("c1", func(p host.Process) {
		waiting = newWitness(p, r, 1, servers)
		if err := waiting.ask(wire.ExistsRequest{Path: "/g", Watch: true}, client.NewWatch(), "/g", true); err != nil {
			fail("the one who waits: %v", err)
		}
		away = true
		for !back {
			p.Sleep(100 * time.Millisecond)
		}
		if err := waiting.ask(wire.ExistsRequest{Path: "/g"}, nil, "/g", false); err != nil {
			fail("the one who came back: %v", err)
		}
	})
	w.Spawn("c2", func(p host.Process) {
		other := newWitness(p, r, 2, servers)
		for !away {
			p.Sleep(100 * time.Millisecond)
		}
		for _, s := range servers {
			_, _ = w.Cut("c1", s), w.Cut(s, "c1")
		}
		p.Sleep(time.Second)
		create := client.CreateRequest("/g", []byte("x"), 0)
		create.Stat = false
		err := other.ask(create, nil, "/g", "x", int64(0))
		if err == nil {
			err = other.ask(wire.DeleteRequest{Path: "/g", Version: wire.AnyVersion}, nil, "/g", int64(wire.AnyVersion))
		}
		if err != nil {
			fail("the other: %v", err)
		}
		p.Sleep(7 * time.Second)
		for _, s := range servers {
			_, _ = w.Mend("c1", s), w.Mend(s, "c1")
		}
		back = true
	})
	w.RunUntil(40 * time.Second)
	if waiting == nil || len(waiting.events) > 0 || len(waiting.missed) == 0 {
		t.Fatalf("that was no gap: %+v", waiting)
	}
	for _, v := range play.JudgeHistory(Service(), "tree", r.Ops()) {
		if v.Outcome != checker.Valid {
			t.Errorf("%s: %s: %s", v.Checker, v.Outcome, v.Reason)
		}
	}
}
