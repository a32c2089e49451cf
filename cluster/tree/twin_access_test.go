package tree

import (
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// members are the addresses, of those that the tests use, that an ACL's id of the scheme ip means.
var members = map[string][]string{
	"10.0.0.1": {"10.0.0.1"}, "10.0.0.0/8": {"10.0.0.1", "10.9.9.9"}, "10.9.0.0/16": {"10.9.9.9"},
	"0.0.0.0/0": {"10.0.0.1", "10.9.9.9"},
}

func twinPermits(acl []wire.ACL, ids []wire.ID, perms int32) bool {
	for _, entry := range acl {
		for _, id := range append(ids[:len(ids):len(ids)], wire.ID{Scheme: "world", ID: "anyone"}) {
			same := id == entry.ID || id.Scheme == "ip" && entry.ID.Scheme == "ip" && slices.Contains(members[entry.ID.ID],
				id.ID)
			if id.Scheme == "super" || same && entry.Perms&perms != 0 {
				return true
			}
		}
	}
	return false
}

func twinFix(acl []wire.ACL, txn Txn) ([]wire.ACL, wire.Code) {
	var fixed []wire.ACL
	for i, entry := range acl {
		who := entry.ID
		_, known := members[who.ID]
		switch {
		case slices.Contains(acl[:i], entry):
		case who.Scheme == "auth":
			n := len(fixed)
			for _, id := range txn.IDs {
				if id.Scheme == "digest" || id.Scheme == "x509" {
					fixed = append(fixed, wire.ACL{Perms: entry.Perms, ID: id})
				}
			}
			if n == len(fixed) {
				return nil, wire.InvalidACL
			}
		case who.Scheme == "world" && who.ID == "anyone", who.Scheme == "ip" && known,
			who.Scheme == "digest" && strings.Count(who.ID, ":") == 1, who.Scheme == "x509" && txn.Settings&Certificates != 0 &&
				strings.HasPrefix(who.ID, "CN="):
			fixed = append(fixed, entry)
		default:
			return nil, wire.InvalidACL
		}
	}
	if len(fixed) == 0 {
		return nil, wire.InvalidACL
	}
	return fixed, wire.OK
}

func (tw *twin) setACL(txn Txn, r wire.SetACLRequest) (wire.Response, wire.Code) {
	acl, code := twinFix(r.ACL, txn)
	n, ok := tw.nodes[r.Path]
	switch {
	case !goodPath.MatchString(r.Path):
		return nil, wire.BadArguments
	case code != wire.OK:
		return nil, code
	case !ok:
		return nil, wire.NoNode
	case !twinPermits(n.acl, txn.IDs, 16):
		return nil, wire.NoAuth
	case r.Version != -1 && r.Version != n.stat.Aversion:
		return nil, wire.BadVersion
	}
	n.acl = acl
	n.stat.Aversion++
	tw.nodes[r.Path] = n
	return wire.SetACLResponse{Stat: tw.stat(r.Path)}, wire.OK
}

// masked is the list without digests.
func masked(acl []wire.ACL) []wire.ACL {
	var list []wire.ACL
	for _, entry := range acl {
		if entry.ID.Scheme == "digest" {
			entry.ID.ID = entry.ID.ID[:strings.Index(entry.ID.ID, ":")] + ":x"
		}
		list = append(list, entry)
	}
	return list
}
