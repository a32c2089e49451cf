// Package etcd is what the clients of a trial do with the service's second API: the one that etcd's clients speak. They
// use every operation at random, on a few keys that all share and on many that are used seldom, and record what they
// saw. It judges nothing. How clients take turns and record operations is in package workloads/clients.
//
// Calls travel as frames (etcdwire.Frame), not as HTTP/2: docs/ARCHITECTURE.md says what is not on trial for that. A
// client has one connection to one server at a time, with a few calls, streams of watches and one of keep-alives on it.
// When it leaves a server it makes its watches again at another one, from behind the revision that it was told of last.
//
// The shapes of what is recorded are in docs/HISTORIES.md. Values that are put are unique.
package etcd
