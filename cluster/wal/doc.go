// Package wal keeps what one node of the cluster must not forget: raft's log, its hard state, snapshots of the state
// machine, and how often the node has booted. A Log is a raft.Storage on a host.Disk.
//
// # What it promises
//
// Memory changes within the call, the disk by jobs: no call waits. A done function is called, as an event and in the
// order of the calls, once everything up to its call is durable; after an error the node must stop, and every later
// done reports the same error. Open finds everything that was acknowledged so, never half of a call, and nothing
// that was not written. One thing may go back: a hard state that differs from the one before in its commit index
// only is written and not synced, as raft allows.
//
// # On the disk
//
// A segment <sequence>.log is a row of frames: 16 bytes of header, a payload, zeros up to a multiple of 8. The header
// has the payload's length and CRC-32C, how many bytes before the frame were not durable when it was written, and a
// CRC-32C of all this together with the segment's number and the frame's offset, so bytes from anywhere else are no
// frame. The first frame of a segment repeats the whole state but the entries (boots, hard state, last entry), so
// segments before it are not needed for that. What one call writes is one frame: it is there as a whole or not at all.
//
// A snapshot <index>.snap is a row of frames as well: a header with raft's metadata, the data in pieces, and an end
// that says how much data there is. It is written beside the log, as <index>.tmp or, when another node sends it, as
// <index>.part, synced now and then, and renamed when it is whole; so it is whole or damaged, never torn.
//
// # Torn or damaged
//
// Frames that no sync covered may be missing, cut or garbled after a crash. So Open cuts a last segment where its
// frames stop making sense, unless a frame further on says that these bytes were durable by then: that, and a
// senseless frame in any segment but the last, is damage. Open then refuses and says where. What it cannot tell from
// a torn tail is damage to the very last thing that was synced.
package wal
