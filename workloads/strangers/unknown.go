package strangers

import (
	"fmt"
	"time"

	"ordeal/cluster/wire"
	"ordeal/host"
)

// patience is how long an unknown client waits for each answer.
const patience = 3 * time.Second

// Unknown asks for something without saying who it is, at a server that serves only who is known by a scheme: the
// answer is a refusal, and the connection ends. At times it says what makes it known by no such scheme. It says whether
// it was refused, and what was wrong, "" for nothing.
func Unknown(p host.Process, servers []host.Addr, _ string) (refused bool, wrong string) {
	rng, v := p.Rand(), &visitor{heard: p.NewSignal()}
	c := p.Dial(servers[rng.IntN(len(servers))], v)
	defer c.Close()
	if !v.ask(c, patience, newSession(patience)) {
		return false, ""
	}
	if r, err := wire.DecodeConnectResponse(v.answer); err != nil || r.SessionID == 0 {
		return false, ""
	}
	if rng.IntN(2) == 0 && !v.ask(c, patience, wire.EncodeRequest(wire.XidAuth, wire.AuthRequest{Scheme: "ip"})) {
		return false, ""
	}
	for i, r := range []wire.Request{wire.ExistsRequest{Path: "/"}, wire.PingRequest{}}[rng.IntN(2):] {
		if _, ping := r.(wire.PingRequest); !v.ask(c, patience, wire.EncodeRequest(xidOf(i, ping), r)) {
			break
		}
		h, _, err := wire.DecodeReplyHeader(v.answer)
		if err != nil || refused || h.Err != wire.SessionClosedRequireSASLAuth {
			return refused, fmt.Sprintf("%T of a client that has not said who it is was answered with %+v (%v)", r, h, err)
		}
		refused = true
	}
	return refused, ""
}

// xidOf is the number of the i-th request: pings have one of their own.
func xidOf(i int, ping bool) int32 {
	if ping {
		return wire.XidPing
	}
	return int32(i + 1)
}
