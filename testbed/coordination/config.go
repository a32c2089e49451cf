package coordination

import (
	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/cluster/zoocfg"
	"ordeal/host"
	"ordeal/testbed/coordination/keys"
	"ordeal/testbed/coordination/operators"
	"ordeal/testbed/coordination/setup"
	"ordeal/workloads"
)

// observing are the servers that do not vote from the start: the last ones, and not more than half. With one of three
// or of five there is an even number of voters.
func (i *instance) observing(servers []host.Addr) []host.Addr {
	n := min(i.setup.Count(setup.Observers), len(servers)/2)
	return servers[len(servers)-n:]
}

// config configures a server.
func (i *instance) config(id uint64, members []cluster.Member) cluster.Config {
	s := i.setup
	c := cluster.Config{
		ID: id, Members: members, TickTime: s.Time(setup.Tick),
		ReapEvery: reapEvery, SnapshotEvery: s.SnapshotEvery, KeepEntries: s.KeepEntries,
		SegmentBytes: s.SegmentBytes, SnapshotPieceBytes: int(s.PieceBytes),
		OutstandingMax: s.Count(setup.Outstanding), ReadOnly: s.Is(setup.ReadOnly, "yes"),
		AwaitCommitted: s.Is(setup.Reads, "committed"),
	}
	c.MinSessionTimeout, c.MaxSessionTimeout = s.Bounds(setup.Timeouts)
	if s.Is(setup.TTL, "yes") {
		c.Settings |= tree.ExtendedTypes
	}
	if s.Is(setup.Quota, "hard") {
		c.Settings |= tree.EnforceQuota
	}
	if !s.Is(setup.Unused, "never") {
		c.ContainerUnusedMax = s.Time(setup.Unused)
	}
	if s.Is(setup.Limits, "small") {
		c.Limits, c.SegmentBytes = smallLimits, min(c.SegmentBytes, smallSegment)
	}
	i.permit(&c)
	if keys.Speaks(i.workload) {
		keys.Configure(&c, i.workload, s.Is(setup.Limits, "small"), i.stage.Trial.Servers())
	}
	return c
}

// permit says who may do what. Changes of the ensemble are prepared for where the plan asks for them, or the settings
// (see newInstance): the configuration is a transaction that nothing else needs.
func (i *instance) permit(c *cluster.Config) {
	s := i.setup
	c.LocalSessions = !s.Is(setup.Local, "no")
	// Whoever holds something holds it by an ephemeral znode.
	c.UpgradeSessions = s.Is(setup.Local, "upgrade") || i.tellsEnds
	if !s.Is(setup.Super, "no") {
		c.SuperDigest = workloads.Digest(workloads.Super)
	}
	c.SkipACL, c.EnforceAuth = s.Open(), s.Schemes()
	if s.Is(setup.Reconfig, "yes") {
		c.Reconfig, c.Announce = true, i.founded()
		c.Operator.Changed = i.operator.changed
	}
}

// founded is the configuration of the ensemble at its beginning, and founding are the servers in it.
func (i *instance) founded() []byte {
	servers := i.stage.Trial.Servers()
	return operators.Founding(servers, i.observing(servers))
}

func (i *instance) founding() []zoocfg.Server {
	c, err := operators.Read(i.founded())
	if err != nil {
		panic("coordination: the founding can't be read: " + err.Error())
	}
	return c.Servers
}

// smallSegment is the size of a file of the log that has some twenty entries.
const smallSegment = 3000

// smallLimits are small enough for a trial to come to them often, and large enough for a service with them to keep its
// bounds of time.
var smallLimits = cluster.Limits{
	ForwardRequests: 3, ForwardBytes: 600, AppendBytes: 700, ApplyBytes: 500, UncommittedBytes: 24 << 10,
	AppendsInFlight: 6, Reaped: 2, ReadBytes: 500,
}
