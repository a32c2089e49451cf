// Package raftwire turns raft's messages and entries into bytes and back.
//
// The bytes are protobuf's, as raftpb defines them, and the same that proto.Marshal gives: but written by hand, since
// protobuf goes by reflection over fields that are pointers, and a message then costs a dozen allocations. What is
// rare, snapshots above all, and all bytes that this package would not have written itself, are left to protobuf.
//
// Fields that raftpb does not know are read, as protobuf does, and not written.
package raftwire
