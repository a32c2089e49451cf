package dns

import (
	"time"
)

const (
	// turns is how many orders of its records an answer is given in, one after the other.
	turns = 8
	// shelfMax is how many answers of one order are kept, and questionMax how long the question may be.
	shelfMax    = 4096
	questionMax = 300
)

// shelf keeps answers as packets, by their questions without their numbers, for as long as the view has these and no
// others. It is for one goroutine.
type shelf struct {
	server  *Server
	known   *known
	answers [turns]map[string]kept
	turn    int
}

// kept is an answer and the instant until which it is one.
type kept struct {
	packet []byte
	until  time.Duration
}

// answer is the answer to a packet; nil for none. It is good until the next call.
func (s *shelf) answer(packet []byte) []byte {
	k := s.server.known.Load()
	if k != s.known {
		s.known, s.answers = k, [turns]map[string]kept{}
	}
	s.turn = (s.turn + 1) % turns
	now := k.clock()
	if len(packet) < headerBytes || len(packet) > questionMax {
		answer, _ := respond(k.view, now, packet, false, s.turn)
		return answer
	}
	shelved := s.answers[s.turn]
	if one, there := shelved[string(packet[2:])]; there && now <= one.until {
		copy(one.packet, packet[:2]) // the question's number
		return one.packet
	}
	answer, until := respond(k.view, now, packet, false, s.turn)
	if answer == nil || until == 0 {
		return answer
	}
	if shelved == nil || len(shelved) >= shelfMax {
		shelved = map[string]kept{}
		s.answers[s.turn] = shelved
	}
	shelved[string(packet[2:])] = kept{answer, until}
	return answer
}
