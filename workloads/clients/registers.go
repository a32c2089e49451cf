package clients

import (
	"errors"
	"strconv"
)

// Registers is the behaviour of clients of a service that keeps numbers under names and counts how often each was
// written: a register with versions each, judged by the model "register". In a turn a client reads one, and then
// perhaps writes it, provided that it was not written since. Such a write can be sent again and again and is carried
// out once at most.
//
// Op and an Asker are all that is left to the service:
//
//	clients.Registers{Asker: clients.NewAsker(c, servers), Op: op}
type Registers struct {
	*Asker
	// Keys is how many registers there are; 5 if it is 0.
	Keys int
	// Op has the service carry out an operation, and returns the value and the version that the register then has; 0 and 0
	// if it was never written. The error of a write is one for OutcomeOf.
	Op func(c *Client, o RegisterOp) (value, version int64, err error)
}

// RegisterOp reads a register; or writes Value, which no other operation writes, if the register's version is Expected.
type RegisterOp struct {
	Key             int // from 0
	Write           bool
	Value, Expected int64
}

var _ Behaviour = (*Registers)(nil)

// errOvertaken is of a write that may have been carried out and then written over.
var errOvertaken = errors.New("the register was written again since, perhaps over this write")

// Turn implements Behaviour.
func (r *Registers) Turn(c *Client) {
	key := c.Rand().IntN(r.keys())
	if version, ok := r.read(c, key); ok && c.Chance(60) {
		r.write(c, key, version)
	}
}

// Probe implements Behaviour: it writes a register and reads it.
func (r *Registers) Probe(c *Client) bool {
	version, ok := r.read(c, 0)
	if !ok || !r.write(c, 0, version) {
		return false
	}
	_, ok = r.read(c, 0)
	return ok
}

// Drain implements Behaviour: it reads all registers of its share.
func (r *Registers) Drain(c *Client, i, n int) {
	for ; i < r.keys(); i += n {
		c.Insist(func() bool { _, ok := r.read(c, i); return ok })
	}
}

func (r *Registers) keys() int {
	keys := r.Keys
	preset(&keys, 5)
	return keys
}

// read reads a register, and returns its version.
func (r *Registers) read(c *Client, key int) (version int64, ok bool) {
	_, outcome := c.Do(name(key), "read", nil, func() (any, Outcome, error) {
		value, now, err := r.Op(c, RegisterOp{Key: key})
		if err != nil {
			return nil, NoEffect, err // whatever happened to it, a read changes nothing
		}
		if version = now; version == 0 {
			return []any{nil, version}, Done, nil
		}
		return []any{value, version}, Done, nil
	})
	return version, outcome == Done
}

// write writes a register over a version, and reports whether it was answered: the answer may be that this is refused.
func (r *Registers) write(c *Client, key int, expected int64) bool {
	value := c.NewValue()
	_, outcome := c.Do(name(key), "set-if", []any{value, expected}, func() (any, Outcome, error) {
		is, version, err := r.Op(c, RegisterOp{Key: key, Write: true, Value: value, Expected: expected})
		switch {
		case err != nil:
			return nil, OutcomeOf(err), err
		case is == value && version == expected+1:
			return []any{value, version}, Done, nil
		case version > expected+1:
			return nil, Unknown, errOvertaken
		}
		return "refused", Done, nil // that version is another's, or there is an older one
	})
	return outcome == Done
}

func name(key int) string { return "r" + strconv.Itoa(key+1) }
