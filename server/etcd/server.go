package etcd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"ordeal/cluster"
	"ordeal/host/oshost"
)

// Server is one real server of etcd's API, on files and TCP.
type Server struct {
	machine *oshost.Machine
	grpc    *grpc.Server
	gateway *gateway
	http    []*http.Server
	addrs   []string
}

// What gRPC is told, as etcd has it: the largest answer, and how often a client may ask whether the server is there.
const (
	sendMax      = 1<<31 - 1
	requestRoom  = 512 << 10
	pingInterval = 5 * time.Second
	// begunWithin is how long a client may take to say what it wants of a connection.
	begunWithin = 5 * time.Second
)

// workers is how many goroutines serve call after call. A call for which none is free has one of its own, whose stack
// has to grow first.
const workers = 512

// Start starts the server that a configuration describes. It serves when it has a leader: in an ensemble, when a
// majority is up.
func Start(c Config, log *slog.Logger) (*Server, error) {
	who, err := c.stand(log)
	if err != nil {
		return nil, err
	}
	node, machine, verify, err := c.configs(who)
	if err != nil {
		return nil, err
	}
	machine.Logger = log
	m, err := oshost.Run(machine, cluster.Boot(node))
	if err != nil {
		return nil, err
	}
	s := &Server{machine: m}
	f := &front{machine: m, clientCert: c.Client.ClientCertAuth, bcryptCost: c.BcryptCost, verify: verify}
	s.grpc = grpc.NewServer(grpc.ForceServerCodec(raw{}), grpc.UnknownServiceHandler(f.handle),
		grpc.MaxRecvMsgSize(c.MaxRequestBytes+requestRoom), grpc.MaxSendMsgSize(sendMax),
		grpc.MaxConcurrentStreams(c.MaxConcurrentStreams), grpc.NumStreamWorkers(workers),
		grpc.ConnectionTimeout(begunWithin),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingInterval}))
	grpc_health_v1.RegisterHealthServer(s.grpc, health.NewServer())
	if s.gateway, err = newGateway(s.grpc, c); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.listenAll(f, c, log); err != nil {
		s.Close()
		return nil, err
	}
	go s.announce(f, log)
	return s, nil
}

func (s *Server) listenAll(f *front, c Config, log *slog.Logger) error {
	pages := newPages(f, c, s.gateway, log)
	for _, u := range c.ListenClientURLs {
		if err := s.listen(u, c, pages, log); err != nil {
			return err
		}
	}
	for _, u := range c.ListenHTTPURLs {
		if err := s.listenHTTP(u, c, pages, log); err != nil {
			return err
		}
	}
	for _, u := range c.ListenMetricsURLs {
		if err := s.listenHTTP(u, c, newProbes(f, log), log); err != nil {
			return err
		}
	}
	return nil
}

// announceEvery is the time between two looks whether the server serves.
const announceEvery = 50 * time.Millisecond

// announce says in the log, with etcd's words, that the server serves, when it does. Scripts wait for it.
func (s *Server) announce(f *front, log *slog.Logger) {
	for {
		if f.unready(context.Background(), true) == "" {
			log.Info("ready to serve client requests", "addr", s.ClientAddr())
			return
		}
		select {
		case <-s.machine.Done():
			return
		case <-time.After(announceEvery):
		}
	}
}

// open listens at a URL, and makes the server for HTTP there; config is nil in the clear.
func open(u string, c Config, handler http.Handler, log *slog.Logger) (
	l net.Listener, web *http.Server, config *tls.Config, err error,
) {
	addr, err := hostPort(u)
	if err != nil {
		return nil, nil, nil, err
	}
	if isTLS(u) {
		if config, err = c.Client.load(); err != nil {
			return nil, nil, nil, err
		}
		config.NextProtos = []string{"h2", "http/1.1"}
	}
	if l, err = net.Listen("tcp", addr); err != nil {
		return nil, nil, nil, fmt.Errorf("can't listen on %s: %w", addr, err)
	}
	return l, &http.Server{
		Handler: handler, TLSConfig: config, ReadHeaderTimeout: begunWithin, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}, config, nil
}

// listenHTTP serves HTTP alone at a URL.
func (s *Server) listenHTTP(u string, c Config, handler http.Handler, log *slog.Logger) error {
	l, web, config, err := open(u, c, handler, log)
	if err != nil {
		return err
	}
	s.http = append(s.http, web)
	if config != nil {
		l = tls.NewListener(l, config)
	}
	go serve(log, func() error { return web.Serve(l) })
	return nil
}

// listen serves gRPC and HTTP at a URL. Over TLS both are HTTP/2 for a client that knows it, and HTTP's server tells
// them apart; in the clear a connection begins with the preface of HTTP/2 if it is gRPC's.
func (s *Server) listen(u string, c Config, pages http.Handler, log *slog.Logger) error {
	l, web, config, err := open(u, c, pages, log)
	if err != nil {
		return err
	}
	s.addrs, s.http = append(s.addrs, l.Addr().String()), append(s.http, web)
	if config != nil {
		web.Handler = either{s.grpc, pages}
		go serve(log, func() error { return web.Serve(tls.NewListener(l, config)) })
		return nil
	}
	p := part(l, log)
	go serve(log, func() error { return s.grpc.Serve(p.grpc) })
	go serve(log, func() error { return web.Serve(p.http) })
	return nil
}

func serve(log *slog.Logger, f func() error) {
	err := f()
	if err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, grpc.ErrServerStopped) &&
		!errors.Is(err, net.ErrClosed) {
		log.Error("a port is served no more", "err", err)
	}
}

// either is the handler of a port that has both.
type either struct {
	grpc  *grpc.Server
	pages http.Handler
}

func (e either) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 2 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
		e.grpc.ServeHTTP(w, r)
		return
	}
	e.pages.ServeHTTP(w, r)
}

// ClientAddr is where clients connect, as host:port: the first of the places.
func (s *Server) ClientAddr() string { return s.addrs[0] }

// Close stops the server in good order.
func (s *Server) Close() {
	s.stop()
	s.machine.Close()
}

func (s *Server) stop() {
	for _, one := range s.http {
		one.Close()
	}
	s.grpc.Stop()
	if s.gateway != nil {
		s.gateway.close()
	}
}

// Wait waits until ctx is done, and then stops the server in good order; or until the server stops of its own accord,
// and then says why.
func (s *Server) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		s.Close()
		return nil
	case <-s.machine.Done():
		s.stop()
		return s.machine.Err()
	}
}
