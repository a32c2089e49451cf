package recipes

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// ErrConflict says that a transaction was not committed, because another client has changed what it had read.
var ErrConflict = errors.New("recipes: another client has changed what the transaction had read")

// Transaction is reads and writes of several znodes that take place together, or not at all, under optimistic
// concurrency control: its reads show one instant, its writes are made at one instant, and nothing that it had read has
// changed between the two. So transactions are strictly serializable. One that wrote what it had not read does not mind
// what others did to it.
//
// A Transaction is for one use: reads first, then writes, then Commit. After ErrConflict another may be tried.
type Transaction struct {
	p host.Process
	c *client.Client
	// seen are the znodes that it read, and writes what it is to do to the others besides.
	seen    []seenNode
	creates []wire.Request
	blind   []wire.Request
}

// Znode is what a transaction reads of a znode.
type Znode struct {
	// There says that it exists; the rest is empty if it does not.
	There bool
	Data  []byte
	// Members are those of its children whose names end in a sequence number, by their numbers.
	Members []Numbered
}

// Numbered is a child of a znode: its name without the number that the service gave it, and the number.
type Numbered struct {
	Name   string
	Number int64
}

// seenNode is a znode that was read, at which version, and what is to be done to it.
type seenNode struct {
	path    string
	there   bool
	version int32
	data    []byte
	written bool
}

// NewTransaction begins a transaction.
func NewTransaction(p host.Process, c *client.Client) *Transaction {
	return &Transaction{p: p, c: c}
}

// Read reads the data of znodes, all at one instant and as of now. An error says that they could not be read within
// timeout. To read twice in a transaction shows two instants: Commit then fails unless nothing has changed between.
func (t *Transaction) Read(timeout time.Duration, paths ...string) ([]Znode, error) {
	return t.read(timeout, paths, false)
}

// ReadMembers reads the data and the members of znodes. A transaction is told of a change of a znode's members by
// another only if that one has set its data too.
func (t *Transaction) ReadMembers(timeout time.Duration, paths ...string) ([]Znode, error) {
	return t.read(timeout, paths, true)
}

func (t *Transaction) read(timeout time.Duration, paths []string, all bool) ([]Znode, error) {
	var ops []wire.Request
	for _, path := range paths {
		ops = append(ops, wire.GetDataRequest{Path: path})
		if all {
			ops = append(ops, wire.GetChildrenRequest{Path: path})
		}
	}
	var results []wire.MultiResult
	err := Settle(t.p, Deadline(t.p, timeout), func() (err error) {
		results, err = bendAtOnce(t.c, ops)
		return err
	})
	if err != nil {
		return nil, err
	}
	nodes := make([]Znode, len(paths))
	each := len(ops) / max(len(paths), 1)
	for i, path := range paths {
		seen := seenNode{path: path}
		if r, ok := results[i*each].Response.(wire.GetDataResponse); ok {
			nodes[i] = Znode{There: true, Data: r.Data}
			seen.there, seen.version = true, r.Stat.Version
		}
		if all {
			r, _ := results[i*each+1].Response.(wire.GetChildrenResponse)
			for _, m := range numbered(r.Names) {
				nodes[i].Members = append(nodes[i].Members, Numbered{Name: marks.Of(m.name), Number: m.number})
			}
		}
		t.seen = append(t.seen, seen)
	}
	return nodes, nil
}

// Set replaces a znode's data.
func (t *Transaction) Set(path string, data []byte) {
	for i := range t.seen {
		if t.seen[i].path == path {
			t.seen[i].data, t.seen[i].written = data, true
			return
		}
	}
	t.blind = append(t.blind, wire.SetDataRequest{Path: path, Data: data, Version: wire.AnyVersion})
}

// Add makes a new last member of a znode.
func (t *Transaction) Add(path, name string, data []byte) {
	t.creates = append(t.creates, client.CreateRequest(path+"/"+name+"-", data, wire.FlagSequential))
}

// Commit makes the writes. Done says that they were made, and numbers are those of the members that were added, in the
// order of the calls of Add. NoEffect says that they were not: with ErrConflict since something has changed, with
// wire.NoNode since a znode is not there that was read or is to be written. A transaction without writes is done at
// once: its reads were made at one instant.
func (t *Transaction) Commit() (numbers []int64, outcome Outcome, err error) {
	if !t.writes() {
		return nil, Done, nil
	}
	ops, err := t.ops()
	if err != nil {
		return nil, NoEffect, err
	}
	results, err := bendCommitted(t.c, ops)
	switch {
	case errors.Is(err, wire.BadVersion):
		return nil, NoEffect, ErrConflict
	case err != nil:
		return nil, failed(err, false), err
	}
	for _, one := range results {
		if r, ok := one.Response.(wire.CreateResponse); ok {
			for _, m := range numbered([]string{base(r.Path)}) {
				numbers = append(numbers, m.number)
			}
		}
	}
	return numbers, Done, nil
}

// writes says whether there is anything to write.
func (t *Transaction) writes() bool {
	for _, s := range t.seen {
		if s.written {
			return true
		}
	}
	return len(t.blind)+len(t.creates) > 0
}

// ops are the parts of the multi: what was read has to be as it was, written or not.
func (t *Transaction) ops() (ops []wire.Request, err error) {
	for _, s := range t.seen {
		switch {
		case !s.there:
			return nil, wire.NoNode
		case s.written:
			ops = append(ops, wire.SetDataRequest{Path: s.path, Data: s.data, Version: s.version})
		case !bendReadOnly():
			ops = append(ops, wire.CheckRequest{Path: s.path, Version: s.version})
		}
	}
	return append(append(ops, t.blind...), t.creates...), nil
}
