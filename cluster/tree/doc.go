// Package tree is the service's state machine: znodes and sessions, and nothing else. No log, no network, no clock.
//
// Apply changes the state by one transaction; Read looks at it. Both are functions of the state and their arguments
// alone, so replicas that apply the same transactions at the same zxids are equal, and Hash says whether they are.
// Watches is the one part that is not replicated: the table of one server.
//
// What it promises:
//
//  1. A transaction takes effect as a whole or not at all. One that fails moves Zxid on and changes nothing else.
//  2. A write of a session is applied only while the session exists and only for the connection that owns it.
//  3. When a session ends, its ephemeral znodes go in the same transaction.
//  4. Checks come in the order of ZooKeeper 3.8. For create: flags (BadArguments, Unimplemented), a slash in the path,
//     ACL (InvalidACL), parent (NoNode), permission (NoAuth), the rest of the path (BadArguments), NodeExists,
//     NoChildrenForEphemerals, quota. For setData: path, NoNode, NoAuth, quota, BadVersion.
//  5. A sequential znode's number is how many children its parent was ever given; no delete and no snapshot takes it
//     back.
//  6. Nothing is done to a znode that its ACL does not grant to one of the ids in the transaction, or in ReadAs. Who a
//     client is, is found out elsewhere; the tree knows what the schemes world, auth, digest, ip, x509 and super mean.
//  7. A container, or a znode with a time to live, is removed by a DeleteContainer only if it is due when that is
//     applied.
//
// What differs from ZooKeeper 3.8, on purpose: an ACL may name IPv6 addresses; a quota is checked against what the
// operations before it in the same multi have done; stats of quotas are not counted anew in a restart, which would make
// replicas differ; limits and stats that cannot be read stand for none, where ZooKeeper fails (MarshallingError); the
// service removes no plain znode that took a container's place; a watch of one mode on a path does not replace that of
// another, as since 3.9; and once the service has written its configuration to wire.ConfigPath no client
// writes there (BadArguments), whatever its ids: the servers go by it.
package tree
