package wal

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"ordeal/host"
)

// A snapshot's file is a row of frames, as a segment is: a header, the data in pieces, and an end. The frames are bound
// to the snapshot's index as those of a segment are to its number.
const (
	snapshotVersion = 2

	recordSnapshot = 4 // the header: the version, and raft's metadata
	recordPiece    = 5 // a piece of the data
	recordEnd      = 6 // how many bytes of data there are
)

// pieceBytes is how much data is in one frame, where the log divides it itself, and how much is read at once by
// default.
const pieceBytes = 128 << 10

// snapshotWriter makes the bytes of a snapshot's file, one frame after the other.
type snapshotWriter struct {
	index  uint64
	offset int64 // of the next frame
	data   uint64
}

// frame appends the next frame to dst, as those below do.
func (w *snapshotWriter) frame(dst []byte, kind byte, rest []byte) []byte {
	b := appendFrame(dst, snapshotSequence(w.index), w.offset, w.offset, []byte{kind}, rest)
	w.offset += int64(len(b) - len(dst))
	return b
}

func (w *snapshotWriter) header(meta *raftpb.SnapshotMetadata) []byte {
	b, err := proto.MarshalOptions{}.MarshalAppend([]byte{snapshotVersion}, meta)
	if err != nil {
		panic(fmt.Sprintf("wal: snapshot %d cannot be encoded: %v", meta.GetIndex(), err))
	}
	return w.frame(nil, recordSnapshot, b)
}

func (w *snapshotWriter) piece(dst, data []byte) []byte {
	w.data += uint64(len(data))
	return w.frame(dst, recordPiece, data)
}

func (w *snapshotWriter) end(dst []byte) []byte {
	return w.frame(dst, recordEnd, binary.LittleEndian.AppendUint64(nil, w.data))
}

// snapshotSequence is what takes the place of a segment's number in a snapshot's frames. No segment has it.
func snapshotSequence(index uint64) uint64 { return ^index }

// encodeSnapshot makes a whole file, step by step.
func encodeSnapshot(snapshot *raftpb.Snapshot) (frames [][]byte) {
	w := snapshotWriter{index: snapshot.GetMetadata().GetIndex()}
	frames = append(frames, w.header(snapshot.GetMetadata()))
	for rest := snapshot.GetData(); len(rest) > 0; {
		n := min(len(rest), pieceBytes)
		frames = append(frames, w.piece(nil, rest[:n]))
		rest = rest[n:]
	}
	return append(frames, w.end(nil))
}

// snapshotReader takes the bytes of a snapshot's file, divided anywhere, and checks them.
type snapshotReader struct {
	index  uint64
	rest   []byte // the part of a frame that has arrived
	offset int64  // of that frame
	meta   *raftpb.SnapshotMetadata
	data   uint64 // bytes of it so far
	ended  bool
}

// add takes bytes, and hands each piece of the data to take; take must not keep it. An error of the bytes is *Damage,
// any other is take's.
func (r *snapshotReader) add(b []byte, take func([]byte) error) error {
	r.rest = append(r.rest, b...)
	rest := r.rest
	for len(rest) >= frameHeaderBytes && !r.ended {
		size, _, ok := readHeader(rest, snapshotSequence(r.index), r.offset)
		if !ok {
			return r.damage("no frame of snapshot %d begins here", r.index)
		}
		if size > int64(len(rest)) {
			break
		}
		f, ok := readFrameAt(rest, snapshotSequence(r.index), r.offset)
		if !ok {
			return r.damage("the checksum does not match")
		}
		if err := r.take(f.payload, take); err != nil {
			return err
		}
		rest, r.offset = rest[size:], f.next
	}
	if r.ended && len(rest) > 0 {
		return r.damage("%d bytes are left over", len(rest))
	}
	r.rest = append(r.rest[:0], rest...)
	return nil
}

func (r *snapshotReader) take(payload []byte, take func([]byte) error) error {
	if len(payload) == 0 || (payload[0] == recordSnapshot) != (r.offset == 0) {
		return r.damage("%v", errRecord)
	}
	switch rest := payload[1:]; payload[0] {
	case recordSnapshot:
		return r.readHeader(rest)
	case recordPiece:
		r.data += uint64(len(rest))
		return take(rest)
	case recordEnd:
		if len(rest) != 8 || binary.LittleEndian.Uint64(rest) != r.data {
			return r.damage("%d bytes of data come before the end, and it says other", r.data)
		}
		r.ended = true
		return nil
	}
	return r.damage("%v", errRecord)
}

func (r *snapshotReader) readHeader(b []byte) error {
	if len(b) == 0 || b[0] != snapshotVersion {
		return r.damage("it has another format than version %d", snapshotVersion)
	}
	r.meta = &raftpb.SnapshotMetadata{}
	if err := proto.Unmarshal(b[1:], r.meta); err != nil {
		return r.damage("%v: %v", errRecord, err)
	}
	if got := r.meta.GetIndex(); got != r.index || got == 0 {
		return r.damage("the snapshot's own index is %d", got)
	}
	return nil
}

// end says what is wrong with a file that has no more bytes.
func (r *snapshotReader) end() error {
	if !r.ended {
		return r.damage("it is not whole")
	}
	return nil
}

func (r *snapshotReader) damage(format string, args ...any) error {
	return &Damage{File: fileName(r.index, snapshotSuffix), Offset: r.offset, Reason: fmt.Sprintf(format, args...)}
}

// readSnapshot reads a snapshot's file in pieces of so many bytes.
func readSnapshot(d host.Disk, index uint64, bytes int, take func([]byte) error) (*snapshotReader, error) {
	r := &snapshotReader{index: index}
	name, b := fileName(index, snapshotSuffix), make([]byte, bytes)
	for at := int64(0); ; {
		n, err := d.ReadAt(name, b, at)
		if err != nil {
			return r, fmt.Errorf("wal: %s cannot be read: %w", name, err)
		}
		if n == 0 {
			return r, r.end()
		}
		if err := r.add(b[:n], take); err != nil {
			return r, err
		}
		at += int64(n)
	}
}

// LoadSnapshot reads the data of the newest snapshot on the disk, piece by piece, at boot. take must not keep a piece.
// An error is *Damage, the disk's, or take's own.
func (l *Log) LoadSnapshot(take func(piece []byte) error) error {
	if l.durable() == 0 {
		return nil // that of a new cluster is not on the disk yet, and empty
	}
	_, err := readSnapshot(l.queue.disk, l.durable(), l.readBytes, take)
	return err
}

// SnapshotBytes is how large the file of a snapshot is, if it is the newest on the disk.
func (l *Log) SnapshotBytes(index uint64) (int64, bool) {
	return l.snapshotBytes, index > 0 && index == l.durable()
}

// ReadSnapshot fills b with what the file of a snapshot has from offset on, and then calls done. A failure to read it
// does no harm to the log.
func (l *Log) ReadSnapshot(index uint64, b []byte, offset int64, done func(error)) {
	l.queue.disk.Submit(host.Job{host.Read(fileName(index, snapshotSuffix), b, offset)}, done)
}
