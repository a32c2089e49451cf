package wal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/host"
)

// A snapshot's file: a magic number, the length of what follows, its CRC-32C, and a CRC-32C of these with the index.
const (
	snapshotMagic       = 0x3170616e736c6177 // "walsnap1", and so the format's version
	snapshotHeaderBytes = 24
)

// snapshotStages writes a snapshot under another name and gives it its own when it is whole.
func (l *Log) snapshotStages(snapshot *raftpb.Snapshot) []stage {
	index := snapshot.GetMetadata().GetIndex()
	name := fileName(index, snapshotSuffix)
	half := fileName(index, halfSuffix)
	return []stage{
		{job: host.Job{host.Remove(half), host.Append(half, encodeSnapshot(snapshot)), host.Sync(half)}},
		{mark: "walBeforeRename", job: host.Job{host.Rename(half, name), host.SyncDir()}, then: func() {
			l.snapshots = append(l.snapshots, index)
			if index > l.memory.snapshot.GetMetadata().GetIndex() {
				l.memory.snapshot = snapshot
			}
		}},
		{mark: "walAfterRename"},
	}
}

func encodeSnapshot(snapshot *raftpb.Snapshot) []byte {
	size := proto.Size(snapshot)
	b, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(
		make([]byte, snapshotHeaderBytes, snapshotHeaderBytes+size), snapshot)
	if err != nil {
		panic(fmt.Sprintf("wal: snapshot %d cannot be encoded: %v", snapshot.GetMetadata().GetIndex(), err))
	}
	binary.LittleEndian.PutUint64(b, snapshotMagic)
	binary.LittleEndian.PutUint64(b[8:], uint64(size))
	binary.LittleEndian.PutUint32(b[16:], crc32.Checksum(b[snapshotHeaderBytes:], castagnoli))
	binary.LittleEndian.PutUint32(b[20:], snapshotHeaderSum(b, snapshot.GetMetadata().GetIndex()))
	return b
}

func snapshotHeaderSum(b []byte, index uint64) uint32 {
	var header [28]byte
	copy(header[:], b[:20])
	binary.LittleEndian.PutUint64(header[20:], index)
	return crc32.Checksum(header[:], castagnoli)
}

// decodeSnapshot undoes encodeSnapshot. On an error it says at which offset the file makes no sense.
func decodeSnapshot(b []byte, index uint64) (snapshot *raftpb.Snapshot, offset int, err error) {
	if len(b) < snapshotHeaderBytes || binary.LittleEndian.Uint64(b) != snapshotMagic ||
		snapshotHeaderSum(b, index) != binary.LittleEndian.Uint32(b[20:]) {
		return nil, 0, fmt.Errorf("this is no header of snapshot %d", index)
	}
	rest := b[snapshotHeaderBytes:]
	if size := binary.LittleEndian.Uint64(b[8:]); size != uint64(len(rest)) {
		return nil, snapshotHeaderBytes, fmt.Errorf("%d bytes should follow, and %d do", size, len(rest))
	}
	if crc32.Checksum(rest, castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return nil, snapshotHeaderBytes, fmt.Errorf("the checksum does not match")
	}
	snapshot = &raftpb.Snapshot{}
	if err := proto.Unmarshal(rest, snapshot); err != nil {
		return nil, snapshotHeaderBytes, fmt.Errorf("%w: %w", errRecord, err)
	}
	if got := snapshot.GetMetadata().GetIndex(); got != index || index == 0 {
		return nil, snapshotHeaderBytes, fmt.Errorf("the snapshot's own index is %d", got)
	}
	return snapshot, 0, nil
}
