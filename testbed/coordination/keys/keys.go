// Package keys is what a trial of the service has besides when its clients speak etcd's API: how servers are set up for
// that, who the clients are, and what is recorded of the requests that servers applied.
package keys

import (
	"cmp"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/etcdwire"
	"ordeal/cluster/zoocfg"
	"ordeal/history"
	"ordeal/host"
	"ordeal/testbed/trial"
	"ordeal/workloads/etcd"
	"ordeal/workloads/etcd/recipes"
)

// Workload is the name of the workload that uses every operation. The others are those of package recipes.
const Workload = "etcd"

// Speaks says whether the clients of a workload speak etcd's API.
func Speaks(workload string) bool {
	_, ok := recipes.ByName(workload)
	return ok || workload == Workload
}

// Env is the clients of a trial.
type Env interface {
	trial.Clients
	// Move says where the service is from now on.
	Move(servers []host.Addr)
}

// Keys is one trial's.
type Keys struct {
	Env   Env
	stage *trial.Stage
	// recipes says that clients use recipes, and ends is of their leases, if the model is about those.
	recipes bool
	ends    *ends
	// index is that of the newest entry that any server has applied: at first the one behind which the service begins.
	index uint64
	begun bool
}

// New makes it. tick is the unit of the servers' timeouts, small says that they have little room, and changes that the
// members may change.
func New(stage *trial.Stage, tick time.Duration, small, changes bool) *Keys {
	t := stage.Trial
	if w, ok := recipes.ByName(t.Workload); ok {
		k := &Keys{stage: stage, recipes: true, Env: recipes.New(w, recipes.Config{
			Clients: t.Clients(), Rate: t.Rate, Stop: t.Length, Servers: stage.Machines.Servers(),
			Draws: cmp.Or(t.Draws, t.Seed), Script: t.Script, Record: stage.Record, Now: stage.World.Now,
		})}
		if w.EndsSessions {
			k.ends = &ends{}
		}
		return k
	}
	// A lease lasts at least an election and a half, in whole seconds.
	least := int64((3*tick/2 + time.Second - 1) / time.Second)
	settings := []any{[]any{"ttl", least}}
	if small {
		settings = append(settings, []any{"quota", int64(smallQuota)}, []any{"request", int64(smallRequest)})
	}
	stage.Record.OK(history.Service, "settings", "", settings)
	return &Keys{stage: stage, Env: etcd.New(etcd.Config{
		Clients: t.Clients(), Rate: t.Rate, Stop: t.Length, Servers: stage.Machines.Servers(),
		Draws: cmp.Or(t.Draws, t.Seed), Script: t.Script, Record: stage.Record, Now: stage.World.Now, Saw: stage.Covered,
		Small: small, Changes: changes,
	})}
}

// Where servers have little room, their stores are full behind some dozens of large values, and a watch's message of
// more than so many bytes is divided.
const (
	smallQuota   = 12 << 10
	smallRequest = 2 << 10
)

// Configure has a server serve the API. What takes minutes with real servers takes seconds here. Recipes never make
// room, so small is for the others.
func Configure(c *cluster.Config, workload string, small bool, founders []host.Addr) {
	c.Etcd = cluster.Etcd{
		On: true, ClusterID: 1, CheckpointEvery: 3 * time.Second, ProgressEvery: 3 * time.Second, TokenTTL: 20 * time.Second,
	}
	if workload != Workload {
		return
	}
	if small {
		c.Etcd.QuotaBytes, c.Etcd.RequestBytesMax = smallQuota, smallRequest
	}
	for id := range uint64(len(founders)) {
		c.Etcd.Founders = append(c.Etcd.Founders, member(id+1))
	}
	own := member(c.ID)
	c.Etcd.Name, c.Etcd.PeerURLs = own.Name, own.PeerURLs
}

// member is a server as it tells of itself.
func member(id uint64) etcdwire.Member {
	return etcdwire.Member{ID: id, Name: string(cluster.ServerName(id)), PeerURLs: []string{etcd.PeerURL(id)}}
}

// Changers are the clients by whose API operators change the members: nil for ZooKeeper's.
func (k *Keys) Changers() *etcd.Env {
	e, _ := k.Env.(*etcd.Env)
	return e
}

// Moved says who is in the service: from the start, and then when the first server has it so.
func (k *Keys) Moved(servers []zoocfg.Server) {
	var members []host.Addr
	list := []any{}
	for _, s := range servers {
		members = append(members, cluster.ServerName(s.ID))
		list = append(list, []any{int64(s.ID), s.Observer, "http://" + s.Addr})
	}
	k.Env.Move(members)
	if !k.recipes {
		k.stage.Record.OK(history.Service, "ensemble", "", list)
	}
}

// Look records which requests a server has applied that no server had applied before; of recipes, which leases ended.
func (k *Keys) Look(n *cluster.Node, st *cluster.Status) {
	if k.recipes {
		if k.ends != nil {
			k.ends.look(n, st, k.stage.Record)
		}
		return
	}
	if st.Applied <= k.index {
		return
	}
	record := func(f string, value ...any) { k.stage.Record.OK(history.Service, f, "", value) }
	list, whole := n.KeysAppliedSince(k.index)
	if !k.begun && len(list) == 0 {
		whole = true
	}
	k.begun = true
	if !whole {
		record("gap", int64(k.index))
	}
	for _, one := range list {
		if one.Expired != 0 {
			record("expired", int64(one.Index), one.Expired, k.stage.Machines.ClockError().Milliseconds()+1)
			continue
		}
		e := one.Entry()
		if f, args, ok := etcd.RequestValue(e.Request); ok {
			record("applied", append([]any{int64(one.Index), e.User, int64(e.AuthRevision), e.Service, f}, args...)...)
		}
	}
	k.index = st.Applied
}
