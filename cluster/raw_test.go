package cluster_test

import (
	"testing"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// raw is a connection on which a test says what it likes, frame by frame.
type raw struct {
	t      *testing.T
	conn   host.Conn
	heard  host.Signal
	frames [][]byte
	closed bool
}

func dialRaw(t *testing.T, p host.Process, server host.Addr) *raw {
	r := &raw{t: t, heard: p.NewSignal()}
	r.conn = p.Dial(server, r)
	return r
}

func (r *raw) Opened()          {}
func (r *raw) Frame(got []byte) { r.frames = append(r.frames, got); r.heard.Set() }
func (r *raw) Closed()          { r.closed = true; r.heard.Set() }

// next waits for a frame; nil if the connection is closed or silent.
func (r *raw) next() []byte {
	for len(r.frames) == 0 {
		if r.closed || !r.heard.Wait(5*time.Second) {
			return nil
		}
	}
	first := r.frames[0]
	r.frames = r.frames[1:]
	return first
}

// attach shakes hands. ok is false if the connection was closed instead.
func (r *raw) attach(req wire.ConnectRequest) (answer wire.ConnectResponse, ok bool) {
	req.HasReadOnly = true
	r.conn.Send(req.Encode())
	frame := r.next()
	if frame == nil {
		return answer, false
	}
	answer, err := wire.DecodeConnectResponse(frame)
	if err != nil {
		r.t.Error(err)
	}
	return answer, true
}

// ask sends a request and returns the code of what is answered, events passed over.
func (r *raw) ask(xid int32, request wire.Request) wire.Code {
	r.conn.Send(wire.EncodeRequest(xid, request))
	for {
		frame := r.next()
		if frame == nil {
			return wire.ConnectionLoss
		}
		d := wire.NewDecoder(frame)
		got, _, code := d.Int32(), d.Int64(), wire.Code(d.Int32())
		if got == wire.XidNotification {
			continue
		}
		if got != xid {
			r.t.Errorf("request %d is answered as %d", xid, got)
		}
		return code
	}
}
