package workloads

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// What others do to the service that is no part of what the workload is about: programs that have znodes of their own
// where a recipe has its members, connections that say nothing, or say it late, and an operator who hides who is in the
// ensemble.

// stranger does one of these things at times; n is of a thousand.
func (w *worker) stranger(n int) {
	switch {
	case n >= 100 && n < 102:
		w.loiter()
	case w.tree == nil && n >= 110 && n < 116:
		w.litter()
	case w.tree == nil && n == 116 && w.e.cfg.Habits.Reconfigures:
		w.overreach()
	case w.tree != nil && n >= 110 && n < 118:
		w.hide()
	case w.tree != nil && n >= 120 && n < 130:
		w.asideOfTree(wire.AddWatchRequest{Path: "/", Mode: wire.WatchMode(n % 2)})
	}
}

// lined are the workloads whose objects are znodes with members, which no other program's must be taken for.
var lined = []string{"lock", "election", "queue", "rwlock", "semaphore", "reentrant", "priority", "work", "members"}

// litter has another program make a znode among the members of a recipe, under a name that no recipe gives.
func (w *worker) litter() {
	o := w.e.object(w.index())
	if !slices.Contains(lined, w.e.workload.Name) || o.ops == 0 {
		return
	}
	p := w.p.Aside(asideStranger)
	mark := fmt.Sprintf("%016x", p.Rand().Uint64())
	names := []string{
		"x-5", "item-0000000007", mark + "-7", mark + "-", strings.ToUpper("abcdef"+mark[6:]) + "-0000000003", "-0000000001",
		mark, mark[1:] + "-0000000002", mark + "_0000000001", mark + "!-0000000004", "ready-0000000001", "0000000001",
		"lock-0000000000", mark + "--1", mark + "-x000000001",
	}
	c := client.New(p, client.Config{Servers: w.e.cfg.Servers, SessionTimeout: w.e.cfg.SessionTimeout})
	name := names[p.Rand().IntN(len(names))]
	if _, _, err := c.Create(o.path+"/"+name, []byte("another program's"), 0); err == nil {
		w.e.saw(SawForeign)
	}
	if err := c.Close(); err != nil {
		w.p.Log().Debug("workloads: a stranger's session was not closed", "error", err)
	}
}

// overreach has an operator ask for an ensemble of which half are servers that there are not. It must not come about.
func (w *worker) overreach() {
	p := w.p.Aside(asideStranger)
	var lines []string
	for i := range w.e.cfg.Servers {
		lines = append(lines, fmt.Sprintf("server.%d=n%[1]d:2888:3888:participant;n%[1]d:2181", 200+i))
	}
	c := client.New(p, client.Config{Servers: w.e.cfg.Servers, SessionTimeout: overreachPatience})
	defer c.Abandon()
	if err := c.AddAuth("digest", []byte(Super)); err != nil {
		return
	}
	config, _, err := c.Reconfig(wire.ReconfigRequest{Joining: []byte(strings.Join(lines, ",")), ConfigID: -1})
	switch {
	case errors.Is(err, wire.NewConfigNoQuorum):
		w.e.saw(SawOverreach)
	case err == nil && w.e.cfg.Breach != nil:
		w.e.cfg.Breach("an ensemble that has no majority does not come about", fmt.Sprintf(
			"half of this one are servers that there are not: %s", config))
	}
}

// overreachPatience is longer than a change waits for servers that it does not hear of.
const overreachPatience = 6 * time.Second

// hide has the user who may do everything say that the ensemble's configuration is for no other to read, or for all.
func (w *worker) hide() {
	w.claim(treeClaim{"digest", Super})
	acl := []wire.ACL{{Perms: wire.PermAdmin, ID: wire.ID{Scheme: "digest", ID: Digest(Super)}}}
	if w.p.Aside(asideStranger).Rand().IntN(3) == 0 {
		acl = []wire.ACL{{Perms: wire.PermRead, ID: anybody}}
	}
	w.asideOfTree(wire.SetACLRequest{Path: wire.ConfigPath, ACL: acl, Version: wire.AnyVersion})
}

// asideOfTree makes a request of the workload tree, and waits for its end.
func (w *worker) asideOfTree(req wire.Request) {
	if p := w.treeRequest(0, req); p != nil {
		if err := p.Wait(); err != nil {
			w.p.Log().Debug("workloads: a request aside", "error", err)
		}
	}
	w.reconnect()
}

// visitor is a connection whose client says nothing for a while.
type visitor struct {
	answer []byte
	over   bool
	heard  host.Signal
}

func (v *visitor) Opened() {}

func (v *visitor) Frame(payload []byte) {
	v.answer = payload
	v.heard.Set()
}

func (v *visitor) Closed() {
	v.over = true
	v.heard.Set()
}

// loiterMost is for how long a connection says nothing: servers close one after five TickTimes.
const loiterMost = 5 * time.Second

// loiter connects and says nothing for a while. What was so when it connected need not be so by then: it asks for a
// session, and has to be given one that is good for more than reads, or to be sent away.
func (w *worker) loiter() {
	p := w.p.Aside(asideStranger)
	v := &visitor{heard: p.NewSignal()}
	servers := w.e.cfg.Servers
	c := p.Dial(servers[p.Rand().IntN(len(servers))], v)
	defer c.Close()
	if v.heard.Wait(time.Duration(p.Rand().Int64N(int64(loiterMost)))); v.over || v.answer != nil {
		if v.answer != nil {
			w.breach(fmt.Sprintf("a connection that had said nothing was told %x", v.answer))
		}
		return
	}
	c.Send(wire.ConnectRequest{TimeoutMs: int32(w.e.cfg.SessionTimeout / time.Millisecond),
		Passwd: make([]byte, 16), HasReadOnly: true}.Encode())
	if v.heard.Wait(w.e.cfg.SessionTimeout); v.answer == nil {
		return
	}
	w.e.saw(SawLate)
	if r, err := wire.DecodeConnectResponse(v.answer); err != nil || r.SessionID == 0 || r.ReadOnly {
		w.breach(fmt.Sprintf("a client that asked for a new session, late, was given %+v (%v)", r, err))
		return
	}
	v.answer = nil
	c.Send(wire.EncodeRequest(wire.XidPing, wire.PingRequest{}))
	if v.heard.Wait(w.e.cfg.SessionTimeout); v.answer == nil {
		return
	}
	if h, _, err := wire.DecodeReplyHeader(v.answer); err != nil || h.Xid != wire.XidPing {
		w.breach(fmt.Sprintf("a ping behind a late handshake was answered with %+v (%v)", h, err))
	}
}

func (w *worker) breach(what string) {
	if w.e.cfg.Breach != nil {
		w.e.cfg.Breach("who is late with a handshake is served as anyone", what)
	}
}
