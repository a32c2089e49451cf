package client_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// wantEvent takes the next event, which must have come already.
func wantEvent(t *testing.T, s *client.Subscription, kind wire.EventType, path string) {
	t.Helper()
	e, ok := s.Next(0)
	if !ok || e.Type != kind || e.Path != path || e.Err != nil {
		t.Fatalf("the event is %+v, %v; want %v of %s", e, ok, kind, path)
	}
}

func wantNoEvent(t *testing.T, s *client.Subscription) {
	t.Helper()
	if e, ok := s.Next(time.Second); ok {
		t.Fatalf("an event came: %+v", e)
	}
}

func TestASubscriptionTellsEveryChangeOfItsZnodes(t *testing.T) {
	_, s, _, c := start(t, 1)
	s.create("/a", nil)
	s.create("/a/b", nil)
	one, err := c.AddWatch("/a", wire.ModePersistent)
	must(t, err)
	all, err := c.AddWatch("/", wire.ModePersistentRecursive)
	must(t, err)
	wantNoEvent(t, one)
	for range 2 {
		_, err = c.Set("/a", nil, wire.AnyVersion)
		must(t, err)
		wantEvent(t, one, wire.EventDataChanged, "/a")
		wantEvent(t, all, wire.EventDataChanged, "/a")
	}
	_, err = c.Set("/a/b", nil, wire.AnyVersion)
	must(t, err)
	wantEvent(t, all, wire.EventDataChanged, "/a/b")
	wantNoEvent(t, one)
	wantNoEvent(t, all)
}

func TestSubscriptionsSurviveAReconnect(t *testing.T) {
	_, s, servers, c := start(t, 2)
	s.create("/a", nil)
	one, err := c.AddWatch("/a", wire.ModePersistent)
	must(t, err)
	all, err := c.AddWatch("/", wire.ModePersistentRecursive)
	must(t, err)
	at(servers).stop()
	_, err = c.Set("/a", nil, wire.AnyVersion)
	must(t, err)
	wantEvent(t, one, wire.EventDataChanged, "/a")
	wantEvent(t, all, wire.EventDataChanged, "/a")
	set := at(servers).seen[1].(wire.SetWatchesRequest)
	if set.Op() != wire.OpSetWatches2 || len(set.Persistent) != 1 || len(set.PersistentRecursive) != 1 {
		t.Errorf("the watches were set as %+v", set)
	}
}

func TestARemovedSubscriptionSaysSo(t *testing.T) {
	_, s, servers, c := start(t, 2)
	s.create("/a", nil)
	one, err := c.AddWatch("/a", wire.ModePersistent)
	must(t, err)
	wantErr(t, c.RemoveWatches("/b", wire.WatcherAny), wire.NoWatcher)
	must(t, c.RemoveWatches("/a", wire.WatcherAny))
	for range 2 {
		wantEvent(t, one, wire.EventPersistentWatchRemoved, "/a")
	}
	at(servers).stop()
	must(t, c.Sync("/"))
	if got := ops(at(servers)); len(got) != 2 {
		t.Errorf("the next server saw %v", got)
	}
}

func TestRemovingEndsWatchesThatFireOnceToo(t *testing.T) {
	_, s, _, c := start(t, 1)
	s.create("/a", nil)
	data := client.NewWatch()
	_, _, err := c.Get("/a", data)
	must(t, err)
	_, err = c.AddWatch("/a", wire.ModePersistent)
	must(t, err)
	must(t, c.RemoveWatches("/a", wire.WatcherData))
	if e, ok := data.Wait(0); !ok || e.Type != wire.EventDataWatchRemoved {
		t.Errorf("the watch says %+v, %v", e, ok)
	}
}

func TestASubscriptionEndsWithTheSession(t *testing.T) {
	_, _, _, c := start(t, 1)
	one, err := c.AddWatch("/a", wire.ModePersistent)
	must(t, err)
	must(t, c.Close())
	for range 2 {
		if e, ok := one.Next(-1); !ok || e.Err != client.ErrClosed {
			t.Errorf("the session is over and the watch says %+v, %v", e, ok)
		}
	}
}
