package coordination

import (
	"fmt"

	"ordeal/cluster"
	"ordeal/history"
)

// sessionEnds records the end of every session, at the instant when the first server applied it. No client can have
// seen anything of a transaction before that, and a linearizable read that begins after it sees it: so the end takes
// effect then.
type sessionEnds struct {
	applied uint64 // the newest entry that any server applied
	made    uint64 // sessions ever made, as of then
	ended   uint64
	alive   []int64
}

// look looks at a server after an event, and at what it says of itself then.
func (s *sessionEnds) look(n *cluster.Node, st *cluster.Status, r *history.Recorder) {
	if st.Applied <= s.applied {
		return
	}
	s.applied = st.Applied
	made := uint64(st.Sessions) + st.SessionsEnded
	if made == s.made && st.SessionsEnded == s.ended {
		return
	}
	tree := n.Tree()
	for _, id := range s.alive {
		if _, ok := tree.Session(id); !ok {
			r.OK(history.Service, "end", "", sessionName(id))
		}
	}
	s.made, s.ended, s.alive = made, st.SessionsEnded, s.alive[:0]
	for _, session := range tree.Sessions() {
		s.alive = append(s.alive, session.ID)
	}
}

// sessionName is how histories name a session.
func sessionName(id int64) string { return fmt.Sprintf("0x%x", uint64(id)) }
