package oshost

import "sync/atomic"

// Counters say what became of connections that did not go as they should, since the machine booted.
type Counters struct {
	// Refused were over the limit of connections from one address; Silent sent nothing in time; Garbage sent what is no
	// frame; SlowReaders left too much unread.
	Refused, Silent, Garbage, SlowReaders uint64
	// TLSFailed had no TLS come about: no certificate that is trusted, mostly.
	TLSFailed uint64
	// PeersRefused are callers on the peer port that do not belong there.
	PeersRefused uint64
	// SlowSyncs are syncs of the disk that took longer than slowSync.
	SlowSyncs uint64
}

type counters struct{ refused, silent, garbage, slowReaders, tlsFailed, peersRefused atomic.Uint64 }

// Counters reads the counters. It may be called from anywhere.
func (m *Machine) Counters() Counters {
	c := &m.counters
	return Counters{
		Refused: c.refused.Load(), Silent: c.silent.Load(), Garbage: c.garbage.Load(),
		SlowReaders: c.slowReaders.Load(), TLSFailed: c.tlsFailed.Load(), PeersRefused: c.peersRefused.Load(),
		SlowSyncs: m.disk.store.slow.Load(),
	}
}
