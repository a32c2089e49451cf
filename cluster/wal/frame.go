package wal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
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

// appendFrame appends to dst the frame that holds payload at offset of segment sequence, where durable bytes of the
// segment are durable.
func appendFrame(dst []byte, sequence uint64, offset, durable int64, payload []byte) []byte {
	if int64(len(payload)) >= payloadMax {
		panic(fmt.Sprintf("wal: a record of %d bytes is too large", len(payload)))
	}
	start := len(dst)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(payload)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(offset-durable))
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(payload, castagnoli))
	dst = binary.LittleEndian.AppendUint32(dst, headerSum(dst[start:], sequence, offset))
	dst = append(dst, payload...)
	var zeros [frameAlign]byte
	return append(dst, zeros[:frameBytes(len(payload))-frameHeaderBytes-int64(len(payload))]...)
}

// headerSum binds the first 12 bytes of a header to its place.
func headerSum(header []byte, sequence uint64, offset int64) uint32 {
	var place [16]byte
	binary.LittleEndian.PutUint64(place[0:], sequence)
	binary.LittleEndian.PutUint64(place[8:], uint64(offset))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, header[:12])
}

// readFrame reads the frame at offset of a segment's bytes, and reports whether there is one.
func readFrame(segment []byte, sequence uint64, offset int64) (frame, bool) {
	rest := segment[offset:]
	if len(rest) < frameHeaderBytes {
		return frame{}, false
	}
	if headerSum(rest, sequence, offset) != binary.LittleEndian.Uint32(rest[12:]) {
		return frame{}, false
	}
	length := int64(binary.LittleEndian.Uint32(rest))
	durable := offset - int64(binary.LittleEndian.Uint32(rest[4:]))
	if length >= payloadMax || durable < 0 || frameBytes(int(length)) > int64(len(rest)) {
		return frame{}, false
	}
	payload := rest[frameHeaderBytes : frameHeaderBytes+length]
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(rest[8:]) {
		return frame{}, false
	}
	end := frameBytes(int(length))
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
