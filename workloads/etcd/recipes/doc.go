// Package recipes is what the clients of a trial do with what recipes make of etcd's keys: locks, offices, registers
// and queues. The recipes are those of package etcdrecipes, which the services Lock and Election of a real server carry
// out, too; calls travel as frames, as in package etcd. A client's session is a lease that it keeps alive.
//
// It judges nothing. What it records is what the workloads lock, election, register and queue record, so the same
// models judge it: a session is the lease's id, a token or an epoch the revision at which the holder's key was made.
package recipes
