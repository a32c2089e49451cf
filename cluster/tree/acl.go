package tree

import (
	"slices"
	"strings"

	"ordeal/cluster/wire"
)

// everybody may do everything: the one ACL that this version takes.
var everybody = wire.ACL{Perms: 31, ID: wire.ID{Scheme: "world", ID: "anyone"}}

// checkACL judges the ACL of a create. As in ZooKeeper, entries that repeat count once, and the form is judged before
// anything else.
func checkACL(list []wire.ACL) wire.Code {
	if len(list) == 0 || slices.ContainsFunc(list, malformedACL) {
		return wire.InvalidACL
	}
	for _, entry := range list {
		if entry != everybody {
			return wire.Unimplemented
		}
	}
	return wire.OK
}

// malformedACL says whether ZooKeeper would refuse the entry for its form.
func malformedACL(entry wire.ACL) bool {
	switch entry.ID.Scheme {
	case "world":
		return entry.ID.ID != "anyone"
	case "digest":
		return strings.Count(entry.ID.ID, ":") != 1
	case "auth", "ip", "sasl", "x509":
		return false
	}
	return true
}
