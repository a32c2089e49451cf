package wal

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pingcap/failpoint"

	"ordeal/host"
)

const (
	segmentSuffix  = ".log"
	snapshotSuffix = ".snap"
	// Not finished, and worth nothing after a crash: a snapshot of this node's own, and one that another node sends.
	halfSuffix     = ".tmp"
	incomingSuffix = ".part"
)

// segment is one file of the log.
type segment struct {
	sequence uint64
	file     string // its name, once it was asked for
	bytes    int64
	durable  int64  // bytes that a sync covered
	base     uint64 // index of the last entry before it
	low      uint64 // lowest index of an entry that it holds, 0 for none
	top      uint64 // and highest
}

// hold notes that the segment holds the entries from low to top. For no entries both are 0.
func (s *segment) hold(low, top uint64) {
	if low > 0 && (s.low == 0 || low < s.low) {
		s.low = low
	}
	s.top = max(s.top, top)
}

// mayBegin reports whether a log can be read back from segments alone, without those before: no entry in them is at
// an index that the first takes for settled.
func mayBegin(segments []segment) bool {
	for i := range segments {
		if low := segments[i].low; low > 0 && low <= segments[0].base {
			return false
		}
	}
	return true
}

func (s *segment) name() string {
	if s.file == "" {
		s.file = fileName(s.sequence, segmentSuffix)
	}
	return s.file
}

// fileName has the number in hex at full width, so that names sort as numbers do.
func fileName(number uint64, suffix string) string {
	const digits = "0123456789abcdef"
	var hex [16]byte
	for i := len(hex) - 1; i >= 0; i-- {
		hex[i] = digits[number&15]
		number >>= 4
	}
	return string(hex[:]) + suffix
}

// fileNumber undoes fileName.
func fileNumber(name, suffix string) (uint64, bool) {
	hex, ok := strings.CutSuffix(name, suffix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(hex, 16, 64)
	return n, err == nil && fileName(n, suffix) == name
}

// appendStages writes records and makes them durable. With reset they begin a segment that forgets all entries before.
// What they take lies in the room, if there is enough.
func (l *Log) appendStages(records []record, reset bool, r *room) []stage {
	if len(records) == 0 && !reset {
		return append(r.stages[:0], stage{job: host.Job{}})
	}
	job, sync := host.Job(r.job[:0]), host.Job(nil)
	if n := len(l.segments); reset || n == 0 || l.segments[n-1].bytes >= l.segmentBytes {
		job = l.nextSegment(reset)
		sync = host.Job{host.SyncDir()}
		failpoint.Inject("bugSegmentDirUnsynced", func(_ failpoint.Value) { sync = nil })
	}
	active := &l.segments[len(l.segments)-1]
	name, mustSync := active.name(), len(sync) > 0
	data := slices.Grow(l.frames[:0], int(framesBytes(records)))
	for i := range records {
		one := &records[i]
		mustSync = mustSync || one.mustSync
		at := active.bytes + int64(len(data))
		data = appendFrame(data, active.sequence, at, active.durable, one.payload)
		active.hold(one.low, one.top)
		one.change(&l.written)
		l.rooms.give(one.payload) // it is in data now
	}
	if l.frames = nil; cap(data) <= roomMax {
		l.frames = data
	}
	if len(data) > 0 {
		job = append(job, host.Append(name, data))
		active.bytes += int64(len(data))
	}
	if !mustSync {
		return append(r.stages[:0], stage{mark: beforeWrite, job: job})
	}
	active.durable = active.bytes // as soon as anything else is written
	whole := stage{mark: beforeWrite, job: append(append(job, host.Sync(name)), sync...), begun: beforeSync}
	if l.planted.ackEarly {
		return l.bendStages(job, whole.job[len(job):])
	}
	return append(r.stages[:0], whole, stage{mark: afterSync})
}

// nextSegment begins a segment and returns the steps for it. The one before is durable before the new one is there,
// so that whatever is wrong in any but the last is damage.
func (l *Log) nextSegment(reset bool) host.Job {
	var job host.Job
	next := segment{sequence: 1, base: l.written.last}
	if n := len(l.segments); n > 0 {
		before := &l.segments[n-1]
		next.sequence = before.sequence + 1
		if before.durable < before.bytes {
			job = append(job, host.Sync(before.name()))
			before.durable = before.bytes
		}
	}
	data := appendFrame(nil, next.sequence, 0, 0, headerPayload(l.written, reset))
	next.bytes = int64(len(data))
	l.segments = append(l.segments, next)
	l.begun++
	return append(job, host.Append(next.name(), data))
}

// SegmentsBegun is how many segments were begun since Open.
func (l *Log) SegmentsBegun() uint64 { return l.begun }

// BeginsSegment reports whether an entry was the first to be written to some segment that is on the disk.
func (l *Log) BeginsSegment(index uint64) bool {
	return slices.ContainsFunc(l.segments, func(s segment) bool { return s.low == index && s.base == index-1 })
}

// removeStage removes the oldest n segments, and the snapshots that are older than index. Nothing waits for that to be
// durable: what comes back after a crash does no harm.
func (l *Log) removeStage(n int, index uint64) stage {
	job := host.Job{}
	for i := range l.segments[:n] {
		job = append(job, host.Remove(l.segments[i].name()))
	}
	l.segments = append([]segment(nil), l.segments[n:]...)
	for len(l.snapshots) > 0 && l.snapshots[0] < index {
		job = append(job, host.Remove(fileName(l.snapshots[0], snapshotSuffix)))
		l.snapshots = l.snapshots[1:]
	}
	return stage{mark: beforeCompact, job: job}
}
