// Package bugs is the corpus of bugs that are planted in the coordination service and its recipes: failpoints, of which
// each makes the code wrong in a way in which code of this field has been wrong.
package bugs

import (
	"cmp"
	"slices"

	"ordeal/testbed/trial"
)

// List lists the bugs. They stand in the order of Classes. What a bug imitates is named as its project numbers it;
// "CCF, Raft thesis, ..." without a number are publications.
func List() (bugs []trial.Bug) {
	for _, b := range list {
		bugs = append(bugs, trial.Bug{
			Name: b.Name, Class: b.Class, Package: b.Package, What: b.What, Imitates: b.Imitates, Caught: b.Caught,
		})
	}
	for _, u := range slices.Concat(uses, usesOfKeys) {
		for _, b := range u.bugs {
			bugs = append(bugs, trial.Bug{
				Name: b.Name, Class: u.class, Package: u.pkg, What: b.What, Imitates: b.Imitates, Workloads: b.Workloads,
				Caught: cmp.Or(b.Caught, "linearizable"),
			})
		}
	}
	return bugs
}

// bug is a trial.Bug as the list below writes it.
type bug struct{ Name, Class, Package, What, Imitates, Caught string }

var list = []bug{
	{"bugStaleSync", classConsensus, inNode, "a leader answers sync from its own memory, deposed or not",
		"etcd 0.4.1, etcd 7331, consul 54", "linearizable"},
	{"bugLeaseRead", classConsensus, inNode, "a leader answers sync under a lease that it counts by its own clock",
		"hashicorp/raft 108, sofa-jraft 25, etcd 10082", "invariants or linearizable"},
	{"bugSyncBeforeTerm", classConsensus, inNode, "a new leader answers sync before anything of its term has committed",
		"etcd 7331, tikv 6340, RedisRaft 22", "linearizable"},
	{"bugSyncBeforeApplied", classConsensus, inNode, "a sync is answered before the server has applied what the " +
		"leader named",
		"etcd 3879, etcd 0.4.1", "linearizable"},
	{"bugCommitUnmatched", classConsensus, inNode, "a heartbeat commits entries at a follower that may not be the " +
		"leader's",
		"rabbitmq/ra 508, etcd-io/raft 139", "invariants"},
	{"bugRefusalCounts", classConsensus, inNode, "a leader takes a follower's refusal of an append for an acknowledgement",
		"canonical/raft 355, RedisRaft 1b3fbf6", "invariants or recovery"},
	{"bugRefusedVoteCounts", classConsensus, inNode, "a candidate counts the votes that it was refused",
		"Camunda 1068, canonical/raft 386", "invariants"},
	{"bugReconfigBeforeCommit", classConsensus, inNode, "a change of the ensemble is in force before it has committed",
		"RethinkDB 2.2.3, NuRaft 67, raft 372", "invariants"},
	{"bugForwardTwice", classConsensus, inNode, "a request that was forwarded twice is applied twice",
		"Raft thesis 6.3, jetcd 0.8.2, etcd 14890", "linearizable"},

	{"bugIntakeKept", classConsensus, inNode, "a server that leads again goes on from the requests that it had taken " +
		"when it led before",
		"Raft thesis 6.3, canonical/raft 355", "invariants or recovery"},

	{"bugForwardsCut", classConsensus, inNode, "what waits for the leader, and does not fit into one message, is not sent",
		"Raft thesis 6.3", "invariants or recovery"},
	{"bugTakenUnproposed", classConsensus, inNode, "a leader counts requests as taken that raft does not take now",
		"Raft thesis 6.3", "invariants or recovery"},
	{"bugHalfIsQuorum", classConsensus, inNode, "a change of the ensemble is begun if half of the new one can be reached",
		"Raft, section 6", "invariants or recovery"},
	{"bugLearnersStay", classConsensus, inNode, "servers that were taken out of the ensemble go on being sent the log",
		"Raft, section 6", "invariants"},
	{"bugLeadsItselfOut", classConsensus, inNode, "a leader that is taken out of the ensemble lets no other lead",
		"Raft thesis 4.2.2", "invariants"},
	{"bugVouchesForOld", classConsensus, inNode, "a server tells a leader that was replaced that it knows of no other",
		"Raft thesis 6.4", "invariants"},
	{"bugWordOfBefore", classConsensus, inNode, "what others told a leader before a read began counts for the read",
		"Raft thesis 6.4, etcd 7331", "invariants"},
	{"bugAddressTaken", classConsensus, inNode, "a server joins the ensemble at the address of another",
		"ZooKeeper's contract of reconfig", "invariants"},
	{"bugConfigReadAsClient", classConsensus, inNode, "servers read who is in the ensemble as a client does who has no " +
		"right to",
		"this service, before", "linearizable or invariants or panic"},

	{"bugAckBeforeSync", classDurability, inWAL, "a write is acknowledged before it is on disk",
		"etcd 14370, ZOOKEEPER-3911, NATS 2.12.1", "invariants or servers"},
	{"bugVoteNotPersisted", classDurability, inWAL, "a vote is forgotten in a restart, and given again",
		"canonical/raft 386, hashicorp/raft 661", "invariants"},
	{"bugVoteUnsynced", classDurability, inWAL, "a vote is written, and given before it is durable",
		"ZOOKEEPER-1653, hashicorp/raft 661", "invariants"},
	{"bugSegmentDirUnsynced", classDurability, inWAL, "a new file of the log is there after a crash only if the " +
		"directory happens to be durable",
		"etcd 6368", "servers"},
	{"bugSyncErrorIgnored", classDurability, inWAL, "a sync that failed is taken for one that did not",
		"ZOOKEEPER-3701, PostgreSQL's fsync of 2018", "servers"},
	{"bugDiskErrorSurvived", classDurability, inNode, "a server whose log can't be written goes on answering heartbeats",
		"ZOOKEEPER-2247", "invariants or recovery"},
	{"bugSnapshotUnsynced", classDurability, inWAL, "a snapshot gets its name before its bytes are durable",
		"verdi-raft 51, ZOOKEEPER-2872", "servers"},
	{"bugSnapshotInPlace", classDurability, inWAL, "a snapshot is written under its own name, and a crash leaves " +
		"half of it",
		"RaftKeeper 240, ZOOKEEPER-2872", "servers"},
	{"bugLogResetFirst", classDurability, inWAL, "the log is begun anew before the snapshot that another server " +
		"sent has its name",
		"RedisRaft 1b3fbf6, ZOOKEEPER-2325", "servers"},
	{"bugLogRemovedFirst", classDurability, inWAL, "the log is removed before the snapshot that replaces it is durable",
		"RedisRaft 1b3fbf6, ZOOKEEPER-2325", "servers"},

	{"bugTornTailKept", classRecovery, inWAL, "the torn end of a log is kept, and what is written behind it is lost",
		"etcd 6378, ZOOKEEPER-1621, ZOOKEEPER-1489", "servers"},
	{"bugChecksumIgnored", classRecovery, inWAL, "the checksum of a record is not compared",
		"etcd 14098, ZOOKEEPER-1621", "servers"},
	{"bugCommitTakenForApplied", classRecovery, inNode, "after a restart what is committed counts as applied",
		"etcd 13766, etcd 14685", "invariants"},
	{"bugForwardsNotInSnapshot", classRecovery, inNode, "a snapshot leaves out which requests were applied",
		"Raft thesis 6.3, etcd 14571", "invariants"},
	{"bugOutboxNotSkipped", classRecovery, inNode, "a server waits for requests that the snapshot it was sent has " +
		"applied",
		"Raft thesis 6.3, ZOOKEEPER-2355", "servers or recovery"},
	{"bugSnapshotOfNewTerm", classRecovery, inNode, "a snapshot that is saved in an election says that its last " +
		"entry is of the new term",
		"canonical/raft 356, RedisRaft 1b3fbf6", "servers or invariants or recovery"},
	{"bugChangeNotInSnapshot", classRecovery, inNode, "a snapshot leaves out the change of the ensemble that is under way",
		"canonical/raft 323, RethinkDB 2.2.3", "invariants"},
	{"bugSnapshotWithoutSessions", classRecovery, inTree, "a snapshot leaves the sessions out",
		"ZOOKEEPER-3144, ZOOKEEPER-1367", "invariants"},
	{"bugSequenceReused", classRecovery, inTree, "a restart from a snapshot forgets which sequence numbers were given",
		"ZOOKEEPER-1046", "invariants"},
	{"bugCversionNotInSnapshot", classRecovery, inTree, "a snapshot leaves the versions of the children out",
		"ZOOKEEPER-1046, ZOOKEEPER-3145", "invariants"},
	{"bugPzxidNotInSnapshot", classRecovery, inTree, "a snapshot leaves out when the children changed",
		"ZOOKEEPER-3145, ZOOKEEPER-3125", "invariants"},
	{"bugHalfMultiInSnapshot", classRecovery, inTree, "a snapshot holds the first half of a multi",
		"ZOOKEEPER-3127", "invariants"},
	{"bugSnapshotNotFrozen", classRecovery, inTree, "a snapshot that is written piece by piece has later changes in it",
		"ZOOKEEPER-3127, etcd 13766", "invariants or servers"},
	{"bugACLCheckSkippedOnReplay", classRecovery, inTree, "ACLs are not asked by a state that comes from a snapshot",
		"etcd 14571, ZOOKEEPER-4846", "invariants or linearizable"},
	{"bugCounterOverflows", classRecovery, inNode, "the counter of a zxid runs over into the epoch",
		"ZOOKEEPER-1277", "servers"},
	{"bugACLNotFrozen", classRecovery, inTree, "a snapshot that is written piece by piece has later ACLs in it",
		"Raft, section 7", "invariants"},
	{"bugWalkByBytes", classRecovery, inTree, "a snapshot takes the order of its walk for that of strings",
		"ZOOKEEPER-3127, etcd 13766", "invariants or servers"},

	{"bugDeposedLeaderExpires", classSessions, inNode, "a leader that was deposed goes on to expire sessions",
		"etcd 12528, etcd 15247", "invariants"},
	{"bugNewLeaderExpires", classSessions, inNode, "a new leader gives sessions no time to be heard of",
		"Consul 1162, etcd 20616", "invariants"},
	{"bugExpiryByWallClock", classSessions, inNode, "sessions expire by the time of day",
		"ZOOKEEPER-2774, ZOOKEEPER-1366", "invariants"},
	{"bugReadsDontTouch", classSessions, inNode, "a client that only reads is not heard of",
		"ClickHouse 121361", "invariants"},
	{"bugSessionsNotTracked", classSessions, inNode, "a new leader does not count the time of the sessions that it finds",
		"ZOOKEEPER-1367, etcd 17132", "invariants or recovery"},
	{"bugInstalledSessionsUncounted", classSessions, inNode, "a leader that was sent its state as a snapshot does not " +
		"count the time of the sessions in it",
		"ZOOKEEPER-1367, etcd 17132", "invariants or recovery"},
	{"bugExpiredSessionResurrected", classSessions, inTree, "a session that expired is taken up again when its client " +
		"comes back",
		"ZOOKEEPER-1496", "linearizable"},
	{"bugSessionEndSkipped", classSessions, inNode, "a server that changed its leader meanwhile skips the end of a " +
		"session",
		"ZOOKEEPER-2355", "invariants"},
	{"bugOldOwnerAccepted", classSessions, inTree, "requests of a connection that a session has left are carried out",
		"ZOOKEEPER-710, ZOOKEEPER-484, ZOOKEEPER-2886", "linearizable"},
	{"bugAttachFromMemory", classSessions, inNode, "a client that comes back is welcomed by a server that is behind " +
		"what it has seen",
		"etcd 3879, etcd PR 13932", "linearizable"},
	{"bugReadOvertakesWrite", classSessions, inNode, "a read is answered from the state at its arrival, before the " +
		"writes of its own session",
		"ZOOKEEPER-1863, ZOOKEEPER-2775", "linearizable"},
	{"bugReadAwaitsPastWrite", classSessions, inNode, "a read waits for what is committed when its turn comes, " +
		"a write of its own session behind it, too",
		"ordeal before it was released, ZOOKEEPER-1863", "linearizable"},
	{"bugRequestsResent", classSessions, inClient, "a client sends what was not answered once more when it comes back",
		"jetcd 0.8.2, etcd 14890", "linearizable"},
	{"bugServedAfterClose", classSessions, inTree, "what a client asks for behind the end of its session is done",
		"ZOOKEEPER-1208", "linearizable"},
	{"bugTimeoutUnbounded", classSessions, inNode, "a client that comes back is granted whatever timeout it asks for",
		"ZooKeeper's contract of negotiated timeouts", "invariants"},
	{"bugUpgradeForgetsTimeout", classSessions, inNode, "a session of one server that becomes one of the ensemble has " +
		"no timeout there",
		"ZOOKEEPER-2926, ZOOKEEPER-3471", "invariants or recovery"},
	{"bugPasswordUnchecked", classSessions, inTree, "a session is given to whoever knows its id",
		"ZooKeeper's contract of session passwords", "invariants"},
	{"bugReadOnlyPassword", classSessions, inNode, "a server without a leader gives a session to whoever knows its id",
		"ZooKeeper's contract of session passwords", "invariants"},
	{"bugLocalUnheard", classSessions, inNode, "a session of one server ends its timeout behind its handshake",
		"ZooKeeper's contract of local sessions", "invariants"},
	{"bugUnknownGoesOn", classSessions, inNode, "a connection goes on behind an operation that there is not",
		"ZooKeeper's protocol", "invariants"},
	{"bugRefusedClaimStays", classSessions, inNode, "a client whose claim of who it is was refused keeps its connection",
		"ZooKeeper's contract of authentication", "claims"},
	{"bugSuperByName", classSessions, inNode, "who says that it is the user who may do everything is believed, whatever " +
		"the password",
		"ZooKeeper's contract of authentication", "invariants or linearizable"},
	{"bugClaimAway", classSessions, inClient, "a client forgets who it says that it is while it has no connection",
		"ZooKeeper's contract of authentication", "invariants"},
	{"bugKnownByAny", classSessions, inNode, "who is known by any scheme is served where one is demanded that it has not",
		"ZooKeeper's contract of enforce.auth", "invariants"},
	{"bugClaimsOnce", classSessions, inClient, "a client says on another connection who it is only as it has said last",
		"ZooKeeper's contract of authentication", "invariants"},
	{"bugHeardCut", classSessions, inNode, "a server tells the leader of 64 of the sessions that it heard from, and of " +
		"no more",
		"ClickHouse 121361", "invariants"},
	{"bugReadOnlyBehind", classSessions, inNode, "a server without a leader lets in a client that has seen more than it",
		"etcd 3879, etcd PR 13932", "linearizable"},
	{"bugOutstandingLost", classSessions, inNode, "what a connection had outstanding when it broke is counted for ever",
		"ZooKeeper's limit of outstanding requests", "recovery or invariants"},

	{"bugWatchAfterData", classWatches, inNode, "a watch's event is sent after the data that it announces",
		"ZooKeeper's guarantee of watches, ZOOKEEPER-1863", "watches"},
	{"bugWatchSetLate", classWatches, inNode, "a watch is set a while after the read that asks for it",
		"etcd 17529, etcd 3.4.3", "watches"},
	{"bugWatchFiresAgain", classWatches, inTree, "a watch that fires once fires again",
		"etcd 17247, etcd PR 15274", "watches"},
	{"bugPersistentWatchTwice", classWatches, inTree, "a watch that stays tells of a change twice",
		"etcd 17247, ZOOKEEPER-4466", "watches"},
	{"bugRootUnwatched", classWatches, inNode, "a watch that stays, on the root, is not set",
		"ZooKeeper's contract of watches", "watches"},
	{"bugToldAgain", classWatches, inNode, "a client that comes back is told again of the newest change that it has seen",
		"ZooKeeper's contract of watches", "watches"},
	{"bugRemovedWatchStays", classWatches, inTree, "a watch that was removed fires",
		"CURATOR-332, ZOOKEEPER-4471", "watches"},
	{"bugDeletedChildWatched", classWatches, inTree, "a watch on children stays at the server when their " +
		"parent is deleted",
		"ZooKeeper's contract of watches", "invariants or watches"},
	{"bugEventUnchrooted", classWatches, inClient, "a client with a root of its own is told of events by " +
		"the paths of the servers",
		"ZooKeeper's contract of a chroot", "invariants or linearizable"},
	{"bugEventsReversed", classWatches, inNode, "the events of a transaction come in another order than its changes",
		"etcd 15271, etcd 20221", "watches"},
	{"bugChildWatchSilentInMulti", classWatches, inTree, "a delete in a multi is kept from those who watch the parent",
		"etcd 18089, etcd 19179", "watches"},
	{"bugFailedMultiFires", classWatches, inTree, "a multi that was taken back fires watches",
		"ClickHouse 79247", "watches"},
	{"bugSessionEndSilent", classWatches, inTree, "the ephemerals of a session that ends go without an event",
		"etcd 18089, etcd 19179", "watches"},
	{"bugWatchesLostAtReattach", classWatches, inNode, "the watches that a client sets again after a reconnect are " +
		"forgotten",
		"ClickHouse 44571, etcd 8411", "watches"},
	{"bugWatchesKeptAtSnapshot", classWatches, inNode, "a server that installs a snapshot keeps its clients, and tells " +
		"them nothing of what they missed",
		"etcd 15271, etcd 17529", "watches"},
	{"bugQueueBeforeWatches", classWatches, inClient, "what waits for a connection is sent before the watches are set " +
		"again",
		"ZooKeeper's guarantee of watches, ZOOKEEPER-1863", "watches"},
	{"bugWatchListsSwapped", classWatches, inWire, "two lists of the request that sets watches again have each other's " +
		"place",
		"ZOOKEEPER-1667", "watches"},
	{"bugWatchesSplit", classWatches, inClient, "where watches take more than one request to set again, one is left out",
		"ZOOKEEPER-706", "watches"},

	{"bugLocalClockInApply", classTree, inNode, "every server stamps a change with its own time of day",
		"etcd 14571, etcd 18667", "invariants"},
	{"bugMultiFlags", classTree, inTree, "a createContainer in a multi makes a container whatever its flags",
		"ZooKeeper's contract of multi", "linearizable"},
	{"bugMultiHalfUndone", classTree, inTree, "a multi that fails is taken back by half",
		"ClickHouse 39673, ZOOKEEPER-3127", "linearizable"},
	{"bugCheckOfVersionIgnored", classTree, inTree, "a check in a multi does not look at the version",
		"ZOOKEEPER-4219", "linearizable"},
	{"bugVersionZeroIsAny", classTree, inTree, "version 0 stands for any version",
		"ZOOKEEPER-4743", "linearizable"},
	{"bugPzxidNotMovedByDelete", classTree, inTree, "the delete of a child leaves no trace in its parent",
		"ZOOKEEPER-3125", "linearizable"},
	{"bugContainerReapedInUse", classTree, inTree, "a container goes although it has children",
		"ZooKeeper's contract of containers", "linearizable"},
	{"bugStatSwapped", classTree, inWire, "two fields of a Stat have each other's place, written and read",
		"ZooKeeper's protocol", "linearizable"},
	{"bugQuotaByPrefix", classTree, inTree, "a quota counts znodes whose names begin like that of the one with the quota",
		"ZooKeeper's contract of quotas", "linearizable"},

	{"bugWatchesOfGone", classBooks, inNode, "the watches of a connection that is gone stay",
		"ZooKeeper's contract of watches", "invariants"},
	{"bugDeadlinesStay", classBooks, inNode, "a leader counts on for sessions that are over",
		"ZooKeeper's contract of sessions", "invariants"},
	{"bugSegmentsStay", classBooks, inWAL, "files of the log that a snapshot has made useless stay",
		"Raft, section 7", "invariants"},
	{"bugHeardForever", classBooks, inNode, "a session counts as heard of for as long as its connection is there",
		"ZooKeeper's contract of sessions", "invariants"},
	{"bugPieceOnce", classBooks, inNode, "a piece of a snapshot that got no answer is not sent again",
		"Raft, section 7", "invariants"},
	{"bugHeldRemoved", classBooks, inWAL, "a snapshot that is being sent is removed when there is a newer one",
		"Raft, section 7", "invariants"},
	{"bugReadOnlySessionStays", classBooks, inNode, "the session of a client that made do with reads outlives that",
		"ZooKeeper's contract of read-only mode", "invariants"},
	{"bugReceivedKept", classBooks, inNode, "a snapshot that another server sent is kept in memory when it has come",
		"Raft, section 7", "invariants"},
	{"bugSnapshotNeverDone", classBooks, inNode, "a snapshot that is done counts as being saved, and none follows it",
		"Raft, section 7", "invariants"},
	{"bugStrangersStay", classBooks, inNode, "a connection that says nothing stays for ever",
		"ZooKeeper's contract of connections", "invariants"},
	{"bugRemovedKeepsClients", classBooks, inNode, "a server that was taken out of the ensemble keeps its clients",
		"Raft, section 6", "invariants"},

	{"bugLockNoRecheck", classRecipes, inRecipes, "a lock is granted after the wait without a look at the own session",
		"etcd 11456, CURATOR-644", "linearizable"},
	{"bugLineByName", classRecipes, inRecipes, "contenders stand in the order of their names, not of their numbers",
		"ZOOKEEPER-2931, etcd 16221", "linearizable"},
	{"bugAdoptsAnothersNode", classRecipes, inRecipes, "a contender whose answer was lost takes the first in line " +
		"for itself",
		"CURATOR-498", "linearizable"},
	{"bugOrphanInLine", classRecipes, inRecipes, "a znode that was made and not heard of is made once more, and the " +
		"first one stays",
		"go-zookeeper 229, CURATOR-45, kazoo 732", "linearizable"},
	{"bugReleasesAnothers", classRecipes, inRecipes, "a release whose answer was lost takes the lock from the next holder",
		"redisson 2669, Redlock", "linearizable"},
	{"bugLookAtOldLine", classRecipes, inRecipes, "who holds a lock or an office is read from a server that may be behind",
		"consul 54, etcd 3879", "linearizable"},
	{"bugTokenFromClock", classRecipes, inRecipes, "fencing tokens are times of day",
		"Kleppmann 2016, Redlock", "linearizable"},
	{"bugQueueItemTwice", classRecipes, inRecipes, "an item of the queue that another consumer took is handed out " +
		"once more",
		"kazoo 366, CURATOR-233", "linearizable"},
	{"bugForeignIsMember", classRecipes, inMarks, "a znode of another program is a member, if its name ends in a number",
		"this service, before", "linearizable"},
	{"bugQueueItemLost", classRecipes, inRecipes, "an item is gone when the answer to its delete is lost",
		"kazoo 501, redisson 5698", "linearizable"},

	{"bugSyncAskedOnce", classTime, inNode, "a sync whose question to the leader is lost is not asked for again",
		"etcd 12680, etcd 9566", "invariants or recovery"},
	{"bugForwardNotAgain", classTime, inNode, "a request that is lost on its way to the leader is sent again only when " +
		"there is another",
		"etcd 8975", "invariants or recovery"},
	{"bugChangeToldAtLeader", classTime, inNode, "a change of the ensemble is answered only if its client is at " +
		"the leader",
		"ZooKeeper's contract of reconfig", "invariants or recovery"},
	{"bugStaysShut", classTime, inNode, "a server that has sent its clients away, since it had no leader, lets none in " +
		"before it leads",
		"ZooKeeper's contract of a quorum", "recovery"},
	{"bugRefusedClaimAgain", classTime, inClient, "a claim that was refused is made again on every " +
		"connection, and ends it",
		"ZooKeeper's contract of claims", "invariants or recovery"},
	{"bugReadOnlySyncs", classTime, inNode, "a server without a leader takes a sync, and waits for a leader with it",
		"ZooKeeper's contract of read-only mode", "invariants"},
	{"bugSilentServerKept", classTime, inClient, "a client stays with a server that is silent for twice its session's " +
		"timeout",
		"ZooKeeper's contract of clients", "invariants"},
	{"bugAttemptTooLong", classTime, inClient, "a client tries one server for longer than its session lives",
		"ZooKeeper's contract of clients", "invariants"},
	{"bugPingsOnce", classTime, inClient, "a client pings once a connection",
		"Consul 1162", "invariants"},
	{"bugDeadlinesAdd", classTime, inNode, "every sign of life makes a session's time longer by its timeout",
		"etcd 17132", "invariants or recovery"},
	{"bugAttachedNotCounted", classTime, inNode, "the time of a session that is taken up again is not counted before " +
		"its client is heard of",
		"ZOOKEEPER-1496", "invariants or recovery"},
	{"bugReapsByMilliseconds", classTime, inNode, "containers and times to live are looked for hardly ever, as units " +
		"are mixed up",
		"ZooKeeper's contract of containers", "invariants"},
	{"bugAttachKeepsDeadline", classTime, inNode, "a session that is taken up again keeps the time that it had left",
		"ZooKeeper's contract of sessions", "invariants"},
	{"bugContactIsAnswer", classTime, inClient, "a client counts its session's time from when it was answered, not from " +
		"when it asked",
		"Gray and Cheriton 1989", "invariants"},
	{"bugClientsKept", classTime, inNode, "a server without a leader keeps its clients, and serves them what it has",
		"consul 54, etcd 3879", "invariants"},
}
