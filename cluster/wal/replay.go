package wal

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/pingcap/failpoint"
	"go.etcd.io/raft/v3/raftpb"

	"ordeal/host"
)

// contents are the decoded records of a segment.
type contents struct {
	header  header
	records []decoded
}

// decoded is a recordAppend or recordBoot.
type decoded struct {
	offset  int64
	boot    uint64 // the incarnation, 0 if it is no boot
	hard    *hardState
	entries []*raftpb.Entry
}

// readSegments reads all segments, and replays them from the oldest that can begin a log and that the snapshot
// reaches. Those before were being removed when the node stopped.
func (o *opening) readSegments() error {
	l := o.log
	for i := range l.segments {
		if err := o.readSegment(i); err != nil {
			return err
		}
	}
	l.segments = l.segments[:len(o.read)]
	l.recovery.Segments = len(o.read)
	for n := range l.segments {
		if l.segments[n].base <= l.durable() && mayBegin(l.segments[n:]) {
			o.read = o.read[n:]
			o.drop(n)
			return o.replay()
		}
	}
	if len(l.segments) > 0 {
		s := &l.segments[0]
		return &Damage{s.name(), 0, fmt.Sprintf("the log begins behind entry %d, and the newest snapshot is at %d",
			s.base, l.durable())}
	}
	return nil
}

// readSegment decodes segment i, as far as it makes sense.
func (o *opening) readSegment(i int) error {
	s := &o.log.segments[i]
	data, err := o.disk.ReadFile(s.name())
	if err != nil {
		return fmt.Errorf("wal: %s cannot be read: %w", s.name(), err)
	}
	var c contents
	for s.bytes < int64(len(data)) {
		f, ok := readFrame(data, s.sequence, s.bytes)
		if !ok {
			break
		}
		if err := c.decode(s, f.payload); err != nil {
			return &Damage{File: s.name(), Offset: s.bytes, Reason: err.Error()}
		}
		s.bytes = f.next
	}
	s.durable = s.bytes
	if s.bytes == 0 || s.bytes < int64(len(data)) {
		if err := o.tear(i, data); err != nil {
			return err
		}
	}
	if s.bytes > 0 {
		o.read = append(o.read, c)
	}
	return nil
}

// decode takes the payload of the frame at s.bytes.
func (c *contents) decode(s *segment, payload []byte) (err error) {
	if s.bytes == 0 {
		c.header, err = decodeHeader(payload)
		s.base = c.header.state.last
		return err
	}
	d := decoded{offset: s.bytes}
	switch {
	case len(payload) == 9 && payload[0] == recordBoot:
		d.boot = binary.LittleEndian.Uint64(payload[1:])
	case len(payload) > 0 && payload[0] == recordAppend:
		d.hard, d.entries, err = decodeAppend(payload)
	default:
		err = errRecord
	}
	if n := len(d.entries); err == nil && n > 0 {
		s.hold(d.entries[0].GetIndex(), d.entries[n-1].GetIndex())
	}
	c.records = append(c.records, d)
	return err
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
	switch {
	case s.bytes > 0:
		o.repair = append(o.repair, host.Truncate(s.name(), s.bytes))
	case i == 0 && s.sequence > 1:
		return &Damage{s.name(), 0, "the only segment has no header"}
	default:
		o.repair = append(o.repair, host.Remove(s.name()))
	}
	return nil
}

// replay makes the log of what was read.
func (o *opening) replay() error {
	l := o.log
	for i, c := range o.read {
		s := &l.segments[i]
		switch {
		case i == 0 || c.header.reset:
			l.memory.reset(c.header.state.last, c.header.state.lastTerm)
		case c.header.state != l.written:
			return &Damage{s.name(), 0, fmt.Sprintf("the segment goes on from %+v, and the one before ends at %+v",
				c.header.state, l.written)}
		}
		l.written = c.header.state
		for _, d := range c.records {
			if err := l.replay(d); err != nil {
				return &Damage{s.name(), d.offset, err.Error()}
			}
		}
	}
	return nil
}

func (l *Log) replay(d decoded) error {
	if d.boot > 0 {
		if d.boot != l.written.incarnation+1 {
			return fmt.Errorf("boot %d follows boot %d", d.boot, l.written.incarnation)
		}
		l.written.incarnation = d.boot
		return nil
	}
	if d.hard != nil {
		l.written.hard = *d.hard
	}
	if err := l.memory.append(d.entries); err != nil {
		return err
	}
	if len(d.entries) > 0 {
		l.written.last, l.written.lastTerm = l.memory.last(), l.memory.lastTerm()
	}
	if l.written.hard.commit > l.memory.last() {
		return errors.New("more is committed than was written")
	}
	return nil
}
