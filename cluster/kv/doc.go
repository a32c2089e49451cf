// Package kv is the service's second state machine, beside package tree: keys with all their versions, leases, users
// and alarms, as etcd's clients know them. No log, no network, no clock.
//
// Apply changes the state by one entry of the log; everything else looks at it. Both are functions of the state and
// their arguments alone, so replicas that apply the same entries are equal, and Hash says whether they are.
//
// What it promises:
//
//  1. An entry takes effect as a whole or not at all. One that changes a key raises the revision by one, and nothing
//
// else
//
//	   does: revisions have no gaps.
//	2. A read at a revision shows what a read of then showed, until Compact has gone past it; at the compacted revision
//	   itself it still does. The same holds for the changes that watches are told of, and their order is that in which
//	   they were made, within a revision too.
//	3. A transaction compares with what was there before it, and each of its operations sees what the ones before have
//	   done. Whatever could go wrong is found before the first of them.
//	4. When a lease ends, its keys go in one revision, in their order.
//	5. With authentication on, nothing is read or written that the user's roles do not grant, and a change of users or
//	   roles makes what was authorized before it void (ErrAuthOldRevision).
//	6. A snapshot is of one instant, however long it takes to write, and equal states have equal bytes.
//
// The answers and the order of checks are those of etcd 3.6. What differs, on purpose: a sort with ties keeps the order
// of keys; and the size that the quota is about is that of the keys and values in memory, since there is no file.
package kv
