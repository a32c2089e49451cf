package oshost

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"sync"
	"time"
)

// frameCost is what a queued frame costs in bytes beside its payload, so that empty frames do not go for free.
const frameCost = 64

// batchBytes is about how much is handed to the socket in one call.
const batchBytes = 1 << 20

// outbox is the bounded queue of frames that wait to be written to a socket. One goroutine writes them.
type outbox struct {
	limit int           // bytes
	wake  chan struct{} // has a value when the writer has something to look at

	mu       sync.Mutex
	frames   [][]byte
	bytes    int
	finished bool
	writing  bool    // the writer has taken something and not come back for more
	begun    []byte  // what is left of frames that were written in part; it goes before the others
	direct   *direct // nil if all is the writer's
}

func newOutbox(limit int) *outbox {
	return &outbox{limit: limit, wake: make(chan struct{}, 1)}
}

// push queues a frame and reports false when there is no room for it. One frame always has room. After finish it does
// nothing.
func (o *outbox) push(payload []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	ok := o.add(payload)
	if len(o.frames) == 1 {
		o.signal()
	}
	return ok
}

// hold is push without waking the writer: the caller has to see that flush is called.
func (o *outbox) hold(payload []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.add(payload)
}

func (o *outbox) add(payload []byte) bool {
	if o.finished {
		return true
	}
	cost := len(payload) + frameCost
	if len(o.frames) > 0 && o.bytes+cost > o.limit {
		return false
	}
	o.frames = append(o.frames, payload)
	o.bytes += cost
	return true
}

// finish says that nothing more will be pushed: the writer ends when all is written.
func (o *outbox) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.finished = true
	o.signal()
}

// drop forgets what waits.
func (o *outbox) drop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.frames, o.bytes, o.begun = nil, 0, nil
}

func (o *outbox) signal() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// take returns all frames that wait, what goes before them, and whether nothing will follow.
func (o *outbox) take(spare [][]byte) (begun []byte, frames [][]byte, last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	begun, frames = o.begun, o.frames
	o.frames, o.bytes, o.begun = spare[:0], 0, nil
	o.writing = len(frames) > 0 || len(begun) > 0
	return begun, frames, o.finished
}

// writeTo writes frames to the connection as they come. It returns nil after the last one when the outbox is finished
// or broken is closed, and an error when a write fails or one batch takes longer than timeout.
func (o *outbox) writeTo(nc net.Conn, timeout time.Duration, broken <-chan struct{}) error {
	var w frameWriter
	var frames [][]byte
	for {
		var begun []byte
		var last bool
		begun, frames, last = o.take(frames)
		if err := w.rest(nc, begun, timeout); err != nil {
			return err
		}
		if err := w.write(nc, frames, timeout); err != nil || last {
			return err
		}
		clear(frames)
		if len(frames) > 0 || len(begun) > 0 {
			continue
		}
		select {
		case <-o.wake:
		case <-broken:
			return nil
		}
	}
}

// frameWriter puts lengths before frames and hands many of both to the system in one call. It holds on to its slices.
type frameWriter struct {
	lengths []byte
	pieces  [][]byte
}

// rest writes bytes as they are.
func (w *frameWriter) rest(nc net.Conn, b []byte, timeout time.Duration) error {
	if len(b) == 0 {
		return nil
	}
	if err := nc.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	_, err := nc.Write(b)
	return errors.Join(err, nc.SetWriteDeadline(time.Time{}))
}

func (w *frameWriter) write(nc net.Conn, frames [][]byte, timeout time.Duration) error {
	for len(frames) > 0 {
		n, size := 0, 0
		for n < len(frames) && size < batchBytes {
			size += len(frames[n])
			n++
		}
		if err := w.writeBatch(nc, frames[:n], timeout); err != nil {
			return err
		}
		frames = frames[n:]
	}
	return nil
}

func (w *frameWriter) writeBatch(nc net.Conn, frames [][]byte, timeout time.Duration) error {
	w.lengths = slices.Grow(w.lengths[:0], 4*len(frames)) // so that appending moves nothing that a piece points to
	w.pieces = w.pieces[:0]
	for _, payload := range frames {
		at := len(w.lengths)
		w.lengths = binary.BigEndian.AppendUint32(w.lengths, uint32(len(payload)))
		w.pieces = append(w.pieces, w.lengths[at:])
		if len(payload) > 0 {
			w.pieces = append(w.pieces, payload)
		}
	}
	if err := nc.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	if _, ok := nc.(*net.TCPConn); !ok {
		_, err := nc.Write(bytes.Join(w.pieces, nil)) // a record of TLS for each piece would be many
		return err
	}
	buffers := net.Buffers(w.pieces) // WriteTo moves this slice's start and clears what it wrote
	_, err := buffers.WriteTo(nc)
	// A write without waiting would find a deadline that has passed meanwhile.
	return errors.Join(err, nc.SetWriteDeadline(time.Time{}))
}
