package strangers

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

// strict is a server that gives a session to whoever asks, and answers all else with a code. It ends the connection
// behind that, unless it goes on.
type strict struct {
	code    wire.Code
	goesOn  bool
	greeted map[host.Conn]bool
}

func (s *strict) Receive(host.Addr, []byte) {}
func (s *strict) Accept(host.Conn)          {}
func (s *strict) Closed(host.Conn)          {}
func (s *strict) Wake()                     {}

func (s *strict) Frame(c host.Conn, frame []byte) {
	if !s.greeted[c] {
		s.greeted[c] = true
		c.Send(wire.ConnectResponse{TimeoutMs: 3000, SessionID: 7, Passwd: make([]byte, 16), HasReadOnly: true}.Encode())
		return
	}
	header, request, err := wire.DecodeRequest(frame)
	if err != nil {
		panic(err)
	}
	if _, claim := request.(wire.AuthRequest); claim {
		c.Send(wire.EncodeReply(wire.ReplyHeader{Xid: wire.XidAuth}, nil))
		return
	}
	if c.Send(wire.EncodeReply(wire.ReplyHeader{Xid: header.Xid, Err: s.code}, nil)); !s.goesOn {
		c.Close()
	}
}

// TestUnknown: who has not said who it is has to be refused once, and to be cut off behind that.
func TestUnknown(t *testing.T) {
	const refusal = wire.SessionClosedRequireSASLAuth
	for name, one := range map[string]struct {
		server strict
		want   string // "" for nothing
	}{
		"turns it away":        {strict{code: refusal}, ""},
		"serves it":            {strict{}, "has not said who it is was answered"},
		"gives another reason": {strict{code: wire.NoAuth}, "has not said who it is was answered"},
		"goes on behind that":  {strict{code: refusal, goesOn: true}, "PingRequest of a client"},
	} {
		refused, wrong := false, ""
		for seed := range uint64(8) { // what it asks for first is drawn
			server := one.server
			server.greeted = map[host.Conn]bool{}
			w := sim.New(seed, sim.Config{})
			w.AddMachine("n1", func(host.Host) (host.Program, error) { return &server, nil })
			w.Spawn("c1", func(p host.Process) {
				r, what := Unknown(p, []host.Addr{"n1"}, "")
				refused = refused || r
				if wrong == "" {
					wrong = what
				}
			})
			w.RunUntil(20 * time.Second)
			w.Close()
		}
		if !strings.Contains(wrong, one.want) || (wrong == "") != (one.want == "") {
			t.Errorf("a server that %s: %q, and it should be %q", name, wrong, one.want)
		}
		if refused != (one.server.code == refusal) {
			t.Errorf("a server that %s: it refused: %v", name, refused)
		}
	}
}
