package cluster

import "ordeal/cluster/kv"

// KeysApplied is one entry of the log about keys, as it was applied here.
type KeysApplied struct {
	// Index is the entry's.
	Index uint64
	entry []byte
	// Expired is the lease whose time was over; 0 if it is a request.
	Expired int64
	// Revision is that of the keys behind it.
	Revision int64
}

// Entry is what the log had; nothing for the end of a lease.
func (a KeysApplied) Entry() (e kv.Entry) {
	if a.Expired == 0 {
		e, _ = kv.DecodeEntry(a.entry) // it was applied, so it can be read
	}
	return e
}

// keysRecentMax and keysRecentBytes bound what a node remembers of them.
const (
	keysRecentMax   = 1024
	keysRecentBytes = 1 << 20
)

// keysRecent are the newest of them in this boot.
type keysRecent struct {
	list  []KeysApplied
	bytes int
	// from is the index behind which nothing is missing.
	from uint64
}

func (r *keysRecent) note(a KeysApplied) {
	r.list, r.bytes = append(r.list, a), r.bytes+len(a.entry)
	drop := 0
	for ; len(r.list)-drop > keysRecentMax || r.bytes > keysRecentBytes; drop++ {
		r.from, r.bytes = r.list[drop].Index, r.bytes-len(r.list[drop].entry)
	}
	if drop > 0 {
		clear(r.list[:drop])
		r.list = r.list[drop:]
	}
}

// made notes the revision behind the newest of them.
func (r *keysRecent) made(revision int64) {
	if n := len(r.list); n > 0 {
		r.list[n-1].Revision = revision
	}
}

// skipped notes that what was applied up to an entry is not known here: a snapshot had it.
func (r *keysRecent) skipped(index uint64) { *r = keysRecent{from: index} }

// KeysAppliedSince lists the entries about keys that were applied behind an index, oldest first, as far as the node
// remembers them. whole says that none is missing.
func (n *Node) KeysAppliedSince(index uint64) (list []KeysApplied, whole bool) {
	r := &n.etcd.recent
	at := len(r.list)
	for at > 0 && r.list[at-1].Index > index {
		at--
	}
	return r.list[at:], index >= r.from
}

// KeyRevision is the revision of the keys that this server has.
func (n *Node) KeyRevision() int64 { return n.keys().Revision() }

// KeyLeases are the leases that there are, by id.
func (n *Node) KeyLeases() (ids []int64) {
	for _, l := range n.keys().Leases() {
		ids = append(ids, l.ID)
	}
	return ids
}
