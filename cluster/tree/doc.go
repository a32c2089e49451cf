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
//  4. Checks come in the order of ZooKeeper 3.8. For create: flags and path (BadArguments), ACL, parent (NoNode),
//     permission (NoAuth), NodeExists, NoChildrenForEphemerals.
//  5. A sequential znode's number is how many children its parent was ever given; no delete and no snapshot takes it
//     back.
//
// What this version does not do, and says so: every znode may be used by everybody, so the only ACL that a create may
// ask for is world:anyone with all permissions. Other well-formed ACLs are Unimplemented, and empty or malformed ones
// are InvalidACL. (As the ACL is the same everywhere, it is not stored.) The exception is /zookeeper/config, which
// clients may only read, as in ZooKeeper. Container and TTL znodes are Unimplemented.
package tree
