// Package etcdrecipes are locks, elections, registers and queues as etcd's clients make them of keys: written once
// against whoever asks a server. So the services Lock and Election of a real server and the clients of trials carry out
// the same code.
//
// Whoever made its key below a name first has the lock, or leads; the others wait until those are gone that made theirs
// before. A key is named after the lease that it goes with. Names are prefixes, as etcd has it.
package etcdrecipes
