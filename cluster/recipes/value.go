package recipes

import (
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Value is bytes with a version, which clients share. Each client keeps what it last saw of it, with a watch on it.
//
// Guaranteed: Get, Set and SetIf are linearizable. Cached is one of the values that were there since the instant that
// it names, on the process's own clock; and it never goes back behind what the client saw before. Not guaranteed: that
// it is the newest (a client that is cut off can't know), and that every value is seen: who sets it twice may hide the
// first.
type Value struct {
	cell  cell
	watch *client.Watch // on the znode, nil for none
	last  Versioned
	known bool
}

// Versioned is a value and its version: 0 is the one before the first Set, with no bytes.
type Versioned struct {
	Bytes   []byte
	Version int64
	// AsOf is an instant, by Process.Now, at or behind which this was the value.
	AsOf time.Duration
}

// NewValue makes a user of the value at path. The znode is made when it is needed.
func NewValue(p host.Process, c *client.Client, path string) *Value {
	return &Value{cell: cell{p: p, c: c, path: path}}
}

// Get is the value as of now.
func (v *Value) Get(timeout time.Duration) (Versioned, error) {
	asked := v.cell.p.Now()
	now, err := v.cell.read(Deadline(v.cell.p, timeout))
	if err != nil {
		return Versioned{}, err
	}
	return v.see(now, asked), nil
}

// Set makes it another value, whatever it was, and returns the version.
func (v *Value) Set(value []byte, timeout time.Duration) (version int64, outcome Outcome, err error) {
	return v.set(timeout, func(content) error { return nil }, value)
}

// SetIf makes it another value if it is of a version. NoEffect with wire.BadVersion says that it was not.
func (v *Value) SetIf(value []byte, version int64, timeout time.Duration) (next int64, outcome Outcome, err error) {
	return v.set(timeout, func(now content) error {
		if int64(now.stat.Version) != version {
			return wire.BadVersion
		}
		return nil
	}, value)
}

func (v *Value) set(timeout time.Duration, check func(content) error, value []byte) (int64, Outcome, error) {
	var version int64
	outcome, err := v.cell.change(Deadline(v.cell.p, timeout), func(now content) (content, error) {
		if err := check(now); err != nil {
			return now, err
		}
		version, now.value = int64(now.stat.Version)+1, value
		return now, nil
	})
	if err != nil {
		return 0, outcome, err
	}
	return version, outcome, nil
}

// Cached is what the client knows of the value, without asking a server: one that was there at AsOf, or came later. ok
// is false if it never saw one. How old it can be is what has passed since AsOf.
func (v *Value) Cached() (value Versioned, ok bool) { return v.last, v.known }

// Refresh waits for a change of the value for at most timeout, and in any case asks for what it is: behind it Cached is
// a value of after the call's beginning, unless the error says that no server could be asked.
func (v *Value) Refresh(timeout time.Duration) error {
	if v.watch != nil {
		_, changed := v.watch.Wait(max(0, timeout))
		if v.bendSilent(changed) {
			return nil
		}
		v.cell.c.Forget(v.watch)
	}
	w, asked := client.NewWatch(), v.cell.p.Now()
	data, stat, err := v.cell.c.SyncGet(v.cell.path, w)
	if err != nil {
		v.watch = nil
		return err
	}
	v.watch = w
	now, err := decodeContent(data, stat)
	if err == nil {
		v.see(now, v.bendAsOf(asked))
	}
	return err
}

// see takes what was read, which was asked for at an instant. A client's reads come in order, so it is never older than
// what was seen before.
func (v *Value) see(now content, asked time.Duration) Versioned {
	v.last, v.known = Versioned{Bytes: now.value, Version: int64(now.stat.Version), AsOf: asked}, true
	return v.last
}
