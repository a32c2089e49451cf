package ordeal

import (
	"maps"
	"math/bits"
	"slices"

	"ordeal/cluster"
	"ordeal/host"
	"ordeal/nemesis"
)

// states notes in which states of the protocol the servers of a trial were, for a campaign that is guided by them. A state is
// coarse: of each server its role, how far its term and its log are behind, and what it is in the midst of; whichever server it
// is does not count. What is noted are hashes: of states, of steps from one to the next, and of what servers did and what
// faults hit in which state.
type states struct {
	p    *play
	seen map[uint32]bool
	// nodes are the servers, as their place in ground.servers says.
	nodes    []nodeState
	maxTerm  uint64
	maxIndex uint64
	now      uint32 // the state of all
}

// nodeState is a server at its last event.
type nodeState struct {
	node  *cluster.Node
	term  uint64
	code  uint16
	deeds cluster.Deeds
}

// The kinds of what is noted.
const (
	featureState = iota + 1
	featureStep
	featureDeed
	featureFault
)

func newStates(p *play) *states { return &states{p: p, seen: make(map[uint32]bool)} }

func (s *states) saw(words ...uint32) uint32 {
	h := uint32(2166136261)
	for _, w := range words {
		for range 4 {
			h = (h ^ w&0xff) * 16777619
			w >>= 8
		}
	}
	s.seen[h] = true
	return h
}

// look takes in a server after an event.
func (s *states) look(machine host.Addr, n *cluster.Node, st *cluster.Status) {
	i := slices.Index(s.p.ground.servers, machine)
	for len(s.nodes) <= i {
		s.nodes = append(s.nodes, nodeState{})
	}
	m := &s.nodes[i]
	s.maxTerm, s.maxIndex = max(s.maxTerm, st.Term), max(s.maxIndex, st.LastIndex)
	code := s.codeOf(st)
	if m.node == n && m.code == code && m.term == st.Term && m.deeds == st.Deeds {
		return
	}
	if m.node != n {
		m.deeds = 0
	}
	fresh := st.Deeds &^ m.deeds
	*m = nodeState{n, st.Term, code, st.Deeds}
	s.step()
	for ; fresh != 0; fresh &= fresh - 1 {
		s.saw(featureDeed, uint32(bits.TrailingZeros64(uint64(fresh))), uint32(code), s.now)
	}
}

// Logs count as behind from a few entries on: less is there all the time.
const (
	littleBehind = 10
	farBehind    = 100
)

// codeOf is what counts of a server, but for its term, which is compared when all are looked at.
func (s *states) codeOf(st *cluster.Status) uint16 {
	role := uint16(1)
	switch {
	case st.Leading:
		role = 2
	case st.Observing:
		role = 3
	}
	behind := uint16(0)
	switch lag := s.maxIndex - st.LastIndex; {
	case lag > farBehind:
		behind = 2
	case lag > littleBehind:
		behind = 1
	}
	tail := uint16(0)
	if st.LastIndex > st.Applied+littleBehind {
		tail = 1
	}
	return role | behind<<2 | tail<<4 | uint16(st.Doing)<<5
}

// step notes the state that all are in, if it is another than before.
func (s *states) step() {
	var codes [16]uint32
	for i := range min(len(s.nodes), len(codes)) {
		m := &s.nodes[i]
		if m.node == nil || !s.p.world.Up(s.p.ground.servers[i]) {
			continue
		}
		codes[i] = uint32(m.code) | uint32(min(s.maxTerm-m.term, 2))<<16
	}
	slices.Sort(codes[:])
	before := s.now
	if s.now = s.saw(append(codes[:], featureState)...); s.now != before {
		s.saw(featureStep, before, s.now)
	}
}

// fault takes in what the nemesis does, before the world feels it.
func (s *states) fault(e nemesis.Event) {
	if e.Type != nemesis.Fired {
		return
	}
	kind := uint32(slices.IndexFunc(nemesis.Kinds(), func(k nemesis.KindInfo) bool { return k.Kind == e.Kind }))
	s.saw(featureFault, kind, uint32(len(e.Machines)), s.now)
}

// list are the hashes, sorted.
func (s *states) list() []uint32 { return slices.Sorted(maps.Keys(s.seen)) }
