// Package remote is the coordination service, or Apache ZooKeeper, where it runs already: how a trial finds out what it
// can do, uses it below one new znode, and leaves it as it was.
package remote

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"ordeal/checker"
	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/trial"
	"ordeal/workloads"
	"ordeal/workloads/uses"
)

// How long a target may take.
const (
	// timeout is the sessions' timeout, as it is asked for.
	timeout = 6 * time.Second
	// reachMax is how long the target may take to serve at the beginning, and arriveMax all that comes before the clients.
	reachMax, arriveMax = 15 * time.Second, 75 * time.Second
	// endsMax is how long the sessions may take that were not closed, and cleanMax the removal of what was made.
	endsMax, cleanMax = 3 * time.Minute, 30 * time.Second
	// lookEvery is how often the target is asked whether it serves.
	lookEvery = 20 * time.Millisecond
)

// visit is a trial of a target. It implements trial.Remote.
type visit struct {
	*trial.RemoteStage
	base    string // the znode below which everything happens
	serves  string // which service it is, if it is one whose differences are known
	env     *workloads.Env
	lacking map[wire.OpCode]bool
}

// New prepares a trial of a target.
func New(stage *trial.RemoteStage) trial.Remote {
	base := fmt.Sprintf("/ordeal-%s-%d-%x", stage.Workload, stage.Seed, time.Now().UnixNano())
	return &visit{RemoteStage: stage, base: base}
}

// Arrive makes the znode below which everything happens, and finds out what the target can do.
func (v *visit) Arrive() error {
	if _, ok := uses.ByName(v.Workload); !ok {
		return fmt.Errorf("the workload %s is not for services that run already", v.Workload)
	}
	if err := v.ask(); err != nil {
		return err
	}
	if v.serves != "" && v.Workload == "tree" {
		v.Record.OK(history.Service, "serves", "", append([]any{v.serves}, names(v.Find)...))
		but := ""
		if len(v.Find) > 0 {
			but = ", but for " + strings.Join(v.Find, ", ")
		}
		v.Note("judged with the differences of Apache ZooKeeper 3.8 that docs/HISTORIES.md lists%s", but)
	}
	err := fmt.Errorf("no server at %s took a session within %v", v.addresses(), reachMax)
	v.Run(arriveMax, func(p host.Process) {
		if v.reached(p) {
			c := v.scout(p, timeout)
			err = v.settle(c)
			_ = c.Close()
		}
	})
	return err
}

func names(of []string) (list []any) {
	for _, name := range of {
		list = append(list, name)
	}
	return list
}

func (v *visit) addresses() string {
	var list []string
	for _, s := range v.Servers {
		list = append(list, string(s))
	}
	return strings.Join(list, ",")
}

// scout is a client beside those of the workload.
func (v *visit) scout(p host.Process, patience time.Duration) *client.Client {
	return client.New(p, client.Config{Servers: v.Servers, SessionTimeout: timeout, RequestTimeout: patience})
}

// reached waits until a server serves.
func (v *visit) reached(p host.Process) bool {
	c := v.scout(p, time.Second)
	defer func() { _ = c.Close() }()
	for until := p.Now() + reachMax; p.Now() < until && !v.Hurried(); p.Sleep(lookEvery) {
		if c.Sync("/") == nil {
			return true
		}
	}
	return false
}

// settle makes the znodes that the clients count on.
func (v *visit) settle(c *client.Client) error {
	for _, path := range []string{v.base, v.base + workloads.MarksPath} {
		if _, _, err := c.Create(path, nil, 0); err != nil {
			return fmt.Errorf("%s can't be made there: %w", path, err)
		}
	}
	if v.Workload == "tree" {
		v.lacking = v.probe(c)
	}
	return v.needs(c)
}

// Clients makes the workload's clients.
func (v *visit) Clients(stop time.Duration) trial.RemoteClients {
	u, _ := uses.ByName(v.Workload)
	v.env = workloads.New(u.Workload, workloads.Config{
		Clients: v.RemoteStage.Clients, Rate: v.Rate, SessionTimeout: cmp.Or(v.RemoteStage.SessionTimeout, timeout),
		Stop: stop, Servers: v.Servers, Chroot: v.base, Marks: true, Lacking: v.lacking, Record: v.Record, Now: v.Now,
		Draws: v.Seed,
	})
	return v.env
}

// endsSessions says whether the end of a session is an operation of the workload's model.
func (v *visit) endsSessions() bool {
	u, _ := uses.ByName(v.Workload)
	return u.EndsSessions()
}

// Finish has the ends of the sessions written down. A specification would take a session for alive that has ended.
func (v *visit) Finish() (verdicts []checker.Verdict, unjudged string) {
	v.Measure(checker.Measure{Name: trial.MeasureExpired, Value: int64(v.env.Expired)})
	var wrong []string
	known := v.Run(endsMax, func(p host.Process) { wrong = v.env.Ends(p) })
	switch {
	case !known:
		verdicts = []checker.Verdict{{Checker: "sessions", Outcome: checker.Unknown,
			Reason: "it could not be found out in the end which sessions are over"}}
		if v.endsSessions() {
			unjudged = "it is not known which sessions are over"
		}
	case len(wrong) > 0:
		verdicts = []checker.Verdict{{Checker: "sessions", Outcome: checker.Invalid, Reason: wrong[0]}}
	}
	return verdicts, unjudged
}

// Leave removes what was made; or, of servers that the trial has started, reads what they leave.
func (v *visit) Leave() {
	if v.Workload == "tree" {
		if logs := v.Logs(); len(logs) > 0 {
			v.readLogs(logs)
			return
		}
	}
	gone := false
	v.Run(cleanMax, func(p host.Process) {
		c := v.scout(p, timeout)
		for _, user := range workloads.Users() {
			_ = c.AddAuth("digest", []byte(user)) // without it some znodes stay, which is said below
		}
		for !gone && c.Alive() {
			gone = remove(c, v.base) == nil
		}
		_ = c.Close()
	})
	if !gone {
		v.Note("%s was left behind on the target", v.base)
	}
}

// remove deletes a znode and all below it, whatever its ACLs say.
func remove(c *client.Client, path string) error {
	if _, err := c.SetACL(path, openAccess, wire.AnyVersion); err != nil {
		if errors.Is(err, wire.NoNode) {
			return nil
		}
		return err
	}
	names, _, err := c.SyncChildren(path, nil)
	if err != nil && !errors.Is(err, wire.NoNode) {
		return err
	}
	for _, name := range names {
		if err := remove(c, path+"/"+name); err != nil {
			return err
		}
	}
	if err := c.Delete(path, wire.AnyVersion); err != nil && !errors.Is(err, wire.NoNode) {
		return err
	}
	return nil
}
