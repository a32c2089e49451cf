package cluster

import (
	"errors"
	"fmt"
	"time"

	"ordeal/cluster/tree"
)

// Config is what a node needs to know before it starts. The zero value of a duration or count means its default.
type Config struct {
	// ID is this node's own number among Members.
	ID      uint64
	Members []Member
	// TickTime is the unit of the ensemble's timeouts, as ZooKeeper's tickTime; default 2 s. A follower that hears
	// nothing from the leader for one to two of them stands for election.
	TickTime time.Duration
	// MinSessionTimeout and MaxSessionTimeout bound what a client may ask for; default 2 and 20 TickTimes.
	MinSessionTimeout, MaxSessionTimeout time.Duration
	// SnapshotEvery is the number of applied entries between two snapshots; default 100,000.
	SnapshotEvery uint64
	// SnapshotBytes is how many bytes of the log are applied at most between two snapshots, however few entries they are:
	// or as many as the newest snapshot has, if those are more, so that snapshots write no more than the log does.
	// Default 256 MiB.
	SnapshotBytes int64
	// Remembers is how many transactions AppliedSince can list; default 1024.
	Remembers int
	// KeepEntries is how many entries stay in the log behind a snapshot, for followers that lag, if they have no more than
	// a quarter of SnapshotBytes together; default 5,000.
	KeepEntries uint64
	// SnapshotPieceBytes is about how much of a snapshot is encoded, read or sent at a time; default 256 KiB.
	SnapshotPieceBytes int
	// SegmentBytes is the size at which a file of the log is closed and the next begun; default 64 MiB.
	SegmentBytes int64
	// Limits are those of what is done at once.
	Limits Limits
	// Operator is what operators may ask.
	Operator Operator
	// Settings go with every transaction from this server; see tree.Settings.
	Settings tree.Settings
	// SuperDigest is the id (see Digest) whose owner may do everything, SuperX509 the subject of the certificate whose
	// owner may; "" for no such owner. SkipACL lets everybody.
	SuperDigest, SuperX509 string
	SkipACL                bool
	// EnforceAuth are the schemes of which a client must be known by one before any request of its is served, a ping
	// included; one that is not is told SessionClosedRequireSASLAuth and cut off. None for no such demand.
	EnforceAuth []string
	// ReapEvery is how often the leader looks for containers and znodes whose time is over; default 1 min. A container
	// that never had a child goes after ContainerUnusedMax, or never if that is 0.
	ReapEvery, ContainerUnusedMax time.Duration
	// Reconfig says that clients of this server may change the ensemble. It takes an Announce to change.
	Reconfig bool
	// LocalSessions has the server keep new sessions to itself: to make one costs the ensemble nothing, and it is good
	// here only. If UpgradeSessions, one that makes an ephemeral becomes a session of the ensemble first; else it is
	// refused.
	LocalSessions, UpgradeSessions bool
	// OutstandingMax is how many requests may have no answer before the server stops reading from those who send more;
	// 0 is no limit, and -1 none: whoever waits for an answer is not read from. It takes a host that can (host.Pauser).
	OutstandingMax int
	// ReadOnly lets this server serve reads to clients that asked for that while it has no leader.
	ReadOnly bool
	// AwaitCommitted has a read wait until what the server knows to be committed is on its disk and applied, for a tick or
	// two of the TickTime's ten; see awaits.
	AwaitCommitted bool
	// Announce is the ensemble's configuration as clients read it in wire.ConfigPath, set when nothing is there yet.
	Announce []byte
	// Etcd is what the node serves of etcd's API.
	Etcd Etcd
}

// Operator is what the owner of a node lets operators ask on the client port, and what only the owner knows of the
// process.
type Operator struct {
	// Words are the four-letter words that are answered; "*" stands for all of them. srvr always is.
	Words []string
	// Version is what the server calls itself, with the date of its build as ZooKeeper writes it.
	Version string
	// Settings are the lines of conf, Membership those about the servers of an ensemble while nothing else is known of
	// them, and Environment those of envi.
	Settings, Membership, Environment []Fact
	// Machine tells facts of the process as they are now, for mntr. It is called like any method of the node, and must
	// not wait. It may be nil.
	Machine func() []Fact
	// Changed is told the ensemble's configuration, as wire.ConfigPath has it, when it has changed, and while booting
	// if it ever has: in order, and perhaps again what it was told before. It must not wait. It may be nil.
	Changed func(text []byte)
}

// Fact is one line of what operators are told.
type Fact struct{ Key, Value string }

// InForce is the configuration with the defaults in the place of what it leaves out.
func (c Config) InForce() Config { return c.withDefaults() }

// raftTicksPerTick is how finely raft divides a TickTime.
const raftTicksPerTick = 10

func (c Config) withDefaults() Config {
	setDefault(&c.TickTime, 2*time.Second)
	setDefault(&c.MinSessionTimeout, 2*c.TickTime)
	setDefault(&c.MaxSessionTimeout, 20*c.TickTime)
	setDefault(&c.SnapshotEvery, 100_000)
	setDefault(&c.SnapshotBytes, 256<<20)
	setDefault(&c.KeepEntries, 5_000)
	setDefault(&c.SnapshotPieceBytes, 256<<10)
	setDefault(&c.SegmentBytes, 64<<20)
	setDefault(&c.ReapEvery, time.Minute)
	c.Limits.setDefaults()
	c.Etcd.setDefaults()
	return c
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// sessionless is a number of a server whose byte in the ids of sessions is that by which a znode with a time to live is
// told: such sessions can own nothing; see tree's owner.go. (ZooKeeper refuses it where there are times to live.)
const sessionless = 255

// Check says what is wrong with a configuration, without booting a node.
func (c Config) Check() error { return c.withDefaults().check() }

func (c Config) check() error {
	seen := make(map[uint64]bool)
	for _, m := range c.Members {
		if m.ID < 1 || m.ID > idMax {
			return fmt.Errorf("server %d: the number must be from 0 to %d", m.ID, idMax-1)
		}
		if seen[m.ID] {
			return fmt.Errorf("server %d is listed twice", m.ID)
		}
		seen[m.ID] = true
	}
	if !seen[c.ID] {
		return fmt.Errorf("server %d is not among the members", c.ID)
	}
	if c.ID == sessionless && !c.Etcd.On {
		return fmt.Errorf("server %d can make no sessions: their ids could not be told from times to live", c.ID)
	}
	if len(members(c.Members).voters()) == 0 {
		return errors.New("every server is an observer: none could lead")
	}
	if c.TickTime < raftTicksPerTick*time.Millisecond {
		return fmt.Errorf("tickTime %v is under %d ms", c.TickTime, raftTicksPerTick)
	}
	if c.SnapshotPieceBytes < 0 {
		return fmt.Errorf("pieces of %d bytes are none", c.SnapshotPieceBytes)
	}
	if c.MinSessionTimeout > c.MaxSessionTimeout {
		return errors.New("minSessionTimeout is above maxSessionTimeout")
	}
	return nil
}

// clampTimeout brings the timeout that a client asks for into the bounds.
func (c Config) clampTimeout(ms int32) int32 {
	d := time.Duration(ms) * time.Millisecond
	return int32(min(max(d, c.MinSessionTimeout), c.MaxSessionTimeout) / time.Millisecond)
}
