package tree

import (
	"slices"

	"ordeal/cluster/wire"
)

// everybody may do everything: what most znodes say.
var everybody = wire.ACL{Perms: wire.PermAll, ID: wire.ID{Scheme: "world", ID: "anyone"}}

// acl is who may do what with a znode. Znodes with equal lists share one; it is never written into.
type acl struct {
	list []wire.ACL
	// key is the list's bytes: what makes two equal.
	key  string
	hash uint64
	// uses counts the znodes of the tree that have it.
	uses int
}

func newACL(list []wire.ACL) *acl {
	var e wire.Encoder
	e.ACLs(list)
	return &acl{list: list, key: string(e.Bytes()), hash: hashBytes(e.Bytes())}
}

// openACL is one for all trees: its uses are not counted, and a look at the pointer says that all is permitted.
var openACL = newACL([]wire.ACL{everybody})

// readOnlyACL is that of the configuration.
var readOnlyACL = []wire.ACL{{Perms: wire.PermRead, ID: everybody.ID}}

// aclOf finds the shared ACL with this list, or makes one.
func (t *Tree) aclOf(list []wire.ACL) *acl {
	if len(list) == 1 && list[0] == everybody {
		return openACL
	}
	a := newACL(list)
	if shared := t.acls[a.key]; shared != nil {
		return shared
	}
	return a
}

// use and disuse keep the table of what can be shared.
func (t *Tree) use(a *acl) {
	if a == openACL {
		return
	}
	if a.uses++; a.uses == 1 {
		t.acls[a.key] = a
	}
}

func (t *Tree) disuse(a *acl) {
	if a == openACL {
		return
	}
	if a.uses--; a.uses == 0 && t.acls[a.key] == a {
		delete(t.acls, a.key)
	}
}

// permits says whether any entry grants any of the permissions to any of the ids. As in ZooKeeper, an id of the scheme
// super may do everything.
func (a *acl) permits(ids []wire.ID, perms int32) bool {
	if a == openACL && perms&wire.PermAll != 0 {
		return true
	}
	for _, id := range ids {
		if id.Scheme == "super" {
			return true
		}
	}
	for _, entry := range a.list {
		if entry.Perms&perms != 0 && grantee(entry.ID, ids) {
			return true
		}
	}
	return false
}

func grantee(who wire.ID, ids []wire.ID) bool {
	if who == everybody.ID {
		return true
	}
	return slices.ContainsFunc(ids, func(id wire.ID) bool { return id.Scheme == who.Scheme && idMatches(who, id.ID) })
}

// fixACL judges the ACL that a request asks for and puts the requester's ids in the place of the scheme auth. Entries
// that repeat count once. What is left is never empty.
func (u *update) fixACL(list []wire.ACL) ([]wire.ACL, wire.Code) {
	if len(list) == 1 && list[0] == everybody {
		return list, wire.OK
	}
	var fixed []wire.ACL
	for _, entry := range distinct(list) {
		switch {
		case entry.ID == everybody.ID:
			fixed = append(fixed, entry)
		case entry.ID.Scheme == "auth":
			before := len(fixed)
			for _, id := range u.txn.IDs {
				if isAuthenticated(id.Scheme) {
					fixed = append(fixed, wire.ACL{Perms: entry.Perms, ID: id})
				}
			}
			if len(fixed) == before {
				return nil, wire.InvalidACL
			}
		case !validID(entry.ID), entry.ID.Scheme == "x509" && u.txn.Settings&Certificates == 0:
			return nil, wire.InvalidACL
		default:
			fixed = append(fixed, entry)
		}
	}
	if len(fixed) == 0 {
		return nil, wire.InvalidACL
	}
	return fixed, wire.OK
}

// distinct leaves out what stands in the list before.
func distinct(list []wire.ACL) []wire.ACL {
	if len(list) < 2 {
		return list
	}
	seen := make(map[wire.ACL]bool, len(list))
	return slices.DeleteFunc(slices.Clone(list), func(entry wire.ACL) bool {
		again := seen[entry]
		seen[entry] = true
		return again
	})
}

// shown is the list as those see it who may not change it: without the digests of passwords.
func (a *acl) shown(ids []wire.ID) []wire.ACL {
	if a.permits(ids, wire.PermAdmin) {
		return a.list
	}
	list := slices.Clone(a.list)
	for i, entry := range list {
		if entry.ID.Scheme == "digest" {
			list[i].ID.ID = withoutDigest(entry.ID.ID)
		}
	}
	return list
}

// Permits says whether a client with these ids may do something with a znode: OK, NoAuth, or NoNode. perms are bits of
// wire.PermAll, of which one is enough.
func (t *Tree) Permits(ids []wire.ID, path string, perms int32) wire.Code {
	switch n := t.nodes[path]; {
	case n == nil:
		return wire.NoNode
	case !n.acl.permits(ids, perms):
		return wire.NoAuth
	}
	return wire.OK
}
