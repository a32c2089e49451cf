package operators

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/nemesis"
	"ordeal/workloads"
)

// patience is how long an operator asks for a change by ZooKeeper's API.
const patience = 10 * time.Second

// ByZooKeeper asks for a change by ZooKeeper's API.
func ByZooKeeper(p host.Process, e Ensemble, change nemesis.Change, sessionTimeout time.Duration) {
	var c *client.Client
	for goesOn := e.until(p, patience); goesOn(); p.Sleep(rest) {
		if c == nil || !c.Alive() {
			c = client.New(p, client.Config{Servers: e.Members(), SessionTimeout: sessionTimeout})
			if err := c.AddAuth("digest", []byte(workloads.Super)); err != nil {
				c.Abandon() // a claim that no server answered is not made again, and no one else may change the ensemble
				c = nil
				continue
			}
		}
		if e.Has(change) {
			break
		}
		_, _, err := c.Reconfig(request(change))
		if err == nil || errors.Is(err, wire.BadArguments) || errors.Is(err, wire.Unimplemented) {
			e.Resolved(change)
			break
		}
	}
	if c != nil && c.Alive() {
		_ = c.Close() // the session ends either way
	}
}

// request is a change as the service is asked for it.
func request(c nemesis.Change) wire.ReconfigRequest {
	r := wire.ReconfigRequest{ConfigID: -1}
	switch {
	case c.Demote != "":
		r.Joining = []byte(configLine(c.Demote, true))
	case c.Promote != "":
		r.Joining = []byte(configLine(c.Promote, false))
	case c.Join != "":
		r.Joining = []byte(configLine(c.Join, false))
	}
	if c.Leave != "" {
		r.Leaving = fmt.Append(nil, ServerID(c.Leave))
	}
	return r
}
