package dns

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/zone"
	"ordeal/host"
	"ordeal/host/oshost"
)

const (
	// followMax is how long what is known waits for a change before it is shown again, and retryAfter how long before
	// servers are asked again that could not be reached.
	followMax  = 200 * time.Millisecond
	retryAfter = 100 * time.Millisecond
	// tcpMax is how many connections there may be at once, and tcpIdle how long one may be silent.
	tcpMax  = 256
	tcpIdle = 10 * time.Second
)

// Server answers questions until it is closed.
type Server struct {
	config Config
	log    *slog.Logger
	udp    *net.UDPConn
	tcp    net.Listener
	reader *oshost.Process
	known  atomic.Pointer[known]
	closed atomic.Bool
	slots  chan struct{}
	live   sync.WaitGroup
	once   sync.Once
}

// known is a view, and what the clock of whoever reads it said at an instant.
type known struct {
	view zone.View
	now  time.Duration
	at   time.Time
}

// Start listens, and begins to read the zones. Until they have been read the answer is SERVFAIL.
func Start(c Config, log *slog.Logger) (*Server, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Server{config: c, log: log, slots: make(chan struct{}, tcpMax)}
	unread := zone.View{Bound: c.Bound}
	for _, z := range c.Zones {
		unread.Zones = append(unread.Zones, zone.Known{Zone: z})
	}
	s.known.Store(&known{view: unread, at: time.Now()})
	if err := s.listen(); err != nil {
		return nil, err
	}
	s.reader = oshost.StartProcess(oshost.ProcessConfig{Self: "dns", Logger: log}, s.follow)
	s.live.Add(2)
	go s.serveUDP()
	go s.serveTCP()
	return s, nil
}

// listenTries is how often a port of the system's choice is asked for that is free for TCP as well.
const listenTries = 20

func (s *Server) listen() error {
	if strings.HasPrefix(s.config.Listen, ":") {
		s.config.Listen = "127.0.0.1" + s.config.Listen
	}
	address, err := net.ResolveUDPAddr("udp", s.config.Listen)
	if err != nil {
		return fmt.Errorf("dns: %s: %w", s.config.Listen, err)
	}
	for range listenTries {
		if s.udp, err = net.ListenUDP("udp", address); err != nil {
			return err
		}
		if s.tcp, err = net.Listen("tcp", s.udp.LocalAddr().String()); err == nil {
			return nil
		}
		s.udp.Close()
		if address.Port != 0 {
			return err
		}
	}
	return err
}

// Addr is where it is asked.
func (s *Server) Addr() string { return s.udp.LocalAddr().String() }

// Wait serves until the context is over, and closes.
func (s *Server) Wait(ctx context.Context) {
	<-ctx.Done()
	s.Close()
}

// Close ends the server.
func (s *Server) Close() {
	s.once.Do(func() {
		s.closed.Store(true)
		s.udp.Close()
		s.tcp.Close()
		s.reader.Stop()
		s.live.Wait()
	})
}

// follow reads the zones, by one session behind the other.
func (s *Server) follow(p host.Process) {
	var source *zone.Source
	var c *client.Client
	for !s.closed.Load() {
		if c == nil || !c.Alive() {
			c = s.connect(p)
			if source == nil {
				source = zone.NewSource(p, c, s.config.Bound, s.config.Zones...)
			} else {
				source.Use(c)
			}
		}
		err := source.Follow(followMax)
		s.known.Store(&known{view: source.View(), now: p.Now(), at: time.Now()})
		if err != nil {
			s.log.Debug("dns: the zones were not read", "error", err)
			p.Sleep(retryAfter)
		}
	}
}

func (s *Server) connect(p host.Process) *client.Client {
	var servers []host.Addr
	for _, address := range s.config.Servers {
		servers = append(servers, host.Addr(address))
	}
	return client.New(p, client.Config{Servers: servers, SessionTimeout: s.config.SessionTimeout})
}

// clock is the instant by the clock of whoever reads the view.
func (k *known) clock() time.Duration { return k.now + time.Since(k.at) }

func (s *Server) serveUDP() {
	defer s.live.Done()
	packet, shelf := make([]byte, 65535), shelf{server: s}
	for {
		n, from, err := s.udp.ReadFromUDPAddrPort(packet)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.Debug("dns: a packet was not read", "error", err)
			continue
		}
		if answer := shelf.answer(packet[:n]); answer != nil {
			if _, err := s.udp.WriteToUDPAddrPort(answer, from); err != nil {
				s.log.Debug("dns: an answer was not sent", "error", err)
			}
		}
	}
}

func (s *Server) serveTCP() {
	defer s.live.Done()
	for {
		conn, err := s.tcp.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.log.Debug("dns: a connection was not accepted", "error", err)
			time.Sleep(retryAfter)
			continue
		}
		select {
		case s.slots <- struct{}{}:
			go func() {
				defer func() { <-s.slots }()
				defer conn.Close()
				s.talk(conn)
			}()
		default:
			conn.Close() // there are too many
		}
	}
}

// talk answers the questions that come on a connection, each with its length before it.
func (s *Server) talk(conn net.Conn) {
	var length [2]byte
	for !s.closed.Load() {
		_ = conn.SetDeadline(time.Now().Add(tcpIdle))
		if _, err := io.ReadFull(conn, length[:]); err != nil {
			return
		}
		packet := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(conn, packet); err != nil {
			return
		}
		k := s.known.Load()
		answer, _ := respond(k.view, k.clock(), packet, true, 0)
		if answer == nil {
			return
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}
