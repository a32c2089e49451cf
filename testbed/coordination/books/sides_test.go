package books

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/workloads"
)

// TestSides changes what a client or its server keeps, and looks at what is said of it.
func TestSides(t *testing.T) {
	for _, one := range []struct {
		what   string
		change func(here *client.Kept, there *cluster.Kept, watches *[]tree.Watch)
		want   string // "" for nothing
	}{
		{"nothing", func(*client.Kept, *cluster.Kept, *[]tree.Watch) {}, ""},
		{"a timeout", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) { h.Timeout *= 2 }, "timeout"},
		{"a claim without an answer", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) { h.Claiming = true },
			"not answered"},
		{"a request that the server has lost", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) {
			h.Xids = []int32{5}
		}, "waits for the answers to [5], and the server has yet to answer []"},
		{"requests in another order", func(h *client.Kept, th *cluster.Kept, _ *[]tree.Watch) {
			h.Xids, th.Xids = []int32{5, 6}, []int32{6, 5}
		}, "yet to answer [6 5]"},
		{"a request under way", func(h *client.Kept, th *cluster.Kept, w *[]tree.Watch) {
			h.Xids, th.Xids, *w = []int32{5}, []int32{5}, nil // it may set watches, or remove them
		}, ""},
		{"a claim that the server has forgotten", func(_ *client.Kept, th *cluster.Kept, _ *[]tree.Watch) {
			th.IDs = th.IDs[:1]
		}, "the server does not know"},
		{"a claim that was not made", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) {
			h.Said, h.Held = h.Said[:1], h.Held[:1]
		}, "which it has not said"},
		{"a watch that the server has lost", func(_ *client.Kept, _ *cluster.Kept, w *[]tree.Watch) { *w = (*w)[1:] },
			"the client has a watch on the data of /a, and the server does not"},
		{"one whose event may not be told", func(_ *client.Kept, th *cluster.Kept, w *[]tree.Watch) {
			th.Untold, *w = true, (*w)[1:]
		}, ""},
		{"a watch that has fired for the client", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) {
			h.Watches.Child = nil
		}, "the server has a watch on the children of /a, and the client does not"},
		{"one that the client forgot", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) {
			h.Watches.Child, h.Forgot = nil, true
		}, ""},
		{"a watch of another kind", func(h *client.Kept, _ *cluster.Kept, _ *[]tree.Watch) {
			h.Watches.Persistent, h.Watches.PersistentRecursive = nil, h.Watches.Persistent
		}, "that stays on everything below /c"},
	} {
		here, there, watches := agreed()
		there.Watches = func(visit func(tree.Watch)) {
			for _, w := range watches {
				visit(w)
			}
		}
		one.change(&here, &there, &watches)
		got := strings.Join(contradictions(here, there), "; ")
		if (one.want == "") != (got == "") || !strings.Contains(got, one.want) {
			t.Errorf("%s: %q, and it should be %q", one.what, got, one.want)
		}
	}
}

// agreed is what a client and its server keep that agree.
func agreed() (client.Kept, cluster.Kept, []tree.Watch) {
	claims := []wire.AuthRequest{{Scheme: "digest", Auth: []byte("ada:1")}, {Scheme: "digest", Auth: []byte("carl")},
		{Scheme: "ip"}}
	here := client.Kept{Timeout: 3 * time.Second, Said: claims, Held: claims, Watches: wire.SetWatchesRequest{
		Data: []string{"/a"}, Exist: []string{"/b"}, Child: []string{"/a"}, Persistent: []string{"/c"}}}
	there := cluster.Kept{TimeoutMs: 3000, IDs: []wire.ID{{Scheme: "digest", ID: workloads.Digest("ada:1")},
		{Scheme: "digest", ID: workloads.Digest("carl")}}}
	return here, there, []tree.Watch{{Kind: tree.Data, Path: "/a"}, {Kind: tree.Child, Path: "/a"},
		{Kind: tree.Data, Path: "/b"}, {Kind: tree.Persistent, Path: "/c"}}
}

// TestSidesAreQuiet holds that a client is looked at only where nothing is under way.
func TestSidesAreQuiet(t *testing.T) {
	here, there := client.Kept{Sent: 5, Received: 7, LastXid: 3}, cluster.Kept{Received: 5, Sent: 7, LastXid: 3}
	if !quiet(here, there) {
		t.Error("nothing is under way")
	}
	for i, change := range []func(){func() { there.Received-- }, func() { there.Sent++ }, func() { there.LastXid = 2 }} {
		was := there
		if change(); quiet(here, there) {
			t.Errorf("change %d does not show", i)
		}
		there = was
	}
}
