package coordination

import (
	"slices"
	"testing"
)

// littleRoom are settings in which stores are full soon, and large messages are divided.
const littleRoom = "1000/200/65536/300,limits=small"

// usesTrials are the trials in which the bugs of recipes are found that the default campaign does not use, and the seed
// of the first that finds it.
var usesTrials = map[string]struct {
	bugTrial
	seed uint64
}{
	"bugCountTwice":                 {bugTrial{"count", "clients", ""}, 7},
	"bugCountUnversioned":           {bugTrial{"count", "nothing", ""}, 0},
	"bugCountReadStale":             {bugTrial{"count", "laggards", ""}, 0},
	"bugSilenceIsFresh":             {bugTrial{"value", "clients", ""}, 0},
	"bugAgeFromAnswer":              {bugTrial{"value", "laggards", ""}, 14},
	"bugReaderOvertakes":            {bugTrial{"rwlock", "nothing", ""}, 0},
	"bugWriterIgnoresReaders":       {bugTrial{"rwlock", "nothing", ""}, 0},
	"bugSemaphoreOneMore":           {bugTrial{"semaphore", "nothing", ""}, 0},
	"bugReentrantFromMemory":        {bugTrial{"reentrant", "nothing", ""}, 0},
	"bugInnerReleaseFrees":          {bugTrial{"reentrant", "nothing", ""}, 0},
	"bugMultiLockFirstOnly":         {bugTrial{"multilock", "nothing", ""}, 0},
	"bugUnlockByName":               {bugTrial{"multilock", "clients", ""}, 0},
	"bugGuardChecksVersionOnly":     {bugTrial{"multilock", "nothing", ""}, 0},
	"bugGuardChecksFolder":          {bugTrial{"guard", "nothing", ""}, 0},
	"bugBarrierByPrefix":            {bugTrial{"barrier", "nothing", ""}, 0},
	"bugBarrierAnyWakeup":           {bugTrial{"barrier", "nothing", ""}, 0},
	"bugMeetingAnyWakeup":           {bugTrial{"meeting", "nothing", ""}, 0},
	"bugBarrierNoRecheck":           {bugTrial{"meeting", "nothing", ""}, 0},
	"bugBarrierNPlusOne":            {bugTrial{"meeting", "nothing", ""}, 0},
	"bugReadyDeletedByName":         {bugTrial{"meeting", "laggards", ""}, 47},
	"bugSegmentTwice":               {bugTrial{"ids", "nothing", ""}, 0},
	"bugSequenceResetOnBackstep":    {bugTrial{"workers", "nothing", ""}, 0},
	"bugHighWaterNotPersisted":      {bugTrial{"workers", "nothing", ""}, 0},
	"bugWorkerIdOutlivesSession":    {bugTrial{"workers", "nothing", ""}, 0},
	"bugTimeWrittenLate":            {bugTrial{"workers", "nothing", ""}, 0},
	"bugEphemeralBecomesPersistent": {bugTrial{"members", "nothing", ""}, 0},
	"bugAdoptsOldEphemeral":         {bugTrial{"members", "nothing", ""}, 0},
	"bugNoResync":                   {bugTrial{"members", "clients", ""}, 0},
	"bugEmptyChildrenIgnored":       {bugTrial{"members", "nothing", ""}, 0},
	"bugMembersReadStale":           {bugTrial{"members", "laggards", ""}, 0},
	"bugPriorityIgnored":            {bugTrial{"priority", "nothing", ""}, 6},
	"bugDelayByLocalClock":          {bugTrial{"delay", "clocks", ""}, 0},
	"bugWorkTakenTwice":             {bugTrial{"work", "nothing", ""}, 0},
	"bugWorkGoneAtTake":             {bugTrial{"work", "nothing", ""}, 0},
	"bugWorkFinishedByName":         {bugTrial{"work", "nothing", ""}, 0},

	"bugCacheByVersion":   {bugTrial{"config", "nothing", ""}, 0},
	"bugCacheNeverStale":  {bugTrial{"config", "clients", ""}, 0},
	"bugCacheReadsApart":  {bugTrial{"config", "nothing", ""}, 0},
	"bugCacheReadStale":   {bugTrial{"config", "laggards", ""}, 1},
	"bugReadThenWatch":    {bugTrial{"config", "nothing", ""}, 3},
	"bugPublishTwice":     {bugTrial{"config", "clients", ""}, 7},
	"bugRollbackKeepsNew": {bugTrial{"config", "nothing", ""}, 0},
	"bugGrayRedrawn":      {bugTrial{"config", "nothing", ""}, 0},

	"bugDefaultTtlAtExpiry": {bugTrial{"dns", "nothing", ""}, 0},
	"bugNamesReadOnce":      {bugTrial{"dns", "nothing", ""}, 0},
	"bugLastInstanceStays":  {bugTrial{"dns", "nothing", ""}, 0},
	"bugStaleAnswered":      {bugTrial{"dns", "clients", ""}, 0},
	"bugWatchLossUnnoticed": {bugTrial{"dns", "clients", ""}, 0},

	"bugReconnectedBeforeLost": {bugTrial{"latch", "nothing", ""}, 0},
	"bugLostNeverTold":         {bugTrial{"latch", "nothing", ""}, 0},
	"bugLeadsWhileSuspended":   {bugTrial{"latch", "clients", ""}, 3},
	"bugOfficeOutlivesSession": {bugTrial{"latch", "nothing", ""}, 0},
	"bugLeaderByName":          {bugTrial{"latch", "nothing", ""}, 0},

	"bugMultiReadGivesWay":     {bugTrial{"bank", "nothing", ""}, 0},
	"bugLongMultiCheckedOnce":  {bugTrial{"bank", "nothing", ""}, 0},
	"bugLongListKept":          {bugTrial{"set", "nothing", ""}, 0},
	"bugMultiInBatches":        {bugTrial{"bank", "nothing", ""}, 0},
	"bugSequenceCutInSnapshot": {bugTrial{"logs", "crashes", "30/6/8192/300"}, 0},
	"bugReadsApart":            {bugTrial{"append", "nothing", ""}, 0},
	"bugReadUnchecked":         {bugTrial{"rw", "nothing", ""}, 0},
	"bugCommitAgain":           {bugTrial{"append", "clients", ""}, 0},
	"bugReaderSkips":           {bugTrial{"logs", "nothing", ""}, 0},

	"bugHeaderOfAskedRevision":    {bugTrial{"etcd", "nothing", ""}, 0},
	"bugCountLimited":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugCompactedIsRead":          {bugTrial{"etcd", "nothing", ""}, 0},
	"bugCompactedItselfRefused":   {bugTrial{"etcd", "nothing", ""}, 0},
	"bugCompactionIgnored":        {bugTrial{"etcd", "nothing", ""}, 0},
	"bugTombstoneCompacted":       {bugTrial{"etcd", "nothing", ""}, 0},
	"bugCompactsOneTooFar":        {bugTrial{"etcd", "nothing", ""}, 0},
	"bugTxnReadsBefore":           {bugTrial{"etcd", "nothing", ""}, 0},
	"bugMissingIsEmpty":           {bugTrial{"etcd", "nothing", ""}, 0},
	"bugFirstKeyCompared":         {bugTrial{"etcd", "nothing", ""}, 10},
	"bugNestedNotCompared":        {bugTrial{"etcd", "nothing", ""}, 1},
	"bugOldLeaseKept":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugRevokeLeavesKey":          {bugTrial{"etcd", "nothing", ""}, 0},
	"bugRevisionOfEachKey":        {bugTrial{"etcd", "nothing", ""}, 0},
	"bugVersionOverDelete":        {bugTrial{"etcd", "nothing", ""}, 0},
	"bugLeaseKeysNotInSnapshot":   {bugTrial{"etcd", "crashes", "30/6/8192/300"}, 0},
	"bugCompactedNotInSnapshot":   {bugTrial{"etcd", "crashes", "30/6/8192/300"}, 0},
	"bugGrantsNotInSnapshot":      {bugTrial{"etcd", "crashes", "30/6/8192/300"}, 1},
	"bugRemainingNotInSnapshot":   {bugTrial{"etcd", "sent", "30/6/8192/300"}, 0},
	"bugNestedNotPermitted":       {bugTrial{"etcd", "nothing", ""}, 7},
	"bugComparedUnseen":           {bugTrial{"etcd", "nothing", ""}, 1},
	"bugPrevUnpermitted":          {bugTrial{"etcd", "nothing", ""}, 1},
	"bugRangePermittedByKey":      {bugTrial{"etcd", "nothing", ""}, 1},
	"bugAuthRevisionUnchecked":    {bugTrial{"etcd", "laggards", ""}, 1},
	"bugStaleRange":               {bugTrial{"etcd", "laggards", ""}, 0},
	"bugAlarmsNotInSnapshot":      {bugTrial{"etcd", "crashes", "30/6/8192/300"}, 3},
	"bugAlarmStopsDeletes":        {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugAlarmLetsTxnPass":         {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugAlarmEndsAll":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugQuotaIgnored":             {bugTrial{"etcd", "nothing", littleRoom}, 3},
	"bugQuotaCountsTwice":         {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugLargeTaken":               {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugStaleMembers":             {bugTrial{"etcd", "growing", ""}, 14},
	"bugMemberNumberAgain":        {bugTrial{"etcd", "growing", ""}, 2},
	"bugLearnersUncounted":        {bugTrial{"etcd", "growing", ""}, 1},
	"bugVoterPromoted":            {bugTrial{"etcd", "growing", ""}, 1},
	"bugPublishedPlaceCounts":     {bugTrial{"etcd", "growing", ""}, 4},
	"bugMemberShownEarly":         {bugTrial{"etcd", "growing", ""}, 0},
	"bugDividedUnasked":           {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugPartUnmarked":             {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugPartLosesEvent":           {bugTrial{"etcd", "nothing", littleRoom}, 0},
	"bugStaleReadTxn":             {bugTrial{"etcd", "laggards", ""}, 0},
	"bugWatchFromNow":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugWatchOverCompaction":      {bugTrial{"etcd", "nothing", ""}, 0},
	"bugFutureWatchTold":          {bugTrial{"etcd", "nothing", ""}, 0},
	"bugWatchesNotBehind":         {bugTrial{"etcd", "laggards", "30/6/8192/300"}, 0},
	"bugEventOfEachKey":           {bugTrial{"etcd", "nothing", ""}, 9},
	"bugProgressOvertakes":        {bugTrial{"etcd", "nothing", ""}, 0},
	"bugExpirySilent":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugDeposedLeaseExpiry":       {bugTrial{"etcd", "leaders", ""}, 0},
	"bugLeaseIDForTTL":            {bugTrial{"etcd", "nothing", ""}, 0},
	"bugNewLeaderEndsLeases":      {bugTrial{"etcd", "leaders", ""}, 0},
	"bugInheritedLeasesUncounted": {bugTrial{"etcd", "leaders", ""}, 0},
	"bugRefusedEndForgotten":      {bugTrial{"etcd", "nothing", ""}, 10},
	"bugKeepAliveFromMemory":      {bugTrial{"etcd", "nothing", ""}, 0},
	"bugKeysOfLeaseOld":           {bugTrial{"etcd", "laggards", ""}, 10},
	"bugCheckpointStays":          {bugTrial{"etcd", "handed", ""}, 10},
	"bugLeaseIDsFromZero":         {bugTrial{"etcd", "nothing", ""}, 0},
	"bugEndIsCString":             {bugTrial{"etcd", "nothing", ""}, 0},
	"bugMoreNotSent":              {bugTrial{"etcd", "nothing", ""}, 0},
	"bugKeyGoneHolds":             {bugTrial{"etcd-election", "nothing", ""}, 0},
	"bugKeyWaitOnce":              {bugTrial{"etcd-lock", "nothing", ""}, 1},
	"bugKeyWaitsForFirst":         {bugTrial{"etcd-lock", "nothing", ""}, 0},
	"bugKeyLineStale":             {bugTrial{"etcd-election", "laggards", ""}, 0},
	"bugKeyFreedByName":           {bugTrial{"etcd-lock", "clients", ""}, 0},
	"bugKeyReadStale":             {bugTrial{"etcd-register", "laggards", ""}, 0},
	"bugKeySetInSteps":            {bugTrial{"etcd-register", "nothing", ""}, 0},
	"bugKeyQueueUnclaimed":        {bugTrial{"etcd-queue", "nothing", ""}, 0},
	"bugKeyQueueByName":           {bugTrial{"etcd-queue", "nothing", ""}, 0},
	"bugKeyQueueNumbered":         {bugTrial{"etcd-queue", "nothing", ""}, 0},

	"bugShardRunsWithoutSession": {bugTrial{"schedule", "nothing", ""}, 5},
	"bugFailoverOfFinished":      {bugTrial{"schedule", "nothing", ""}, 0},
	"bugFailedItemForgotten":     {bugTrial{"schedule", "nothing", ""}, 0},
	"bugTriggerPerItem":          {bugTrial{"schedule", "nothing", ""}, 0},
	"bugMisfireTwice":            {bugTrial{"schedule", "nothing", ""}, 0},
	"bugClaimInPieces":           {bugTrial{"schedule", "clients", ""}, 0},
	"bugMisfireDropsAll":         {bugTrial{"schedule", "nothing", ""}, 0},
	"bugWheelSkipsSlot":          {bugTrial{"schedule", "nothing", ""}, 0},
	"bugFireTimeNotUnique":       {bugTrial{"schedule", "clients", ""}, 3},
	"bugTakeoverByClock":         {bugTrial{"schedule", "nothing", ""}, 1},
	"bugNextFireLostAtElection":  {bugTrial{"schedule", "nothing", ""}, 0},
	"bugSchedulerStartsOnce":     {bugTrial{"schedule", "nothing", ""}, 0},
	"bugForbidFromMemory":        {bugTrial{"schedule", "nothing", ""}, 0},
	"bugLostResultIsSuccess":     {bugTrial{"schedule", "nothing", ""}, 0},
	"bugPartitionKeyStale":       {bugTrial{"schedule", "nothing", ""}, 0},
	"bugCounterKeyByNameOnly":    {bugTrial{"schedule", "nothing", ""}, 0},
	"bugLockCoversRunOnly":       {bugTrial{"schedule", "nothing", ""}, 0},
	"bugDueByLocalClock":         {bugTrial{"schedule", "nothing", ""}, 0},
	"bugReplaceLeavesOld":        {bugTrial{"schedule", "nothing", ""}, 1},
	"bugDependentTornOff":        {bugTrial{"schedule", "clients", ""}, 3},
}

// TestBugsOfRecipesAreFound is TestPlantedBugsAreFound for those bugs: each must be found by what must catch it.
func TestBugsOfRecipesAreFound(t *testing.T) {
	if !Service().Marked {
		t.Skip("a plain build: see cmd/failpoint-build")
	}
	for _, bug := range Service().Bugs {
		if len(bug.Workloads) == 0 {
			continue
		}
		t.Run(bug.Name, func(t *testing.T) {
			known, ok := usesTrials[bug.Name]
			if !ok {
				t.Fatal("there is no trial that finds it")
			}
			if !slices.Contains(bug.Workloads, known.workload) {
				t.Errorf("it is looked for in the workload %s, and shows in %v", known.workload, bug.Workloads)
			}
			var other []string
			for seed := known.seed; seed < known.seed+bugSeedsMost; seed++ {
				one := known.trial(t, bug.Name, seed)
				// Where items are held for ever, or firings come again and again, clients who look at everything in the end
				// are busy for a minute.
				one.NoRecovery = slices.Contains([]string{"bugWorkTakenTwice", "bugWorkGoneAtTake", "bugFailoverOfFinished",
					"bugLockCoversRunOnly", "bugTriggerPerItem", "bugMisfireTwice"}, bug.Name)
				caught := catchers(mustRun(t, one))
				if slices.ContainsFunc(caught, bug.CaughtBy) {
					t.Logf("seed %d", seed)
					return
				}
				other = append(other, caught...)
			}
			t.Errorf("%d trials did not find it by %s, but by %v", bugSeedsMost, bug.Caught, other)
		})
	}
}
