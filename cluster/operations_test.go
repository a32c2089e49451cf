package cluster_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// ask sends a request as it stands and waits for the answer.
func ask(t *testing.T, c *client.Client, r wire.Request) (wire.Response, wire.Code) {
	t.Helper()
	pending := c.Submit(r, nil, nil)
	if err := pending.Wait(); err != nil {
		code, ok := err.(wire.Code)
		if !ok {
			t.Errorf("%v: %v", r.Op(), err)
		}
		return nil, code
	}
	return pending.Response(), wire.OK
}

func wantCode(t *testing.T, c *client.Client, r wire.Request, want wire.Code) {
	t.Helper()
	if _, code := ask(t, c, r); code != want {
		t.Errorf("%+v is answered %v, want %v", r, code, want)
	}
}

func TestAuthentication(t *testing.T) {
	e := newEnsemble(t, 11, 3)
	acl := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "digest", ID: cluster.Digest("me", "secret")}}}
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("me:secret")}, wire.OK)
		wantCode(t, c, wire.CreateRequest{Path: "/mine", ACL: acl}, wire.OK)
		who, _ := ask(t, c, wire.WhoAmIRequest{})
		if want := (wire.WhoAmIResponse{IDs: []wire.ID{{Scheme: "digest", ID: "me"}}}); !reflect.DeepEqual(who, want) {
			t.Errorf("whoAmI is answered %+v, want %+v", who, want)
		}
	})
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		wantCode(t, c, wire.GetDataRequest{Path: "/mine"}, wire.NoAuth)
		wantCode(t, c, wire.SetDataRequest{Path: "/mine", Version: -1}, wire.NoAuth)
		wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("me:wrong")}, wire.OK)
		wantCode(t, c, wire.SetACLRequest{Path: "/mine", ACL: acl, Version: -1}, wire.NoAuth)
		wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("me:secret")}, wire.OK)
		wantCode(t, c, wire.GetDataRequest{Path: "/mine"}, wire.OK)
		wantCode(t, c, wire.AuthRequest{Scheme: "rumour"}, wire.AuthFailed)
	})
	e.agree()
}

func TestWatchesThatStay(t *testing.T) {
	e := newEnsemble(t, 12, 3)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		wantCode(t, c, wire.CheckWatchesRequest{Path: "/", Type: wire.WatcherAny}, wire.NoWatcher)
		wantCode(t, c, wire.AddWatchRequest{Path: "/", Mode: wire.ModePersistentRecursive}, wire.OK)
		wantCode(t, c, wire.AddWatchRequest{Path: "/", Mode: 7}, wire.MarshallingError)
		wantCode(t, c, wire.CheckWatchesRequest{Path: "/", Type: wire.WatcherPersistentRecursive}, wire.OK)
		wantCode(t, c, wire.RemoveWatchesRequest{Path: "/", Type: wire.WatcherData}, wire.NoWatcher)
		wantCode(t, c, wire.RemoveWatchesRequest{Path: "/", Type: wire.WatcherAny}, wire.OK)
		wantCode(t, c, wire.CheckWatchesRequest{Path: "/", Type: wire.WatcherAny}, wire.NoWatcher)
	})
}

// TestEventsAreForThoseWhoMayRead watches for a znode that its maker alone may read: the events are for the maker
// alone, but everybody's watches are gone.
func TestEventsAreForThoseWhoMayRead(t *testing.T) {
	e := newEnsemble(t, 15, 1)
	mine := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "digest", ID: cluster.Digest("me", "secret")}}}
	for _, password := range []string{"secret", "wrong"} {
		told := false
		e.do(20*time.Second, func(p host.Process, c *client.Client) {
			wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("me:secret")}, wire.OK)
			other := client.New(p, client.Config{Servers: e.servers, SessionTimeout: 2 * time.Second})
			wantCode(t, other, wire.AuthRequest{Scheme: "digest", Auth: []byte("me:" + password)}, wire.OK)
			w := client.NewWatch()
			_, _, err := other.Exists("/mine", w)
			must(t, err)
			wantCode(t, other, wire.CheckWatchesRequest{Path: "/mine", Type: wire.WatcherData}, wire.OK)
			wantCode(t, c, wire.CreateRequest{Path: "/mine", ACL: mine}, wire.OK)
			wantCode(t, other, wire.SyncRequest{Path: "/"}, wire.OK)
			wantCode(t, other, wire.CheckWatchesRequest{Path: "/mine", Type: wire.WatcherData}, wire.NoWatcher)
			wantCode(t, c, wire.DeleteRequest{Path: "/mine", Version: -1}, wire.OK)
			_, told = w.Wait(0)
			must(t, other.Close())
		})
		if told != (password == "secret") {
			t.Errorf("who has the password %s is told: %v", password, told)
		}
	}
}

func TestWhatIsBelow(t *testing.T) {
	e := newEnsemble(t, 13, 1)
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		for _, path := range []string{"/a", "/a/e1", "/b"} {
			flags := int32(0)
			if path != "/a" {
				flags = wire.FlagEphemeral
			}
			_, _, err := c.Create(path, nil, flags)
			must(t, err)
		}
		got, _ := ask(t, c, wire.GetEphemeralsRequest{Prefix: "/a"})
		if want := (wire.GetEphemeralsResponse{Paths: []string{"/a/e1"}}); !reflect.DeepEqual(got, want) {
			t.Errorf("getEphemerals is answered %+v", got)
		}
		got, _ = ask(t, c, wire.GetAllChildrenNumberRequest{Path: "/a"})
		if want := (wire.GetAllChildrenNumberResponse{Number: 1}); got != want {
			t.Errorf("getAllChildrenNumber is answered %+v", got)
		}
		wantCode(t, c, wire.ReconfigRequest{ConfigID: -1}, wire.ReconfigDisabled)
	})
}

func TestReaperTakesWhatIsDue(t *testing.T) {
	open := []wire.ACL{{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}}
	e := newEnsembleWith(t, 14, 3, func(c *cluster.Config) {
		c.ReapEvery, c.ContainerUnusedMax, c.Announce = time.Second, 3*time.Second, []byte("server.1=…\nversion=0")
	})
	e.do(30*time.Second, func(p host.Process, c *client.Client) {
		for _, path := range []string{"/used", "/unused", "/full"} {
			wantCode(t, c, wire.CreateContainerRequest{Path: path, ACL: open, Flags: wire.FlagContainer}, wire.OK)
		}
		for _, path := range []string{"/used/a", "/full/a"} {
			_, _, err := c.Create(path, nil, 0)
			must(t, err)
		}
		must(t, c.Delete("/used/a", -1))
		p.Sleep(2 * time.Second)
		for path, want := range map[string]bool{"/used": false, "/unused": true, "/full": true} {
			if _, there, err := c.Exists(path, nil); err != nil || there != want {
				t.Errorf("after two seconds %s: %v, %v", path, there, err)
			}
		}
		p.Sleep(3 * time.Second)
		for path, want := range map[string]bool{"/unused": false, "/full": true} {
			if _, there, err := c.Exists(path, nil); err != nil || there != want {
				t.Errorf("after five seconds %s: %v, %v", path, there, err)
			}
		}
		if data, _, err := c.Get(wire.ConfigPath, nil); err != nil || string(data) != "server.1=…\nversion=0" {
			t.Errorf("the configuration reads %q, %v", data, err)
		}
	})
	e.agree()
}

func TestSuperMayDoEverything(t *testing.T) {
	e := newEnsembleWith(t, 15, 1, func(c *cluster.Config) { c.SuperDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=" })
	closed := []wire.ACL{{Perms: wire.PermAdmin, ID: wire.ID{Scheme: "digest", ID: cluster.Digest("me", "secret")}}}
	e.do(20*time.Second, func(_ host.Process, c *client.Client) {
		wantCode(t, c, wire.CreateRequest{Path: "/shut", ACL: closed}, wire.OK)
		wantCode(t, c, wire.GetDataRequest{Path: "/shut"}, wire.NoAuth)
		wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("super:guess")}, wire.OK)
		wantCode(t, c, wire.GetDataRequest{Path: "/shut"}, wire.NoAuth)
		wantCode(t, c, wire.AuthRequest{Scheme: "digest", Auth: []byte("super:test")}, wire.OK)
		wantCode(t, c, wire.GetDataRequest{Path: "/shut"}, wire.OK)
	})
}

// A connection that claims to be ever more people is hung up on: who it is goes with each of its writes.
func TestTooManyIDs(t *testing.T) {
	e := newEnsemble(t, 9, 1)
	e.RunUntil(2 * time.Second)
	e.script(func(p host.Process) {
		c := dialRaw(t, p, "n1")
		c.attach(wire.ConnectRequest{TimeoutMs: 4000})
		for i := range 3 {
			claim := wire.AuthRequest{Scheme: "digest", Auth: []byte(fmt.Sprint(i) + strings.Repeat("x", 30<<10) + ":secret")}
			want := wire.OK
			if i == 2 {
				want = wire.AuthFailed
			}
			if code := c.ask(wire.XidAuth, claim); code != want {
				t.Errorf("claim %d is answered %v", i, code)
			}
		}
		if c.next(); !c.closed {
			t.Error("the connection stays")
		}
	})
}
