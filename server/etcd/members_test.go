package etcd

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"ordeal/host/oshost"
)

// memberConfig is that of a server with a peer port, in a folder.
func memberConfig(t *testing.T, dir, name string) Config {
	t.Helper()
	addr, err := oshost.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	c.Name, c.DataDir, c.ListenClientURLs = name, filepath.Join(dir, name), []string{"http://127.0.0.1:0"}
	c.ListenPeerURLs, c.ElectionTimeout = []string{"http://" + addr}, 300*time.Millisecond
	c.InitialAdvertisePeerURLs, c.LaxReconfig = c.ListenPeerURLs, true
	return c
}

func startMember(t *testing.T, c Config) *Server {
	t.Helper()
	s, err := Start(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// TestMembersComeAndGo has a client add two servers to one that stood alone, one of them as a learner, and start and
// remove them.
func TestMembersComeAndGo(t *testing.T) {
	dir := t.TempDir()
	start := func(c Config) *Server { return startMember(t, c) }
	one := start(memberConfig(t, dir, "one"))
	client := dial(t, clientv3.Config{Endpoints: []string{one.ClientAddr()}})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put, err := client.Put(ctx, "k", "v")
	must(err)

	config := memberConfig(t, dir, "two")
	config.InitialClusterState = clusterExisting
	added, err := client.MemberAdd(ctx, config.ListenPeerURLs)
	must(err)
	if len(added.Members) != 2 || added.Member.Name != "" || added.Member.IsLearner {
		t.Fatalf("a member that is added: %v", added)
	}
	two := start(config)
	other := dial(t, clientv3.Config{Endpoints: []string{two.ClientAddr()}})
	got, err := other.Get(ctx, "k")
	must(err)
	if len(got.Kvs) != 1 || got.Header.ClusterId != put.Header.ClusterId || got.Header.MemberId != added.Member.ID {
		t.Errorf("the new server answers %v, the old one %v", got, put.Header)
	}

	config = memberConfig(t, dir, "three")
	config.InitialClusterState = clusterExisting
	learner, err := client.MemberAddAsLearner(ctx, config.ListenPeerURLs)
	for err != nil && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		learner, err = client.MemberAddAsLearner(ctx, config.ListenPeerURLs)
	}
	must(err)
	three := start(config)
	must(dial(t, clientv3.Config{Endpoints: []string{three.ClientAddr()}}).Sync(ctx))
	for _, err = client.MemberPromote(ctx, learner.Member.ID); err != nil && ctx.Err() == nil; {
		_, err = client.MemberPromote(ctx, learner.Member.ID)
	}
	three.Close() // it remembers who it is
	config.InitialClusterState = clusterNew
	three = start(config)
	if r, err := dial(t, clientv3.Config{Endpoints: []string{three.ClientAddr()}}).Get(ctx, "k"); err != nil ||
		r.Header.MemberId != learner.Member.ID {
		t.Errorf("the third server has come back as %v %v", r, err)
	}

	removed, err := client.MemberRemove(ctx, added.Member.ID)
	for err != nil && ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		removed, err = client.MemberRemove(ctx, added.Member.ID)
	}
	must(err)
	if len(removed.Members) != 2 {
		t.Errorf("when one is removed there are %v", removed.Members)
	}
	_, err = client.Put(ctx, "k", "w")
	must(err)
}
