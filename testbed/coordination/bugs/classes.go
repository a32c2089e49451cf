package bugs

// Classes are the classes of planted bugs, in the order of List.
func Classes() []string {
	return []string{classConsensus, classDurability, classRecovery, classSessions, classWatches, classTree, classBooks,
		classRecipes, classTime, classCounters, classLocks, classBarriers, classNumbers, classMembers, classQueues,
		classConfig, classOffices, classAnswers, classShared, classSchedules, classKeys}
}

// The classes.
const (
	classConsensus  = "consensus"  // replication, elections and reads
	classDurability = "durability" // what must be on disk when it is promised
	classRecovery   = "recovery"   // what a restart or a snapshot brings back
	classSessions   = "sessions"   // sessions, their requests and their ephemerals
	classWatches    = "watches"
	classTree       = "tree"  // the state machine
	classBooks      = "books" // what a server keeps beside its state
	classRecipes    = "recipes"
	classTime       = "time" // what has to be answered or over, and by when

	// What only the recipes of other uses break.
	classCounters = "counters"
	classLocks    = "locks"
	classBarriers = "barriers"
	classNumbers  = "numbers"
	classMembers  = "members"
	classQueues   = "queues"
	classConfig   = "config"
	classOffices  = "offices"
	classAnswers  = "answers"
	classShared   = "shared" // data that clients share
	classKeys     = "keys"   // etcd's API
)

const (
	inNode       = "ordeal/cluster"
	inWAL        = "ordeal/cluster/wal"
	inWire       = "ordeal/cluster/wire"
	inTree       = "ordeal/cluster/tree"
	inClient     = "ordeal/cluster/client"
	inRecipes    = "ordeal/cluster/recipes"
	inMarks      = "ordeal/cluster/recipes/marks"
	inConfig     = "ordeal/cluster/recipes/config"
	inSnowflake  = "ordeal/cluster/recipes/snowflake"
	inLatch      = "ordeal/cluster/recipes/latch"
	inKeys       = "ordeal/cluster/kv"
	inKeyWire    = "ordeal/cluster/etcdwire"
	inKeyRecipes = "ordeal/cluster/etcdrecipes"
	inZone       = "ordeal/cluster/recipes/zone"
)
