package coordination

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"ordeal/checker"
	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/tree"
	"ordeal/cluster/wal"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/testbed/account"
	"ordeal/testbed/coordination/books"
	"ordeal/testbed/coordination/bounds"
	"ordeal/testbed/coordination/keys"
	"ordeal/testbed/coordination/operators"
	"ordeal/testbed/coordination/questions"
	"ordeal/testbed/coordination/setup"
	"ordeal/testbed/coordination/story"
	"ordeal/testbed/monitor"
	"ordeal/testbed/trial"
	"ordeal/workloads"
	"ordeal/workloads/uses"
)

// Timing of the service in a trial, besides what its settings say.
const (
	sessionTimeout = 3 * time.Second
	reapEvery      = 2 * time.Second
)

// instance is the service in one trial.
type instance struct {
	stage    *trial.Stage
	workload string
	setup    setup.Settings
	members  []cluster.Member  // that the service begins with
	lateDisk map[string][]byte // see start.go
	operator *operator
	env      *workloads.Env
	keys     *keys.Keys // whose clients speak etcd's API and are no env's

	// What its monitor knows: see watcher.go.
	watched    []*watched
	questions  *questions.Questions
	invariants *invariants
	paths      *paths
	lifetimes  *lifetimes
	bounds     *bounds.Bounds
	books      *books.Books
	removed    removed
	sessions   sessionEnds
	tellsEnds  bool // the ends of sessions are operations of the workload's model
	applied    applied
	truth      truth
	sampled    time.Duration // when clients and bounds were looked at last
	// examining says that the examiner is at work: what happens is no part of the history any more.
	examining bool
}

// begin makes the service of a trial.
func begin(stage *trial.Stage) trial.Instance { return newInstance(stage).described() }

func newInstance(stage *trial.Stage) *instance {
	settings, err := setup.Parse(stage.Settings)
	if err != nil {
		panic("coordination: settings that were not checked: " + err.Error())
	}
	if stage.Plan.Reconfigures() {
		settings = settings.Changeable()
	}
	i := &instance{
		stage: stage, workload: stage.Trial.Workload, setup: settings,
		invariants: newInvariants(stage.Breaches),
		questions:  questions.New(stage.Breaches),
		removed:    make(removed),
		lifetimes:  newLifetimes(stage.World.Now, settings.Time(setup.Tick)),
	}
	if u, ok := uses.ByName(i.workload); ok {
		i.tellsEnds = u.EndsSessions()
	}
	i.operator = newOperator(stage, i.observing(stage.Machines.Servers()))
	if i.late() {
		i.applied.zxid, i.truth.zxid, i.lifetimes.zxid = lateZxid, lateZxid, lateZxid
	}
	i.paths = newPaths(stage, i.operator)
	if stage.Trial.Merciless() {
		i.invariants.integrity = newIntegrity()
	}
	for _, s := range stage.Machines.Servers() {
		i.members = append(i.members, cluster.Member{ID: operators.ServerID(s), Addr: s,
			Observer: slices.Contains(i.operator.ensemble.observers, s)})
	}
	if i.workload == "tree" {
		recordSettings(stage.Record, i.config(1, i.members))
	}
	i.bounds, i.books = i.newBounds(), i.newBooks()
	i.operator.ensemble.boot = i.program
	if keys.Speaks(i.workload) {
		i.keys = keys.New(stage, settings.Time(setup.Tick), settings.Is(setup.Limits, "small"),
			settings.Is(setup.Reconfig, "yes"))
		e := &i.operator.ensemble
		e.keys, e.moved = i.keys.Changers(), i.keys.Moved
		e.moved(i.founding())
		return i
	}
	i.env = i.newEnv()
	i.operator.ensemble.moved = func([]zoocfg.Server) { i.env.Move(i.operator.Members()) }
	return i
}

// clients are those of the workload.
func (i *instance) clients() trial.Clients {
	if i.keys != nil {
		return i.keys.Env
	}
	return i.env
}

// described is the instance as the testbed knows it.
func (i *instance) described() trial.Instance {
	return trial.Instance{
		Settings: i.setup.String(),
		Boot:     func(server host.Addr) host.Boot { return i.begun(server) },
		Clients:  i.clients(), Operator: i.operator, Monitors: []trial.Monitor{(*watcher)(i)},
		Waited:  i.sample,
		Settled: i.settled, Pending: i.pending, Role: role,
		Refuses: func(reason error) bool { var damage *wal.Damage; return errors.As(reason, &damage) },
		Leaders: func() []trial.LeaderSpan { return i.invariants.leaderSpans },
		States:  func() trial.States { return monitor.NewStates(i.stage, stateOf) },
		Teller: func(s *account.Story) trial.Teller {
			return story.New(i.stage, s, func() []trial.LeaderSpan { return i.invariants.leaderSpans })
		},
		Waits: i.waits, Examine: i.examine,
		Load:  i.load,
		Truth: i.judgeTruth, Measures: i.measures, Message: cluster.Describe,
		Holds: holds, Standing: standing,
	}
}

// newBounds makes what holds the service to its bounds of time.
func (i *instance) newBounds() *bounds.Bounds {
	c, node := i.config(1, i.members).InForce(), i.operator.node
	return bounds.New(bounds.Service{
		Tick: c.TickTime, Clients: i.stage.Machines.Clients(), Now: i.stage.World.Now, Paused: i.stage.World.Paused,
		Members: i.operator.Members, Quorum: i.operator.ensemble.quorum,
		Status: func(server host.Addr) (st cluster.Status, ok bool) {
			if n := node(server); n != nil {
				return n.Status(), true
			}
			return st, false
		},
		ReapEvery: reapEvery, TimeoutMin: c.MinSessionTimeout, TimeoutMax: c.MaxSessionTimeout,
		Sessions: func(server host.Addr, visit func(tree.Session) bool) { node(server).Tree().EachSession(visit) },
		Attached: func(server host.Addr, visit func(int64, time.Duration)) { node(server).EachAttached(visit) },
		Silence: func(server host.Addr, session int64) (time.Duration, bool) {
			if n := node(server); n != nil {
				return n.Silence(session)
			}
			return 0, false
		},
		Served: func(server host.Addr) int { return node(server).Clients() },
		Pieces: func(server host.Addr) int { return node(server).SnapshotPieces() },
		Due:    func(server host.Addr) []string { return node(server).Due() },
		Waits:  func(server host.Addr, least time.Duration) []cluster.Wait { return node(server).Waiting(least) },
	}, i.stage.Breaches)
}

// newBooks makes what holds servers to it that their books agree.
func (i *instance) newBooks() *books.Books {
	world := i.stage.World
	return books.New(books.Service{
		Now: world.Now, Servers: i.stage.Machines.Servers, // those that were taken out, too
		Node: func(server host.Addr) *cluster.Node {
			if world.Paused(server) {
				return nil
			}
			return i.operator.node(server)
		},
		Synced: world.Synced, State: i.invariants.stateAt,
		Client: func(turn int) (client.Kept, bool) { return i.env.Kept(turn) },
	}, i.stage.Breaches)
}

// sampleEvery is about how often the instance looks at clients and bounds.
const sampleEvery = 50 * time.Millisecond

// sample is called every few milliseconds. A merciless trial is held to no bounds: what its faults break may stay
// broken.
func (i *instance) sample() {
	held, now := !i.stage.Trial.Merciless(), i.stage.World.Now()
	if held {
		i.books.Sample() // it has a pace of its own
	}
	if now < i.sampled+sampleEvery {
		return
	}
	i.sampled = now
	var contacts []workloads.Contact // of those that have sessions
	if i.env != nil {
		contacts = i.env.Contacts()
	}
	i.lifetimes.sample(contacts)
	if held {
		i.bounds.Sample(contacts)
		i.removed.look(i)
	}
}

// newEnv makes the clients.
func (i *instance) newEnv() *workloads.Env {
	t := i.stage.Trial
	u, ok := uses.ByName(i.workload)
	if !ok {
		panic("coordination: a trial that was not checked: workload " + i.workload)
	}
	return workloads.New(u.Workload, workloads.Config{
		Clients: t.Clients(), Rate: t.Rate, SessionTimeout: sessionTimeout, Stop: t.Length,
		Servers: i.stage.Machines.Servers(), Record: i.stage.Record, Now: i.stage.World.Now,
		Draws: cmp.Or(t.Draws, t.Seed), Script: t.Script, Habits: i.habits(),
		Asked: i.lifetimes.asked, Granted: i.granted, Breach: i.stage.Breaches.Add,
		Saw: i.stage.Covered, Chroot: i.setup.Root(i.workload),
	})
}

// program is the service on one server.
func (i *instance) program(id uint64, members []cluster.Member) host.Boot {
	return i.lying(cluster.Boot(i.config(id, members)))
}

// settled says whether every server is up and has applied the same.
func (i *instance) settled() bool {
	var first cluster.Status
	for k, s := range i.operator.Members() {
		n := i.operator.node(s)
		if n == nil {
			return false
		}
		st := n.Status()
		if k == 0 {
			first = st
		}
		if !st.Serving || st.Leader == 0 || st.Applied != first.Applied {
			return false
		}
	}
	return true
}

// pending says what a server that is up is waiting for.
func (i *instance) pending(s host.Addr) string {
	st := i.operator.node(s).Status()
	leader := "knows no leader"
	if st.Leading {
		leader = "leads"
	} else if st.Leader != 0 {
		leader = fmt.Sprintf("follows n%d", st.Leader)
	}
	text := fmt.Sprintf("%s %s in term %d, has applied %d of %d entries, %d requests wait",
		s, leader, st.Term, st.Applied, st.LastIndex, st.Waiting)
	if first := i.operator.node(s).Waits(1); len(first) > 0 {
		text += " (" + first[0] + ")"
	}
	return text
}

// waits says what waits at a server that is up, or that an operator waits for.
func (i *instance) waits() string {
	for _, s := range i.operator.Members() {
		if n := i.operator.node(s); n != nil {
			if list := n.Waiting(0); len(list) > 0 {
				return fmt.Sprintf("at %s, for %v: %s", s, list[0].For, list[0].What)
			}
		}
	}
	if asking := i.operator.ensemble.asking; len(asking) > 0 {
		return fmt.Sprintf("an operator's change of the ensemble: %+v", asking[0])
	}
	return ""
}

// examine asks every server for everything. What clients saw is in the history by then, which nothing is added to.
func (i *instance) examine(p host.Process) (missing string) {
	i.examining = true
	c := i.config(1, i.members).InForce()
	return bounds.Examine(p, i.operator.Members(), workloads.Super, c.MinSessionTimeout, c.MaxSessionTimeout)
}

func (i *instance) measures() []checker.Measure {
	list := []checker.Measure{
		{Name: "changes of the ensemble", Value: int64(i.operator.ensemble.changes)},
		{Name: "entries between two snapshots", Value: int64(i.setup.SnapshotEvery)},
	}
	if i.env != nil {
		list = append(list, checker.Measure{Name: trial.MeasureExpired, Value: int64(i.env.Expired)})
	}
	return list
}

// newOperator makes the operator of a service with the servers that it begins with.
func newOperator(stage *trial.Stage, observers []host.Addr) *operator {
	servers := stage.Machines.Servers()
	return &operator{stage: stage, ensemble: ensemble{members: slices.Clone(servers), observers: observers,
		joined: uint64(len(servers)), moved: func([]zoocfg.Server) {}}}
}
