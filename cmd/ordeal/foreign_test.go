package main

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-zookeeper/zk"
)

// These tests run another project's client against a real server: what it takes for granted is no idea of ours.

var openACL = zk.WorldACL(zk.PermAll)

// serveAlone starts a server that stands alone, and returns its address.
func serveAlone(t *testing.T) string {
	t.Helper()
	e := &ensemble{t: t}
	addr, port := freeAddr(t)
	s := &serving{name: "n1", dir: t.TempDir(), client: addr}
	writeFile(t, filepath.Join(s.dir, "zoo.cfg"),
		"tickTime=500\nmaxSessionTimeout=60000\nclientPortAddress=127.0.0.1\nclientPort="+port+"\ndataDir="+s.dataDir()+"\n")
	e.servers = append(e.servers, s)
	t.Cleanup(e.end)
	e.start(s)
	return s.client
}

// dialZK opens a session of go-zookeeper's client.
func dialZK(t *testing.T, servers ...string) *zk.Conn {
	t.Helper()
	c, events, err := zk.Connect(servers, 30*time.Second, zk.WithLogger(quiet{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	deadline := time.After(patience)
	for {
		select {
		case e := <-events:
			if e.State == zk.StateHasSession {
				return c
			}
		case <-deadline:
			t.Fatal("no session")
		}
	}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// must is for calls whose error is no part of the test.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestForeignClientReadsAndWrites(t *testing.T) {
	t.Parallel()
	c := dialZK(t, serveAlone(t))
	if path := must(c.Create("/a", []byte("one"), 0, openACL))(t); path != "/a" {
		t.Errorf("created %s", path)
	}
	if _, err := c.Create("/a", nil, 0, openACL); err != zk.ErrNodeExists {
		t.Errorf("a second create: %v", err)
	}
	if _, err := c.Create("/no/where", nil, 0, openACL); err != zk.ErrNoNode {
		t.Errorf("a create without a parent: %v", err)
	}
	if stat := must(c.Set("/a", []byte("two"), 0))(t); stat.Version != 1 {
		t.Errorf("after a set: %+v", stat)
	}
	if _, err := c.Set("/a", nil, 0); err != zk.ErrBadVersion {
		t.Errorf("a set of an old version: %v", err)
	}
	data, stat, err := c.Get("/a")
	if err != nil || string(data) != "two" || stat.Version != 1 || stat.DataLength != 3 || stat.Mzxid <= stat.Czxid {
		t.Errorf("got %q, %+v, %v", data, stat, err)
	}
	for _, name := range []string{"/a/x", "/a/y"} {
		must(c.Create(name, nil, 0, openACL))(t)
	}
	children, stat, err := c.Children("/a")
	slices.Sort(children)
	if err != nil || !slices.Equal(children, []string{"x", "y"}) || stat.NumChildren != 2 {
		t.Errorf("children %q, %+v, %v", children, stat, err)
	}
	if err := c.Delete("/a", -1); err != zk.ErrNotEmpty {
		t.Errorf("a delete of a parent: %v", err)
	}
	if err := c.Delete("/a/x", 7); err != zk.ErrBadVersion {
		t.Errorf("a delete of another version: %v", err)
	}
	if err := c.Delete("/a/x", 0); err != nil {
		t.Error(err)
	}
	if exists, _, err := c.Exists("/a/x"); err != nil || exists {
		t.Errorf("a deleted znode is there: %v, %v", exists, err)
	}
	if path := must(c.Sync("/a"))(t); path != "/a" {
		t.Errorf("sync of %s", path)
	}
}

func TestForeignClientWatches(t *testing.T) {
	t.Parallel()
	address := serveAlone(t)
	watcher, other := dialZK(t, address), dialZK(t, address)
	_, _, created, err := watcher.ExistsW("/w")
	if err != nil {
		t.Fatal(err)
	}
	must(other.Create("/w", nil, 0, openACL))(t)
	wantEvent(t, created, zk.EventNodeCreated, "/w")
	_, _, changed, err := watcher.GetW("/w")
	if err != nil {
		t.Fatal(err)
	}
	_, _, children, err := watcher.ChildrenW("/w")
	if err != nil {
		t.Fatal(err)
	}
	must(other.Set("/w", []byte("x"), -1))(t)
	wantEvent(t, changed, zk.EventNodeDataChanged, "/w")
	must(other.Create("/w/child", nil, 0, openACL))(t)
	wantEvent(t, children, zk.EventNodeChildrenChanged, "/w")
}

func wantEvent(t *testing.T, events <-chan zk.Event, kind zk.EventType, path string) {
	t.Helper()
	select {
	case e := <-events:
		if e.Type != kind || e.Path != path || e.Err != nil {
			t.Errorf("got %+v, and wanted %v of %s", e, kind, path)
		}
	case <-time.After(patience):
		t.Errorf("no event, and wanted %v of %s", kind, path)
	}
}

func TestForeignClientMulti(t *testing.T) {
	t.Parallel()
	c := dialZK(t, serveAlone(t))
	results, err := c.Multi(
		&zk.CreateRequest{Path: "/m", Data: []byte("1"), Acl: openACL},
		&zk.SetDataRequest{Path: "/m", Data: []byte("2"), Version: 0},
		&zk.CheckVersionRequest{Path: "/m", Version: 1},
		&zk.CreateRequest{Path: "/m/child", Acl: openACL},
		&zk.DeleteRequest{Path: "/m/child", Version: -1},
	)
	if err != nil || len(results) != 5 || results[0].String != "/m" || results[1].Stat.Version != 1 {
		t.Fatalf("%+v, %v", results, err)
	}
	results, err = c.Multi(
		&zk.SetDataRequest{Path: "/m", Data: []byte("3"), Version: -1},
		&zk.CheckVersionRequest{Path: "/m", Version: 99},
		&zk.CreateRequest{Path: "/never", Acl: openACL},
	)
	if err != zk.ErrBadVersion || len(results) != 3 || results[1].Error != zk.ErrBadVersion {
		t.Errorf("%+v, %v", results, err)
	}
	data, _, err := c.Get("/m")
	if err != nil || string(data) != "2" {
		t.Errorf("a multi that failed left %q, %v", data, err)
	}
	if exists, _, err := c.Exists("/never"); err != nil || exists {
		t.Errorf("a multi that failed made a znode: %v, %v", exists, err)
	}
}

func TestForeignClientEphemerals(t *testing.T) {
	t.Parallel()
	address := serveAlone(t)
	owner, other := dialZK(t, address), dialZK(t, address)
	var paths []string
	for range 3 {
		paths = append(paths, must(owner.Create("/e-", nil, zk.FlagEphemeral|zk.FlagSequence, openACL))(t))
	}
	if !slices.Equal(paths, []string{"/e-0000000000", "/e-0000000001", "/e-0000000002"}) {
		t.Errorf("created %q", paths)
	}
	exists, stat, gone, err := other.ExistsW(paths[1])
	if err != nil || !exists || stat.EphemeralOwner != owner.SessionID() {
		t.Fatalf("%v, %+v, %v", exists, stat, err)
	}
	if _, err := owner.Create(paths[0]+"/child", nil, 0, openACL); err != zk.ErrNoChildrenForEphemerals {
		t.Errorf("a child of an ephemeral: %v", err)
	}
	owner.Close()
	wantEvent(t, gone, zk.EventNodeDeleted, paths[1])
	children, _, err := other.Children("/")
	if left := slices.DeleteFunc(children, func(name string) bool { return !strings.HasPrefix(name, "e-") }); err != nil ||
		len(left) > 0 {
		t.Errorf("a closed session left %q, %v", left, err)
	}
}

func TestForeignClientLock(t *testing.T) {
	t.Parallel()
	address := serveAlone(t)
	const holders, rounds = 3, 5
	var inside, entered atomic.Int32
	failed := make(chan error, holders)
	for range holders {
		c := dialZK(t, address)
		go func() { failed <- holdLock(c, rounds, &inside, &entered) }()
	}
	for range holders {
		select {
		case err := <-failed:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatal("the lock is not handed on")
		}
	}
	if n := entered.Load(); n != holders*rounds {
		t.Errorf("the lock was held %d times", n)
	}
}

func holdLock(c *zk.Conn, rounds int, inside, entered *atomic.Int32) error {
	for range rounds {
		l := zk.NewLock(c, "/locks/one", openACL)
		if err := l.Lock(); err != nil {
			return err
		}
		if inside.Add(1) != 1 {
			return errors.New("two hold the lock")
		}
		entered.Add(1)
		inside.Add(-1)
		if err := l.Unlock(); err != nil {
			return err
		}
	}
	return nil
}

// TestForeignClientIsToldWhatIsNotServed: an answer, and the connection goes on.
func TestForeignClientIsToldWhatIsNotServed(t *testing.T) {
	t.Parallel()
	c := dialZK(t, serveAlone(t))
	must(c.Create("/a", nil, 0, openACL))(t)
	if _, err := c.CreateTTL("/t", nil, zk.FlagTTL, openACL, time.Second); err == nil ||
		err.Error() != "unknown error: -6" {
		t.Errorf("a time to live without extendedTypesEnabled: %v", err)
	}
	if _, err := c.Reconfig([]string{"server.1=127.0.0.1:1:2"}, -1); err != zk.ErrReconfigDisabled {
		t.Errorf("reconfig: %v", err)
	}
	if exists, _, err := c.Exists("/a"); err != nil || !exists {
		t.Errorf("after requests that are not served: %v, %v", exists, err)
	}
}

func TestForeignClientACLs(t *testing.T) {
	t.Parallel()
	server := serveAlone(t)
	owner, stranger := dialZK(t, server), dialZK(t, server)
	if err := owner.AddAuth("digest", []byte("me:secret")); err != nil {
		t.Fatal(err)
	}
	mine := zk.DigestACL(zk.PermAll, "me", "secret")
	must(owner.Create("/mine", []byte("x"), 0, mine))(t)
	if _, _, err := stranger.Get("/mine"); err != zk.ErrNoAuth {
		t.Errorf("a stranger's get: %v", err)
	}
	if _, err := stranger.Create("/mine/a", nil, 0, openACL); err != zk.ErrNoAuth {
		t.Errorf("a stranger's create: %v", err)
	}
	if data, _, err := owner.Get("/mine"); err != nil || string(data) != "x" {
		t.Errorf("the owner's get: %q, %v", data, err)
	}
	if acl, _, err := owner.GetACL("/mine"); err != nil || !slices.Equal(acl, mine) {
		t.Errorf("the owner's getACL: %v, %v", acl, err)
	}
	if _, err := owner.SetACL("/mine", openACL, 0); err != nil {
		t.Errorf("the owner's setACL: %v", err)
	}
	if _, _, err := stranger.Get("/mine"); err != nil {
		t.Errorf("a stranger's get of what is open now: %v", err)
	}
	if path, err := owner.CreateContainer("/c", nil, zk.FlagContainer, openACL); err != nil || path != "/c" {
		t.Errorf("container: %q, %v", path, err)
	}
}

// TestForeignClientChangesServers: a session outlives the server that it is at.
func TestForeignClientChangesServers(t *testing.T) {
	t.Parallel()
	e := startEnsemble(t, 3)
	var addresses []string
	for _, s := range e.servers {
		addresses = append(addresses, s.client)
	}
	c := dialZK(t, addresses...)
	session := c.SessionID()
	must(c.Create("/mine", nil, zk.FlagEphemeral, openACL))(t)
	at := slices.Index(addresses, c.Server())
	e.kill(e.servers[at])
	until(t, "a read at another server", func() bool {
		exists, stat, err := c.Exists("/mine")
		if err == nil && (!exists || stat.EphemeralOwner != session) {
			t.Fatalf("the ephemeral is there: %v, %+v", exists, stat)
		}
		return err == nil
	})
	if c.SessionID() != session {
		t.Errorf("the session was %#x and is %#x", session, c.SessionID())
	}
}
