package cluster

import (
	"crypto/sha1"
	"encoding/base64"
	"net/netip"
	"slices"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// Schemes of ids. Only digest is a client's to claim: it is ip by where it connects from, x509 by its certificate, and
// super by being the one whom the configuration names.
const (
	schemeDigest = "digest"
	schemeIP     = "ip"
	schemeSuper  = "super"
	schemeX509   = "x509"
)

// Digest is the id that ACLs of the scheme digest have for a user and a password: user:base64(sha1(user:password)).
func Digest(user, password string) string { return digestOf(user + ":" + password) }

// digestOf is the id of "user:password". As in ZooKeeper, who gives no password has another id than who gives an
// empty one.
func digestOf(claim string) string {
	user, _, _ := strings.Cut(claim, ":")
	sum := sha1.Sum([]byte(claim))
	return user + ":" + base64.StdEncoding.EncodeToString(sum[:])
}

// firstIDs are who a client is by its connection alone: by where it connects from, and by its certificate.
func (n *Node) firstIDs(c host.Conn) []wire.ID {
	var ids []wire.ID
	if at, err := netip.ParseAddrPort(c.Peer()); err == nil {
		ids = append(ids, wire.ID{Scheme: schemeIP, ID: at.Addr().Unmap().String()})
	}
	super := n.config.SkipACL
	if proved, ok := c.(host.Identified); ok {
		for _, subject := range proved.Identities() {
			ids = append(ids, wire.ID{Scheme: schemeX509, ID: subject})
			// A subject may be empty, and so is the setting where no owner is super.
			super = super || n.config.SuperX509 != "" && subject == n.config.SuperX509
		}
	}
	if super {
		ids = append(ids, wire.ID{Scheme: schemeSuper})
	}
	return ids
}

// authenticate takes a client's word for who it is, and answers at once: requests that are behind it are of that
// client. A claim that does not hold ends the connection after the answer.
func (n *Node) authenticate(c *conn, xid int32, r wire.AuthRequest) {
	ids, ok := n.idsOf(r)
	ok = ok && sizeOf(c.ids)+sizeOf(ids) <= idsBytesMax
	code := wire.OK
	if !ok {
		code = wire.AuthFailed
	}
	for _, id := range ids {
		if !slices.Contains(c.ids, id) {
			// Requests on their way share the list as it was.
			c.ids = append(slices.Clip(c.ids), id)
		}
	}
	c.send(wire.EncodeReply(wire.ReplyHeader{Xid: xid, Err: code}, nil))
	if !ok {
		n.conns.traffic.authFailed++
		n.host.Log().Info("authentication refused", "peer", c.host.Peer(), "scheme", r.Scheme)
		failpoint.Inject("bugRefusedClaimStays", func(_ failpoint.Value) { failpoint.Return() })
		n.close(c)
	}
}

// isKnown says that a client is known by a scheme that the configuration demands, if it demands any.
func (n *Node) isKnown(c *conn) bool {
	if len(n.config.EnforceAuth) == 0 {
		return true
	}
	failpoint.Inject("bugKnownByAny", func(_ failpoint.Value) { failpoint.Return(len(c.ids) > 0) })
	return slices.ContainsFunc(c.ids, func(id wire.ID) bool { return slices.Contains(n.config.EnforceAuth, id.Scheme) })
}

// turnAway tells a client that it is to say who it is before it asks for anything, and cuts it off.
func (n *Node) turnAway(c *conn, xid int32) {
	c.send(wire.EncodeReply(wire.ReplyHeader{Xid: xid, Err: wire.SessionClosedRequireSASLAuth}, nil))
	n.host.Log().Info("client turned away: it is not known by a scheme that is demanded", "peer", c.host.Peer(),
		"schemes", n.config.EnforceAuth)
	n.close(c)
}

// idsBytesMax is how many bytes the ids of one connection may have: they go with each of its writes.
const idsBytesMax = 64 << 10

func sizeOf(ids []wire.ID) (n int) {
	for _, id := range ids {
		n += len(id.Scheme) + len(id.ID)
	}
	return n
}

// idsOf are the ids that a claim gives.
func (n *Node) idsOf(r wire.AuthRequest) (ids []wire.ID, ok bool) {
	switch r.Scheme {
	case schemeDigest:
		if r.Auth == nil {
			return nil, false
		}
		digest := digestOf(string(r.Auth))
		ids = append(ids, wire.ID{Scheme: schemeDigest, ID: digest})
		if n.config.SuperDigest != "" && bendSuper(digest, n.config.SuperDigest) == n.config.SuperDigest {
			ids = append(ids, wire.ID{Scheme: schemeSuper})
		}
		return ids, true
	case schemeIP:
		return nil, true // what it would add is there from the start
	}
	return nil, false
}

// whoAmI tells a client who it is taken for, without what only a password's owner should see.
func whoAmI(ids []wire.ID) wire.WhoAmIResponse {
	shown := []wire.ID{}
	for _, id := range ids {
		if id.Scheme == schemeDigest {
			id.ID, _, _ = strings.Cut(id.ID, ":")
		}
		shown = append(shown, id)
	}
	return wire.WhoAmIResponse{IDs: shown}
}
