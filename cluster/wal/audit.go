package wal

import (
	"bytes"
	"fmt"

	"ordeal/host"
)

// Audit holds the log to what it promises: that a start from a disk would find what is in memory, and that nothing lies
// there which is of no use any more. The disk is a copy of the log's own: what a power loss would leave of it at this
// instant. Each line says what is wrong; of the disk there are none until the log has done what it was asked for, and
// once a write has failed.
func (l *Log) Audit(d host.Disk) (wrong []string) {
	note := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if l.left > 0 {
		note("the log keeps %d files that hold nothing it needs", l.left)
	}
	if behind := l.durable() - min(l.memory.base, l.durable()); behind > l.keep && l.swept > 0 && l.swept == l.durable() {
		note("the log keeps %d entries behind its snapshot, and should keep %d", behind, l.keep)
	}
	if !l.queue.idle() {
		return wrong
	}
	if n := len(l.snapshots); n > 1 && l.swept == l.durable() {
		note("the log keeps %d snapshots, and needs the newest", n)
	}
	again, err := Open(d, Options{})
	if err != nil {
		return append(wrong, fmt.Sprintf("after a power loss the log could not be opened: %v", err))
	}
	if now, then := l.incarnation, again.incarnation; now != then {
		note("this is boot %d, and after a power loss it would be boot %d", now, then)
	}
	if now, then := l.memory.hard, again.memory.hard; !now.votesAs(then) || then.commit > now.commit {
		note("term, vote and commit are %v, and after a power loss they would be %v", now, then)
	}
	if now, then := l.durable(), again.durable(); now != then {
		note("the snapshot is %d, and after a power loss it would be %d", now, then)
	}
	if now, then := l.memory.last(), again.memory.last(); now != then {
		note("the log ends at entry %d, and after a power loss it would at %d", now, then)
		return wrong
	}
	for i := max(l.memory.base, again.memory.base) + 1; i <= l.memory.last(); i++ {
		now, then := l.memory.entries[i-l.memory.base-1], again.memory.entries[i-again.memory.base-1]
		if now.GetTerm() != then.GetTerm() || now.GetType() != then.GetType() || !bytes.Equal(now.GetData(), then.GetData()) {
			note("entry %d of term %d would be another one of term %d after a power loss", i, now.GetTerm(), then.GetTerm())
			break
		}
	}
	return wrong
}

// Unfinished are the names of files on the log's disk that are no whole snapshots: of those that the node saves, and of
// those that it is sent. There are none while the disk has something to do yet: a slow one is long about taking away
// what was given up.
func (l *Log) Unfinished(d host.Disk) (saved, sent []uint64) {
	names, err := d.ReadDir()
	if err != nil || l.dropping > 0 || !l.queue.idle() {
		return nil, nil
	}
	for _, name := range names {
		if index, ok := fileNumber(name, halfSuffix); ok {
			saved = append(saved, index)
		}
		if index, ok := fileNumber(name, incomingSuffix); ok {
			sent = append(sent, index)
		}
	}
	return saved, sent
}
