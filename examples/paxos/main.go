// Command paxos puts a small key-value store on multi-decree Paxos on trial: L. Lamport, "Paxos Made Simple", 2001.
package main

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"slices"
	"time"

	"github.com/pingcap/failpoint"
	"ordeal/host"
	"ordeal/testbed"
	"ordeal/testbed/monitor"
	"ordeal/workloads/clients"
)

var service = &testbed.Service{
	Name: "paxos", Version: 1, Program: "go run .", What: "a key-value store on multi-decree Paxos", Begin: begin,
	Workloads: []testbed.Workload{testbed.ModelWorkload("register")},
	Bugs: []testbed.Bug{{Name: "bugSendBeforeSync", Class: "durability", Package: "paxos",
		What: "a server sends what it has promised before it is on disk", Caught: "linearizable or invariants"}},
	Marked: testbed.Marked, Regression: "regression",
}

func main() { testbed.Main(service) }

// begin makes the service of one trial. A client's write names the version that it writes over: it can be sent again.
func begin(stage *testbed.Stage) testbed.Instance {
	return testbed.Instance{
		Boot: func(host.Addr) host.Boot { return boot(stage.Trial.Servers()) },
		Clients: clients.New(stage.ClientConfig(), func(c *clients.Client) clients.Behaviour {
			asker := clients.NewAsker(c, stage.Trial.Servers())
			op := func(c *clients.Client, o clients.RegisterOp) (value, version int64, err error) {
				r := command{o.Write, int64(o.Key), o.Value, o.Expected}
				answer, err := asker.AskAgain(seal(r), time.Second, c.Patience(), nil)
				open(answer, &r)
				return r.Value, r.Version, err
			}
			return &clients.Registers{Asker: asker, Op: op}
		}),
		Status: func(p host.Program) testbed.Status {
			s := p.(*server)
			return testbed.Status{Leads: s.leads, Epoch: uint64(s.Promised), Progress: uint64(s.Chosen)}
		},
		Refuses: func(reason error) bool { return reason == errDamaged },
		Monitors: []testbed.Monitor{monitor.Agreement(stage, "a slot has one decree", func(p host.Program) (m monitor.Step) {
			if s := p.(*server); s.Chosen == s.Accepted.Slot { // else it has the next
				m = monitor.Step{Applied: uint64(s.Chosen), Hash: uint64(crc32.ChecksumIEEE(seal(s.Accepted.Keys)))}
			}
			return m
		})},
	}
}

const tick = 20 * time.Millisecond      // from one proposal of a leader to the next
const patience = 500 * time.Millisecond // without a leader before a server campaigns; up to twice that, by chance

// command reads a key, or writes it if its version is still the one named: to send it again does not write again.
type command struct {
	Write               bool
	Key, Value, Version int64
}

// decree is what a ballot proposes for a slot: the store as the commands up to that slot leave it. So it contains those
// before it in its ballot, and to catch up takes the newest alone. Server b modulo n leads ballot b.
type decree struct {
	Ballot, Slot int64
	Keys         [5]command // of each, the last write, and the version that it made
}

func (d decree) newer(o decree) bool {
	return d.Ballot > o.Ballot || d.Ballot == o.Ballot && d.Slot > o.Slot
}

// state is what a server must not forget, and what it tells others: the file, and a message of one of these kinds.
type state struct {
	Kind, Promised, Chosen int64 // no ballot below Promised is answered; Chosen is the newest slot that is decided
	Accepted               decree
}

const prepare, promise, accept, accepted = 0, 1, 2, 3

var errDamaged = errors.New("the file is damaged, and with it what was promised")

// server is proposer, acceptor and learner.
type server struct {
	host.Host
	state
	peers            []host.Addr   // all servers, in the order that all have
	writing          bool          // the file is being written
	unsent           []func()      // messages that wait until it is written once more
	deadline         time.Duration // when to campaign
	leads            bool          // the promised ballot
	votes            map[int]bool  // who promised a candidate its ballot, or accepted a leader's decree; nil of others
	draft            decree        // of a candidate: the newest that these have accepted; of a leader: what comes next
	waiting, pending []func()      // what answers clients, of the decree that is proposed and of the draft
}

// Receive implements host.Program. A leader is an acceptor as well, and sends to itself.
func (s *server) Receive(from host.Addr, payload []byte) {
	var m state
	i := slices.Index(s.peers, from)
	switch {
	case !open(payload, &m) || i < 0 || m.Promised < s.Promised: // broken on its way, or of a ballot that was given up
	case m.Kind == prepare: // phase 1b
		s.adopt(m.Promised)
		s.send(promise, from)
	case m.Kind == promise && m.Promised == s.Promised && s.votes != nil && !s.leads:
		if m.Accepted.newer(s.draft) {
			s.draft = m.Accepted
		}
		s.votes[i] = true
		if s.leads = len(s.votes) > len(s.peers)/2; s.leads {
			s.propose(s.draft) // what was chosen in a lower ballot is this, or is contained in it
		}
	case m.Kind == accept: // phase 2b; what lower ballots have left is contained in this, or was not chosen
		s.adopt(m.Promised)
		if m.Accepted.newer(s.Accepted) {
			s.Accepted = m.Accepted
		}
		s.Chosen = max(s.Chosen, m.Chosen)
		s.send(accepted, from)
	case m.Kind == accepted && m.Accepted == s.Accepted && s.leads:
		if s.votes[i] = true; len(s.votes) > len(s.peers)/2 {
			s.Chosen, s.deadline = s.Accepted.Slot, s.Clock().Now()+2*patience
			for ; len(s.waiting) > 0; s.waiting = s.waiting[1:] {
				s.waiting[0]()
			}
		}
	}
}

// adopt promises a ballot, and gives up the one before.
func (s *server) adopt(ballot int64) {
	if ballot > s.Promised {
		s.Promised, s.leads, s.votes, s.waiting, s.pending = ballot, false, nil, nil, nil
	}
	if !s.leads {
		s.deadline = s.Clock().Now() + patience + time.Duration(s.Rand().Int64N(int64(patience)))
	}
}

// propose is phase 2a.
func (s *server) propose(d decree) {
	d.Ballot = s.Promised
	s.Accepted, s.votes = d, map[int]bool{}
	s.send(accept, s.peers...)
}

// Wake implements host.Program. A server without a leader, or a leader without followers, begins a ballot (phase 1a).
// A leader proposes the draft if the decree before is chosen, or that one again.
func (s *server) Wake() {
	n, d := int64(len(s.peers)), s.Accepted
	if s.Clock().SetAlarm(s.Clock().Now() + tick); s.Clock().Now() > s.deadline {
		s.adopt((s.Promised/n+1)*n + int64(slices.Index(s.peers, s.Self())))
		s.votes, s.draft = map[int]bool{}, d
		s.send(prepare, s.peers...)
	} else if s.leads {
		if s.Chosen == d.Slot && len(s.pending) > 0 {
			d, s.waiting, s.pending = s.draft, s.pending, nil
			d.Slot = s.Chosen + 1
		}
		s.propose(d)
	}
}

// Frame implements host.Program. Commands are executed on the draft, reads as well: that makes them linearizable. They
// are answered with what the key has when the draft is chosen.
func (s *server) Frame(c host.Conn, payload []byte) {
	var r command
	if !s.leads || !open(payload, &r) {
		c.Close() // the client tries another server
		return
	}
	if key := &s.draft.Keys[r.Key]; r.Write && key.Version == r.Version {
		r.Version++
		*key = r
	}
	s.pending = append(s.pending, func() { c.Send(seal(s.Accepted.Keys[r.Key])) })
}

// Accept and Closed implement host.Program. To send on a connection that is gone does nothing.
func (s *server) Accept(host.Conn) {}
func (s *server) Closed(host.Conn) {}

func boot(peers []host.Addr) host.Boot {
	return func(h host.Host) (host.Program, error) {
		s := &server{Host: h, peers: peers}
		file, err := h.Disk().ReadFile("state")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		} else if err == nil && !open(file, &s.state) {
			return nil, errDamaged
		}
		s.adopt(0)
		s.Wake()
		return s, nil
	}
}

// send sends what the server has promised and accepted, once that is on disk.
func (s *server) send(kind int64, to ...host.Addr) {
	s.Kind = kind
	m := s.state
	send := func() {
		for _, peer := range to {
			deliver := s.Send
			if peer == s.Self() {
				deliver = s.Receive
			}
			deliver(peer, seal(m))
		}
	}
	failpoint.Inject("bugSendBeforeSync", func(_ failpoint.Value) { send(); send = func() {} })
	if s.unsent = append(s.unsent, send); !s.writing {
		s.write()
	}
}

// write writes the file if messages wait for it, under another name first: a crash leaves the old one or the new one.
func (s *server) write() {
	unsent := s.unsent
	if s.writing, s.unsent = len(unsent) > 0, nil; !s.writing {
		return
	}
	s.Disk().Submit(host.Job{host.Remove("new"), host.Append("new", seal(s.state)), host.Sync("new"),
		host.Rename("new", "state"), host.SyncDir()}, func(err error) {
		if err != nil {
			s.Stop(err) // nothing says what is on the disk now
		}
		for _, send := range unsent {
			send()
		}
		s.write()
	})
}

// seal encodes a value of a fixed size behind its checksum, and open decodes it if that is right.
func seal(v any) []byte {
	b, _ := binary.Append(make([]byte, 4), binary.BigEndian, v)
	binary.BigEndian.PutUint32(b, crc32.ChecksumIEEE(b[4:]))
	return b
}

func open(b []byte, v any) bool {
	_, err := binary.Decode(b[min(4, len(b)):], binary.BigEndian, v)
	return err == nil && binary.BigEndian.Uint32(b) == crc32.ChecksumIEEE(b[4:])
}
