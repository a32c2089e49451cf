package wal

import (
	"fmt"

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
// submits as jobs, and whatever the log is asked for later comes after them: what was read may be relied on once the
// first done function was called. It returns *Damage rather than a log that may have lost something.
func Open(d host.Disk, options Options) (*Log, error) {
	l := &Log{segmentBytes: options.SegmentBytes, readBytes: options.ReadBytes, queue: queue{self: options.Self, disk: d}}
	l.planted.begin()
	if l.segmentBytes <= 0 {
		l.segmentBytes = segmentBytesDefault
	}
	if l.readBytes <= 0 {
		l.readBytes = pieceBytes
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
	if err := o.readSegments(); err != nil {
		return nil, err
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
	read     []contents // of the segments
}

// sort tells the files apart. Of the segments only an unbroken row at the end counts: those before a gap were removed,
// and the removal of some was not durable.
func (o *opening) sort(names []string) {
	l := o.log
	for _, name := range names {
		for _, suffix := range []string{halfSuffix, incomingSuffix} {
			if _, ok := fileNumber(name, suffix); ok {
				o.repair = append(o.repair, host.Remove(name))
				l.recovery.Leftovers++
			}
		}
		if index, ok := fileNumber(name, snapshotSuffix); ok {
			l.snapshots = append(l.snapshots, index)
		}
		sequence, ok := fileNumber(name, segmentSuffix)
		if !ok {
			continue
		}
		if n := len(l.segments); n > 0 && l.segments[n-1].sequence+1 != sequence {
			o.drop(n)
		}
		l.segments = append(l.segments, segment{sequence: sequence})
	}
}

// drop removes the first n segments: they hold nothing that is needed.
func (o *opening) drop(n int) {
	for i := range o.log.segments[:n] {
		o.repair = append(o.repair, host.Remove(o.log.segments[i].name()))
	}
	o.log.segments = o.log.segments[n:]
}

func (o *opening) readSnapshot() error {
	index := o.log.durable()
	if index == 0 {
		return nil
	}
	r, err := readSnapshot(o.disk, index, o.log.readBytes, func([]byte) error { return nil })
	if err != nil {
		return err
	}
	o.snapshot = &raftpb.Snapshot{Metadata: r.meta}
	o.log.recovery.Snapshot, o.log.snapshotBytes = index, r.offset
	return nil
}

// settle brings the log and the snapshot together, and submits the repair.
func (o *opening) settle() error {
	l := o.log
	m, r := &l.memory, &l.recovery
	index, term := o.snapshot.GetMetadata().GetIndex(), o.snapshot.GetMetadata().GetTerm()
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

// submit queues the repair. Whatever was read becomes durable with it: when a program ended and its machine did not,
// the disk shows what was written and not synced. A log that a snapshot replaced goes on in a new segment, as Install
// would have done.
func (o *opening) submit(replaced bool) {
	l := o.log
	if n := len(l.segments); n > 0 {
		o.repair = append(o.repair, host.Sync(l.segments[n-1].name()))
	}
	if len(o.repair) > 0 || len(l.snapshots) > 0 {
		job := append(o.repair, host.SyncDir())
		l.queue.add(&task{stages: func() []stage { return []stage{{job: job}} }})
	}
	if replaced {
		l.queue.add(&task{stages: func() []stage {
			old := len(l.segments)
			return append(l.appendStages(nil, true, new(room)), l.removeStage(old, l.durable()))
		}})
	}
}
