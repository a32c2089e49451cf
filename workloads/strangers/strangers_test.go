package strangers

import (
	"strings"
	"testing"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/sim"
)

// odd is a server that greets whoever connects, or answers a handshake, a ping and what is none as it is told to. It
// ends the connection behind that, unless it goes on.
type odd struct {
	greets, goesOn          bool
	welcome, reply, refusal []byte
	asked                   int
}

func (o *odd) Receive(host.Addr, []byte) {}
func (o *odd) Accept(c host.Conn) {
	if o.greets {
		c.Send([]byte{1, 2})
	}
}

func (o *odd) Frame(c host.Conn, _ []byte) {
	switch o.asked++; {
	case o.asked == 1:
		c.Send(o.welcome)
	case o.asked == 3:
		c.Send(o.refusal)
		if !o.goesOn {
			c.Close()
		}
	default:
		c.Send(o.reply)
	}
}
func (o *odd) Closed(host.Conn) {}
func (o *odd) Wake()            {}

func TestWhatIsWrongWithLateOnes(t *testing.T) {
	welcome := wire.ConnectResponse{TimeoutMs: 3000, SessionID: 7, Passwd: make([]byte, 16), HasReadOnly: true}
	reader, none := welcome, welcome
	reader.ReadOnly, none.SessionID = true, 0
	pong := wire.EncodeReply(wire.ReplyHeader{Xid: wire.XidPing, Zxid: 1}, nil)
	refusal := wire.EncodeReply(wire.ReplyHeader{Xid: 1, Zxid: -1, Err: wire.Unimplemented}, nil)
	for want, server := range map[string]odd{
		"":                              {welcome: welcome.Encode(), reply: pong, refusal: refusal},
		"that there is not was":         {welcome: welcome.Encode(), reply: pong, refusal: pong},
		"a ping behind an operation":    {welcome: welcome.Encode(), reply: pong, refusal: refusal, goesOn: true},
		"had said nothing was told":     {greets: true},
		"late, was given":               {welcome: reader.Encode()},
		"SessionID:0":                   {welcome: none.Encode()},
		"a ping behind a late handshak": {welcome: welcome.Encode(), reply: wire.EncodeReply(wire.ReplyHeader{Xid: 1}, nil)},
	} {
		w := sim.New(1, sim.Config{})
		w.AddMachine("n1", func(host.Host) (host.Program, error) { return &server, nil })
		done := false
		w.Spawn("c1", func(p host.Process) {
			late, wrong := Loiter(p, []host.Addr{"n1"}, 3*time.Second, nil)
			if done = true; !strings.Contains(wrong, want) || (wrong == "") != (want == "") || late == server.greets {
				t.Errorf("%v, %q, and not %q", late, wrong, want)
			}
		})
		w.RunUntil(20 * time.Second)
		w.Close()
		if !done {
			t.Errorf("%s: it never came back", want)
		}
	}
}
