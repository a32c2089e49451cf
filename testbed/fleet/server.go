package fleet

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
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

// Serving says how a server is set up. Addresses are host:port, where a port of 0 is any that is free.
type Serving struct {
	// Listen is where workers and those who ask reach it. What it has to keep goes to the folder Store.
	Listen, Store string
	// Cluster is where other servers of its cluster reach it, "" for a server that is alone; Peers is where it reaches
	// them, and Name tells it from them. All is kept three times if they are three or more.
	Cluster string
	Peers   []string
	Name    string
}

const (
	aloneName   = "ordeal"
	clusterName = "ordeal"
)

// StartServer starts a server.
func StartServer(s Serving) (*Server, error) {
	options := server.Options{
		ServerName: cmp.Or(s.Name, aloneName), JetStream: true, StoreDir: s.Store, NoSigs: true, NoLog: true,
		MaxPayload: messageMax,
	}
	var err error
	if options.Host, options.Port, err = listening(s.Listen); err != nil {
		return nil, err
	}
	if s.Cluster != "" {
		options.Cluster.Name = clusterName
		if options.Cluster.Host, options.Cluster.Port, err = listening(s.Cluster); err != nil {
			return nil, err
		}
		for _, peer := range s.Peers {
			options.Routes = append(options.Routes, &url.URL{Scheme: "nats", Host: peer})
		}
	}
	inner, err := server.NewServer(&options)
	if err != nil {
		return nil, fmt.Errorf("the server of NATS: %w", err)
	}
	inner.Start()
	if !inner.ReadyForConnections(startMax) {
		inner.Shutdown()
		return nil, fmt.Errorf("the server of NATS did not start at %s in %v", s.Listen, startMax)
	}
	if !inner.JetStreamEnabled() {
		inner.Shutdown()
		return nil, errors.New("JetStream did not start: can the folder be written to?")
	}
	return &Server{inner}, nil
}

// Check says what is wrong with a server that is to be one of several.
func (s Serving) Check() error {
	switch {
	case s.Cluster == "" && (s.Name != "" || len(s.Peers) > 0):
		return errors.New("a name and peers are for a server of a cluster, which has an address for the others")
	case s.Cluster != "" && (s.Name == "" || len(s.Peers) == 0):
		return errors.New("a server of a cluster has a name of its own and the addresses of its peers")
	}
	for _, peer := range s.Peers {
		if _, _, err := net.SplitHostPort(peer); err != nil {
			return fmt.Errorf("the peer %s: %w", peer, err)
		}
	}
	return nil
}

// listening is an address that no one listens at, as the server takes it. The server itself tries one that is taken
// until it has waited long enough.
func listening(address string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("the address %s: %w", address, err)
	}
	if port, err = strconv.Atoi(text); err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("the address %s: %q is no port", address, text)
	}
	probe, err := net.Listen("tcp", address)
	if err != nil {
		return "", 0, fmt.Errorf("the server of NATS: %w", err)
	}
	_ = probe.Close()
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return host, port, nil
}

// URL is where the server is asked.
func (s *Server) URL() string { return s.inner.ClientURL() }

// Close ends the server.
func (s *Server) Close() {
	s.inner.Shutdown()
	s.inner.WaitForShutdown()
}
