package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// TestLeaseOutlivesLeaders keeps a lease alive over two elections, lets go of it, and sees its key end in time.
func TestLeaseOutlivesLeaders(t *testing.T) {
	for _, ttl := range []int64{2, 8} { // the second has checkpoints
		e := etcdEnsemble(t, uint64(ttl), 3)
		e.At(4*time.Second, func() { _ = e.Crash(e.leader()) })
		e.At(8*time.Second, func() {
			for _, s := range e.servers {
				_ = e.Restart(s)
			}
		})
		e.At(10*time.Second, func() { _ = e.Crash(e.leader()) })
		var granted, kept, lastKept, ended time.Duration
		done := false
		e.Spawn("c1", func(p host.Process) {
			c := newEtcdClient(p, e.servers, 0)
			p.Sleep(2 * time.Second)
			for {
				status, lost := c.call(etcdwire.MethodLeaseGrant, &etcdwire.LeaseGrantRequest{ID: 5, TTL: ttl},
					&etcdwire.LeaseGrantResponse{})
				if !lost && status.Code == etcdwire.OK {
					break
				}
			}
			granted = e.Now()
			put := &etcdwire.PutRequest{Key: []byte("k"), Lease: 5}
			if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); lost || status.Code != etcdwire.OK {
				t.Errorf("a put: %v", status)
			}
			for e.Now() < 14*time.Second {
				r := &etcdwire.LeaseKeepAliveResponse{}
				before := e.Now()
				_, lost := c.call(etcdwire.MethodKeepAlive, &etcdwire.LeaseKeepAliveRequest{ID: 5}, r)
				if lost {
					continue
				}
				if r.TTL != ttl {
					t.Errorf("a lease of %d s is kept alive with %d at %v, kept alive last at %v", ttl, r.TTL, before, lastKept)
					break
				}
				kept, lastKept = kept+1, before
				p.Sleep(300 * time.Millisecond)
			}
			for {
				r := &etcdwire.RangeResponse{}
				if _, lost := c.call(etcdwire.MethodRange, &etcdwire.RangeRequest{Key: []byte("k")}, r); lost {
					continue
				}
				if len(r.KVs) == 0 {
					break
				}
				p.Sleep(50 * time.Millisecond)
			}
			ended, done = e.Now(), true
		})
		e.RunUntil(40 * time.Second)
		for _, failure := range e.Failures() {
			t.Fatalf("%+v", failure)
		}
		left := ended - lastKept
		least := time.Duration(ttl) * time.Second
		if !done || kept < 10 || left < least || left > least+2*time.Second {
			t.Errorf("a lease of %d s, granted at %v, was kept alive %d times, last at %v, and has ended at %v", ttl, granted,
				kept, lastKept, ended)
		}
	}
}

// TestWatchOverASnapshot has a server that was away be sent a snapshot: a watch there is told of all that it missed.
func TestWatchOverASnapshot(t *testing.T) {
	e := etcdEnsemble(t, 3, 3)
	e.RunUntil(2 * time.Second)
	away := e.follower()
	w := &keysWorld{ensemble: e}
	over := false
	e.Spawn("watcher", func(p host.Process) {
		(&keysWorld{ensemble: &ensemble{t: t, World: e.World, servers: []host.Addr{away}}, told: nil}).watcherInto(p, w,
			func() bool { return over })
	})
	e.RunUntil(3 * time.Second)
	for _, other := range e.servers {
		if other != away {
			_, _ = e.Cut(other, away), e.Cut(away, other)
		}
	}
	done := false
	e.Spawn("c1", func(p host.Process) {
		c := newEtcdClient(p, []host.Addr{e.leader()}, 0)
		for i := range 300 {
			put := &etcdwire.PutRequest{Key: fmt.Appendf(nil, "k%d", i)}
			if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); lost || status.Code != etcdwire.OK {
				t.Errorf("a put: %v", status)
			}
		}
		done = true
	})
	e.RunUntil(20 * time.Second)
	for _, other := range e.servers {
		if other != away {
			_, _ = e.Mend(other, away), e.Mend(away, other)
		}
	}
	e.RunUntil(30 * time.Second)
	over = true
	e.RunUntil(33 * time.Second)
	e.agree()
	if !done || len(w.told) != 300 {
		t.Errorf("a watch is told of %d of 300 changes", len(w.told))
	}
	if first, _ := e.node(away).TermAt(100); first != 0 {
		t.Errorf("%s has entry 100: it caught up by the log, and the test shows nothing", away)
	}
}

// watcherInto is watcher, for a world that has one server only.
func (w *keysWorld) watcherInto(p host.Process, into *keysWorld, until func() bool) {
	w.watcher(p, func() bool {
		into.told = w.told
		return until()
	})
}

// FuzzCallFrames sends any frames to a server: it does not panic, and serves on.
func FuzzCallFrames(f *testing.F) {
	begin := etcdwire.Frame{Kind: etcdwire.FrameBegin, Call: 1, Method: etcdwire.MethodPut, HasMessage: true,
		Message: etcdwire.Append(nil, &etcdwire.PutRequest{Key: []byte("k")})}
	cancel := etcdwire.Frame{Kind: etcdwire.FrameCancel, Call: 1}
	f.Add(etcdwire.AppendFrame(nil, begin), etcdwire.AppendFrame(nil, cancel))
	begin.Method, begin.Message = etcdwire.MethodWatch, etcdwire.Append(nil, &etcdwire.WatchRequest{
		Create: &etcdwire.WatchCreateRequest{Key: []byte("k"), StartRevision: 1}})
	message := etcdwire.Frame{Kind: etcdwire.FrameMessage, Call: 1}
	f.Add(etcdwire.AppendFrame(nil, begin), etcdwire.AppendFrame(nil, message))
	f.Add([]byte{1, 1}, []byte{4, 1, 0})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		if len(one)+len(two) > 4096 {
			return
		}
		e := etcdEnsemble(t, 1, 1)
		e.Spawn("c1", func(p host.Process) {
			c := newEtcdClient(p, e.servers, 0)
			p.Sleep(time.Second)
			c.conn = p.Dial(e.servers[0], c)
			c.came, c.ended = map[uint64][][]byte{}, map[uint64]etcdwire.Status{}
			c.conn.Send([]byte(etcdwire.Preface))
			c.conn.Send(one)
			c.conn.Send(two)
			p.Sleep(200 * time.Millisecond)
			c.leave()
			put := &etcdwire.PutRequest{Key: []byte("behind")}
			if status, lost := c.call(etcdwire.MethodPut, put, &etcdwire.PutResponse{}); lost || status.Code != etcdwire.OK {
				t.Errorf("behind it a put is answered %v, lost %v", status, lost)
			}
		})
		e.RunUntil(8 * time.Second)
		for _, failure := range e.Failures() {
			t.Fatalf("%+v", failure)
		}
	})
}
