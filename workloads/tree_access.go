package workloads

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// Who clients say they are, and what that allows them. Users are few, and every client knows every password: what one
// has locked, another can open again sooner or later.

// treeClaim is who a client says it is.
type treeClaim struct{ scheme, auth string }

// Super is the claim of the user who may do everything, where a service is set up for it.
const Super = "super:test"

var (
	treeUsers = []string{"ada:1", "ada:2", "bob:1", "carl"}
	// One has no scheme that there is: the service ends the connection over it.
	treeRefused = treeClaim{"nobody", "knows"}
)

// Users are all that clients of the workload tree claim to be, as "user:password": what any of them has protected, they
// together can open.
func Users() []string { return append([]string{Super}, treeUsers...) }

// Digest is the id of a user and a password, as ACLs of the scheme digest have it.
func Digest(claim string) string {
	sum := sha1.Sum([]byte(claim))
	user := claim
	for i := range claim {
		if claim[i] == ':' {
			user = claim[:i]
			break
		}
	}
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}

// drawClaim draws who to be besides who one is already.
func (w *worker) drawClaim() treeClaim {
	switch n := w.p.Rand().IntN(100); {
	case n < 5 && !w.e.cfg.Marks: // what is lost with the connection is recorded by the simulator only
		return treeRefused
	case n < 10:
		return treeClaim{"ip", ""}
	case n < 15:
		return treeClaim{"digest", Super}
	}
	return treeClaim{"digest", treeUsers[w.p.Rand().IntN(len(treeUsers))]}
}

// claim says who the client is, while its requests are under way. That may come to nothing for want of a connection,
// but where there is one the client has to have said it there.
func (w *worker) claim(as treeClaim) {
	c := w.c
	err := c.AddAuth(as.scheme, []byte(as.auth))
	if err != nil {
		w.p.Log().Debug("workloads: a claim", "error", err)
	}
	k, connected := c.Kept()
	if connected && !k.Claiming && errors.Is(err, client.ErrConnectionLoss) && w.e.cfg.Breach != nil {
		w.e.cfg.Breach("a client says who it is on the connection that it has", fmt.Sprintf(
			"session %#x waited in vain for an answer to a claim, and none is under way to %s", uint64(k.Session), k.Server))
	}
}

var anybody = wire.ID{Scheme: "world", ID: "anyone"}

// drawACL draws an ACL for a new znode: mostly one that allows everything to all.
func (w *worker) drawACL(path string) []wire.ACL {
	if path == treeRoot || w.p.Chance(88) {
		return []wire.ACL{{Perms: wire.PermAll, ID: anybody}}
	}
	return w.drawEntries()
}

// drawSetACL draws what is to be allowed from now on. On the two roots every client keeps the right to set it anew.
func (w *worker) drawSetACL() wire.Request {
	path := w.drawPath()
	r := wire.SetACLRequest{Path: path, Version: int32(w.p.Rand().IntN(4)) - 1}
	if path == treeRoot || path == "/" || w.p.Chance(50) {
		r.ACL = []wire.ACL{{Perms: w.drawPerms(), ID: anybody}}
	} else {
		r.ACL = w.drawEntries()
	}
	return r
}

// drawPerms draws all permissions, or all but one thing that is not to set them.
func (w *worker) drawPerms() int32 {
	if w.p.Chance(40) {
		return wire.PermAll &^ (1 << w.p.Rand().IntN(4))
	}
	return wire.PermAll
}

// drawEntries draws permissions for a user, and some for all clients; or entries that no ACL may have.
func (w *worker) drawEntries() []wire.ACL {
	if w.p.Chance(8) {
		return w.drawBadEntries()
	}
	// The first is for a user, so that the znode can be opened again.
	list := []wire.ACL{{Perms: w.drawPerms(), ID: w.drawUser()}}
	if w.p.Chance(30) { // an address for documentation: no client has one
		id := wire.ID{Scheme: "ip", ID: []string{"192.0.2.0/24", "192.0.2.7", "2001:db8::1"}[w.p.Rand().IntN(3)]}
		list = append(list, wire.ACL{Perms: wire.PermAll, ID: id})
	}
	if w.p.Chance(30) {
		list = append(list, wire.ACL{Perms: w.drawPerms(), ID: w.drawUser()})
	}
	if w.p.Chance(60) {
		list = append(list, wire.ACL{Perms: int32(w.p.Rand().IntN(32)), ID: anybody})
	}
	if w.p.Chance(10) {
		list = append(list, list[0])
	}
	return list
}

// drawUser draws a user, or the scheme auth, which stands for the users that the client has claimed to be.
func (w *worker) drawUser() wire.ID {
	if w.p.Chance(40) {
		return wire.ID{Scheme: "auth"}
	}
	return wire.ID{Scheme: "digest", ID: Digest(treeUsers[w.p.Rand().IntN(len(treeUsers))])}
}

func (w *worker) drawBadEntries() []wire.ACL {
	bad := []wire.ID{
		{Scheme: "world", ID: "somebody"}, {Scheme: "digest", ID: "ada"}, {Scheme: "digest", ID: "a:b:c"},
		{Scheme: "ip", ID: "192.0.2.0/33"}, {Scheme: "ip", ID: "somewhere"}, {Scheme: "nobody", ID: "x"},
		{Scheme: "super"},
	}
	if w.p.Chance(20) {
		return []wire.ACL{}
	}
	return []wire.ACL{{Perms: wire.PermAll, ID: anybody}, {Perms: wire.PermAll, ID: bad[w.p.Rand().IntN(len(bad))]}}
}
