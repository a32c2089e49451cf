package bugs

// What stands here is planted in what serves etcd's API: it shows in the workload etcd alone.

var keyWorkload = []string{"etcd"}

// usesOfKeys are the parts of it.
var usesOfKeys = []use{keyStore, keyNode, keyWire, keyRecipes}

// What is planted in the recipes for keys shows in the workloads that use them.
var (
	keyHolds     = []string{"etcd-lock", "etcd-election"}
	keyLocks     = []string{"etcd-lock"}
	keyElections = []string{"etcd-election"}
	keyRegisters = []string{"etcd-register"}
	keyQueues    = []string{"etcd-queue"}
)

var keyRecipes = use{classKeys, inKeyRecipes, []usesBug{
	{"bugKeyGoneHolds", "who waited for a lock or an office has it, though the own key went with its lease meanwhile",
		"etcd 11456, etcd's Campaign", keyHolds, ""},
	{"bugKeyWaitOnce", "who waited until the key before its own was gone looks no more for others before it",
		"etcd 16221, kazoo 213", keyHolds, ""},
	{"bugKeyWaitsForFirst", "who waits looks at the key that was made first, and has what it waits for when that is gone",
		"etcd 16156", keyHolds, ""},
	{"bugKeyLineStale", "who waits, or asks who leads, is told what one server has", "consul 54, etcd 3879",
		keyElections, ""},
	{"bugKeyFreedByName", "a key is freed by its name, whenever it was made", "etcd 22082", keyHolds, ""},
	{"bugKeyReadStale", "a register is read from what one server has", "etcd 3879", keyRegisters, ""},
	{"bugKeySetInSteps", "a register is compared and then set, by two requests",
		"ElasticJob's registry in etcd", keyRegisters, ""},
	{"bugKeyQueueUnclaimed", "an item is taken from a queue whoever has taken it meanwhile",
		"ElasticJob's registry in etcd", keyQueues, ""},
	{"bugKeyQueueByName", "items leave a queue in the order of their names", "ZOOKEEPER-2931, etcd 16221", keyQueues, ""},
	{"bugKeyQueueNumbered", "every process numbers its items by itself, and they overwrite each other",
		"ElasticJob's registry in etcd", keyQueues, ""},
}}

var keyStore = use{classKeys, inKeys, []usesBug{
	{"bugHeaderOfAskedRevision", "the header of a read at a revision says that revision, and not the newest",
		"shims of etcd's API", keyWorkload, ""},
	{"bugCountLimited", "a range counts no more than its limit", "etcd's contract of Range", keyWorkload, ""},
	{"bugCompactedIsRead", "a read below the compacted revision is answered from what is left",
		"shims of etcd's API, etcd 18667",
		keyWorkload, ""},
	{"bugCompactedItselfRefused", "a read at the compacted revision itself is refused",
		"etcd's contract of Compact",
		keyWorkload, ""},
	{"bugCompactionIgnored", "a compaction is answered, and nothing is compacted",
		"shims of etcd's API", keyWorkload, ""},
	{"bugTombstoneCompacted", "a compaction forgets which keys were deleted in the compacted revision itself",
		"etcd 18089, etcd 19179", keyWorkload, "key watches or invariants"},
	{"bugCompactsOneTooFar", "a compaction forgets what the compacted revision itself shows",
		"etcd's contract of Compact", keyWorkload, ""},
	{"bugTxnReadsBefore", "a range in a transaction sees nothing of what the transaction put before it",
		"etcd 21432, etcd's contract of Txn", keyWorkload, ""},
	{"bugMissingIsEmpty", "the value of a key that is not there compares as an empty one",
		"etcd's contract of Txn", keyWorkload, ""},
	{"bugFirstKeyCompared", "a comparison of a range looks at its first key",
		"etcd's contract of Txn", keyWorkload, ""},
	{"bugNestedNotCompared", "the comparisons of a transaction inside another are taken to hold",
		"etcd's contract of Txn", keyWorkload, ""},
	{"bugOldLeaseKept", "a key that is put without its lease still goes with it", "etcd's contract of Lease",
		keyWorkload, ""},
	{"bugRevokeLeavesKey", "the last key of a lease stays when the lease ends",
		"etcd's contract of Lease", keyWorkload, ""},
	{"bugRevisionOfEachKey", "a request that changes several keys makes a revision of each",
		"etcd's contract of revisions", keyWorkload, ""},
	{"bugVersionOverDelete", "a key that is made again goes on with the version that it had",
		"CURATOR-391", keyWorkload,
		""},
	{"bugLeaseKeysNotInSnapshot", "a server that starts from a snapshot has leases without their keys",
		"etcd 14571", keyWorkload, "invariants or linearizable"},
	{"bugCompactedNotInSnapshot", "a server that starts from a snapshot knows of no compaction",
		"etcd 17780, etcd 18667",
		keyWorkload, "invariants or linearizable"},
	{"bugGrantsNotInSnapshot", "a server that starts from a snapshot does not work out what its users may do",
		"etcd 14571, etcd 14648", keyWorkload, "invariants or linearizable"},
	{"bugRemainingNotInSnapshot", "a server that starts from a snapshot gives every lease its whole time again",
		"etcd 17132", keyWorkload, "invariants or linearizable"},
	{"bugNestedNotPermitted", "a transaction inside another is not held to what its user may do",
		"etcd 21681, " +
			"CVE-2026-73499", keyWorkload, ""},
	{"bugComparedUnseen", "a transaction compares keys that its user may not read",
		"etcd 21681", keyWorkload, ""},
	{"bugPrevUnpermitted", "who may write a key is told what it was, which it may not read",
		"etcd's contract of Auth",
		keyWorkload, ""},
	{"bugRangePermittedByKey", "a range is permitted by its first key", "CVE-2026-73499", keyWorkload, ""},
	{"bugAuthRevisionUnchecked", "a request that was permitted by users and roles of before is carried out",
		"etcd 14571", keyWorkload, ""},
}}

var keyNode = use{classKeys, inNode, []usesBug{
	{"bugStaleRange", "a range is answered from what the server has", "etcd 3879, consul 54", keyWorkload, ""},
	{"bugStaleReadTxn", "a transaction that only reads is answered from what the server has",
		"etcd 3879", keyWorkload, ""},
	{"bugWatchFromNow", "a watch from a revision begins with what is new", "etcd's contract of Watch, EVE 6113",
		keyWorkload, "key watches"},
	{"bugWatchOverCompaction", "a watch whose next revision was compacted goes on from what is left",
		"etcd 17529",
		keyWorkload, "key watches"},
	{"bugFutureWatchTold", "a watch from a revision in the future is told of what comes before it",
		"etcd 20221",
		keyWorkload, "key watches"},
	{"bugWatchesNotBehind", "watches are not told of what a snapshot has brought", "etcd 15271", keyWorkload,
		"key watches"},
	{"bugEventOfEachKey", "a watch is told once of a key that a revision has changed twice",
		"etcd's contract of Watch",
		keyWorkload, "key watches"},
	{"bugProgressOvertakes", "a watch is said to have come to a revision before it is told of it", "etcd 15220",
		keyWorkload, "key watches"},
	{"bugExpirySilent", "no watch is told of the keys that go with a lease whose time is over",
		"etcd's contract of Watch",
		keyWorkload, "key watches"},
	{"bugDeposedLeaseExpiry", "a leader that leads no more still ends leases, by the time that it has counted",
		"etcd 15247",
		keyWorkload, "key leases or key watches or linearizable"},
	{"bugLeaseIDForTTL", "a lease's time is its id",
		"shims of etcd's API", keyWorkload, "key leases or recovery"},
	{"bugNewLeaderEndsLeases", "a new leader takes the time of every lease for over",
		"etcd's contract of Lease", keyWorkload,
		"key leases"},
	{"bugInheritedLeasesUncounted", "a new leader counts the time of no lease that it did not grant",
		"etcd 17132",
		keyWorkload, "recovery"},
	{"bugKeepAliveFromMemory", "a server answers a keep-alive by itself, and the leader does not hear of it",
		"etcd 7029, etcd 20616", keyWorkload, "key leases or linearizable"},
	{"bugCheckpointStays", "what a lease had left at a checkpoint counts on when it was renewed behind it",
		"etcd's contract of checkpoints",
		keyWorkload, "key leases"},
	{"bugLeaseIDsFromZero", "every server numbers the leases that it grants from 0",
		"ElasticJob's registry in etcd",
		keyWorkload, ""},
}}

var keyWire = use{classKeys, inKeyWire, []usesBug{
	{"bugEndIsCString", "an end of a range that is a zero byte is read as no end",
		"etcd's contract of Range", keyWorkload,
		""},
	{"bugMoreNotSent", "an answer with a limit does not say that there is more",
		"shims of etcd's API", keyWorkload, ""},
}}
