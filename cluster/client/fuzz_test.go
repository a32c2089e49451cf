package client_test

import (
	"testing"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// A server may answer with anything: the client ends the call with an error, leaves that server and goes on.
func FuzzAnswers(f *testing.F) {
	f.Add([]byte{})
	f.Add(wire.EncodeReply(wire.ReplyHeader{Xid: 2, Zxid: 9}, wire.CreateResponse{Path: "/a", Stat: &wire.Stat{}}))
	f.Add(wire.EncodeReply(wire.ReplyHeader{Xid: 2, Zxid: 9, Err: wire.SessionMoved}, nil))
	f.Add(wire.EncodeReply(wire.ReplyHeader{Xid: wire.XidPing}, nil))
	f.Add(wire.EncodeEvent(wire.WatcherEvent{Type: wire.EventDeleted, Path: "/a"}, -1))
	f.Add(wire.ConnectResponse{}.Encode())
	f.Fuzz(func(t *testing.T, frame []byte) {
		w := newWorld()
		_, servers := newService(w, "n1", "n2")
		c := client.New(w, client.Config{Servers: []host.Addr{"n1", "n2"}})
		must(t, c.Sync("/"))
		bad := at(servers)
		bad.mute = true
		w.After(10*time.Millisecond, func() {
			for _, conn := range bad.conns {
				conn.deliver(frame)
			}
		})
		if _, _, err := c.Create("/a", nil, 0); err == nil && bad.seen[len(bad.seen)-1].Op() != wire.OpCreate2 {
			t.Errorf("after the frame %q an answer, and the request was not sent", frame)
		}
		bad.mute = false
		if err := c.Sync("/"); err != nil && c.Alive() {
			t.Errorf("after the frame %q: %v", frame, err)
		}
	})
}

// The same for the answer to the first frame.
func FuzzConnectResponses(f *testing.F) {
	f.Add([]byte{})
	f.Add(wire.ConnectResponse{}.Encode())
	f.Add(wire.ConnectResponse{TimeoutMs: -1, SessionID: 5}.Encode())
	f.Add(wire.ConnectResponse{TimeoutMs: 1 << 30, SessionID: 5, Passwd: make([]byte, 16)}.Encode())
	f.Fuzz(func(t *testing.T, frame []byte) {
		w := newWorld()
		_, servers := newService(w, "n1")
		servers[0].mute = true
		c := client.New(w, client.Config{Servers: []host.Addr{"n1"}})
		w.Sleep(10 * time.Millisecond)
		for _, conn := range servers[0].conns {
			conn.deliver(frame)
		}
		w.Sleep(10 * time.Millisecond)
		if id, ok := c.Session(); ok != (id != 0) || ok && c.Timeout() <= 0 {
			t.Errorf("after the frame %q: session %d with timeout %v", frame, id, c.Timeout())
		}
	})
}
