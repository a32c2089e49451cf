package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A command is what an entry of the log asks of the state machine.
type command struct {
	kind commandKind
	// commandRequest: whose request this is. See forward.go.
	server, incarnation, seq uint64
	// commandExpire, commandLeaseExpire: the term of the leader that decided it, and the session or lease.
	term    uint64
	session int64
	// The transaction, encoded; also the body of a forwarded request.
	txn []byte
}

type commandKind byte

const (
	commandRequest commandKind = 1
	commandExpire  commandKind = 2
	// commandAbandon ends the change of the ensemble that this request asked for; see reconfig.go.
	commandAbandon commandKind = 3
	// commandSettled ends it when it was carried out.
	commandSettled commandKind = 4
	// commandLeaseExpire ends a lease as commandExpire ends a session; see etcdlease.go.
	commandLeaseExpire commandKind = 5
)

var errBadCommand = errors.New("cluster: an entry of the log is not a command")

func (c command) encode() []byte {
	b := make([]byte, 0, 32+len(c.txn))
	b = append(b, byte(c.kind))
	switch c.kind {
	case commandRequest, commandAbandon, commandSettled:
		b = binary.AppendUvarint(b, c.server)
		b = binary.AppendUvarint(b, c.incarnation)
		b = binary.AppendUvarint(b, c.seq)
	case commandExpire, commandLeaseExpire:
		b = binary.AppendUvarint(b, c.term)
		b = binary.AppendVarint(b, c.session)
	}
	return append(b, c.txn...)
}

func decodeCommand(b []byte) (command, error) {
	r := reader{b: b}
	c := command{kind: commandKind(r.byte())}
	switch c.kind {
	case commandRequest, commandAbandon, commandSettled:
		c.server, c.incarnation, c.seq = r.uvarint(), r.uvarint(), r.uvarint()
	case commandExpire, commandLeaseExpire:
		c.term, c.session = r.uvarint(), r.varint()
	default:
		return command{}, fmt.Errorf("%w: kind %d", errBadCommand, c.kind)
	}
	c.txn = r.b
	if r.bad {
		return command{}, errBadCommand
	}
	return c, nil
}

// reader takes numbers off bytes that may be anything. Once something was missing, bad stays true.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.bad = true
		return 0
	}
	v := r.b[0]
	r.b = r.b[1:]
	return v
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	r.skip(n)
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	r.skip(n)
	return v
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}

func (r *reader) uint64() uint64 {
	if len(r.b) < 8 {
		r.bad, r.b = true, nil
		return 0
	}
	v := binary.BigEndian.Uint64(r.b)
	r.b = r.b[8:]
	return v
}

// bytes takes a length and that many bytes, without copying.
func (r *reader) bytes() []byte {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}
