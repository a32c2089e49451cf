package oshost

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"sync"
	"time"

	"ordeal/host"
	"ordeal/host/oshost/inbox"
)

// closeMax is how long Close waits for clients to read what was sent to them.
const closeMax = 3 * time.Second

// Machine is the real machine with one program running on it.
type Machine struct {
	cfg     Config
	clock   clock
	disk    *disk
	links   map[host.Addr]*link // the loop's own, as is serving
	serving bool
	peers   peers
	rng     *rand.Rand
	inbox   *inbox.Inbox[event]
	program host.Program
	// unsettled says that a frame was handed over since the program was last called to settle. It is the loop's own.
	unsettled bool
	flusher   flusher // the loop's own
	counters  counters

	clientPort net.Listener // nil without one
	securePort net.Listener // nil without one
	peerPort   net.Listener // nil without one

	// The rest ends the machine. live is canceled when nothing may go on; tasks are all goroutines but the loop.
	live    context.Context
	die     context.CancelFunc
	tasks   sync.WaitGroup
	guests  guests
	conns   map[*conn]struct{} // open as far as the program knows; the loop's own
	leaving sync.Once
	quit    chan struct{} // closed to end the loop
	quitFor sync.Once
	orderly bool // what was sent and submitted is to be carried out first; written before quit is closed
	done    chan struct{}
	err     error // why it ended; written before done is closed
}

// Run boots a program and serves it until Close, Kill, or the program's own Host.Stop. An error says what kept it from
// booting: a port in use, a data directory that another machine uses or that can't be written, or the boot's own.
func Run(cfg Config, boot host.Boot) (*Machine, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	m := &Machine{
		cfg:    cfg,
		clock:  clock{alarm: noAlarm},
		rng:    newRand(cfg.Seed),
		inbox:  inbox.New[event](),
		links:  map[host.Addr]*link{},
		peers:  peers{names: map[host.Addr]bool{}},
		conns:  map[*conn]struct{}{},
		guests: guests{max: cfg.MaxConnsPerAddr, byAddr: map[string]int{}},
		quit:   make(chan struct{}),
		done:   make(chan struct{}),
	}
	m.live, m.die = context.WithCancel(context.Background())
	for name, address := range cfg.Peers {
		m.route(name, address)
	}
	if err := m.open(); err != nil {
		m.die()
		return nil, err
	}
	booted := make(chan bool, 1)
	go m.run(boot, booted)
	if !<-booted {
		<-m.done
		return nil, m.err
	}
	return m, nil
}

// open takes the machine's directory and ports, all or none.
func (m *Machine) open() (err error) {
	if m.disk, err = openDisk(m.cfg.DataDir, m.cfg.Self, m.inbox); err != nil {
		return err
	}
	m.clientPort, err = listen(m.cfg.ClientListen)
	if err == nil {
		m.securePort, err = listen(m.cfg.SecureListen)
	}
	if err == nil {
		m.peerPort, err = listen(m.cfg.PeerListen)
	}
	if err != nil {
		m.closePorts()
		m.disk.close()
	}
	return err
}

func listen(address string) (net.Listener, error) {
	if address == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s: %w", address, err)
	}
	return l, nil
}

func (m *Machine) closePorts() {
	for _, l := range []net.Listener{m.clientPort, m.securePort, m.peerPort} {
		if l != nil {
			l.Close()
		}
	}
}

// ClientAddr is where clients connect, as host:port; "" if nowhere.
func (m *Machine) ClientAddr() string { return address(m.clientPort) }

// SecureAddr is where clients connect over TLS, as host:port; "" if nowhere.
func (m *Machine) SecureAddr() string { return address(m.securePort) }

// PeerAddr is where other machines connect, as host:port; "" if nowhere.
func (m *Machine) PeerAddr() string { return address(m.peerPort) }

func address(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// Close ends the machine in order: the program may make ready for it (host.Leaver), then nothing more is accepted, the
// disk's jobs are carried out, clients get what was sent to them. It returns when all is done.
func (m *Machine) Close() {
	m.leaving.Do(m.leave)
	m.end(true)
}

// Kill ends the machine as the process's death would: what was not carried out is not. It returns when all is over.
func (m *Machine) Kill() { m.end(false) }

func (m *Machine) end(orderly bool) {
	m.quitFor.Do(func() {
		m.orderly = orderly
		close(m.quit)
	})
	<-m.done
}

// Done is closed when the machine is down.
func (m *Machine) Done() <-chan struct{} { return m.done }

// Err is the reason that the program gave to Host.Stop; nil if the machine is up, or was ended by Close or Kill.
func (m *Machine) Err() error {
	select {
	case <-m.done:
		return m.err
	default:
		return nil
	}
}

// view is the machine as its program sees it.
type view struct{ m *Machine }

func (v view) Self() host.Addr   { return v.m.cfg.Self }
func (v view) Clock() host.Clock { return &v.m.clock }
func (v view) Disk() host.Disk   { return v.m.disk }
func (v view) Rand() *rand.Rand  { return v.m.rng }
func (v view) Log() *slog.Logger { return v.m.cfg.Logger }

func (v view) Send(to host.Addr, payload []byte) {
	if l := v.m.links[to]; l != nil {
		l.out.hold(payload)
		v.m.flusher.addLink(l)
	}
}

func (v view) Stop(reason error) {
	if reason == nil {
		reason = errors.New("the program stopped and gave no reason")
	}
	v.m.err = reason
	runtime.Goexit()
}
