package main

import (
	"fmt"
	"strings"

	"ordeal/cluster/wire"
)

// A step is one thing that a client does. It names nothing that one server alone gives out: sessions go by the number
// of the client that made them, and zxids by what the client has seen.
type step interface{ String() string }

// dial opens a client's connection, which must not be open, and shakes hands.
type dial struct {
	client    int
	timeoutMs int32
	// resume is the client whose session is attached, 0 for a new one; forged says with a wrong password.
	resume int
	forged bool
	// seen is lastZxidSeen.
	seen zxidWord
	// old leaves out the last byte, readOnly sets it.
	old, readOnly bool
}

// send is requests on a connection, all of them written before the first is answered.
type send struct {
	client int
	frames []frame
}

// frame is one request. With raw, body is what follows the header.
type frame struct {
	xid     int32
	request wire.Request
	raw     bool
	op      wire.OpCode
	body    []byte
	// seen fills in the relative zxid of a setWatches.
	seen zxidWord
}

// cut closes a connection without a word.
type cut struct{ client int }

// word is a four-letter word, on a connection of its own.
type word struct{ text string }

// first is a connection's first bytes, when they are no handshake. They are a whole frame's content, or with naked all
// there is.
type first struct {
	bytes []byte
	naked bool
}

// zxidWord stands for a zxid of the server's own.
type zxidWord int

const (
	zxidZero zxidWord = iota
	zxidBase          // where the play began
	zxidSeen          // the last that the client saw
	zxidFar           // far ahead
)

func (z zxidWord) String() string { return [...]string{"0", "base", "seen", "far"}[z] }

func (d dial) String() string {
	text := fmt.Sprintf("%d dial timeout=%d", d.client, d.timeoutMs)
	for _, o := range []struct {
		on   bool
		text string
	}{
		{d.resume != 0, fmt.Sprintf(" resume=%d", d.resume)}, {d.forged, " forged"},
		{d.seen != zxidZero, " zxid=" + d.seen.String()},
		{d.old, " old"}, {d.readOnly, " readOnly"},
	} {
		if o.on {
			text += o.text
		}
	}
	return text
}

func (s send) String() string {
	var texts []string
	for _, f := range s.frames {
		texts = append(texts, f.String())
	}
	return fmt.Sprintf("%d %s", s.client, strings.Join(texts, "\n    & "))
}

func (c cut) String() string  { return fmt.Sprintf("%d cut", c.client) }
func (w word) String() string { return fmt.Sprintf("word %q", w.text) }

func (f first) String() string {
	if f.naked {
		return fmt.Sprintf("first bytes %x", f.bytes)
	}
	return fmt.Sprintf("first frame %s", shortHex(f.bytes))
}

func (f frame) String() string {
	if f.raw {
		return fmt.Sprintf("xid=%d %v raw %s", f.xid, f.op, shortHex(f.body))
	}
	text := fmt.Sprintf("%+v", f.request)
	if len(text) > textMax {
		text = fmt.Sprintf("%s...(%d)", text[:textMax], len(text))
	}
	if f.seen != zxidZero {
		text += " zxid=" + f.seen.String()
	}
	return fmt.Sprintf("xid=%d %v %q", f.xid, f.request.Op(), text)
}

// textMax is how much of long data is shown.
const textMax = 300

func shortHex(b []byte) string {
	if len(b) > textMax/2 {
		return fmt.Sprintf("%x...(%d)", b[:textMax/2], len(b))
	}
	return fmt.Sprintf("%x", b)
}

// opOf is what a frame goes under.
func (f frame) opOf() wire.OpCode {
	if f.raw {
		return f.op
	}
	return f.request.Op()
}

// encode makes the frame for a server that calls the zxid so.
func (f frame) encode(zxid int64) []byte {
	if f.raw {
		var e wire.Encoder
		e.Int32(f.xid)
		e.Int32(int32(f.op))
		return append(e.Bytes(), f.body...)
	}
	r := f.request
	if w, ok := r.(wire.SetWatchesRequest); ok {
		w.RelativeZxid = zxid
		r = w
	}
	return wire.EncodeRequest(f.xid, r)
}
