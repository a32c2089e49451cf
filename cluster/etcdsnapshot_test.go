package cluster_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/cluster/kv"
	"ordeal/host"
)

// snapshotSink is where a snapshot goes. What has come counts as read, unless it is slow.
type snapshotSink struct {
	t       *testing.T
	slow    bool
	backlog int
	blobs   [][]byte
	left    []int
	status  *etcdwire.Status
}

func (s *snapshotSink) Send(b []byte) {
	r := &etcdwire.SnapshotResponse{}
	if err := etcdwire.Decode(b, r); err != nil {
		s.t.Fatal(err)
	}
	s.blobs, s.left = append(s.blobs, r.Blob), append(s.left, int(r.RemainingBytes))
	if s.slow {
		s.backlog += len(b)
	}
}

func (s *snapshotSink) End(status etcdwire.Status) { s.status = &status }

func (s *snapshotSink) Backlog() int { return s.backlog }

// snapshotTest is a server with so many megabytes of keys.
func snapshotTest(t *testing.T, megabytes int) (*ensemble, func(f func(n *cluster.Node))) {
	e := etcdEnsemble(t, 5, 1)
	e.RunUntil(2 * time.Second)
	do := func(f func(n *cluster.Node)) {
		t.Helper()
		if err := e.Do(e.servers[0], func(p host.Program) { f(p.(*cluster.Node)) }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range megabytes {
		do(func(n *cluster.Node) {
			put(n, fmt.Sprint("k", i), bytes.Repeat([]byte{byte(i)}, 1<<20))
		})
		e.RunUntil(e.Now() + time.Second)
	}
	return e, do
}

func put(n *cluster.Node, key string, value []byte) {
	c := n.BeginEtcd(cluster.EtcdHead{Method: etcdwire.MethodPut}, &slowSink{})
	c.Message(etcdwire.Append(nil, &etcdwire.PutRequest{Key: []byte(key), Value: value}))
	n.Settle()
}

func beginSnapshot(n *cluster.Node, sink cluster.EtcdSink) {
	n.BeginEtcd(cluster.EtcdHead{Method: etcdwire.MethodSnapshot}, sink).Message(nil)
	n.Settle()
}

// TestALargeSnapshotIsSentWhileTheLogGoesOn: what comes is what was there at first, although keys are changed meanwhile
// and compacted, two clients take one at once, and no event of the server's has much to do.
func TestALargeSnapshotIsSentWhileTheLogGoesOn(t *testing.T) {
	e, do := snapshotTest(t, 20)
	sinks := []*snapshotSink{{t: t}, {t: t}}
	do(func(n *cluster.Node) { beginSnapshot(n, sinks[0]) })
	steps, most := 0, 0
	for sinks[1].status == nil && steps < 200 {
		before := len(sinks[0].blobs)
		e.RunUntil(e.Now() + 50*time.Millisecond)
		steps++
		most = max(most, len(sinks[0].blobs)-before)
		do(func(n *cluster.Node) {
			if steps == 2 {
				beginSnapshot(n, sinks[1])
			}
			put(n, "k1", fmt.Append(nil, "later ", steps))
			c := n.BeginEtcd(cluster.EtcdHead{Method: etcdwire.MethodCompact}, &slowSink{})
			c.Message(etcdwire.Append(nil, &etcdwire.CompactionRequest{Revision: int64(20 + steps)}))
			n.Settle()
		})
	}
	if most > 300 || steps < 5 {
		t.Errorf("%d pieces were sent at once, and it took %d looks", most, steps)
	}
	for i, s := range sinks {
		store := s.store()
		first, status := store.Range(&etcdwire.RangeRequest{Key: []byte("k1")})
		if status.Code != etcdwire.OK || len(first.KVs) != 1 || store.Len() != 20 {
			t.Fatalf("client %d: %v %v, %d keys", i, first, status, store.Len())
		}
		if was := first.KVs[0].Value; i == 0 && (len(was) != 1<<20 || store.Revision() != 21) {
			t.Errorf("client 0: k1 has %d bytes at revision %d, and had 1 MiB when it asked", len(was), store.Revision())
		} else if i == 1 && string(was) != "later 1" {
			t.Errorf("client 1: k1 is %q, and was \"later 1\" when it asked", was)
		}
	}
}

// store is what came, as a store: each piece tells how much is left, and the sum is right.
func (s *snapshotSink) store() *kv.Store {
	s.t.Helper()
	if s.status == nil || s.status.Code != etcdwire.OK || len(s.blobs) < 2 {
		s.t.Fatalf("a snapshot has ended with %v behind %d pieces", s.status, len(s.blobs))
	}
	last := len(s.blobs) - 1
	all := bytes.Join(s.blobs[:last], nil)
	if sum := sha256.Sum256(all); !bytes.Equal(sum[:], s.blobs[last]) || len(all)%512 != 0 {
		s.t.Fatalf("a snapshot of %d bytes has another sum behind it", len(all))
	}
	left := len(all)
	for i, b := range s.blobs[:last] {
		if left -= len(b); s.left[i] != left {
			s.t.Fatalf("piece %d says that %d bytes are left, and it is %d", i, s.left[i], left)
		}
	}
	l := kv.NewLoader()
	if _, done, err := l.Add(all); !done || err != nil {
		s.t.Fatal("a snapshot can't be loaded", err)
	}
	store, err := l.Store()
	if err != nil {
		s.t.Fatal(err)
	}
	return store
}

// TestASnapshotThatIsNotRead: no more of it is sent, and in the end it is given up.
func TestASnapshotThatIsNotRead(t *testing.T) {
	e, do := snapshotTest(t, 20)
	sink := &snapshotSink{t: t, slow: true}
	do(func(n *cluster.Node) { beginSnapshot(n, sink) })
	e.RunUntil(e.Now() + 20*time.Second)
	if sink.status != nil || sink.backlog > 9<<20 || sink.backlog < 8<<20 {
		t.Fatalf("%d bytes wait for a client that reads nothing, and it has ended with %v", sink.backlog, sink.status)
	}
	e.RunUntil(e.Now() + 20*time.Second)
	if sink.status == nil || sink.status.Code != etcdwire.Unavailable {
		t.Errorf("a snapshot that is not read has ended with %v", sink.status)
	}
}
