package wal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/pingcap/failpoint"
)

const (
	frameHeaderBytes = 16
	frameAlign       = 8
	payloadMax       = 1 << 31
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame is one frame as it was found in a segment.
type frame struct {
	payload []byte // aliases the segment's bytes
	durable int64  // bytes of the segment that were durable before the frame was written
	next    int64  // offset behind the frame
}

// frameBytes is how many bytes a frame with such a payload takes.
func frameBytes(payload int) int64 {
	return (frameHeaderBytes + int64(payload) + frameAlign - 1) &^ (frameAlign - 1)
}

// framesBytes is how many bytes the frames of records take.
func framesBytes(records []record) int64 {
	var n int64
	for _, r := range records {
		n += frameBytes(len(r.payload))
	}
	return n
}

// appendFrame appends to dst the frame that holds a payload, in one part or several, at offset of segment sequence,
// where durable bytes of the segment are durable.
func appendFrame(dst []byte, sequence uint64, offset, durable int64, payload ...[]byte) []byte {
	size, sum := 0, uint32(0)
	for _, part := range payload {
		size += len(part)
		sum = crc32.Update(sum, castagnoli, part)
	}
	if int64(size) >= payloadMax {
		panic(fmt.Sprintf("wal: a record of %d bytes is too large", size))
	}
	start := len(dst)
	dst = slices.Grow(dst, int(frameBytes(size)))
	placed := placeSum(dst[start:start+placeBytes], sequence, offset) // where the header will be
	dst = binary.LittleEndian.AppendUint32(dst, uint32(size))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(offset-durable))
	dst = binary.LittleEndian.AppendUint32(dst, sum)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Update(placed, castagnoli, dst[start:]))
	for _, part := range payload {
		dst = append(dst, part...)
	}
	var zeros [frameAlign]byte
	return append(dst, zeros[:frameBytes(size)-frameHeaderBytes-int64(size)]...)
}

// headerSum binds the first 12 bytes of a header to its place.
func headerSum(header []byte, sequence uint64, offset int64) uint32 {
	return crc32.Update(placeSum(make([]byte, placeBytes), sequence, offset), castagnoli, header[:12])
}

const placeBytes = 16

// placeSum is the sum of a place, which it writes to room.
func placeSum(room []byte, sequence uint64, offset int64) uint32 {
	binary.LittleEndian.PutUint64(room[0:], sequence)
	binary.LittleEndian.PutUint64(room[8:], uint64(offset))
	return crc32.Checksum(room, castagnoli)
}

// readFrame reads the frame at offset of a segment's bytes, and reports whether there is one.
func readFrame(segment []byte, sequence uint64, offset int64) (frame, bool) {
	return readFrameAt(segment[offset:], sequence, offset)
}

// readHeader reads the header of the frame at offset, where rest begins: how many bytes the frame takes, and how many
// of the segment were durable before it.
func readHeader(rest []byte, sequence uint64, offset int64) (size, durable int64, ok bool) {
	if len(rest) < frameHeaderBytes || headerSum(rest, sequence, offset) != binary.LittleEndian.Uint32(rest[12:]) {
		return 0, 0, false
	}
	length := int64(binary.LittleEndian.Uint32(rest))
	durable = offset - int64(binary.LittleEndian.Uint32(rest[4:]))
	return frameBytes(int(length)), durable, length < payloadMax && durable >= 0
}

// readFrameAt reads the frame at offset, where rest begins.
func readFrameAt(rest []byte, sequence uint64, offset int64) (frame, bool) {
	end, durable, ok := readHeader(rest, sequence, offset)
	if !ok || end > int64(len(rest)) {
		return frame{}, false
	}
	length := int64(binary.LittleEndian.Uint32(rest))
	payload := rest[frameHeaderBytes : frameHeaderBytes+length]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(rest[8:]) {
		wrong := true
		failpoint.Inject("bugChecksumIgnored", func(_ failpoint.Value) { wrong = false })
		if wrong {
			return frame{}, false
		}
	}
	for _, b := range rest[frameHeaderBytes+length : end] {
		if b != 0 {
			return frame{}, false
		}
	}
	return frame{payload: payload, durable: durable, next: offset + end}, true
}

// durableBehind reports whether a frame behind offset proves that the bytes at offset were durable once: such bytes
// are damaged, not torn.
func durableBehind(segment []byte, sequence uint64, offset int64) bool {
	for at := offset + frameAlign; at+frameHeaderBytes <= int64(len(segment)); at += frameAlign {
		if f, ok := readFrame(segment, sequence, at); ok && f.durable > offset {
			return true
		}
	}
	return false
}
