// Package etcdv3 is etcd where it runs, as those use it who write Go: through its own client,
// go.etcd.io/etcd/client/v3, and the locks and elections of that client's package concurrency, as they are. It is
// for clusters that a trial starts; the store must be new.
//
// Every server has a scout: a client on a machine without faults that watches all keys there. What scouts are told
// says what the clients' histories lack: which revision a request made whose answer was lost, when a lease had
// ended, and in which order all of it took place.
package etcdv3
