package wal

import (
	"encoding/binary"
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// Damage is an error of Open: the disk does not hold what was written to it.
type Damage struct {
	File   string
	Offset int64
	Reason string
}

func (d *Damage) Error() string {
	return fmt.Sprintf("wal: %s is damaged at offset %d: %s", d.File, d.Offset, d.Reason)
}

// Open reads back what the disk holds. What it must repair for that, a torn end of the last segment above all, it
// submits as jobs, and whatever the log is asked for later comes after them. It returns *Damage rather than a log
// that may have lost something.
func Open(d host.Disk, options Options) (*Log, error) {
	l := &Log{segmentBytes: options.SegmentBytes, queue: queue{self: options.Self, disk: d}}
	if l.segmentBytes <= 0 {
		l.segmentBytes = SegmentBytesDefault
	}
	names, err := d.ReadDir()
	if err != nil {
		return nil, fmt.Errorf("wal: the directory cannot be listed: %w", err)
	}
	o := opening{log: l, disk: d}
	o.sort(names)
	if err := o.readSnapshot(); err != nil {
		return nil, err
	}
	for i := range l.segments {
		if err := o.readSegment(i); err != nil {
			return nil, err
		}
	}
	if err := o.settle(); err != nil {
		return nil, err
	}
	return l, nil
}

// opening is an Open under way.
type opening struct {
	log      *Log
	disk     host.Disk
	repair   host.Job
	snapshot *raftpb.Snapshot
}

// sort tells the files apart. Of the segments only an unbroken row at the end counts: those before a gap were removed,
// and the removal of some was not durable.
func (o *opening) sort(names []string) {
	l := o.log
	for _, name := range names {
		if _, ok := fileNumber(name, halfSuffix); ok {
			o.repair = append(o.repair, host.Remove(name))
		}
		if index, ok := fileNumber(name, snapshotSuffix); ok {
			l.snapshots = append(l.snapshots, index)
		}
		sequence, ok := fileNumber(name, segmentSuffix)
		if !ok {
			continue
		}
		if n := len(l.segments); n > 0 && l.segments[n-1].sequence+1 != sequence {
			for i := range l.segments {
				o.repair = append(o.repair, host.Remove(l.segments[i].name()))
			}
			l.segments = nil
		}
		l.segments = append(l.segments, segment{sequence: sequence})
	}
}

func (o *opening) readSnapshot() error {
	index := o.log.durable()
	if index == 0 {
		return nil
	}
	name := fileName(index, snapshotSuffix)
	data, err := o.disk.ReadFile(name)
	if err != nil {
		return fmt.Errorf("wal: %s cannot be read: %w", name, err)
	}
	snapshot, offset, err := decodeSnapshot(data, index)
	if err != nil {
		return &Damage{File: name, Offset: int64(offset), Reason: err.Error()}
	}
	o.snapshot = snapshot
	o.log.recovery.Snapshot = index
	return nil
}

// readSegment replays segment i.
func (o *opening) readSegment(i int) error {
	s := &o.log.segments[i]
	data, err := o.disk.ReadFile(s.name())
	if err != nil {
		return fmt.Errorf("wal: %s cannot be read: %w", s.name(), err)
	}
	o.log.recovery.Segments++
	for s.bytes < int64(len(data)) {
		f, ok := readFrame(data, s.sequence, s.bytes)
		if !ok {
			return o.tear(i, data)
		}
		if err := o.replay(s, f.payload, i == 0); err != nil {
			return &Damage{File: s.name(), Offset: s.bytes, Reason: err.Error()}
		}
		s.bytes = f.next
	}
	if s.bytes == 0 {
		return o.tear(i, data)
	}
	s.durable = s.bytes
	return nil
}

// tear decides about a segment that stops making sense at its offset bytes: cut it there, or call it damaged.
func (o *opening) tear(i int, data []byte) error {
	s := &o.log.segments[i]
	if i < len(o.log.segments)-1 {
		return &Damage{s.name(), s.bytes, "no frame begins here, and a later segment exists"}
	}
	kept := false
	failpoint.Inject("bugTornTailKept", func(_ failpoint.Value) { kept = s.bytes > 0 })
	if kept {
		s.bytes = int64(len(data))
		s.durable = s.bytes
		return nil
	}
	if durableBehind(data, s.sequence, s.bytes) {
		return &Damage{s.name(), s.bytes, "no frame begins here, and frames behind it were written later"}
	}
	r := &o.log.recovery
	r.CutFile, r.CutOffset, r.BytesCut = s.name(), s.bytes, int64(len(data))-s.bytes
	if s.bytes > 0 {
		o.repair = append(o.repair, host.Truncate(s.name(), s.bytes), host.Sync(s.name()))
		s.durable = s.bytes
		return nil
	}
	if i == 0 && s.sequence > 1 {
		return &Damage{s.name(), 0, "the only segment has no header"}
	}
	o.repair = append(o.repair, host.Remove(s.name()))
	o.log.segments = o.log.segments[:i]
	return nil
}

// replay applies one record.
func (o *opening) replay(s *segment, payload []byte, first bool) error {
	if s.bytes == 0 {
		return o.replayHeader(payload, first)
	}
	l := o.log
	if len(payload) == 9 && payload[0] == recordBoot {
		l.written.incarnation = binary.LittleEndian.Uint64(payload[1:])
		return nil
	}
	if len(payload) == 0 || payload[0] != recordAppend {
		return errRecord
	}
	hard, entries, err := decodeAppend(payload)
	if err != nil {
		return err
	}
	if err := l.memory.append(entries); err != nil {
		return err
	}
	if hard != nil {
		l.written.hard = *hard
	}
	l.written.last, l.written.lastTerm = l.memory.last(), l.memory.lastTerm()
	if len(entries) > 0 {
		s.top = max(s.top, l.memory.last())
	}
	return nil
}

// replayHeader checks that a segment goes on where the one before ended. The first says where it begins.
func (o *opening) replayHeader(payload []byte, first bool) error {
	h, err := decodeHeader(payload)
	if err != nil {
		return err
	}
	l := o.log
	switch {
	case first || h.reset:
		l.memory.reset(h.state.last, h.state.lastTerm)
	case h.state != l.written:
		return fmt.Errorf("the segment goes on from %+v, and the one before ends at %+v", h.state, l.written)
	}
	l.written = h.state
	return nil
}

// settle brings the log and the snapshot together, and submits the repair.
func (o *opening) settle() error {
	l := o.log
	m, r := &l.memory, &l.recovery
	index, term := o.snapshot.GetMetadata().GetIndex(), o.snapshot.GetMetadata().GetTerm()
	if index < m.base {
		s := &l.segments[0]
		return &Damage{s.name(), 0, fmt.Sprintf("the log begins behind entry %d, and the newest snapshot is at %d",
			m.base, index)}
	}
	replaced := false
	if logged, err := m.term(index); err != nil || logged != term {
		replaced, r.Discarded = true, len(m.entries)
		m.reset(index, term)
		l.written.last, l.written.lastTerm = index, term
		l.written.hard = l.written.hard.raised(index, term)
	}
	m.snapshot = o.snapshot
	m.hard = l.written.hard.raised(index, term)
	l.incarnation = l.written.incarnation
	if m.hard.commit > m.last() {
		s := &l.segments[len(l.segments)-1]
		return &Damage{s.name(), s.bytes, fmt.Sprintf("the log ends at entry %d, and %d are committed",
			m.last(), m.hard.commit)}
	}
	r.Entries, r.Boots = len(m.entries), l.incarnation
	o.submit(replaced && len(l.segments) > 0)
	return nil
}

// submit queues the repair. A log that a snapshot replaced goes on in a new segment, as Install would have done.
func (o *opening) submit(replaced bool) {
	l := o.log
	if len(o.repair) > 0 {
		job := append(o.repair, host.SyncDir())
		l.queue.add(&task{stages: func() []stage { return []stage{{job: job}} }})
	}
	if replaced {
		l.queue.add(&task{stages: func() []stage {
			old := len(l.segments)
			return append(l.appendStages(nil, true), l.removeStage(old, l.durable()))
		}})
	}
}
