package cluster

import (
	"maps"
	"slices"

	"ordeal/cluster/etcdwire"
)

// etcdConn is what a connection has that carries calls of etcd's API: the calls under way, by the client's numbers.
// Only hosts that have no gRPC have such; see etcdwire.Frame.
type etcdConn struct {
	calls map[uint64]*EtcdCall
}

// frameSink sends what the node answers to a call on its connection.
type frameSink struct {
	conn *conn
	call uint64
}

// Send implements EtcdSink.
func (s frameSink) Send(message []byte) {
	s.conn.send(etcdwire.AppendFrame(nil, etcdwire.Frame{Kind: etcdwire.FrameMessage, Call: s.call, Message: message}))
}

// End implements EtcdSink.
func (s frameSink) End(status etcdwire.Status) {
	delete(s.conn.etcd.calls, s.call)
	s.conn.send(etcdwire.AppendFrame(nil, etcdwire.Frame{Kind: etcdwire.FrameStatus, Call: s.call, Status: status}))
}

// Backlog implements EtcdSink. A host.Conn does not tell it, and ends connections whose clients do not read.
func (frameSink) Backlog() int { return 0 }

// beginsCalls says that a first frame is that of a connection which carries calls, and that this server serves them.
func (n *Node) beginsCalls(frame []byte) bool {
	return n.config.Etcd.On && string(frame) == etcdwire.Preface
}

// callFrame takes a frame of such a connection. One that is none ends it.
func (n *Node) callFrame(c *conn, frame []byte) {
	f, ok := etcdwire.DecodeFrame(frame)
	call := c.etcd.calls[f.Call]
	switch {
	case !ok, f.Kind == etcdwire.FrameBegin && call != nil, f.Kind == etcdwire.FrameStatus, len(c.etcd.calls) >= callsMax:
		n.conns.traffic.garbage++
		n.close(c)
	case f.Kind == etcdwire.FrameBegin:
		call = n.BeginEtcd(EtcdHead{Method: f.Method, Token: f.Token, RequireLeader: f.RequireLeader}, frameSink{c, f.Call})
		if !call.ended {
			c.etcd.calls[f.Call] = call
		}
		if f.HasMessage {
			call.Message(f.Message)
		}
	case call == nil:
	case f.Kind == etcdwire.FrameMessage:
		call.Message(f.Message)
	case f.Kind == etcdwire.FrameCancel:
		call.Cancel()
		delete(c.etcd.calls, f.Call)
	}
}

// drop ends the calls of a connection that is gone.
func (e *etcdConn) drop() {
	for _, number := range slices.Sorted(maps.Keys(e.calls)) {
		e.calls[number].Cancel()
	}
	clear(e.calls)
}
