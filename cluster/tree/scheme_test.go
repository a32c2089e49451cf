package tree

import (
	"testing"

	"ordeal/cluster/wire"
)

func TestValidID(t *testing.T) {
	for _, c := range []struct {
		scheme, id string
		want       bool
	}{
		{"digest", "u:p", true}, {"digest", ":p", true}, {"digest", "u:p:", true},
		{"digest", "u", false}, {"digest", "u:", false}, {"digest", "u:p:q", false}, {"digest", "", false},
		{"ip", "10.0.0.1", true}, {"ip", "010.0.0.1", true}, {"ip", "10.0.0.0/0", true}, {"ip", "10.0.0.0/32", true},
		{"ip", "10.0.0", false}, {"ip", "10.0.0.256", false}, {"ip", "10.0.0.0/33", false}, {"ip", "10.0.0.0/-1", false},
		{"ip", "10.0.0.0/", false}, {"ip", "10.0.0.0/8/8", false}, {"ip", "", false}, {"ip", "10.0.0.x", false},
		{"ip", "::1", true}, {"ip", "2001:db8::/32", true}, {"ip", "2001:db8::/129", false}, {"ip", "::ffff:10.0.0.1", true},
		{"x509", "CN=a", true}, {"x509", `CN=a\,b, O=c`, true}, {"x509", "1.2.3=a", true}, {"x509", "", true},
		{"x509", "a", false}, {"x509", "CN=a,", false}, {"x509", "=a", false}, {"x509", "C N=a", false},
		{"world", "someone", false}, {"world", "", false}, {"super", "", false}, {"sasl", "u", false}, {"", "", false},
		{"key", "k", false},
	} {
		if got := validID(wire.ID{Scheme: c.scheme, ID: c.id}); got != c.want {
			t.Errorf("%s:%s is valid: %v", c.scheme, c.id, got)
		}
	}
}

func TestIDMatches(t *testing.T) {
	for _, c := range []struct {
		scheme, who, id string
		want            bool
	}{
		{"ip", "10.0.0.0/8", "10.255.0.1", true}, {"ip", "10.0.0.0/8", "11.0.0.0", false},
		{"ip", "10.1.2.3", "10.1.2.3", true}, {"ip", "10.1.2.3", "10.1.2.2", false},
		{"ip", "10.1.2.3/31", "10.1.2.2", true}, {"ip", "10.1.2.3/0", "255.0.0.0", true}, {"ip", "1.2.3.0/25", "1.2.3.128",
			false},
		{"ip", "::/0", "10.0.0.1", false}, {"ip", "2001:db8::/32", "2001:db8:1::2", true}, {"ip", "::1", "::1", true},
		{"ip", "nonsense", "10.0.0.1", false}, {"ip", "0.0.0.0/0", "nonsense", false}, {"ip", "::1", "fe80::1%eth0", false},
		{"digest", "u:p", "u:p", true}, {"digest", "u:p", "u:q", false}, {"x509", "CN=a", "CN=a", true}, {"x509", "CN=a",
			"CN=b", false},
		{"sasl", "u", "u", false},
	} {
		if got := idMatches(wire.ID{Scheme: c.scheme, ID: c.who}, c.id); got != c.want {
			t.Errorf("%s:%s stands for %s: %v", c.scheme, c.who, c.id, got)
		}
	}
}

// Equal lists are one, and one that no znode has any more is forgotten.
func TestACLsAreShared(t *testing.T) {
	d := newDriver(t)
	read := []wire.ACL{everybody, {Perms: wire.PermAll, ID: wire.ID{Scheme: "ip", ID: "0.0.0.0/0"}}}
	one := func(path string) wire.CreateRequest { return wire.CreateRequest{Path: path, ACL: read} }
	before := len(d.tree.acls)
	d.must(one("/a"), one("/b"), wire.SetACLRequest{Path: "/b", ACL: open, Version: 0}, one("/c"))
	d.must(wire.MultiRequest{Ops: []wire.Request{one("/d"), wire.DeleteRequest{Path: "/c", Version: -1}, one("/a")}})
	for name, tree := range map[string]*Tree{"the tree": d.tree, "its snapshot": reload(t, d.tree)} {
		a := tree.nodes["/a"].acl
		if len(tree.acls) != before+1 || a != tree.nodes["/c"].acl || a.uses != 2 || tree.nodes["/b"].acl != openACL {
			t.Errorf("%s: %d lists are shared, %d times", name, len(tree.acls), a.uses)
		}
	}
	d.must(wire.DeleteRequest{Path: "/a", Version: -1}, wire.DeleteRequest{Path: "/c", Version: -1})
	if len(d.tree.acls) != before {
		t.Errorf("%d lists, want %d", len(d.tree.acls), before)
	}
}
