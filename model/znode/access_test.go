package znode

import (
	"slices"
	"testing"
)

// The ids of users are those that ZooKeeper 3.8.0's own DigestAuthenticationProvider prints.
func TestClaim(t *testing.T) {
	for _, c := range []struct {
		scheme, auth, id string
		ok               bool
	}{
		{"digest", "super:test", "digest:super:D/InIHSb7yEEbrWz8b9l71RjZJU=", true},
		{"digest", "carl", "digest:carl:3hh2QubHX2DRDynlLKtUzfZ2hw0=", true},
		{"ip", "10.0.0.1", "", true},
		{"world", "anyone", "", false},
		{"auth", "", "", false},
	} {
		if id, ok := Claim(c.scheme, c.auth); id != c.id || ok != c.ok {
			t.Errorf("%s %s: %q, %v", c.scheme, c.auth, id, ok)
		}
	}
}

func TestGranted(t *testing.T) {
	var settings Settings
	ids := []string{super, "digest:ada:h", "digest:bob:i"}
	for _, c := range []struct {
		list, want []string
		code       int64
	}{
		{[]string{"world:anyone:31"}, openACL, CodeOK},
		{
			[]string{"world:anyone:1", "world:anyone:1", "world:anyone:2"},
			[]string{"world:anyone:1", "world:anyone:2"}, CodeOK,
		},
		{[]string{"auth::3", "ip:10.0.0.0/8:1"}, []string{"digest:ada:h:3", "digest:bob:i:3", "ip:10.0.0.0/8:1"}, CodeOK},
		{[]string{"digest:a:b::31"}, []string{"digest:a:b::31"}, CodeOK},
		{[]string{"digest:a:31"}, nil, CodeInvalidACL},
		{[]string{"digest:a:b:c:31"}, nil, CodeInvalidACL},
		{[]string{"ip:10.0.0.0/33:31"}, nil, CodeInvalidACL},
		{[]string{"world:me:31"}, nil, CodeInvalidACL},
		{[]string{"world:anyone:31", "super::31"}, nil, CodeInvalidACL},
		{[]string{}, nil, CodeInvalidACL},
	} {
		if got, code := settings.granted(c.list, ids); code != c.code || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, %d", c.list, got, code)
		}
	}
	if _, code := settings.granted([]string{"auth::31"}, []string{super}); code != CodeInvalidACL {
		t.Errorf("a client that has proved nothing is granted something: %d", code)
	}
	if _, code := settings.granted([]string{"ip:2001:db8::1:31"}, nil); code != CodeOK {
		t.Errorf("an address of IPv6: %d", code)
	}
	settings.IPv4 = true
	if _, code := settings.granted([]string{"ip:2001:db8::1:31"}, nil); code != CodeInvalidACL {
		t.Errorf("an address of IPv6 where there are none: %d", code)
	}
}

// What each may do is looked up at every request, and hashes are shown only to clients that could change them.
func TestTreeAsksWhoItIs(t *testing.T) {
	tree := New()
	ada, bob := []string{"digest:ada:h"}, []string{"digest:bob:i"}
	make := Request{Op: "create", Path: "/a", ACL: []string{"auth::31", "digest:bob:i:1"}, IDs: ada}
	if reply, _ := tree.Apply(1, 7, make); reply.Code != CodeOK {
		t.Fatalf("%+v", reply)
	}
	for _, c := range []struct {
		ids             []string
		read, set, made int64
	}{{ada, CodeOK, CodeOK, CodeOK}, {bob, CodeOK, CodeNoAuth, CodeNoAuth}, {nil, CodeNoAuth, CodeNoAuth, CodeNoAuth},
		{[]string{super}, CodeOK, CodeOK, CodeOK}} {
		if got := tree.Read(7, Request{Op: "getData", Path: "/a", IDs: c.ids}); got.Code != c.read {
			t.Errorf("%q reads: %d", c.ids, got.Code)
		}
		if got := tree.Read(7, Request{Op: "exists", Path: "/a"}); got.Code != CodeOK {
			t.Errorf("a look whether it is there is refused: %d", got.Code)
		}
		multi := Request{Op: "multi", IDs: c.ids, Parts: []Request{{Op: "setData", Path: "/a", Version: -1}}}
		if got, _ := tree.Apply(tree.nodes["/a"].mzxid+1, 7, multi); got.Parts[0].Code != c.set {
			t.Errorf("%q sets: %d", c.ids, got.Parts[0].Code)
		}
		create := Request{Op: "create", Path: "/a/x", Flags: 2, ACL: openACL, IDs: c.ids}
		if got, _ := tree.Apply(9, 7, create); got.Code != c.made {
			t.Errorf("%q creates: %d", c.ids, got.Code)
		}
	}
	shown := tree.Read(7, Request{Op: "getACL", Path: "/a", IDs: bob}).ACL
	if !slices.Equal(shown, []string{"digest:ada:x:31", "digest:bob:x:1"}) {
		t.Errorf("bob is shown %q", shown)
	}
	got := tree.Read(7, Request{Op: "whoAmI", IDs: append(ada, super)}).Names
	if !slices.Equal(got, []string{"digest:ada", "super:"}) {
		t.Errorf("ada's ids are reported as %q", got)
	}
}

// Only the owner of the id that is set up may do everything; where none is, no client may.
func TestKnown(t *testing.T) {
	with := Settings{Super: "digest:super:h"}
	for _, c := range []struct {
		settings Settings
		id       string
		want     []string
	}{
		{with, "digest:super:h", []string{"digest:ada:h", "digest:super:h", super}},
		{with, "digest:bob:i", []string{"digest:ada:h", "digest:bob:i"}},
		{with, "digest:ada:h", []string{"digest:ada:h"}},
		{with, "", []string{"digest:ada:h"}},
		{Settings{}, "digest:super:h", []string{"digest:ada:h", "digest:super:h"}},
		{Settings{}, "", []string{"digest:ada:h"}},
	} {
		if got := c.settings.Known([]string{"digest:ada:h"}, c.id); !slices.Equal(got, c.want) {
			t.Errorf("%q with %+v: %q, want %q", c.id, c.settings, got, c.want)
		}
	}
}
