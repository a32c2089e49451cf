package bugs

const (
	classSchedules = "schedules"
	inSchedule     = "ordeal/cluster/recipes/schedule"
)

// What is wrong with the task scheduler.
var schedules = use{classSchedules, inSchedule, []usesBug{
	{"bugShardRunsWithoutSession", "an execution whose claim is lost takes effect, if its firing is open",
		"ElasticJob 507, DolphinScheduler 16759", scheduled, byFirings},
	{"bugFailoverOfFinished", "a firing that has ended stays open, and is carried out again",
		"ElasticJob 2090, ElasticJob 2161", scheduled, byDrain},
	{"bugFailedItemForgotten", "a firing that ended badly is over, though it may be carried out again",
		"ElasticJob 2513", scheduled, byFirings},
	{"bugTriggerPerItem", "who takes over a firing asks for one execution more", "ElasticJob 671", scheduled, byFirings},
	{"bugMisfireTwice", "a firing that is late is noted in two places, and carried out by both",
		"ElasticJob 2490", scheduled, byFirings},
	{"bugClaimInPieces", "a claim is two transactions, and the first forgets what is due",
		"ElasticJob's registry on etcd", scheduled, byFirings},
	{"bugMisfireDropsAll", "when more than one firing is late they are dropped, and nothing says so",
		"xxl-job 3699", scheduled, byFirings},
	{"bugWheelSkipsSlot", "when the tick is late, the next instant is counted from now",
		"xxl-job 3.3.0", scheduled, byFirings},
	{"bugFireTimeNotUnique", "a claim checks nothing: neither whose the shard is, nor the state's version, nor the log",
		"DolphinScheduler 16816, DolphinScheduler 13758", scheduled, byFirings},
	{"bugTakeoverByClock", "a claim that has lasted for long is taken over, though its session lives",
		"DolphinScheduler 17342", scheduled, byFirings},
	{"bugNextFireLostAtElection", "who has a shard newly counts its next firings from now",
		"dkron 1210", scheduled, byDrain},
	{"bugSchedulerStartsOnce", "an instance that has shards starts no others",
		"dkron 998, gocron 688", scheduled, byDrain},
	{"bugForbidFromMemory", "whether another firing is open says the instance's own memory",
		"dkron 1870", scheduled, byFirings},
	{"bugLostResultIsSuccess", "a firing whose instance has gone has ended well", "dkron 1877", scheduled, byFirings},
	{"bugPartitionKeyStale", "an instance claims by the first assignment that it saw, for ever",
		"Dapr 9697, Dapr 9696", scheduled, byDrain},
	{"bugCounterKeyByNameOnly", "a firing that was asked for is known by its job's name, removed and added again or not",
		"Dapr 8919", scheduled, byFirings},
	{"bugLockCoversRunOnly", "a claim lasts as long as the execution, and not beyond its instant",
		"gocron 841, ShedLock 870", scheduled, byFirings},
	{"bugDueByLocalClock", "whether a firing is due says the instance's own clock",
		"gocron 841, ShedLock 6", scheduled, byFirings},
	{"bugReplaceLeavesOld", "a firing that takes another's place leaves that its claim",
		"Kubernetes CronJob 11512", scheduled, byFirings},
	{"bugDependentTornOff", "the jobs that come after one are told behind the transaction in which it ends",
		"ElasticJob's registry on etcd", scheduled, byFirings},
}}

var scheduled = []string{"schedule"}

const (
	byFirings = "firings"
	// byDrain is for what lets firings wait: whoever looks at everything in the end may not come to an end.
	byDrain = "firings or recovery"
)
