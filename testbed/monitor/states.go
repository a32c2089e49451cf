package monitor

import (
	"maps"
	"math/bits"
	"slices"

	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// State is a server's part in the state of the protocol, coarsely: what is told apart decides what a guided campaign
// looks for.
type State struct {
	// Code is the server's role, and what it is in the midst of.
	Code uint16
	// Epoch and Progress are compared with the other servers': only how far a server is behind counts.
	Epoch, Progress uint64
	// Deeds is a set of things that the program has done since it started, one bit each.
	Deeds uint64
}

// states notes in which states of the protocol the servers of a trial were, for a campaign that is guided by them.
// Which server is in which part of a state does not count. What is noted are hashes: of states, of steps from one to
// the next, and of what servers did and what faults hit in which state.
type states struct {
	stage *trial.Stage
	of    func(host.Program) State
	seen  map[uint32]bool
	// servers are those of the stage, in their order.
	servers     []serverState
	maxEpoch    uint64
	maxProgress uint64
	now         uint32 // the state of all
}

// serverState is a server at its last event.
type serverState struct {
	program host.Program
	State
	code uint32 // with how far it is behind
}

// The kinds of what is noted.
const (
	noteState = iota + 1
	noteStep
	noteDeed
	noteFault
)

// NewStates begins to note; of reads a state off a running program.
func NewStates(stage *trial.Stage, of func(host.Program) State) trial.States {
	return &states{stage: stage, of: of, seen: make(map[uint32]bool)}
}

// note adds the hash (FNV-1a) of some words.
func (s *states) note(words ...uint32) uint32 {
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

// Event implements trial.Monitor.
func (s *states) Event(server host.Addr, program host.Program) {
	if program == nil {
		return
	}
	i := slices.Index(s.stage.Machines.Servers(), server)
	for len(s.servers) <= i {
		s.servers = append(s.servers, serverState{})
	}
	m, now := &s.servers[i], s.of(program)
	s.maxEpoch, s.maxProgress = max(s.maxEpoch, now.Epoch), max(s.maxProgress, now.Progress)
	code := uint32(now.Code) | s.behind(now)<<16
	if m.program == program && m.code == code && m.Epoch == now.Epoch && m.Deeds == now.Deeds {
		return
	}
	if m.program != program {
		m.Deeds = 0
	}
	fresh := now.Deeds &^ m.Deeds
	*m = serverState{program, now, code}
	s.step()
	for ; fresh != 0; fresh &= fresh - 1 {
		s.note(noteDeed, uint32(bits.TrailingZeros64(fresh)), code, s.now)
	}
}

// A server counts as behind from a little on: less is there all the time.
const (
	littleBehind = 10
	farBehind    = 100
)

// behind is how far a server is behind the one that is farthest: 0, 1 or 2.
func (s *states) behind(now State) uint32 {
	switch lag := s.maxProgress - now.Progress; {
	case lag > farBehind:
		return 2
	case lag > littleBehind:
		return 1
	}
	return 0
}

// step notes the state that all are in, if it is another than before.
func (s *states) step() {
	var codes [16]uint32
	for i := range min(len(s.servers), len(codes)) {
		m := &s.servers[i]
		if m.program == nil || !s.stage.World.Up(s.stage.Machines.Servers()[i]) {
			continue
		}
		codes[i] = m.code | uint32(min(s.maxEpoch-m.Epoch, 2))<<18 | 1<<20
	}
	slices.Sort(codes[:])
	before := s.now
	if s.now = s.note(append(codes[:], noteState)...); s.now != before {
		s.note(noteStep, before, s.now)
	}
}

// Fault implements trial.Monitor.
func (s *states) Fault(e nemesis.Event) {
	if e.Type != nemesis.Fired {
		return
	}
	kind := uint32(slices.IndexFunc(nemesis.Kinds(), func(k nemesis.KindInfo) bool { return k.Kind == e.Kind }))
	s.note(noteFault, kind, uint32(len(e.Machines)), s.now)
}

// End implements trial.Monitor.
func (s *states) End() {}

// List implements trial.States.
func (s *states) List() []uint32 { return slices.Sorted(maps.Keys(s.seen)) }
