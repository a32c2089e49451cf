package etcd

import (
	"slices"
	"time"

	"ordeal/history"
	"ordeal/host"
	"ordeal/workloads/clients"
)

// Config says how many clients do how much. Zero means the default of package clients.
type Config struct {
	Clients, Rate int
	Stop          time.Duration // the instant, by Now, behind which Run begins nothing
	Servers       []host.Addr
	Draws         uint64
	Script        clients.Script
	// Small says that servers have little room, and divide what is large.
	Small bool
	// Changes says that clients may change the members.
	Changes bool
	// Profile names what clients do often; drawn if it is "".
	Profile string
	Record  *history.Recorder
	Now     func() time.Duration
	// Saw is told, unless it is nil, what came about, of Items.
	Saw func(item string)
}

// Env is what the clients of one trial share. The methods that it has from the Group let clients run, probe the service
// and look at everything for the last time.
type Env struct {
	*clients.Group
	cfg     Config
	profile profile
	// conns and watches count connections and watches, for their numbers.
	conns, watches int
	// revision is the newest that any client was told of, and compacted the newest that one knows to be compacted.
	revision, compacted int64
	// asksMembers is how often clients ask who the members are.
	asksMembers int
	// compactions is the version of the key that is set to compact.
	compactions int64
	// leases are those that were granted last, and long those of them that last for longer than the others.
	leases, long []int64
}

// New makes the environment of a trial.
func New(cfg Config) *Env {
	e := &Env{cfg: cfg, revision: 1, asksMembers: unmoved}
	e.Group = clients.New(clients.Config{
		Clients: cfg.Clients, Rate: cfg.Rate, Stop: cfg.Stop, Draws: cfg.Draws, Script: cfg.Script, Record: cfg.Record,
		Now: cfg.Now,
	}, func(*clients.Client) clients.Behaviour { return newWorker(e) })
	e.profile = e.drawProfile()
	cfg.Record.OK(history.Service, "profile", "", e.profile.name)
	return e
}

// Move says where the service is from now on.
func (e *Env) Move(servers []host.Addr) {
	if !slices.Equal(servers, e.cfg.Servers) {
		e.asksMembers = moved
	}
	e.cfg.Servers = slices.Clone(servers)
}

// Clients ask so often who the members are: where these change oftener.
const (
	unmoved = 1
	moved   = 8
)

func (e *Env) saw(item string) {
	if e.cfg.Saw != nil {
		e.cfg.Saw(item)
	}
}

// told notes a revision that an answer has shown.
func (e *Env) told(revision int64) { e.revision = max(e.revision, revision) }

// leasesKept is how many leases of a kind are remembered, for requests about them, and longTTL what a long one has at
// least, in seconds.
const (
	leasesKept = 12
	longTTL    = 5
)

// granted notes that a lease was granted.
func (e *Env) granted(id, ttl int64) {
	list := &e.leases
	if ttl >= longTTL {
		list = &e.long
	}
	*list = append(*list, id)
	if len(*list) > leasesKept {
		*list = (*list)[1:]
	}
}
