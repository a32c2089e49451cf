package recipes

import (
	"cmp"
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Log is a log that many write and many read: its entries are the members of a znode, in the order of their numbers.
// Whoever appends makes a member, alone or in a Transaction. Nothing is removed.
type Log struct{ folder folder }

// NewLog is the log at path. The znode must exist.
func NewLog(p host.Process, c *client.Client, path string) *Log {
	return &Log{folder{p: p, c: c, path: path}}
}

// Entry is an entry of a log and its number, which is greater than that of every entry before it.
type Entry struct {
	Number int64
	Data   []byte
}

// logReadMax is how many entries a read takes at most.
const logReadMax = 32

// Read reads the entries from a number on, at most 32, and says which number to read from next. Entries come without a
// gap: one that was appended later has a greater number.
func (l *Log) Read(from int64, timeout time.Duration) (entries []Entry, next int64, err error) {
	until := Deadline(l.folder.p, timeout)
	var names []string
	err = Settle(l.folder.p, until, func() (err error) {
		names, _, err = l.folder.c.SyncChildren(l.folder.path, nil)
		return err
	})
	if err != nil {
		return nil, from, err
	}
	list := numbered(names)
	first, _ := slices.BinarySearchFunc(list, from, func(m member, n int64) int { return cmp.Compare(m.number, n) })
	list, next = list[first:], from
	if n := len(list); n > 0 {
		next = list[min(n, logReadMax)-1].number + 1
		next = bendNext(next, list[n-1].number+1)
		list = list[:min(n, logReadMax)]
	}
	entries, err = l.load(list, until)
	if err != nil {
		return nil, from, err
	}
	return entries, next, nil
}

// load reads what is in members. One that is gone, which no client may remove, is left out.
func (l *Log) load(list []member, until time.Duration) (entries []Entry, err error) {
	if len(list) == 0 {
		return nil, nil
	}
	var ops []wire.Request
	for _, m := range list {
		ops = append(ops, wire.GetDataRequest{Path: l.folder.at(m.name)})
	}
	var results []wire.MultiResult
	err = Settle(l.folder.p, until, func() (err error) {
		results, err = l.folder.c.SyncMultiRead(ops...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, m := range list {
		if r, ok := results[i].Response.(wire.GetDataResponse); ok {
			entries = append(entries, Entry{m.number, r.Data})
		}
	}
	return entries, nil
}
