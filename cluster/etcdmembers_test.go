package cluster_test

import (
	"fmt"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/host"
)

// membersWorld is an ensemble whose members a client changes by etcd's API.
type membersWorld struct {
	*ensemble
	t *testing.T
	c *etcdClient
	p host.Process
}

const memberList = "/etcdserverpb.Cluster/MemberList"

// add boots a server that a client has added, or will.
func (w *membersWorld) add(id uint64) {
	var members []cluster.Member
	for n := range id {
		members = append(members, cluster.Member{ID: n + 1, Addr: cluster.ServerName(n + 1)})
	}
	w.AddMachine(cluster.ServerName(id), cluster.Boot(cluster.Config{
		ID: id, Members: members, TickTime: 500 * time.Millisecond, SnapshotEvery: 50, KeepEntries: 10,
		SegmentBytes: 16 << 10, Etcd: cluster.Etcd{On: true, ClusterID: 7, Name: fmt.Sprint("m", id)},
	}))
}

// change asks until there is an answer that is no matter of the moment.
func (w *membersWorld) change(method string, request, response etcdwire.Message) etcdwire.Status {
	for {
		status, lost := w.c.call(method, request, response)
		if !lost && status != etcdwire.ErrTooManyRequests && status != etcdwire.ErrStopped {
			return status
		}
		w.p.Sleep(100 * time.Millisecond)
	}
}

// await waits until the members are as they should be: number and name, and an L for learners.
func (w *membersWorld) await(want string) {
	w.t.Helper()
	got := ""
	for end := w.Now() + 8*time.Second; w.Now() < end; w.p.Sleep(100 * time.Millisecond) {
		r := &etcdwire.MemberListResponse{}
		if status, lost := w.c.call(memberList, &etcdwire.MemberListRequest{Linearizable: true}, r); lost ||
			status.Code != etcdwire.OK {
			continue
		}
		got = ""
		for _, m := range r.Members {
			got += fmt.Sprintf(" %d%s", m.ID, m.Name)
			if m.IsLearner {
				got += "L"
			}
		}
		if got == want {
			return
		}
	}
	w.t.Errorf("at %v the members are%s, and not%s", w.Now(), got, want)
}

func TestMembersByEtcdsAPI(t *testing.T) {
	for seed := range uint64(3) {
		e := newEnsembleWith(t, seed, 3, func(c *cluster.Config) {
			text, err := cluster.EnsembleOf([]string{"h1:2380", "h2:2380", "h3:2380"})
			if err != nil {
				t.Fatal(err)
			}
			c.Announce = text
			c.Etcd = cluster.Etcd{On: true, ClusterID: 7, Name: fmt.Sprint("m", c.ID)}
		})
		done := false
		e.Spawn("client", func(p host.Process) {
			w := &membersWorld{e, t, newEtcdClient(p, e.servers[1:], int(seed)), p}
			p.Sleep(time.Second)
			w.script()
			done = true
		})
		e.RunUntil(90 * time.Second)
		for _, failure := range e.Failures() {
			t.Fatalf("seed %d: %+v", seed, failure)
		}
		if !done {
			t.Errorf("seed %d: not everything was done", seed)
		}
	}
}

func (w *membersWorld) script() {
	add := func(learner bool, urls ...string) (etcdwire.Member, etcdwire.Status) {
		r := &etcdwire.MemberAddResponse{}
		status := w.change(etcdwire.MethodMemberAdd, &etcdwire.MemberAddRequest{PeerURLs: urls, IsLearner: learner}, r)
		if r.Member == nil {
			return etcdwire.Member{}, status
		}
		return *r.Member, status
	}
	one := func(method string, id uint64, urls ...string) etcdwire.Status {
		return w.change(method, &etcdwire.MemberRequest{ID: id, PeerURLs: urls}, &etcdwire.MemberListResponse{})
	}
	want := func(what string, got, want etcdwire.Status) {
		if got != want {
			w.t.Errorf("%s at %v: %v and not %v", what, w.Now(), got, want)
		}
	}
	w.await(" 1m1 2m2 3m3")
	_, status := add(false, "http://h4:2380")
	want("an ensemble that has hardly begun", status, etcdwire.ErrUnhealthy)
	w.p.Sleep(6 * time.Second)
	_, status = add(false, "h4:2380")
	want("a URL that is none", status, etcdwire.ErrMemberBadURLs)
	_, status = add(false, "http://h3:2380")
	want("a URL of another", status, etcdwire.ErrPeerURLExist)
	want("no member", one(etcdwire.MethodMemberRemove, 9), etcdwire.ErrMemberNotFound)
	want("a voter", one(etcdwire.MethodMemberPromote, 2), etcdwire.ErrMemberNotLearner)

	four, status := add(false, "http://h4:2380")
	if want("one that is to vote", status, etcdwire.Status{}); four.ID != 4 || four.IsLearner {
		w.t.Errorf("it is %+v", four)
	}
	w.await(" 1m1 2m2 3m3 4")
	w.add(4)
	w.await(" 1m1 2m2 3m3 4m4")
	for end := w.Now() + 10*time.Second; w.observes(4) && w.Now() < end; {
		w.p.Sleep(100 * time.Millisecond)
	}
	if w.observes(4) {
		w.t.Error("who was added to vote does not")
	}

	five, status := add(true, "http://h5:2380")
	if want("a learner", status, etcdwire.Status{}); five.ID != 5 || !five.IsLearner {
		w.t.Errorf("it is %+v", five)
	}
	_, status = add(true, "http://h6:2380")
	want("two learners", status, etcdwire.ErrTooManyLearners)
	want("one that is not there", one(etcdwire.MethodMemberPromote, 5), etcdwire.ErrLearnerNotReady)
	w.add(5)
	w.await(" 1m1 2m2 3m3 4m4 5m5L")
	for status = etcdwire.ErrLearnerNotReady; status == etcdwire.ErrLearnerNotReady; {
		status = one(etcdwire.MethodMemberPromote, 5)
	}
	want("one that has caught up", status, etcdwire.Status{})
	want("another place", one(etcdwire.MethodMemberUpdate, 5, "http://h7:2380"), etcdwire.Status{})
	want("a place that is taken", one(etcdwire.MethodMemberUpdate, 5, "http://h4:2380"), etcdwire.ErrPeerURLExist)
	w.await(" 1m1 2m2 3m3 4m4 5m5")
	want("one that goes", one(etcdwire.MethodMemberRemove, 1), etcdwire.Status{})
	want("another", one(etcdwire.MethodMemberRemove, 4), etcdwire.Status{})
	w.await(" 2m2 3m3 5m5")
	again, status := add(true, "http://h4:2380")
	want("one that comes again", status, etcdwire.Status{})
	if again.ID != 6 {
		w.t.Errorf("the number %d is given out twice", again.ID)
	}
	want("a learner that goes", one(etcdwire.MethodMemberRemove, 6), etcdwire.Status{})
	w.await(" 2m2 3m3 5m5")
}

// observes says whether a server does not vote, by what server 2 has applied.
func (w *membersWorld) observes(id uint64) bool {
	for _, m := range w.node(cluster.ServerName(2)).Members() {
		if m.ID == id {
			return m.Observer
		}
	}
	return true
}
