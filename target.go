package ordeal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/checker"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/workloads"
)

// Target is a service that runs already, and is put on trial as it is: at addresses where it takes ZooKeeper's clients, in
// real time, without faults of ours. Everything happens below one new znode, which is removed in the end.
//
// A seed decides what clients ask for, but not when, nor what others do; so a target's trial can't be played again.
type Target struct {
	// Servers are host:port each.
	Servers  []string
	Workload string // one of Workloads
	Seed     uint64
	// Length is how long clients work, and Rate about how many operations they begin in a second.
	Length time.Duration
	Rate   int
	Log    *slog.Logger
	// Begun, if it is not nil, is called when the target has let us in.
	Begun func()
}

// ErrTarget says that a target can't be put on trial: it is not there, or does not let us.
var ErrTarget = errors.New("the target can't be put on trial")

// Patience with a target.
const (
	// targetTimeout is the sessions' timeout, as it is asked for.
	targetTimeout = 6 * time.Second
	// reachMax is how long the target may take to serve at the beginning, servedMax in the end: elections are included.
	reachMax, servedMax = 15 * time.Second, time.Minute
	// finishMax is how long clients may take to come to an end once the length is over, and endsMax the sessions that nobody
	// closed; cleanMax is for the rest. hurryMax is in the place of each when somebody does not want to wait.
	finishMax, endsMax, cleanMax = time.Minute, 3 * time.Minute, 30 * time.Second
	hurryMax                     = 10 * time.Second
)

// ParseServers reads a list of addresses, host:port each, with commas between them.
func ParseServers(text string) ([]string, error) {
	var servers []string
	for _, one := range strings.Split(text, ",") {
		hostName, port, err := net.SplitHostPort(one)
		if n, perr := strconv.ParseUint(port, 10, 16); err != nil || hostName == "" || perr != nil || n == 0 {
			return nil, fmt.Errorf("%q is not HOST:PORT", one)
		}
		if slices.Contains(servers, one) {
			return nil, fmt.Errorf("%s stands there twice", one)
		}
		servers = append(servers, one)
	}
	return servers, nil
}

// Check says what is wrong with what is asked for; nobody asks the target for anything yet.
func (t Target) Check() error {
	if len(t.Servers) == 0 {
		return errors.New("a target has no servers")
	}
	return Trial{Seed: t.Seed, Workload: t.Workload, Nodes: 1, Length: t.Length, Rate: t.Rate, Faults: []string{"none"}}.Check()
}

// Line says what was done. It is no trial line.
func (t Target) Line() string {
	return fmt.Sprintf("target=%s workload=%s seed=%d length=%v rate=%d", strings.Join(t.Servers, ","), t.Workload, t.Seed, t.Length, t.Rate)
}

// Folder is a name for the folder with the trial's files.
func (t Target) Folder() string { return fmt.Sprintf("%s-target-seed%d", t.Workload, t.Seed) }

// visit is a trial of a target under way.
type visit struct {
	target   Target
	ctx      context.Context // cancelled when somebody does not want to wait
	start    time.Time
	turns    oshost.Turns
	started  uint64 // processes so far
	servers  []host.Addr
	base     string // the znode below which everything happens
	recorder *history.Recorder
	serves   string // who does, if that is a service whose differences are known
	env      *workloads.Env
	lacking  map[wire.OpCode]bool
	// parts are verdicts besides the workload's own, and notes what a reader has to know.
	parts []checker.Verdict
	notes []string
	// endsKnown says that the ends of all sessions are in the history.
	endsKnown bool
}

// Run puts the target on trial and judges what came of it. When ctx is cancelled the clients end early, and what there is
// by then is judged. An error that is ErrTarget says why nothing was tried; any other is the tool's own.
func (t Target) Run(ctx context.Context) (Result, error) {
	if err := t.Check(); err != nil {
		return Result{}, err
	}
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	v := &visit{target: t, ctx: ctx, start: time.Now()}
	v.base = fmt.Sprintf("/ordeal-%s-%d-%x", t.Workload, t.Seed, v.start.UnixNano())
	v.recorder = history.NewRecorder(v.now)
	for _, s := range t.Servers {
		v.servers = append(v.servers, host.Addr(s))
	}
	if err := v.arrive(); err != nil {
		return Result{}, err
	}
	if t.Begun != nil {
		t.Begun()
	}
	v.work()
	v.lookAround()
	v.findEnds()
	v.leave()
	return v.judge(), nil
}

func (v *visit) now() time.Duration { return time.Since(v.start) }

func (v *visit) note(format string, args ...any) {
	v.notes = append(v.notes, fmt.Sprintf(format, args...))
}

// spawn starts a process, which takes turns with all others.
func (v *visit) spawn(f func(host.Process)) *oshost.Process {
	v.started++
	return oshost.StartProcess(oshost.ProcessConfig{
		Self: host.Addr(fmt.Sprintf("c%d", v.started)), Logger: v.target.Log, Turns: &v.turns,
		Seed: 1 + v.target.Seed*1_000_003 + v.started, // 0 would draw one
	}, f)
}

// await waits for processes to end, for so long at most, or less if somebody is in a hurry. Those that have not ended by then
// are stopped, and it reports false.
func await(ctx context.Context, all []*oshost.Process, limit time.Duration) bool {
	late := time.NewTimer(limit)
	defer late.Stop()
	var hurry <-chan time.Time
	hurried, ended := ctx.Done(), true
	for _, p := range all {
		for waiting := true; waiting; {
			select {
			case <-p.Done():
				waiting = false
			case <-hurried:
				hurried, hurry = nil, time.After(hurryMax)
			case <-late.C:
				late.Reset(0) // for the others
				ended, waiting = false, false
			case <-hurry:
				late.Reset(0)
			}
		}
	}
	for _, p := range all {
		p.Stop()
	}
	return ended
}

// work has the clients use the service for the target's length.
func (v *visit) work() {
	w, _ := workloads.ByName(v.target.Workload)
	clients := clientsOf(Trial{Rate: v.target.Rate})
	from := v.now()
	v.env = workloads.New(w, workloads.Config{
		Clients: clients, Rate: v.target.Rate, SessionTimeout: targetTimeout, Stop: from + v.target.Length,
		Servers: v.servers, Chroot: v.base, Marks: true, Lacking: v.lacking, Record: v.recorder, Now: v.now,
		Draws: v.target.Seed,
	})
	stop := context.AfterFunc(v.ctx, func() { v.turns.Do(v.env.Stop) })
	defer stop()
	var all []*oshost.Process
	for range clients {
		all = append(all, v.spawn(v.env.Run))
	}
	if !await(v.ctx, all, v.target.Length+finishMax) {
		v.note("some clients did not come to an end within %v of the time for it, and were stopped", finishMax)
	}
}

// lookAround has new clients use what was used, and look at everything for the last time.
func (v *visit) lookAround() {
	if v.ctx.Err() != nil {
		v.note("not judged: whether clients are served in the end, since the trial was cut short")
		return
	}
	var probes, drains []*oshost.Process
	for range probesMax {
		probes = append(probes, v.spawn(v.env.Probe))
	}
	served := await(v.ctx, probes, servedMax)
	if served {
		for i := range drainers {
			drains = append(drains, v.spawn(func(p host.Process) { v.env.Drain(p, i, drainers) }))
		}
		served = await(v.ctx, drains, drainMax)
	}
	part := checker.Verdict{Checker: "recovery", Outcome: checker.Valid}
	if !served {
		// Nobody here knows whether the servers are meant to run.
		part.Outcome, part.Reason = checker.Unknown, fmt.Sprintf("new clients were not served in the end, within %v", servedMax)
	}
	v.parts = append(v.parts, part)
}

// findEnds has the ends of the sessions written down.
func (v *visit) findEnds() {
	var wrong []string
	p := v.spawn(func(p host.Process) { wrong = v.env.Ends(p) })
	v.endsKnown = await(v.ctx, []*oshost.Process{p}, endsMax)
	switch {
	case !v.endsKnown:
		v.parts = append(v.parts, checker.Verdict{Checker: "sessions", Outcome: checker.Unknown,
			Reason: "nobody could find out in the end which sessions are over"})
	case len(wrong) > 0:
		v.parts = append(v.parts, invalid("sessions", wrong[0]))
	}
}
