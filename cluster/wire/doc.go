// Package wire is ZooKeeper's client protocol, both directions: records, and their encoding in jute.
//
// It knows bytes and nothing else: no tree, no sessions, no network. Frames are passed without their length prefix,
// which the host's connection keeps. Requests and responses are passed as values (CreateRequest, not *CreateRequest),
// in both directions. Every decoder takes any bytes: it returns an error that wraps ErrMalformed, and
// never panics nor allocates more than a small multiple of the input.
package wire
