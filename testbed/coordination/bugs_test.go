package coordination

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/reports"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
)

// bugTrial says in which trials of bugLength a planted bug is found soon. The faults are written down, not drawn, so
// that what the swarm draws from a seed may change; but a bug that is not found with one seed may be with the next.
type bugTrial struct {
	workload, plan string
	settings       string // "" for what the seed draws
}

// bugPlans are what bugTrials are named after.
var bugPlans = map[string]string{
	"nothing": "",
	"crashes": every(1500*time.Millisecond, "for 500ms crash-in-sync all", "for 700ms crash one",
		"for 500ms crash-in-sync leader", "for 600ms crash all"),
	"leaders": every(2*time.Second, "for 1200ms partition isolate leader",
		"for 1500ms partition isolate leader with-clients", "for 900ms pause leader"),
	"churn": every(1500*time.Millisecond, "for 700ms crash leader", "for 900ms partition isolate leader",
		"for 1s delay 100ms jitter 100ms all"),
	"pieces": every(1200*time.Millisecond, "for 500ms failpoint walBeforePiece one",
		"for 500ms failpoint walBeforePiece all", "for 500ms failpoint walBeforeRename one"),
	"votes": every(900*time.Millisecond, "for 300ms crash-in-sync all", "for 300ms crash leader",
		"for 400ms crash majority", "for 200ms crash all"),
	"broken": "at 10s for 3s fail-sync leader; at 14s for 3s fail-sync one",
	"roaming": every(time.Second, "for 400ms clog client", "for 600ms partition isolate client",
		"for 700ms loss 75% clients") + "; at 1s for 18s delay 300ms follower",
	"packets": every(5*time.Second, "for 4s duplicate 30% all", "for 4s loss 30% all", "for 4s reorder 40% all") +
		"; at 2s for 17s delay 5ms jitter 5ms all",
	"clients": every(900*time.Millisecond, "for 400ms clog client", "for 1200ms loss 75% clients",
		"for 600ms partition isolate client", "for 2s pause client"),
	"disks": every(2500*time.Millisecond, "for 1s fail-sync one", "for 400ms crash all", "for 1s fail-sync leader",
		"for 500ms crash one"),
	"clocks": "at 3s jump all 30s; at 9s jump leader 30s; at 12s jump all -60s; at 16s jump leader 60s",
	"members": every(1100*time.Millisecond, "add", "for 700ms partition isolate leader", "remove one",
		"for 500ms crash leader"),
	"growing": "at 1s for 18s delay 400ms follower; at 2s add; at 3400ms add; at 4800ms remove follower; at 6200ms " +
		"remove follower; at 7600ms add; at 9s add; at 10400ms remove follower; at 11800ms remove follower; " +
		"at 13200ms add; at 14600ms add",
	"islands": every(5*time.Second, "for 4s partition isolate leader", "for 4s partition isolate follower"),
	"still":   every(5*time.Second, "for 4500ms pause follower", "for 4500ms pause leader"),
	"back":    every(3*time.Second, "for 1200ms partition isolate leader", "transfer follower", "transfer follower"),
	"handed":  every(3700*time.Millisecond, "transfer follower"),
	"sent": every(2500*time.Millisecond, "for 1500ms partition isolate follower") +
		"; at 2s for 15s snapshot all every 300ms",
	"renames": every(2500*time.Millisecond, "for 1500ms partition isolate follower") +
		"; at 2s for 15s snapshot all every 300ms" +
		strings.Repeat("; at 2s for 1s failpoint walBeforeRename {receives_A}A", 4),
	"elections": every(2*time.Second, "for 300ms crash leader") +
		strings.Repeat("; at 2s for 10ms snapshot {new-term_A}A every 1s; at 2s for 300ms crash "+
			"{new-term_A,saves_A_within_100ms,compacts_A_within_1s}A", 5),
	"inherited": "at 1s for 4s snapshot all every 100ms; at 1s for 2s partition isolate follower; " +
		"at 1s transfer {installs_A}A+200ms; at 3.1s for 1s crash clients",
	"unheard": "at 1500ms for 2s partition isolate n3; at 2s transfer n3; at 6s for 2s partition isolate n2; at 6500ms " +
		"transfer n2; at 10s for 2s partition isolate n1; at 10500ms transfer n1",
	"leaving": "at 4s remove leader; at 8s add; at 13s remove leader",
	"lossy": every(2500*time.Millisecond, "for 1500ms partition isolate follower") +
		"; at 2s for 15s snapshot all every 300ms; at 2s for 16s loss 20% all; at 2s for 16s delay 40ms all",
	"laggards": every(3*time.Second, "for 2s loss 75% follower", "for 2s delay 300ms follower", "for 2s loss 60% all"),
}

// every makes a plan of faults that follow each other, around and around.
func every(pause time.Duration, faults ...string) string {
	var steps []string
	for at := pause; at < bugLength-3*time.Second; at += pause {
		steps = append(steps, fmt.Sprintf("at %v %s", at, faults[len(steps)%len(faults)]))
	}
	return strings.Join(steps, "; ")
}

var bugTrials = map[string]bugTrial{
	"bugStaleSync":         {"register", "leaders", ""},
	"bugLeaseRead":         {"register", "leaders", ""},
	"bugSyncBeforeApplied": {"register", "laggards", ""},
	"bugCommitUnmatched":   {"register", "leaders", ""},
	"bugRefusedVoteCounts": {"register", "leaders", ""},
	"bugForwardTwice":      {"register", "packets", ""},
	"bugIntakeKept":        {"register", "back", ""},

	"bugReconfigBeforeCommit": {"register", "members", ""},

	"bugAckBeforeSync":      {"queue", "crashes", ""},
	"bugVoteNotPersisted":   {"register", "votes", ""},
	"bugVoteUnsynced":       {"tree", "votes", ""},
	"bugSegmentDirUnsynced": {"register", "crashes", "100000/100000/8192/300"},
	"bugSyncErrorIgnored":   {"register", "disks", ""},
	"bugDiskErrorSurvived":  {"register", "broken", ""},
	"bugSnapshotUnsynced":   {"register", "crashes", "30/6/8192/300"},
	"bugSnapshotInPlace":    {"register", "votes", "10/6/8192/20"},
	"bugLogRemovedFirst":    {"register", "pieces", "150/1/8192/300"},
	"bugLogResetFirst":      {"register", "renames", "30/6/8192/300"},

	"bugTornTailKept":            {"register", "crashes", "100000/100000/1048576/300"},
	"bugCommitTakenForApplied":   {"register", "crashes", ""},
	"bugForwardsNotInSnapshot":   {"register", "crashes", "30/6/8192/300"},
	"bugOutboxNotSkipped":        {"register", "sent", "30/6/8192/300"},
	"bugSnapshotOfNewTerm":       {"tree", "elections", ""},
	"bugChangeNotInSnapshot":     {"register", "members", "10/6/8192/300"},
	"bugSnapshotWithoutSessions": {"register", "crashes", "30/6/8192/300"},
	"bugSequenceReused":          {"queue", "crashes", "30/6/8192/300"},
	"bugCversionNotInSnapshot":   {"queue", "crashes", "30/6/8192/300"},
	"bugPzxidNotInSnapshot":      {"queue", "crashes", "30/6/8192/300"},
	"bugHalfMultiInSnapshot":     {"tree", "crashes", "30/6/8192/300"},
	"bugSnapshotNotFrozen":       {"tree", "crashes", "30/6/8192/300"},
	"bugACLCheckSkippedOnReplay": {"tree", "crashes", "30/6/8192/300"},

	"bugDeposedLeaderExpires":       {"lock", "leaders", ""},
	"bugNewLeaderExpires":           {"lock", "leaders", ""},
	"bugExpiryByWallClock":          {"register", "clocks", ""},
	"bugSessionsNotTracked":         {"lock", "leaders", ""},
	"bugExpiredSessionResurrected":  {"tree", "clients", ""},
	"bugInstalledSessionsUncounted": {"election", "inherited", "30/6/8192/300"},
	"bugSessionEndSkipped":          {"lock", "churn", ""},
	"bugOldOwnerAccepted":           {"tree", "leaders", ""},
	"bugAttachFromMemory":           {"tree", "roaming", ""},
	"bugReadOvertakesWrite":         {"tree", "nothing", ""},
	"bugReadAwaitsPastWrite":        {"tree", "nothing", "1000/200/65536/300,reads=committed"},
	"bugRequestsResent":             {"register", "clients", ""},
	"bugServedAfterClose":           {"tree", "nothing", ""},

	"bugCounterOverflows":      {"queue", "nothing", "1000/200/65536/300,start=late"},
	"bugTimeoutUnbounded":      {"register", "clients", "1000/200/65536/300,asks=any"},
	"bugUpgradeForgetsTimeout": {"lock", "churn", "1000/200/65536/300,local=upgrade"},
	"bugPasswordUnchecked":     {"register", "nothing", "1000/200/65536/300,rude=yes"},
	"bugRefusedClaimStays":     {"tree", "nothing", ""},
	"bugHeardCut":              {"register", "nothing", "1000/200/65536/300,idle=200"},
	"bugQueueBeforeWatches":    {"tree", "nothing", "1000/200/65536/300,piles=yes"},
	"bugWatchesSplit":          {"tree", "nothing", "1000/200/65536/300,watches=1200"},
	"bugWatchListsSwapped":     {"tree", "clients", "1000/200/65536/300,codec=second"},
	"bugStatSwapped":           {"tree", "nothing", "1000/200/65536/300,codec=second"},
	"bugQuotaByPrefix":         {"tree", "nothing", "1000/200/65536/300,names=kin"},
	"bugWalkByBytes":           {"tree", "crashes", "30/6/8192/300,names=kin"},
	"bugOutstandingLost":       {"register", "clients", "1000/200/65536/300,outstanding=1"},

	"bugWatchAfterData":          {"register", "nothing", ""},
	"bugWatchSetLate":            {"tree", "nothing", ""},
	"bugWatchFiresAgain":         {"tree", "nothing", ""},
	"bugPersistentWatchTwice":    {"tree", "nothing", ""},
	"bugRemovedWatchStays":       {"tree", "nothing", ""},
	"bugEventsReversed":          {"tree", "nothing", ""},
	"bugChildWatchSilentInMulti": {"tree", "nothing", ""},
	"bugFailedMultiFires":        {"tree", "nothing", ""},
	"bugSessionEndSilent":        {"tree", "nothing", ""},
	"bugWatchesLostAtReattach":   {"tree", "clients", ""},
	"bugWatchesKeptAtSnapshot":   {"tree", "laggards", "30/6/8192/300"},

	"bugLocalClockInApply":     {"register", "nothing", ""},
	"bugMultiFlags":            {"tree", "nothing", "1000/200/65536/300"},
	"bugMultiHalfUndone":       {"tree", "nothing", ""},
	"bugCheckOfVersionIgnored": {"tree", "nothing", ""},
	"bugVersionZeroIsAny":      {"tree", "nothing", ""},
	"bugPzxidNotMovedByDelete": {"tree", "nothing", ""},
	"bugContainerReapedInUse":  {"tree", "nothing", ""},

	"bugLockNoRecheck":      {"lock", "nothing", ""},
	"bugLineByName":         {"lock", "nothing", ""},
	"bugAdoptsAnothersNode": {"lock", "clients", ""},
	"bugOrphanInLine":       {"queue", "clients", ""},
	"bugReleasesAnothers":   {"lock", "crashes", ""},
	"bugLookAtOldLine":      {"election", "leaders", ""},
	"bugTokenFromClock":     {"lock", "clocks", ""},
	"bugQueueItemTwice":     {"queue", "nothing", ""},
	"bugQueueItemLost":      {"queue", "clients", ""},

	"bugSyncAskedOnce":      {"register", "laggards", ""},
	"bugForwardNotAgain":    {"register", "packets", ""},
	"bugChangeToldAtLeader": {"register", "members", ""},
	"bugStaysShut":          {"register", "leaders", ""},
	"bugPingsOnce":          {"lock", "nothing", ""},

	"bugDeadlinesAdd":        {"lock", "clients", ""},
	"bugAttachedNotCounted":  {"lock", "clients", ""},
	"bugReapsByMilliseconds": {"tree", "nothing", ""},

	"bugAttachKeepsDeadline": {"lock", "clients", ""},
	"bugContactIsAnswer":     {"register", "roaming", ""},
	"bugWatchesOfGone":       {"register", "clients", ""},
	"bugDeadlinesStay":       {"lock", "clients", ""},
	"bugSegmentsStay":        {"register", "nothing", "30/6/8192/300"},

	"bugClientsKept": {"register", "islands", ""},

	"bugForwardsCut":          {"register", "leaders", "1000/200/65536/300,limits=small"},
	"bugTakenUnproposed":      {"register", "unheard", ""},
	"bugRemovedKeepsClients":  {"register", "members", ""},
	"bugHalfIsQuorum":         {"register", "nothing", "1000/200/65536/300,reconfig=yes,strangers=yes"},
	"bugConfigReadAsClient":   {"tree", "nothing", "1000/200/65536/300,reconfig=yes,strangers=yes"},
	"bugRefusedClaimAgain":    {"tree", "nothing", ""},
	"bugForeignIsMember":      {"queue", "nothing", "1000/200/65536/300,strangers=yes"},
	"bugSnapshotNeverDone":    {"register", "nothing", "30/6/8192/300"},
	"bugStrangersStay":        {"register", "nothing", "1000/200/65536/300,strangers=yes"},
	"bugReadOnlyPassword":     {"register", "islands", "1000/200/65536/300,readonly=yes"},
	"bugReadOnlySyncs":        {"register", "islands", "1000/200/65536/300,readonly=yes"},
	"bugLocalUnheard":         {"register", "nothing", "1000/200/65536/300,local=yes"},
	"bugUnknownGoesOn":        {"register", "nothing", "1000/200/65536/300,strangers=yes"},
	"bugSilentServerKept":     {"register", "still", ""},
	"bugAttemptTooLong":       {"register", "still", ""},
	"bugToldAgain":            {"tree", "nothing", "1000/200/65536/300,strangers=yes"},
	"bugDeletedChildWatched":  {"tree", "nothing", ""},
	"bugEventUnchrooted":      {"register", "nothing", "1000/200/65536/300,chroot=yes"},
	"bugLeadsItselfOut":       {"register", "leaving", ""},
	"bugHeardForever":         {"register", "clients", ""},
	"bugPieceOnce":            {"register", "lossy", "30/6/8192/300"},
	"bugHeldRemoved":          {"register", "lossy", "30/6/8192/300"},
	"bugReadOnlySessionStays": {"register", "islands", "1000/200/65536/300,readonly=yes"},
	"bugACLNotFrozen":         {"tree", "nothing", "30/6/8192/20"},
	"bugVouchesForOld":        {"register", "leaders", ""},
	"bugWordOfBefore":         {"register", "nothing", ""},
	"bugLearnersStay":         {"register", "members", ""},
	"bugClaimAway":            {"register", "nothing", "1000/200/65536/300,piles=yes"},
	"bugKnownByAny":           {"register", "nothing", "1000/200/65536/300,enforce=open"},
	"bugReceivedKept":         {"register", "sent", "30/6/8192/300"},
	"bugClaimsOnce":           {"tree", "roaming", ""},
	"bugSuperByName":          {"register", "nothing", "1000/200/65536/300,strangers=yes"},
	"bugAddressTaken":         {"register", "nothing", "1000/200/65536/300,reconfig=yes,strangers=yes"},
	"bugRootUnwatched":        {"tree", "nothing", "1000/200/65536/300,strangers=yes"},
}

// bugSeeds are where the search begins for bugs that earlier seeds find late, or in trials that take long to judge.
var bugSeeds = map[string]uint64{
	"bugAdoptsAnothersNode": 1, "bugAttachFromMemory": 1, "bugAttachKeepsDeadline": 1, "bugClientsKept": 1,
	"bugForwardsCut": 1, "bugLineByName": 5, "bugLockNoRecheck": 4, "bugLookAtOldLine": 17,
	"bugOutboxNotSkipped": 13, "bugOutstandingLost": 4, "bugQueueItemLost": 6, "bugReadOnlyPassword": 4,
	"bugReadOnlySyncs": 3, "bugReleasesAnothers": 4, "bugRemovedWatchStays": 1, "bugSnapshotOfNewTerm": 1,
	"bugStrangersStay": 29, "bugSyncBeforeApplied": 3, "bugTokenFromClock": 3, "bugUnknownGoesOn": 1,
	"bugVoteNotPersisted": 5, "bugVoteUnsynced": 5, "bugWatchesKeptAtSnapshot": 3, "bugWatchesOfGone": 3,
}

const (
	bugLength    = 20 * time.Second
	bugSeedsMost = 25 // tried for each bug
)

// trial is a trial with a seed and a bug.
func (b bugTrial) trial(t *testing.T, bug string, seed uint64) trial.Trial {
	t.Helper()
	plan, err := trial.ParsePlan(b.plan, []byte(bugPlans[b.plan]))
	if err != nil {
		t.Fatal(err)
	}
	one := trial.Trial{Service: Service(), Seed: seed, Workload: b.workload, Nodes: 3, Plan: plan, Length: bugLength,
		Rate: trial.DefaultRate,
		Bug:  bug, Cut: trial.Cut{Settings: b.settings}}
	return one
}

// TestPlantedBugsAreFound plants each bug and plays a trial that finds it. It is the fast part of what `make bugs`
// does.
func TestPlantedBugsAreFound(t *testing.T) {
	if !Service().Marked {
		t.Skip("a plain build: see cmd/failpoint-build")
	}
	for _, bug := range Service().Bugs {
		if len(bug.Workloads) > 0 {
			continue // see TestBugsOfRecipesAreFound
		}
		t.Run(bug.Name, func(t *testing.T) {
			known, ok := bugTrials[bug.Name]
			if !ok {
				t.Skip("it takes too many trials for a test that is always run: `make bugs` has it")
			}
			var other []string
			for seed := bugSeeds[bug.Name]; seed < bugSeeds[bug.Name]+bugSeedsMost; seed++ {
				caught := catchers(mustRun(t, known.trial(t, bug.Name, seed)))
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

// catchers names the checkers that said invalid.
func catchers(r play.Result) (names []string) {
	for _, v := range r.Report.Result().Verdicts {
		if v.Outcome == reports.Invalid {
			names = append(names, v.Name)
		}
	}
	return names
}

// TestWithoutABug is a control: the same trials find nothing in the service as it is.
func TestWithoutABug(t *testing.T) {
	for seed := range uint64(8) {
		s := Service().Campaign("", "swarm")
		s.Template.Length = bugLength
		if r := mustRun(t, s.Trial(seed)); r.Summary.Outcome != play.Valid {
			t.Errorf("%s: %s: %s", r.Summary.Line, r.Summary.Outcome, r.Summary.Reason)
		}
	}
}
