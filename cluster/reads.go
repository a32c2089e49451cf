package cluster

import (
	"encoding/binary"
	"slices"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

// How a server learns how far its reads must see (Raft thesis, section 6.4). It asks the leader of its term, which
// answers with its commit index as soon as it is sure that no other leader can have committed anything before the reads
// began. It is sure when a majority of the voters was in its term, or in an earlier one, at some instant since: another
// leader must have had the votes of a majority by then, and who has voted in a later term is in it.
//
// The leader itself is one of that majority, and a server that asks is another: its question says which term it was in
// when it asked. For three voters that is enough. The leader asks as many of the others as are still missing, those
// that it has heard of lately, and all of them when their answers stay out. A question of the leader's names a round,
// and an answer to it counts for all rounds that had begun by then.

// readQuestion is what a server asks for the reads that wait there.
type readQuestion struct {
	server, incarnation uint64
	// term is the one that the server was in, number the question's own in that boot.
	term, number uint64
}

// readRound is a question under way at the leader.
type readRound struct {
	readQuestion
	round uint64
	index uint64   // the commit index when the question came
	known []uint64 // the voters that are known to have been in no later term since
	at    uint64   // tick
	// items are questions about leases, in place of one how far to read.
	items []leaseItem
}

// rounds are those of a leader in its term.
type rounds struct {
	last    uint64 // never used twice in a boot
	waiting []*readRound
	askedAt uint64 // the tick at which all were asked last
}

const (
	// roundTicks is how long those that were asked may take before all are asked.
	roundTicks = 2
	// latelyTicks is within what time a server that is asked has been heard of: heartbeats come and go twice in it.
	latelyTicks = 2*raftTicksPerTick/5 + 1
)

// sendQuestion asks the leader, which may be this node.
func (n *Node) sendQuestion(q readQuestion) {
	if n.role.leader == n.config.ID {
		n.takeQuestion(q)
		return
	}
	if to, ok := n.addrOf(n.role.leader); ok {
		n.post(to, appendUvarints(peerQuestion, q.server, q.incarnation, q.term, q.number))
	}
}

func (n *Node) questionCame(b []byte) {
	r := reader{b: b}
	q := readQuestion{server: r.uvarint(), incarnation: r.uvarint(), term: r.uvarint(), number: r.uvarint()}
	if !r.bad {
		n.takeQuestion(q)
	}
}

// takeQuestion begins a round, if this node leads the term that the question is for and has committed an entry of it.
// Else the question is dropped, and it will be asked again.
func (n *Node) takeQuestion(q readQuestion) { n.takeRound(q, nil) }

// takeRound is takeQuestion, for questions about leases too.
func (n *Node) takeRound(q readQuestion, items []leaseItem) { n.takeRoundAt(q, items, n.role.commit) }

// takeRoundAt is takeRound for a question that came when so much was committed.
func (n *Node) takeRoundAt(q readQuestion, items []leaseItem, index uint64) {
	if !n.intake.open || n.role.state != raft.StateLeader || q.term != n.role.term {
		return
	}
	n.rounds.last++
	r := &readRound{readQuestion: q, round: n.rounds.last, index: index, at: n.ticks, known: []uint64{n.config.ID}}
	r.items = items
	if q.server != n.config.ID {
		r.known = append(r.known, q.server)
	}
	conf := n.votersNow()
	if r.sure(conf) || bendLease() {
		n.answerQuestion(r)
		return
	}
	n.rounds.waiting = append(n.rounds.waiting, r)
	n.askSome(r, conf)
}

// sure reports whether the voters that are known are a majority: of the old ones and of the new ones while they change.
func (r *readRound) sure(conf *raftpb.ConfState) bool {
	return r.missing(conf.GetVoters()) <= 0 && r.missing(conf.GetVotersOutgoing()) <= 0
}

// missing is how many more of some voters it takes.
func (r *readRound) missing(voters []uint64) int {
	if len(voters) == 0 {
		return 0
	}
	need := len(voters)/2 + 1
	for _, id := range voters {
		if slices.Contains(r.known, id) {
			need--
		}
	}
	return need
}

// askSome asks as many voters as are missing, others each time; or all, while the voters change or if too few are heard
// of.
func (n *Node) askSome(r *readRound, conf *raftpb.ConfState) {
	if len(conf.GetVotersOutgoing()) > 0 {
		n.askAll(conf)
		return
	}
	voters := conf.GetVoters()
	need := r.missing(voters)
	var asked [8]uint64
	some := asked[:0]
	for i := range voters {
		id := voters[(uint64(i)+r.round)%uint64(len(voters))]
		if !slices.Contains(r.known, id) && n.heardLately(id) {
			some = append(some, id)
		}
	}
	if len(some) < need {
		n.askAll(conf)
		return
	}
	for _, id := range some[:need] {
		n.askTerm(id)
	}
}

func (n *Node) heardLately(id uint64) bool {
	at := n.neighbours.heardAt[id]
	return at > 0 && n.ticks < at+latelyTicks
}

// askAll asks every voter.
func (n *Node) askAll(conf *raftpb.ConfState) {
	n.rounds.askedAt = n.ticks
	for _, id := range conf.GetVoters() {
		n.askTerm(id)
	}
	for _, id := range conf.GetVotersOutgoing() {
		if !slices.Contains(conf.GetVoters(), id) {
			n.askTerm(id)
		}
	}
}

// askTerm asks a server whether it is in no later term than this leader's.
func (n *Node) askTerm(id uint64) {
	if to, ok := n.addrOf(id); ok && id != n.config.ID {
		n.post(to, appendUvarints(peerAskTerm, n.config.ID, n.role.term, n.rounds.last))
	}
}

// termAsked answers askTerm, if the answer is that it is.
func (n *Node) termAsked(b []byte) {
	r := reader{b: b}
	leader, term, round := r.uvarint(), r.uvarint(), r.uvarint()
	if to, ok := n.addrOf(leader); ok && !r.bad && (n.role.term <= term || bendVouch()) {
		n.vouched = Vouch{Times: n.vouched.Times + 1, Term: term, Own: n.role.term}
		n.post(to, appendUvarints(peerTerm, n.config.ID, term, round))
	}
}

// Vouch is a server's word to the leader of Term that it is in no later one itself: it was in Own when it gave it.
type Vouch struct {
	Times     uint64 // how often it has given its word in this boot
	Term, Own uint64
}

// Vouched is the word that this node gave last.
func (n *Node) Vouched() Vouch { return n.vouched }

// termCame takes an answer to askTerm. Every round that had begun when it was asked has one more voter.
func (n *Node) termCame(b []byte) {
	r := reader{b: b}
	server, term, round := r.uvarint(), r.uvarint(), r.uvarint()
	if r.bad || n.role.state != raft.StateLeader || term != n.role.term {
		return
	}
	conf := n.votersNow()
	rest := n.rounds.waiting[:0]
	for _, w := range n.rounds.waiting {
		begun := w.round <= round || bendBefore()
		if begun && !slices.Contains(w.known, server) {
			w.known = append(w.known, server)
		}
		if begun && w.sure(conf) {
			n.answerQuestion(w)
		} else {
			rest = append(rest, w)
		}
	}
	clear(n.rounds.waiting[len(rest):])
	n.rounds.waiting = rest
}

// answerQuestion tells a server how far its reads must see.
func (n *Node) answerQuestion(r *readRound) {
	if r.items != nil {
		n.answerLeases(r)
		return
	}
	if r.server == n.config.ID {
		n.syncConfirmed(r.incarnation, r.number, r.index)
		return
	}
	if to, ok := n.addrOf(r.server); ok {
		n.post(to, appendUvarints(peerReadAt, r.incarnation, r.number, r.index))
	}
}

func (n *Node) readAtCame(b []byte) {
	r := reader{b: b}
	incarnation, number, index := r.uvarint(), r.uvarint(), r.uvarint()
	if !r.bad {
		n.syncConfirmed(incarnation, number, index)
	}
}

// tickRounds asks everybody when answers stay out, and gives up the questions that are asked again by now.
func (n *Node) tickRounds() {
	n.rounds.waiting = slices.DeleteFunc(n.rounds.waiting,
		func(r *readRound) bool { return n.ticks-r.at > syncRetryTicks })
	w := n.rounds.waiting
	if len(w) > 0 && n.ticks-w[0].at >= roundTicks && n.ticks-n.rounds.askedAt >= roundTicks {
		n.askAll(n.votersNow())
	}
}

// Voters are those of raft's configuration at the newest entry that was applied; while they change, outgoing are the
// old ones. Neither list is to be written to.
func (n *Node) Voters() (voters, outgoing []uint64) {
	conf := n.votersNow()
	return conf.GetVoters(), conf.GetVotersOutgoing()
}

// votersNow is raft's configuration at the newest entry that was applied, to be read only.
func (n *Node) votersNow() *raftpb.ConfState {
	if n.state.conf != nil {
		return n.state.conf
	}
	return n.log.ConfState()
}

// appendUvarints is a message of numbers.
func appendUvarints(kind peerKind, numbers ...uint64) []byte {
	b := append(make([]byte, 0, 1+6*len(numbers)+sumBytes), byte(kind))
	for _, v := range numbers {
		b = binary.AppendUvarint(b, v)
	}
	return b
}
