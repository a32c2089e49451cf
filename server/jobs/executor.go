package jobs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/recipes/schedule"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/host/oshost"
)

// Config says where jobs are and what an executor may do.
type Config struct {
	// Servers are those of the service, HOST:PORT each, and Path the scheduler's znode.
	Servers []string
	Path    string
	// Auth is digest:USER:PASSWORD; "" where a certificate says who the client is.
	Auth string
	TLS  *tls.Config
	// SessionTimeout is how long after an executor died its executions are another's; 0 is 10 s.
	SessionTimeout time.Duration
	// AllowCommands lets commands be carried out whose program is one of Programs, by its absolute path. Hosts, HOST or
	// HOST:PORT each, are those that HTTP calls may go to.
	AllowCommands bool
	Programs      []string
	Hosts         []string
	// CallTimeout is how long an HTTP call may take whose job has no timeout; 0 is a minute.
	CallTimeout time.Duration
	// Folder is where commands are carried out; "" is where the executor is.
	Folder string
	// Parallel is how many executions there are at once; 0 is 16.
	Parallel int
	// Logger is nil for slog.Default.
	Logger *slog.Logger
}

// Check returns a sentence that says what of a configuration means nothing, or nil.
func (c Config) Check() error {
	switch {
	case len(c.Servers) == 0:
		return errors.New("jobs: no servers are named")
	case c.Path == "/" || !wire.ValidPath(c.Path):
		return fmt.Errorf("jobs: %q is no path of a znode below the root", c.Path)
	case len(c.Programs) > 0 && !c.AllowCommands:
		return errors.New("jobs: programs are named, and commands are not allowed")
	case c.Auth != "" && !digestForm.MatchString(c.Auth):
		return errors.New("jobs: the identity is digest:USER:PASSWORD")
	}
	for _, server := range c.Servers {
		if _, port, err := net.SplitHostPort(server); err != nil || !isPort(port) {
			return fmt.Errorf("jobs: the server %q is not HOST:PORT", server)
		}
	}
	for _, host := range c.Hosts {
		u, err := url.Parse("http://" + host)
		named := err == nil && u.Host == host && u.Hostname() != "" && (u.Port() == "" || isPort(u.Port()))
		if !named && net.ParseIP(host) == nil {
			return fmt.Errorf("jobs: the host %q is neither HOST nor HOST:PORT", host)
		}
	}
	return c.checkDoors()
}

// digestForm is an identity that the service knows by a digest.
var digestForm = regexp.MustCompile(`^digest:[^:]+:.`)

// checkDoors says what is wrong with the programs that are named, and with where they are carried out.
func (c Config) checkDoors() error {
	if c.AllowCommands && len(c.Programs) == 0 {
		return errors.New("jobs: commands are allowed, and no program is named that they may be of")
	}
	for _, p := range c.Programs {
		if !filepath.IsAbs(p) {
			return fmt.Errorf("jobs: the program %q has no absolute path", p)
		}
		if _, err := exec.LookPath(p); err != nil {
			return fmt.Errorf("jobs: the program %q: %w", p, errors.Unwrap(err))
		}
	}
	if c.Folder == "" {
		return nil
	}
	if info, err := os.Stat(c.Folder); err != nil || !info.IsDir() {
		return fmt.Errorf("jobs: %q is no folder that commands can be carried out in", c.Folder)
	}
	return nil
}

// isPort says whether a text is the number of a port, or its name.
func isPort(text string) bool {
	_, err := net.LookupPort("tcp", text)
	return err == nil && text != ""
}

func (c Config) filled() Config {
	if c.SessionTimeout == 0 {
		c.SessionTimeout = 10 * time.Second
	}
	if c.CallTimeout == 0 {
		c.CallTimeout = time.Minute
	}
	if c.Parallel == 0 {
		c.Parallel = 16
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

const (
	// claimWait is for how long an executor asks for a firing before it looks whether an execution has ended.
	claimWait = 20 * time.Millisecond
	// sessionPause is how long it rests before it tries another session.
	sessionPause = 500 * time.Millisecond
	// stopWait is how long executions may go on when it is to stop.
	stopWait = 10 * time.Second
)

// Run carries jobs out until ctx is done: then it claims no more, and waits for what is under way for up to ten
// seconds. It returns an error at once if it is not to be trusted with jobs, or they with it.
func Run(ctx context.Context, cfg Config) error {
	if err := cfg.Check(); err != nil {
		return err
	}
	x := &executor{cfg: cfg.filled(), running: map[int]execution{}}
	started := make(chan *oshost.Process, 1)
	p := oshost.StartProcess(oshost.ProcessConfig{Self: "executor", TLS: cfg.TLS, Logger: x.cfg.Logger},
		func(p host.Process) { x.serve(p, (<-started).Do) })
	started <- p
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Do(func() { x.stopping = true })
		<-p.Done()
	}
	return x.err
}

// executor is one process; all but the executions belong to it.
type executor struct {
	cfg      Config
	post     func(func()) bool // has something done in the process, when it waits
	stopping bool
	err      error
	number   int
	running  map[int]execution
	ended    []ended
}

// execution is one that is under way.
type execution struct {
	schedule.Run
	cancel context.CancelFunc
}

// ended is what became of one.
type ended struct {
	number int
	well   bool
	note   string
}

// serve goes from session to session.
func (x *executor) serve(p host.Process, post func(func()) bool) {
	x.post = post
	for !x.stopping {
		c, err := x.cfg.connect(p)
		var scheduler schedule.Config
		if err == nil {
			scheduler, err = x.cfg.guarded(c)
		}
		if err == nil {
			err = x.session(p, c, schedule.NewScheduler(p, c, scheduler))
		}
		for _, e := range x.running { //house:unordered all of them have lost their claims
			e.cancel()
		}
		clear(x.running)
		if c != nil {
			if c.Connected() {
				_ = c.Close() // it ends by itself elsewhere
			} else {
				c.Abandon()
			}
		}
		if lasting(err) {
			x.err = err
			return
		}
		if err != nil {
			p.Log().Warn("jobs: the session is over", "error", err)
			p.Sleep(sessionPause)
		}
	}
}

// lasting says whether an error does not go away with another session.
func lasting(err error) bool {
	if err == nil {
		return false
	}
	for _, passing := range []error{client.ErrConnectionLoss, client.ErrNotSent, client.ErrSessionExpired,
		client.ErrClosed, recipes.ErrLost, recipes.ErrGaveUp, errUnknown} {
		if errors.Is(err, passing) {
			return false
		}
	}
	return true
}

var errUnknown = errors.New("jobs: it is not known what became of a claim")
