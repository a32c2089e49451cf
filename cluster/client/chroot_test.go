package client_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A client with a chroot sees the tree below it, and the servers see where that is.
func TestChroot(t *testing.T) {
	w := newWorld()
	s, servers := newService(w, "n1", "n2")
	s.create("/apps", nil)
	var told []string
	c := client.New(w, client.Config{
		Servers: []host.Addr{"n1", "n2"}, SessionTimeout: 4 * time.Second, Chroot: "/apps",
		Heard: client.Heard{
			Event:     func(_ int64, e wire.WatcherEvent) { told = append(told, fmt.Sprintf("%v %s", e.Type, e.Path)) },
			Rewatched: func(_ int64, r wire.SetWatchesRequest) { told = append(told, fmt.Sprint(r.Data)) },
		},
	})
	created, _, err := c.Create("/a", nil, 0)
	must(t, err)
	if created != "/a" || s.nodes["/apps/a"] == nil {
		t.Errorf("created %q; the service has %v", created, s.nodes)
	}
	watch := client.NewWatch()
	_, _, err = c.Get("/a", watch)
	must(t, err)
	_, err = c.Set("/a", nil, wire.AnyVersion)
	must(t, err)
	if e, fired := watch.Wait(0); !fired || e.Path != "/a" {
		t.Errorf("the watch fired %v with %v", fired, e)
	}
	_, _, err = c.Get("/", client.NewWatch())
	must(t, err)
	at(servers).stop()
	must(t, c.Sync("/"))
	if want := []string{"NodeDataChanged /a", "[/]"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	_, _, err = c.Get("none", nil)
	wantErr(t, err, wire.NoNode)
	var paths []string
	for _, srv := range servers {
		for _, req := range srv.seen {
			collect(reflect.ValueOf(req), &paths)
		}
	}
	slices.Sort(paths)
	if want := []string{"/apps", "/apps", "/apps", "/apps/a", "/apps/a", "/apps/a", "none"}; !slices.Equal(paths, want) {
		t.Errorf("the servers were asked for %q, want %q", paths, want)
	}
}

// collect finds every path in a request.
func collect(v reflect.Value, paths *[]string) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		collect(v.Elem(), paths)
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), paths)
		}
	case reflect.String:
		*paths = append(*paths, v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "ACL" && name != "Scheme" {
				collect(v.Field(i), paths)
			}
		}
	}
}

// Whatever a client can ask for is asked for below its chroot, a sequential znode at the root too.
func TestChrootHoldsForEveryRequest(t *testing.T) {
	list := []string{"/a", "/b"}
	single := []wire.Request{
		wire.CreateRequest{Path: "/a"}, wire.CreateRequest{Path: "/", Flags: wire.FlagSequential},
		wire.CreateContainerRequest{Path: "/a"}, wire.CreateTTLRequest{Path: "/a"},
		wire.CreateTTLRequest{Path: "/", Flags: wire.FlagSequentialTTL},
		wire.DeleteRequest{Path: "/a"}, wire.SetDataRequest{Path: "/a"}, wire.CheckRequest{Path: "/a"},
		wire.ExistsRequest{Path: "/a"}, wire.GetDataRequest{Path: "/a"}, wire.GetChildrenRequest{Path: "/"},
		wire.SyncRequest{Path: "/a"}, wire.GetACLRequest{Path: "/a"}, wire.SetACLRequest{Path: "/a"},
		wire.GetEphemeralsRequest{Prefix: "/a"}, wire.GetAllChildrenNumberRequest{Path: "/"},
		wire.AddWatchRequest{Path: "/a"}, wire.CheckWatchesRequest{Path: "/a"}, wire.RemoveWatchesRequest{Path: "/a"},
		wire.SetWatchesRequest{Data: list, Exist: list, Child: list, Second: true, Persistent: list,
			PersistentRecursive: list},
	}
	for _, req := range append(single, wire.MultiRequest{Ops: single[:8]}, wire.MultiReadRequest{Ops: single[8:11]}) {
		before := fmt.Sprint(req)
		var paths []string
		collect(reflect.ValueOf(client.ChrootRequest("/apps", req)), &paths)
		if len(paths) == 0 {
			t.Errorf("%v has no path", req.Op())
		}
		for _, path := range paths {
			if path != "/apps" && !strings.HasPrefix(path, "/apps/") {
				t.Errorf("%v asks for %q", req.Op(), path)
			}
		}
		if fmt.Sprint(req) != before {
			t.Errorf("%v was changed for its caller too: %v", req.Op(), req)
		}
	}
}

// Paths come back as they were asked for, in every answer that has some.
func TestChrootIsTakenOffAnswers(t *testing.T) {
	answer := wire.MultiResponse{Results: []wire.MultiResult{
		{Op: wire.OpCreate, Response: wire.CreateResponse{Path: "/apps/a"}}, {Op: wire.OpDelete},
	}}
	for _, c := range []struct{ from, want wire.Response }{
		{wire.CreateResponse{Path: "/apps"}, wire.CreateResponse{Path: "/"}},
		{wire.SyncResponse{Path: "/apps/a"}, wire.SyncResponse{Path: "/a"}},
		{wire.GetEphemeralsResponse{Paths: []string{"/apps/a", "/appsalike"}},
			wire.GetEphemeralsResponse{Paths: []string{"/a", "/appsalike"}}},
		{answer, wire.MultiResponse{Results: []wire.MultiResult{
			{Op: wire.OpCreate, Response: wire.CreateResponse{Path: "/a"}}, {Op: wire.OpDelete},
		}}},
		{nil, nil},
	} {
		if got := client.ChrootResponse("/apps", c.from); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v became %v, want %v", c.from, got, c.want)
		}
	}
	if first := answer.Results[0].Response; first != wire.Response(wire.CreateResponse{Path: "/apps/a"}) {
		t.Errorf("the answer itself was changed: %v", first)
	}
}
