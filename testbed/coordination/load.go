package coordination

import (
	"fmt"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/host"
	"ordeal/testbed/load"
	"ordeal/testbed/trial"
)

// bench says how the service is measured: with everything at its default, and logs as they are kept for real.
var bench = trial.Bench{Kinds: load.Kinds(), Settings: "100000/20000/67108864/262144"}

// loadRoot is the znode below which those lie that a load is about.
const loadRoot = "/bench"

// loadPatience is for how long a client of a load waits to be served at all.
const loadPatience = time.Minute

// loader is a client of a load. It reads as ZooKeeper's clients do: what its server has.
type loader struct {
	c *client.Client
	p host.Process
}

// load makes a client that keeps to one server.
func (i *instance) load(p host.Process, at load.Place) load.Client {
	return &loader{client.New(p, client.Config{Servers: []host.Addr{at.Server}, SessionTimeout: 10 * time.Second}), p}
}

// Fill makes znodes.
func (l *loader) Fill(s load.Shape, i, of int) error {
	if err := recipes.EnsurePath(l.p, l.c, loadRoot, loadPatience); err != nil {
		return err
	}
	for k := i; k < s.Keys; k += of {
		if _, _, err := l.c.Create(loadPath(k), make([]byte, s.Bytes), 0); err != nil {
			return fmt.Errorf("%s: %w", loadPath(k), err)
		}
	}
	return nil
}

func loadPath(key int) string { return fmt.Sprintf("%s/k%d", loadRoot, key) }

// Ask carries out one request.
func (l *loader) Ask(r load.Request) error {
	var ops []wire.Request
	var err error
	switch r.Kind {
	case load.Read:
		_, _, err = l.c.Get(loadPath(r.Keys[0]), nil)
	case load.Write:
		_, err = l.c.Set(loadPath(r.Keys[0]), make([]byte, r.Bytes), wire.AnyVersion)
	case load.ReadMulti:
		for _, k := range r.Keys {
			ops = append(ops, wire.GetDataRequest{Path: loadPath(k)})
		}
		err = l.c.Submit(wire.MultiReadRequest{Ops: ops}, nil, nil).Wait()
	case load.WriteMulti:
		for _, k := range r.Keys {
			ops = append(ops, wire.SetDataRequest{Path: loadPath(k), Data: make([]byte, r.Bytes), Version: wire.AnyVersion})
		}
		_, err = l.c.Multi(ops...)
	case load.List:
		_, _, err = l.c.Children(loadRoot, nil)
	case load.Create:
		_, _, err = l.c.Create(loadPath(r.Keys[0]), make([]byte, r.Bytes), 0)
	case load.Remove:
		err = l.c.Delete(loadPath(r.Keys[0]), wire.AnyVersion)
	default:
		panic("coordination: a load of kind " + string(r.Kind))
	}
	return err
}

// Close leaves the session to its timeout: nothing is measured any more.
func (l *loader) Close() { l.c.Abandon() }
