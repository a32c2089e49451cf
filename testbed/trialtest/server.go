package trialtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"slices"
	"time"

	"ordeal/host"
	"ordeal/testbed/trial"
)

// Timing of a server.
const (
	tick     = 100 * time.Millisecond
	patience = 500 * time.Millisecond // without a word of a primary; staggered by server
)

const stateFile = "state"

// register is a value as a server has accepted it: the newest of two is that of the later view, and then version.
type register struct{ View, Version, Value uint64 }

func (r register) newer(than register) bool {
	return r.View > than.View || r.View == than.View && r.Version > than.Version
}

// durable is what a server keeps on disk: the latest view that it has promised to serve, and the register.
type durable struct {
	Promised uint64
	Register register
}

// Kinds of message.
const (
	prepare  = "prepare"  // of a server that wants to be primary of View
	promise  = "promise"  // its answer, with the register
	accept   = "accept"   // of the primary: take the register over, in round Round
	accepted = "accepted" // its answer
	refuse   = "refuse"   // View has been promised, which is later
)

type message struct {
	Kind        string
	View, Round uint64
	Register    register
}

// request is what a client asks for on a connection; a read has no value.
type request struct {
	ID    uint64
	Write bool
	Value uint64
}

// reply is the answer; OK says that it was done, and what the register holds. Otherwise the server is not the primary.
type reply struct {
	ID    uint64
	OK    bool
	Value register
}

type asked struct {
	conn host.Conn
	request
}

// server is one server. A server becomes primary of a view when a majority has promised it, and takes the newest
// register of theirs over. Every operation is a round: the primary answers when a majority has accepted the register
// in its view, so no other view has been promised by then. Reads are rounds too, which change nothing.
type server struct {
	host       host.Host
	servers    []host.Addr
	staleReads bool

	durable
	heard    time.Duration // when a primary was heard of
	wants    uint64        // the view that it wants to be primary of, 0 for none
	promises []host.Addr
	newest   register // of the promises
	leads    bool
	round    uint64
	acks     []host.Addr
	queue    []asked // the first is under way if busy
	busy     bool
}

// boot starts a server from its disk. Records that a crash has torn were not acknowledged, and go.
func boot(servers []host.Addr, staleReads bool) host.Boot {
	return func(h host.Host) (host.Program, error) {
		s := &server{host: h, servers: servers, staleReads: staleReads, heard: h.Clock().Now()}
		data, err := h.Disk().ReadFile(stateFile)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		whole := 0
		for line := range bytes.Lines(data) {
			if !s.load(line) {
				break
			}
			whole += len(line)
		}
		if whole < len(data) {
			h.Disk().Submit(host.Job{host.Truncate(stateFile, int64(whole)), host.Sync(stateFile)}, s.checked)
		}
		s.host.Clock().SetAlarm(h.Clock().Now() + tick)
		return s, nil
	}
}

// load takes a record over, and says whether it is whole. A record is a checksum and JSON, in a line.
func (s *server) load(line []byte) bool {
	sum, text, _ := bytes.Cut(line, []byte(" "))
	return bytes.HasSuffix(line, []byte("\n")) && string(sum) == checksum(bytes.TrimSpace(text)) &&
		json.Unmarshal(text, &s.durable) == nil
}

func checksum(text []byte) string { return fmt.Sprintf("%08x", crc32.ChecksumIEEE(text)) }

func (s *server) status() trial.Status {
	return trial.Status{Leads: s.leads, Epoch: s.Promised, Progress: s.Register.Version}
}

func (s *server) checked(err error) {
	if err != nil {
		s.host.Stop(err)
	}
}

// save writes down what the server has promised and accepted, and then goes on.
func (s *server) save(then func()) {
	text := encode(s.durable)
	line := fmt.Appendf(nil, "%s %s\n", checksum(text), text)
	job := host.Job{host.Append(stateFile, line), host.Sync(stateFile), host.SyncDir()}
	s.host.Disk().Submit(job, func(err error) {
		s.checked(err)
		then()
	})
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("trialtest: this is plain data: " + err.Error())
	}
	return text
}

func (s *server) send(to host.Addr, m message) { s.host.Send(to, encode(m)) }

func (s *server) sendAll(m message) {
	for _, other := range s.servers {
		if other != s.host.Self() {
			s.send(other, m)
		}
	}
}

func (s *server) majority(of []host.Addr) bool { return len(of) > len(s.servers)/2 }

func with(list []host.Addr, one host.Addr) []host.Addr {
	if slices.Contains(list, one) {
		return list
	}
	return append(list, one)
}

// Wake implements host.Program: a primary repeats what it is at, so that all have it, and another looks for one.
func (s *server) Wake() {
	now := s.host.Clock().Now()
	s.host.Clock().SetAlarm(now + tick)
	place := slices.Index(s.servers, s.host.Self())
	switch {
	case s.leads && !s.busy:
		s.next()
	case s.leads:
		s.sendAll(message{Kind: accept, View: s.Promised, Round: s.round, Register: s.Register})
	case now-s.heard > patience+time.Duration(place)*patience/2:
		s.heard = now
		s.campaign(place)
	}
}

// campaign asks for the next view that is the server's own.
func (s *server) campaign(place int) {
	n := uint64(len(s.servers))
	view := s.Promised + 1
	view += (uint64(place) + n - view%n) % n
	s.Promised, s.wants, s.promises, s.newest = view, view, nil, s.Register
	s.save(func() {
		if s.wants == view {
			s.promised(s.host.Self(), view, s.Register)
			s.sendAll(message{Kind: prepare, View: view})
		}
	})
}

func (s *server) promised(from host.Addr, view uint64, r register) {
	if view != s.wants {
		return
	}
	if r.newer(s.newest) {
		s.newest = r
	}
	if s.promises = with(s.promises, from); s.majority(s.promises) {
		s.wants, s.leads, s.busy = 0, true, false
		s.Register = register{view, s.newest.Version, s.newest.Value}
		s.next()
	}
}

// next begins the round of the next request, or one that changes nothing.
func (s *server) next() {
	s.busy = len(s.queue) > 0
	if s.busy && s.queue[0].Write {
		s.Register.Version, s.Register.Value = s.Register.Version+1, s.queue[0].Value
	}
	s.round++
	s.acks = nil
	m := message{Kind: accept, View: s.Promised, Round: s.round, Register: s.Register}
	s.sendAll(m)
	s.save(func() { s.acked(s.host.Self(), m.View, m.Round) })
}

func (s *server) acked(from host.Addr, view, round uint64) {
	if !s.leads || view != s.Promised || round != s.round {
		return
	}
	if s.acks = with(s.acks, from); !s.busy || !s.majority(s.acks) {
		return
	}
	one := s.queue[0]
	s.queue, s.busy = s.queue[1:], false
	one.conn.Send(encode(reply{ID: one.ID, OK: true, Value: s.Register}))
	if len(s.queue) > 0 {
		s.next()
	}
}

// Receive implements host.Program.
func (s *server) Receive(from host.Addr, payload []byte) {
	var m message
	if json.Unmarshal(payload, &m) != nil {
		return // the network has spoiled it
	}
	switch m.Kind {
	case promise:
		s.promised(from, m.View, m.Register)
		return
	case accepted:
		s.acked(from, m.View, m.Round)
		return
	}
	if m.View < s.Promised {
		s.send(from, message{Kind: refuse, View: s.Promised})
		return
	}
	if m.View > s.Promised {
		s.follow(m.View)
	}
	s.heard = s.host.Clock().Now()
	switch m.Kind {
	case prepare:
		s.save(func() {
			if s.Promised == m.View {
				s.send(from, message{Kind: promise, View: m.View, Register: s.Register})
			}
		})
	case accept:
		if m.Register.newer(s.Register) {
			s.Register = m.Register
		}
		s.save(func() { s.send(from, message{Kind: accepted, View: m.View, Round: m.Round}) })
	}
}

// follow gives up being primary, or wanting to be, for a later view.
func (s *server) follow(view uint64) {
	s.Promised, s.wants, s.leads, s.busy = view, 0, false, false
	for _, one := range s.queue {
		one.conn.Close() // what becomes of its request is not known
	}
	s.queue = nil
}

// Accept implements host.Program.
func (s *server) Accept(host.Conn) {}

// Frame implements host.Program.
func (s *server) Frame(c host.Conn, payload []byte) {
	var r request
	switch err := json.Unmarshal(payload, &r); {
	case err != nil:
		c.Close()
	case !s.leads:
		c.Send(encode(reply{ID: r.ID}))
	case s.staleReads && !r.Write:
		c.Send(encode(reply{ID: r.ID, OK: true, Value: s.Register}))
	default:
		if s.queue = append(s.queue, asked{c, r}); !s.busy {
			s.next()
		}
	}
}

// Closed implements host.Program. Its requests are carried out all the same.
func (s *server) Closed(host.Conn) {}
