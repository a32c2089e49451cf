package server

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"ordeal/cluster/zoocfg"
	"ordeal/server/admin"
)

// pages are the HTTP servers of one server; either may be nil.
type pages struct {
	admin, metrics *page
}

// page is one HTTP server and where it listens.
type page struct {
	server *http.Server
	addr   string
}

// openPages starts what a configuration asks for. The commands are a convenience that every server has unless
// configured otherwise, so a port that is taken costs a warning only, as with ZooKeeper: three servers on one machine
// would not start otherwise. Metrics were asked for, and are started or it is an error.
func openPages(c zoocfg.Config, desk *admin.Desk, log *slog.Logger) (pages, error) {
	var p pages
	var err error
	if c.Metrics.Enabled {
		if p.metrics, err = openPage(c.Metrics.Addr, desk.Metrics(log), log); err != nil {
			return p, fmt.Errorf("metrics: %w", err)
		}
	}
	if c.Admin.Enabled {
		if p.admin, err = openPage(c.Admin.Addr, desk.Handler(), log); err != nil {
			log.Warn("no commands over HTTP: set admin.serverPort, or admin.enableServer=false", "err", err)
		}
	}
	return p, nil
}

func openPage(addr string, handler http.Handler, log *slog.Logger) (*page, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("can't listen on %s: %w", addr, err)
	}
	s := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 30 * time.Second,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the HTTP server ended", "address", l.Addr().String(), "err", err)
		}
	}()
	return &page{s, l.Addr().String()}, nil
}

func (p pages) close() {
	for _, one := range []*page{p.admin, p.metrics} {
		if one != nil {
			one.server.Close()
		}
	}
}

func (p *page) address() string {
	if p == nil {
		return ""
	}
	return p.addr
}

// AdminAddr is where the commands are over HTTP, as host:port; "" if nowhere.
func (s *Server) AdminAddr() string { return s.pages.admin.address() }

// MetricsAddr is where Prometheus finds the metrics, as host:port; "" if nowhere.
func (s *Server) MetricsAddr() string { return s.pages.metrics.address() }
