package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// slowSink is where a call's answers go whose client does not read.
type slowSink struct {
	backlog int
	events  int // that came
	status  *etcdwire.Status
}

func (s *slowSink) Send(b []byte) {
	r := &etcdwire.WatchResponse{}
	if err := etcdwire.Decode(b, r); err != nil {
		panic(err)
	}
	s.events += len(r.Events)
}

func (s *slowSink) End(status etcdwire.Status) { s.status = &status }

func (s *slowSink) Backlog() int { return s.backlog }

// TestAWatchWhoseClientDoesNotRead: it is told no more while too much is on its way, of what it missed when its client
// reads again, and it is ended if the client goes on asking.
func TestAWatchWhoseClientDoesNotRead(t *testing.T) {
	e := etcdEnsemble(t, 5, 1)
	e.RunUntil(2 * time.Second)
	sink := &slowSink{}
	var watch *cluster.EtcdCall
	do := func(f func(n *cluster.Node)) {
		t.Helper()
		if err := e.Do(e.servers[0], func(p host.Program) { f(p.(*cluster.Node)) }); err != nil {
			t.Fatal(err)
		}
		e.RunUntil(e.Now() + time.Second)
	}
	ask := func(r *etcdwire.WatchRequest) { watch.Message(etcdwire.Append(nil, r)) }
	put := func() {
		t.Helper()
		do(func(n *cluster.Node) {
			c := n.BeginEtcd(cluster.EtcdHead{Method: etcdwire.MethodPut}, &slowSink{})
			c.Message(etcdwire.Append(nil, &etcdwire.PutRequest{Key: []byte("k"), Value: []byte("v")}))
			n.Settle()
		})
	}
	do(func(n *cluster.Node) {
		watch = n.BeginEtcd(cluster.EtcdHead{Method: etcdwire.MethodWatch}, sink)
		ask(&etcdwire.WatchRequest{Create: &etcdwire.WatchCreateRequest{Key: []byte("k")}})
	})
	put()
	if sink.events != 1 {
		t.Fatalf("a watch is told of %d events, and there was one", sink.events)
	}
	sink.backlog = 2 << 20
	put()
	put()
	if sink.events != 1 {
		t.Errorf("a watch is told of %d events, and its client has not read two megabytes", sink.events)
	}
	sink.backlog = 0
	e.RunUntil(e.Now() + time.Second)
	if sink.events != 3 || sink.status != nil {
		t.Errorf("a watch is told of %d events, and there were three: %v", sink.events, sink.status)
	}
	sink.backlog = 65 << 20
	do(func(*cluster.Node) { ask(&etcdwire.WatchRequest{Progress: &etcdwire.WatchProgressRequest{}}) })
	if sink.status == nil || sink.status.Code != etcdwire.ResourceExhausted {
		t.Errorf("a stream whose client asks and never reads has ended with %v", sink.status)
	}
	put()
	if sink.events != 3 {
		t.Errorf("a watch that was ended is told of %d events", sink.events)
	}
}
