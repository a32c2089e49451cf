// Package cluster is the coordination service: a replicated tree of znodes with sessions, ephemerals, watches and
// transactions, on go.etcd.io/raft/v3, served over ZooKeeper's client protocol.
//
// A Node is a host.Program: it runs on whatever host it is booted on and knows of nothing else. What it promises:
//
//  1. Writes are linearizable: each takes one place in one order (its zxid), after it was asked for and before it is
//     answered, and it is on the disks of a majority before it is answered.
//  2. The requests of one connection take effect, and are answered, in the order in which they were sent.
//  3. Reads are local and may be old, but never go back in time for a session, whichever server it is attached to.
//     A read behind a sync sees everything that was acknowledged before the sync was sent.
//  4. A watch's event is delivered before any answer that shows the state behind the event.
//  5. A session ends when its client closes it, or when the leader has not heard of it for its timeout. Its
//     ephemerals go in the same transaction.
//
// Data flows one way. Frames become calls (conn.go); writes among them become commands in the log (forward.go,
// ready.go); the log becomes state (state.go); results become replies and events (conn.go, watch.go).
package cluster
