package oshost

import (
	"encoding/binary"
	"runtime"
)

// What a program sends in one turn of the loop is written at the end of the turn, and where the system takes it at once
// the loop writes it itself: to wake a connection's writer for a hundred bytes costs more than to write them. What does
// not fit, or is large, or goes over TLS, is the writer's.
//
// Other machines come first, clients second: whoever has heard of a write and asks another server about it then finds
// that this one had told the other before.

const (
	// directBytes is how much the loop writes itself for one connection.
	directBytes = 32 << 10
	// fewCores and fewConns: with more of both the writers are the faster ones.
	fewCores, fewConns = 4, 8
)

// flusher is the loop's own list of links and connections with something to write.
type flusher struct {
	links   []*link
	dirty   []*conn
	scratch []byte
}

func (f *flusher) addLink(l *link) {
	if !l.dirty {
		l.dirty = true
		f.links = append(f.links, l)
	}
}

func (f *flusher) add(c *conn) {
	if !c.dirty {
		c.dirty = true
		f.dirty = append(f.dirty, c)
	}
}

// flush writes what was sent since the last time, or has it written.
func (f *flusher) flush() {
	for i, l := range f.links {
		l.dirty = false
		f.scratch = l.out.flush(f.scratch, true)
		f.links[i] = nil
	}
	f.links = f.links[:0]
	parallel := len(f.dirty) > fewConns && runtime.GOMAXPROCS(0) > fewCores
	for i, c := range f.dirty {
		c.dirty = false
		f.scratch = c.stream.out.flush(f.scratch, !parallel)
		f.dirty[i] = nil
	}
	f.dirty = f.dirty[:0]
}

// writeDirectly lets flush write to a connection; nil has it leave everything to the writer again.
func (o *outbox) writeDirectly(d *direct) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.direct = d
}

// flush writes what is queued, if it may and can without waiting, and leaves the rest to the writer. It returns scratch
// for the next time.
func (o *outbox) flush(scratch []byte, may bool) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.frames) == 0 || o.writing || o.finished || len(o.begun) > 0 {
		return scratch // there is nothing, or the writer knows
	}
	if !may || o.direct == nil || o.bytes > directBytes {
		o.signal()
		return scratch
	}
	b := scratch[:0]
	for _, payload := range o.frames {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(payload))), payload...)
	}
	if n := o.direct.write(b); n < len(b) {
		o.begun = append([]byte(nil), b[n:]...)
		o.signal()
	}
	clear(o.frames)
	o.frames, o.bytes = o.frames[:0], len(o.begun)
	return b
}
