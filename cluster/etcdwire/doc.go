// Package etcdwire is the language of etcd's clients: the messages of its services, as protobuf's bytes, by hand, with
// the codes and texts of its errors; and the frames in which simulated connections carry calls.
//
// The messages are those of etcd's api/v3 (rpc.proto, kv.proto, auth.proto, v3lock.proto and v3election.proto), with
// their fields and numbers. Append writes the bytes that protobuf writes, fields in the order of their numbers and
// without those that are zero. Decode takes any bytes, skips fields that it does not know, and lets the bytes and
// strings of a message lie in what it was given.
//
// What gRPC adds to a message, HTTP/2 with its headers and its flow control, is not here. A Frame has what a call is
// besides: its method, its token, its messages, its end.
package etcdwire
