package client_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

func TestAWatchFiresOnceAndBeforeTheNewData(t *testing.T) {
	_, s, _, c := start(t, 1)
	s.create("/a", nil)
	watch := client.NewWatch()
	_, _, err := c.Get("/a", watch)
	must(t, err)
	if _, ok := watch.Wait(time.Second); ok {
		t.Fatal("the watch fired and nothing has changed")
	}
	_, err = c.Set("/a", []byte("1"), wire.AnyVersion)
	must(t, err)
	e, ok := watch.Wait(0)
	if !ok || e.Type != wire.EventDataChanged || e.Path != "/a" || e.Err != nil {
		t.Fatalf("the write is answered and the watch says %+v, %v", e, ok)
	}
	again := client.NewWatch()
	_, _, err = c.Get("/none", again)
	wantErr(t, err, wire.NoNode)
	if _, ok := again.Wait(-1); ok {
		t.Error("a watch that was not set fired")
	}
}

func TestWatchesAreSetAgainBeforeWhatWaited(t *testing.T) {
	w, s, servers, c := start(t, 2)
	s.create("/changed", nil)
	s.create("/same", nil)
	watches := map[string]*client.Watch{}
	for _, path := range []string{"/same", "/changed", "/new"} {
		watches[path] = client.NewWatch()
		_, _, err := c.Exists(path, watches[path])
		must(t, err)
	}
	_, _, err := c.Children("/", client.NewWatch())
	must(t, err)
	old := at(servers)
	old.stop()
	w.Sleep(time.Millisecond)
	s.create("/new", nil)
	old.set(wire.SetDataRequest{Path: "/changed"})
	data, _, err := c.Get("/changed", nil)
	must(t, err)
	_ = data
	for path, want := range map[string]wire.EventType{"/changed": wire.EventDataChanged, "/new": wire.EventCreated} {
		if e, ok := watches[path].Wait(0); !ok || e.Type != want {
			t.Errorf("%s: new data is read and the watch says %+v, %v", path, e, ok)
		}
	}
	if e, ok := watches["/same"].Wait(0); ok {
		t.Errorf("/same fired: %+v", e)
	}
	now := at(servers)
	if got := ops(now); !slices.Equal(got, []string{"createSession", "setWatches", "getData"}) {
		t.Fatalf("the next server saw %v", got)
	}
	set := now.seen[1].(wire.SetWatchesRequest)
	if set.RelativeZxid != 2 || !slices.Equal(set.Data, []string{"/changed", "/same"}) ||
		!slices.Equal(set.Exist, []string{"/new"}) || !slices.Equal(set.Child, []string{"/"}) {
		t.Errorf("the watches were set as %+v", set)
	}
}

func TestAForgottenWatchIsNotSetAgain(t *testing.T) {
	_, s, servers, c := start(t, 2)
	s.create("/a", nil)
	watch := client.NewWatch()
	_, _, err := c.Get("/a", watch)
	must(t, err)
	c.Forget(watch)
	at(servers).stop()
	must(t, c.Sync("/"))
	if got := ops(at(servers)); slices.Contains(got, "setWatches") {
		t.Errorf("the next server saw %v", got)
	}
}

// What the server has removed is not set again, and what it has not is.
func TestAWatchTakenBackIsNotSetAgain(t *testing.T) {
	_, s, servers, c := start(t, 2)
	for _, path := range []string{"/a", "/b"} {
		s.create(path, nil)
		_, _, err := c.Get(path, client.NewWatch())
		must(t, err)
	}
	_, _, err := c.Children("/b", client.NewWatch())
	must(t, err)
	must(t, c.Submit(wire.RemoveWatchesRequest{Path: "/a", Type: wire.WatcherAny}, nil, nil).Wait())
	must(t, c.Submit(wire.RemoveWatchesRequest{Path: "/b", Type: wire.WatcherData}, nil, nil).Wait())
	wantErr(t, c.Submit(wire.RemoveWatchesRequest{Path: "/b", Type: wire.WatcherData}, nil, nil).Wait(), wire.NoWatcher)
	at(servers).stop()
	must(t, c.Sync("/"))
	set, _ := at(servers).seen[1].(wire.SetWatchesRequest)
	if len(set.Data) != 0 || !slices.Equal(set.Child, []string{"/b"}) {
		t.Errorf("the watches were set as %+v", set)
	}
}

func TestManyWatchesAreSetInPieces(t *testing.T) {
	w, s, servers, c := start(t, 2)
	long := fmt.Sprintf("/%0100000d-", 0)
	for i := range 3 {
		path := fmt.Sprint(long, i)
		s.create(path, nil)
		_, _, err := c.Get(path, client.NewWatch())
		must(t, err)
	}
	at(servers).stop()
	w.Sleep(time.Second)
	now, total := at(servers), 0
	for _, r := range now.seen[1:] {
		set := r.(wire.SetWatchesRequest)
		if n := len(wire.EncodeRequest(1, set)); n > 150<<10 {
			t.Errorf("a request of %d bytes", n)
		}
		total += len(set.Data)
	}
	if total != 3 || len(now.seen) != 4 {
		t.Errorf("%d watches set in %d requests", total, len(now.seen)-1)
	}
}
