package bugs

// What stands here is planted in recipes that the default campaign does not use: each bug shows in workloads of its
// own.

// use is a kind of recipe with its bugs.
type use struct {
	class, pkg string
	bugs       []usesBug
}

// usesBug is a bug of a use; Caught is "linearizable" if it is "".
type usesBug struct {
	Name, What, Imitates string
	Workloads            []string
	Caught               string
}

var uses = []use{
	counters, locks, barriers, numbers, workers, members, queues, configs, offices, answers, sharedServer, sharedTree,
	sharedRecipes, schedules,
}

var counters = use{classCounters, inRecipes, []usesBug{
	{"bugCountTwice", "an add whose answer was lost is made once more", "jetcd 0.8.2, etcd 14890", []string{"count"}, ""},
	{"bugCountUnversioned", "a counter is set whatever its version is", "kazoo's contract of counters", []string{"count"},
		""},
	{"bugCountReadStale", "a counter is read from a server that may be behind", "etcd 3879, consul 54", []string{"count"},
		""},
	{"bugSilenceIsFresh", "a kept value of which no change was heard is as good as new", "Spring Cloud Zookeeper 289, " +
		"EVE 6113", []string{"value"}, ""},
	{"bugAgeFromAnswer", "the age of a kept value counts from the answer, not from the question", "etcd 10082, " +
		"hashicorp/raft 108", []string{"value"}, ""},
}}

var locks = use{classLocks, inRecipes, []usesBug{
	{"bugReaderOvertakes", "a reader waits for a writer only if that stands right before it", "kazoo 213, etcd 16221",
		[]string{"rwlock"}, ""},
	{"bugWriterIgnoresReaders", "a writer waits for writers alone", "kazoo 429, etcd 16221", []string{"rwlock"}, ""},
	{"bugSemaphoreOneMore", "a semaphore gives out one lease more than it has permits", "etcd 14603",
		[]string{"semaphore"}, ""},
	{"bugReentrantFromMemory", "a lock is taken again without a look whether it is still held", "CURATOR-604",
		[]string{"reentrant"}, ""},
	{"bugInnerReleaseFrees", "the first release of a lock that was taken twice frees it", "CURATOR-604, redisson 2669",
		[]string{"reentrant"}, ""},
	{"bugMultiLockFirstOnly", "of several locks the first is taken", "xxl-job 370", []string{"multilock"}, ""},
	{"bugUnlockByName", "a release whose answer was lost is made again by names, and frees another's lock", "etcd 22082",
		[]string{"multilock"}, ""},
	{"bugGuardChecksVersionOnly", "a guarded write checks the version of the lock's znode, which is 0 every time",
		"CURATOR-689, CURATOR-391", []string{"multilock"}, ""},
	{"bugGuardChecksFolder", "a guarded write checks the lock's folder, which is always there", "CURATOR-689",
		[]string{"guard"}, ""},
}}

var barriers = use{classBarriers, inRecipes, []usesBug{
	{"bugBarrierByPrefix", "a wait looks at the first barrier whose name begins like its own", "etcd 16156, etcd 16223",
		[]string{"barrier"}, ""},
	{"bugBarrierAnyWakeup", "whoever waits for a barrier goes on when it is woken", "Curator GH-1290",
		[]string{"barrier"}, ""},
	{"bugMeetingAnyWakeup", "whoever waits for others to enter goes on when it is woken", "Curator GH-1290",
		[]string{"meeting"}, "meetings"},
	{"bugBarrierNoRecheck", "whoever waits for others to leave goes on when it is woken", "CURATOR-233",
		[]string{"meeting"}, "meetings"},
	{"bugBarrierNPlusOne", "all who are there begin a round, though they are too many", "etcd 14603, etcd 14604",
		[]string{"meeting"}, "meetings"},
	{"bugReadyDeletedByName", "whoever is late ends the round that is on, by its name", "etcd 22082, CURATOR-233",
		[]string{"meeting"}, "meetings or linearizable"},
}}

var numbers = use{classNumbers, inRecipes, []usesBug{
	{"bugSegmentTwice", "a window of numbers is reserved whatever the version is", "ShardingSphere 190, " +
		"DolphinScheduler 6742",
		[]string{"ids"}, ""},
}}

var workers = use{classNumbers, inSnowflake, []usesBug{
	{"bugSequenceResetOnBackstep", "a worker whose clock goes back follows it, and counts from 0", "twitter/snowflake 6",
		[]string{"workers"}, ""},
	{"bugHighWaterNotPersisted", "a worker begins at its clock, and not behind the time that its number was used to",
		"IdHelper 1, Leaf 104", []string{"workers"}, ""},
	{"bugWorkerIdOutlivesSession", "a worker whose number is another's by now goes on", "idworker 4, Butterfly 15",
		[]string{"workers"}, ""},
	{"bugTimeWrittenLate", "the time that a number was used to is written down behind the use", "Leaf 104, ZOOKEEPER-1046",
		[]string{"workers"}, ""},
}}

var members = use{classMembers, inRecipes, []usesBug{
	{"bugEphemeralBecomesPersistent", "a member's znode is one that stays", "Pulsar 23889", []string{"members"},
		"views or linearizable"},
	{"bugAdoptsOldEphemeral", "a member that finds its data there takes that for its own", "Dubbo 5125, Dubbo 12646",
		[]string{"members"}, "views or linearizable"},
	{"bugNoResync", "a kept view of which no change was heard is as good as new", "EVE 6113, CoreDNS 3432",
		[]string{"members"}, "views or linearizable"},
	{"bugEmptyChildrenIgnored", "a view without members is taken for a mistake", "ShenYu 6526", []string{"members"},
		"views or linearizable"},
	{"bugMembersReadStale", "members are read from a server that may be behind", "etcd 3879, consul 54",
		[]string{"members"}, "views or linearizable"},
}}

var queues = use{classQueues, inRecipes, []usesBug{
	{"bugPriorityIgnored", "items come out in the order in which they were put in", "kazoo's contract of queues",
		[]string{"priority"}, ""},
	{"bugDelayByLocalClock", "whether an item is due says the taker's own clock", "gocron 841, ShedLock 870",
		[]string{"delay"}, ""},
	{"bugWorkTakenTwice", "an item is taken without that which there can be only one of", "CURATOR-233, kazoo 501",
		[]string{"work"}, "works or linearizable"},
	{"bugWorkGoneAtTake", "an item is gone when it is taken, and lost with its taker", "kazoo 501, redisson 5698",
		[]string{"work"}, "works or linearizable"},
	{"bugWorkFinishedByName", "whoever has lost an item finishes it, by its name", "etcd 22082, ElasticJob 507",
		[]string{"work"}, "works or linearizable"},
}}

var configs = use{classConfig, inConfig, []usesBug{
	{"bugCacheByVersion", "a setting whose znode has the version that it had is kept as it was", "CURATOR-391",
		[]string{"config"}, ""},
	{"bugCacheNeverStale", "what is kept is never said to be stale", "astra 39", []string{"config"}, ""},
	{"bugCacheReadsApart", "settings are read one after the other, without a look whether the head stays the same",
		"Spring Cloud Zookeeper 289", []string{"config"}, ""},
	{"bugCacheReadStale", "a cache reads what its server has, which may be behind", "etcd 3879, consul 54",
		[]string{"config"}, ""},
	{"bugReadThenWatch", "a cache reads first, and sets its watch then", "Spring Cloud Zookeeper 289", []string{"config"},
		""},
	{"bugPublishTwice", "a change whose answer was lost is made once more", "etcd 14890, jetcd 0.8.2",
		[]string{"config"}, ""},
	{"bugRollbackKeepsNew", "a rollback leaves the settings there that came later", "ShenYu 6526", []string{"config"}, ""},
	{"bugGrayRedrawn", "who is in the share of a gray release is drawn anew with every revision",
		"the contract of percentage rollouts", []string{"config"}, "shares"},
}}

var offices = use{classOffices, inLatch, []usesBug{
	{"bugReconnectedBeforeLost", "another session is told of before it is told that the last one is lost", "CURATOR-367",
		[]string{"latch"}, "offices"},
	{"bugLostNeverTold", "that a session is lost is not told", "CURATOR-339", []string{"latch"}, "offices"},
	{"bugLeadsWhileSuspended", "a leader goes on while no connection carries its session", "CURATOR-696",
		[]string{"latch"}, "offices"},
	{"bugOfficeOutlivesSession", "an instance that has lost its session keeps its place in line", "CURATOR-724",
		[]string{"latch"}, "offices"},
	{"bugLeaderByName", "the leader is whose data comes first, not who has waited longest", "CURATOR-620",
		[]string{"latch"}, "offices"},
}}

var answers = use{classAnswers, inZone, []usesBug{
	{"bugDefaultTtlAtExpiry", "answers have the zone's TTL, whatever can be left of a session", "SkyDNS 244",
		[]string{"dns"}, "answers"},
	{"bugNamesReadOnce", "which names there are is read once", "EVE 6113", []string{"dns"}, "answers or linearizable"},
	{"bugLastInstanceStays", "a name without instances is taken for a mistake, and the last ones are kept", "ShenYu 6526",
		[]string{"dns"}, "answers or linearizable"},
	{"bugStaleAnswered", "a view that is older than its bound is answered from", "CoreDNS 3432", []string{"dns"},
		"answers or linearizable"},
	{"bugWatchLossUnnoticed", "a name of which no change was heard is as good as new", "EVE 6113, CoreDNS 3432",
		[]string{"dns"}, "answers or linearizable"},
}}

// What is wrong with large requests, and with large objects that are used for long.
var sharedServer = use{classShared, inNode, []usesBug{
	{"bugMultiReadGivesWay", "a long multiRead gives way to other work halfway, and goes on from what the state is then",
		"ZOOKEEPER-3402's contract, RaftKeeper 397", []string{"bank", "append"}, "isolation or bank"},
	{"bugLongMultiCheckedOnce", "the versions that a long multi names are looked at by the server that takes it, and " +
		"not again where it is applied", "ClickHouse 65198, etcd 14571", []string{"bank", "rw"}, "isolation or bank"},
	{"bugLongListKept", "a long list of children is kept, and not forgotten when a multi changes it",
		"Pulsar 14177, ZOOKEEPER-3560", []string{"set"}, ""},
}}

var sharedTree = use{classShared, inTree, []usesBug{
	{"bugMultiInBatches", "a long multi is carried out in batches of eight, and a batch that fails is taken back alone",
		"TiDB's batch inserts, hyperdb 130", []string{"bank", "rw"}, "isolation or bank"},
	{"bugSequenceCutInSnapshot", "a snapshot has eight bits for how many children a znode was ever given",
		"ZOOKEEPER-1046, ZOOKEEPER-4706", []string{"logs"}, "invariants or kafka"},
}}

var sharedRecipes = use{classShared, inRecipes, []usesBug{
	{"bugReadsApart", "what a transaction reads, it reads at several instants", "Adya's G-single, MariaDB's Galera of " +
		"2015", []string{"append", "rw", "bank"}, "isolation or bank"},
	{"bugReadUnchecked", "a transaction is committed although what it only read has changed",
		"YDB 33080, CockroachDB 7899", []string{"append", "rw"}, "isolation"},
	{"bugCommitAgain", "a transaction whose answer was lost is carried out once more",
		"etcd 14890, etcd 18424, jetcd 0.8.2", []string{"append", "logs"}, "isolation or kafka"},
	{"bugReaderSkips", "who reads a log goes on behind the last entry that was there, not behind the last that it read",
		"Pinot 18663, librdkafka 1720", []string{"logs"}, "kafka"},
}}
