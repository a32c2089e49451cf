// Package target puts a service that runs already on trial, as it is: at addresses where it takes clients, in real time
// and without faults, with the same workloads and checkers as in a simulated world.
package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ordeal/checker"
	"ordeal/history"
	"ordeal/host"
	"ordeal/host/oshost"
	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// Target is a service that runs already.
//
// A seed decides what clients ask for, but not when, nor what others do; so a target's trial can't be played again.
type Target struct {
	Service *trial.Service
	// Servers are host:port each.
	Servers  []string
	Workload string // the name of one of the service's
	Seed     uint64
	// Length is how long clients work, and Rate about how many operations they begin in a second.
	Length time.Duration
	Rate   int
	// SessionTimeout is that of clients' sessions; 0 leaves it to the service.
	SessionTimeout time.Duration
	Log            *slog.Logger
	// Begun, if it is not nil, is called when the target has let the clients in.
	Begun func()
	// Around, if it is not nil, is what there is to a target that was started for the trial.
	Around *Around
}

// Around is the surroundings of a target that was started for the trial, and that is broken while clients work. No
// field may be nil.
type Around struct {
	// Called says in the trial's line what the target is, and Folder in its folder.
	Called, Folder string
	// Dial connects a client to an address. The clients of the workload are c1, c2, ...; all others look around.
	Dial func(ctx context.Context, client host.Addr, address string) (net.Conn, error)
	// Begin begins the faults, when the clients begin to work; now is the trial's clock. Heal ends them, before new
	// clients look around: a target that does not serve them then breaks a promise.
	Begin func(now func() time.Duration)
	Heal  func()
	// Unserved is what it means that new clients are not served in the end: that depends on what the machine was up to.
	Unserved func() checker.Outcome
	// Judge is called in the end, for verdicts besides the workload's own, and Report for what the report is to have
	// besides.
	Judge  func() []checker.Verdict
	Report func(t *reports.Trial)
	// Find are names of known differences of the target that are to be found: see checker.Differences.
	Find []string
	// Logs ends the servers and returns the folders of what they leave, if the service can read that; else none.
	Logs func() []string
}

// ErrRefused says that a target can't be put on trial: it is not there, or does not let itself be tried.
var ErrRefused = errors.New("the target can't be put on trial")

// How long a target's trial waits.
const (
	// servedMax is how long the target may take to serve new clients in the end: elections are included.
	servedMax = time.Minute
	// finishMax is how long clients may take to come to an end once the length is over, and drainMax to look at everything
	// for the last time. hurryMax is in the place of each when the trial is to be cut short.
	finishMax, drainMax = time.Minute, time.Minute
	hurryMax            = 10 * time.Second
	// watchers is how many clients try whether the service is of use in the end, and then look at everything.
	watchers = 4
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

// Check says what is wrong with what is asked for; the target is not asked for anything yet.
func (t Target) Check() error {
	if len(t.Servers) == 0 {
		return errors.New("a target has no servers")
	}
	if t.Service.Remote == nil {
		return fmt.Errorf("%s can't be tried where it runs already: it has no Remote", t.Service.Name)
	}
	return t.trial().Check()
}

// trial is the simulated trial that has as many clients.
func (t Target) trial() trial.Trial {
	return trial.Trial{
		Service: t.Service, Seed: t.Seed, Workload: t.Workload, Nodes: 1, Length: t.Length, Rate: t.Rate,
		Faults: []string{"none"},
	}
}

// Clients is how many clients work.
func (t Target) Clients() int { return t.trial().Clients() }

// Line says what was done. It is no trial line.
func (t Target) Line() string {
	if t.Around != nil {
		return fmt.Sprintf("%s workload=%s seed=%d length=%v rate=%d", t.Around.Called, t.Workload, t.Seed, t.Length, t.Rate)
	}
	return fmt.Sprintf("target=%s workload=%s seed=%d length=%v rate=%d", strings.Join(t.Servers, ","), t.Workload, t.Seed,
		t.Length, t.Rate)
}

// Folder is a name for the folder with the trial's files.
func (t Target) Folder() string {
	if t.Around != nil {
		return fmt.Sprintf("%s-%s-seed%d", t.Workload, t.Around.Folder, t.Seed)
	}
	return fmt.Sprintf("%s-target-seed%d", t.Workload, t.Seed)
}

// visit is a trial of a target under way.
type visit struct {
	target  Target
	ctx     context.Context // cancelled when the trial is to be cut short
	start   time.Time
	turns   oshost.Turns
	started uint64 // processes so far
	// running are the processes, by what they are to themselves.
	running  sync.Map
	recorder *history.Recorder
	stage    *trial.RemoteStage
	remote   trial.Remote
	clients  trial.RemoteClients
	// parts are verdicts besides the workload's own, and notes what a reader has to know.
	parts    []checker.Verdict
	notes    []string
	measures []checker.Measure
	// unjudged says why the history can't be judged, "" if it can.
	unjudged string
}

// Run puts the target on trial and judges what the clients saw. When ctx is cancelled the clients end early, and what
// there is by then is judged. An error that is ErrRefused says why nothing was tried; any other is the tool's own.
func (t Target) Run(ctx context.Context) (play.Result, error) {
	if err := t.Check(); err != nil {
		return play.Result{}, err
	}
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	v := &visit{target: t, ctx: ctx, start: time.Now()}
	v.recorder = history.NewRecorder(v.now)
	v.stage = v.newStage()
	v.remote = t.Service.Remote(v.stage)
	if err := v.remote.Arrive(); err != nil {
		return play.Result{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if t.Begun != nil {
		t.Begun()
	}
	if t.Around != nil {
		t.Around.Begin(v.now)
	}
	v.work()
	if t.Around != nil {
		t.Around.Heal()
	}
	v.lookAround()
	verdicts, unjudged := v.remote.Finish()
	if t.Around != nil {
		excuse(verdicts, t.Around.Unserved())
	}
	v.parts, v.unjudged = append(v.parts, verdicts...), unjudged
	if t.Around != nil {
		v.parts = append(v.parts, t.Around.Judge()...)
	}
	v.remote.Leave()
	return v.judge(), nil
}

// inTime are checkers of what has to have happened by the end: that sessions ended, and that watches were told.
var inTime = []string{"sessions", "watches"}

// excuse makes of what did not happen in time what it means on this machine.
func excuse(verdicts []checker.Verdict, means checker.Outcome) {
	for i, v := range verdicts {
		if v.Outcome == checker.Invalid && slices.Contains(inTime, v.Checker) {
			verdicts[i].Outcome = means
		}
	}
}

func (v *visit) newStage() *trial.RemoteStage {
	s := &trial.RemoteStage{
		Workload: v.target.Workload, Seed: v.target.Seed, Clients: v.target.Clients(), Rate: v.target.Rate,
		SessionTimeout: v.target.SessionTimeout, Measure: func(m checker.Measure) { v.measures = append(v.measures, m) },
		Record: v.recorder, Now: v.now, Run: v.run, Ask: v.ask, Note: v.note,
		Dial: func(ctx context.Context, from host.Addr, address string) (io.ReadWriteCloser, error) {
			return v.dial(ctx, from, address)
		},
		Aside: v.aside, Do: v.turns.Do,
		Hurried: func() bool { return v.ctx.Err() != nil },
		Logs: func() []string {
			if v.target.Around == nil {
				return nil
			}
			return v.target.Around.Logs()
		},
	}
	for _, server := range v.target.Servers {
		s.Servers = append(s.Servers, host.Addr(server))
	}
	if v.target.Around != nil {
		s.Find = v.target.Around.Find
	}
	return s
}

func (v *visit) now() time.Duration { return time.Since(v.start) }

func (v *visit) note(format string, args ...any) {
	v.notes = append(v.notes, fmt.Sprintf(format, args...))
}

// work has the clients use the service for the target's length.
func (v *visit) work() {
	v.clients = v.remote.Clients(v.now() + v.target.Length)
	stop := context.AfterFunc(v.ctx, func() { v.turns.Do(v.clients.Stop) })
	defer stop()
	if !v.runAs("c", v.target.Length+finishMax, slices.Repeat([]func(host.Process){v.clients.Run}, v.stage.Clients)...) {
		v.note("some clients did not come to an end within %v of the time for it, and were stopped", finishMax)
	}
}

// lookAround has new clients use what was used, and look at everything for the last time.
func (v *visit) lookAround() {
	if v.ctx.Err() != nil {
		v.note("not judged: whether clients are served in the end, since the trial was cut short")
		return
	}
	served := v.run(servedMax, slices.Repeat([]func(host.Process){v.clients.Probe}, watchers)...)
	if served {
		var drains []func(host.Process)
		for i := range watchers {
			drains = append(drains, func(p host.Process) { v.clients.Drain(p, i, watchers) })
		}
		served = v.run(drainMax, drains...)
	}
	part := checker.Verdict{Checker: "recovery", Outcome: checker.Valid}
	if !served {
		// Whether servers are meant to run that were there before is not known here.
		if part.Outcome = checker.Unknown; v.target.Around != nil {
			part.Outcome = v.target.Around.Unserved()
		}
		part.Reason = fmt.Sprintf("new clients were not served in the end, within %v", servedMax)
	}
	v.parts = append(v.parts, part)
}
