package fleet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a server of NATS with JetStream within this process.
type Server struct{ inner *server.Server }

const (
	// messageMax is how long a message may be, and startMax how long a start may take.
	messageMax = 8 << 20
	startMax   = 30 * time.Second
)

// StartServer starts a server at an address, host:port, where a port of 0 is any that is free. What it has to keep goes
// to the folder store.
func StartServer(address, store string) (*Server, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address %s: %w", address, err)
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return nil, fmt.Errorf("the address %s: %q is no port", address, text)
	}
	// The server itself tries an address that is taken until it has waited long enough.
	probe, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("the server of NATS: %w", err)
	}
	_ = probe.Close()
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "ordeal", Host: host, Port: port, JetStream: true, StoreDir: store, NoSigs: true, NoLog: true,
		MaxPayload: messageMax,
	})
	if err != nil {
		return nil, fmt.Errorf("the server of NATS: %w", err)
	}
	s.Start()
	if !s.ReadyForConnections(startMax) {
		s.Shutdown()
		return nil, fmt.Errorf("the server of NATS did not start at %s in %v", address, startMax)
	}
	if !s.JetStreamEnabled() {
		s.Shutdown()
		return nil, errors.New("JetStream did not start: can the folder be written to?")
	}
	return &Server{s}, nil
}

// URL is where the server is asked.
func (s *Server) URL() string { return s.inner.ClientURL() }

// Close ends the server.
func (s *Server) Close() {
	s.inner.Shutdown()
	s.inner.WaitForShutdown()
}
