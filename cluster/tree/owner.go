package tree

// A znode's owner is 0, the session of an ephemeral, or one of two values that no session has:
//
//	0x8000000000000000                 a container
//	0xff, 16 bits 0, 40 bits of TTL    a znode with a time to live, in milliseconds
const (
	containerOwner int64 = -1 << 63
	ttlMsMax       int64 = 1<<40 - 1
	ttlMark              = ^int64(1<<56 - 1)
)

// ttlOwner is the owner of a znode with a time to live. Not every time can be one.
func ttlOwner(ms int64) (owner int64, ok bool) { return ttlMark | ms, ms > 0 && ms <= ttlMsMax }

// isSession says whether an owner, or the id of a session, is one that a session can have.
func isSession(owner int64) bool {
	return owner != 0 && owner != containerOwner && owner&ttlMark != ttlMark
}

// ttlMs is a znode's time to live: 0 for none.
func (n *node) ttlMs() int64 {
	if n.owner&ttlMark != ttlMark {
		return 0
	}
	return n.owner &^ ttlMark
}

// validOwner says whether an owner of that form can be.
func validOwner(owner int64) bool {
	if owner == 0 || owner == containerOwner || isSession(owner) {
		return true
	}
	_, ok := ttlOwner(owner &^ ttlMark)
	return ok
}

// isReapable says whether the service removes the znode by itself one day: a container, or one with a time to live.
func (n *node) isReapable() bool { return n.owner != 0 && !isSession(n.owner) }

// ephemeralOwner is what clients are shown: that a znode is a container, or has a time to live, is hidden from them.
func (n *node) ephemeralOwner() int64 {
	if isSession(n.owner) {
		return n.owner
	}
	return 0
}
