// Package questions holds servers to what reads rest on that want the present. A server asks its leader how far such
// reads must see; the leader answers when it is sure that it was not replaced before; and it is sure by the word of
// others. Each of the three is held to its part, at the event in which it does it, whatever a read finds in the end.
package questions

import (
	"fmt"
	"slices"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/testbed/trial"
)

// Questions looks at servers after their events.
type Questions struct {
	breaches *trial.Breaches
	events   uint64 // so far
	// newest is the newest entry that any server has applied, and changes how often voters may have changed.
	newest, changes uint64
	servers         []*Server
}

// Server is a server's program, as one that asks and gives its word.
type Server struct {
	name        host.Addr
	id          uint64
	node        *cluster.Node
	leads, term uint64 // leads is the term that it leads, 0 for none
	joint       bool   // majorities of old and of new voters are needed
	asked, told uint64
	put         map[uint64]question // those that have no answer yet, by their numbers
	words       uint64
	// given is in which event it last gave its word to the leader of a term. A leader that stood still may go by one that
	// is old.
	given map[uint64]uint64
}

// question is how things stood before the event in which one was put.
type question struct{ newest, changes, event, term uint64 }

// New begins to look.
func New(breaches *trial.Breaches) *Questions { return &Questions{breaches: breaches} }

// Of is a server by its name.
func (q *Questions) Of(name host.Addr) *Server {
	s := &Server{name: name, given: make(map[uint64]uint64)}
	q.servers = append(q.servers, s)
	return s
}

// Said takes what a server says of itself that is new.
func (q *Questions) Said(s *Server, n *cluster.Node, st *cluster.Status) {
	s.begin(n)
	q.newest = max(q.newest, st.Applied)
	s.id, s.term, s.leads = st.ID, st.Term, 0
	if st.Leading {
		s.leads = st.Term
	}
	if joint := st.Doing.Has(cluster.Joint); joint != s.joint {
		s.joint = joint
		q.changes++
	}
}

// begin notes that a server has booted, if it has.
func (s *Server) begin(n *cluster.Node) {
	if s.node != n {
		*s = Server{name: s.name, id: s.id, node: n, given: s.given, put: make(map[uint64]question)}
	}
}

// Look holds a server, behind an event, to what it asked, was told and gave its word for in it. It is called before
// Said.
func (q *Questions) Look(s *Server, n *cluster.Node) {
	q.events++
	s.begin(n)
	if v := n.Vouched(); v.Times != s.words {
		s.words = v.Times
		q.gave(s, v)
	}
	asked, told, sees := n.Questions()
	if s.asked < asked {
		put := question{q.newest, q.changes, q.events, n.Status().Term}
		if put.term != s.term {
			put.term = 0 // it came to a term in this event, and may have asked in the one before
		}
		for ; s.asked < asked; s.asked++ {
			s.put[s.asked+1] = put
		}
	}
	if s.told != told {
		s.told = told
		put, asks := s.put[told]
		delete(s.put, told)
		if asks {
			q.answered(s, told, put, sees)
		}
	}
}

// gave holds: no server gives its word that no other leader has come, when it knows of one.
func (q *Questions) gave(s *Server, v cluster.Vouch) {
	if v.Own > v.Term {
		q.breaches.Add("a server's word to a leader is true", fmt.Sprintf(
			"%s told the leader of term %d that it is in no later one, and was in term %d", s.name, v.Term, v.Own))
	}
	s.given[v.Term] = q.events
}

// gaveSince says whether a server has given the leader of a term its word, in an event or later.
func (s *Server) gaveSince(term, event uint64) bool {
	at, gave := s.given[term]
	return gave && at >= event
}

// answered holds an answer to two things. It shows what any server had applied before the event in which the question
// was put, for that may have been answered. And a majority has given its word since: the leader, who asks, and others.
func (q *Questions) answered(s *Server, number uint64, put question, sees uint64) {
	if sees < put.newest {
		q.breaches.Add("a read that wants the present sees it", fmt.Sprintf(
			"question %d of %s was answered with entry %d, and entry %d had been applied when it was put", number, s.name, sees,
			put.newest))
	}
	at := slices.IndexFunc(q.servers, func(o *Server) bool { return o.leads == put.term })
	if at < 0 || put.term == 0 || put.changes != q.changes {
		return // who answered leads no more, or is not known, or other voters may have counted then
	}
	leader := q.servers[at]
	if leader.node.Status().Doing.Has(cluster.Joint) != leader.joint {
		return // so they may in this very event
	}
	known := []uint64{leader.id, s.id}
	for _, o := range q.servers {
		if o.gaveSince(put.term, put.event) {
			known = append(known, o.id)
		}
	}
	voters, outgoing := leader.node.Voters()
	if !most(known, voters) || !most(known, outgoing) {
		q.breaches.Add("an answer rests on a majority", fmt.Sprintf(
			"question %d of %s was answered in term %d, and of the voters %v%v only %v had given their word since it was put",
			number, s.name, put.term, voters, outgoing, known))
	}
}

// most says whether a majority of some voters is known, if there are any.
func most(known, voters []uint64) bool {
	count := 0
	for _, id := range voters {
		if slices.Contains(known, id) {
			count++
		}
	}
	return len(voters) == 0 || count > len(voters)/2
}
