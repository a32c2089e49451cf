package ordeal

import "strings"

// Bug is a bug that is planted in the service or its recipes, to see whether the checkers find it.
type Bug struct {
	Name string
	// Package is the import path of the code that it is planted in.
	Package string
	// What says what the code then does wrong.
	What string
	// Imitates names the published bugs that it is like.
	Imitates string
	// Caught names the checker that must catch it; "linearizable" is that of whatever model.
	Caught string
}

// CaughtBy says whether a checker of that name, as in a trial's verdict, is the one that must catch the bug.
func (b Bug) CaughtBy(checker string) bool {
	return checker == b.Caught || strings.HasPrefix(checker, b.Caught+" ")
}

// Bugs lists the planted bugs.
func Bugs() []Bug { return append([]Bug(nil), bugs...) }

// BugNamed finds a planted bug.
func BugNamed(name string) (Bug, bool) {
	for _, b := range bugs {
		if b.Name == name {
			return b, true
		}
	}
	return Bug{}, false
}

const (
	inNode    = "ordeal/cluster"
	inWAL     = "ordeal/cluster/wal"
	inTree    = "ordeal/cluster/tree"
	inRecipes = "ordeal/cluster/recipes"
)

var bugs = []Bug{
	{"bugAckBeforeSync", inWAL, "a write is acknowledged before it is on disk",
		"etcd 14370, ZOOKEEPER-3911, NATS 2.12.1", "invariants"},
	{"bugVoteNotPersisted", inWAL, "a vote is forgotten in a restart, and given again",
		"canonical/raft 386, hashicorp/raft 661", "invariants"},
	{"bugStaleSync", inNode, "a leader answers sync from its own memory, deposed or not",
		"etcd 0.4.1, etcd 7331, consul 54", "linearizable"},
	{"bugTornTailKept", inWAL, "the torn end of a log is kept, and what is written behind it is lost",
		"etcd 6378, ZOOKEEPER-1621, ZOOKEEPER-1489", "servers"},
	{"bugSnapshotWithoutSessions", inTree, "a snapshot leaves the sessions out",
		"ZOOKEEPER-3144, ZOOKEEPER-1367", "invariants"},
	{"bugDeposedLeaderExpires", inNode, "a leader that was deposed goes on to expire sessions",
		"etcd 12528, etcd 15247", "invariants"},
	{"bugLockNoRecheck", inRecipes, "a lock is granted after the wait without a look at the own session",
		"etcd 11456, CURATOR-644", "linearizable"},
	{"bugSequenceReused", inTree, "a restart from a snapshot forgets which sequence numbers were given",
		"ZOOKEEPER-1046", "invariants"},
	{"bugWatchAfterData", inNode, "a watch's event is sent after the data that it announces",
		"ZooKeeper's guarantee of watches, ZOOKEEPER-1863", "watches"},
	{"bugQueueItemTwice", inRecipes, "an item of the queue that another consumer took is handed out once more",
		"kazoo 366, CURATOR-233", "linearizable"},
	{"bugReadOvertakesWrite", inNode, "a read is answered from the state at its arrival, before the writes of its own session",
		"ZOOKEEPER-1863, ZOOKEEPER-2775", "linearizable"},
	{"bugWatchesLostAtReattach", inNode, "the watches that a client sets again after a reconnect are forgotten",
		"ClickHouse 44571, etcd 8411", "watches"},
	{"bugCversionNotInSnapshot", inTree, "a snapshot leaves the versions of the children out",
		"ZOOKEEPER-1046, ZOOKEEPER-3145", "invariants"},
	{"bugHalfMultiInSnapshot", inTree, "a snapshot holds the first half of a multi",
		"ZOOKEEPER-3127", "invariants"},
	{"bugSnapshotNotFrozen", inTree, "a snapshot that is written piece by piece has later changes in it",
		"ZOOKEEPER-3127, etcd 13766", "invariants"},
	{"bugACLCheckSkippedOnReplay", inTree, "ACLs are not asked by a state that comes from a snapshot",
		"etcd 14571, ZOOKEEPER-4846", "invariants"},
	{"bugExpiredSessionResurrected", inTree, "a session that expired is taken up again when its client comes back",
		"ZOOKEEPER-1496", "linearizable"},
	{"bugContainerReapedInUse", inTree, "a container goes although it has children",
		"ZooKeeper's contract of containers", "linearizable"},
}
