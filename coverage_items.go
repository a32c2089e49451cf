package ordeal

import (
	"slices"

	"ordeal/cluster"
	"ordeal/nemesis"
)

// Item is something that a trial may cover: a kind of fault that fired, the role of a machine that a family of faults hit, or
// a path that the service took to recover.
type Item struct {
	Name, What string
	// deed is by what a server tells of it itself; 0 for what is seen from outside.
	deed cluster.Deeds
}

// CoverageItems lists them: kinds of fault, roles, and paths.
func CoverageItems() []Item { return slices.Clone(items) }

var items = slices.Concat(faultItems(), roleItems(), paths)

func faultItem(k nemesis.Kind) string { return "fault" + roleSeparator + string(k) }

// faultItems are the kinds of fault. A trap counts when it sprang.
func faultItems() (list []Item) {
	for _, k := range nemesis.Kinds() {
		if k.OnlyInPlans {
			continue
		}
		list = append(list, Item{Name: faultItem(k.Kind), What: "the fault " + string(k.Kind) + " happened"})
	}
	return list
}

// roleItems are families of fault, each with the roles that faults of the default campaign hit.
func roleItems() (list []Item) {
	for _, one := range []struct {
		family string
		roles  []string
	}{
		{"clock", []string{roleLeads, roleFollows, roleStands, roleDown}},
		{"crash", []string{roleLeads, roleFollows, roleStands, roleDown, roleIsClient}},
		{"disk", []string{roleLeads, roleFollows, roleStands, roleDown}},
		{"membership", []string{roleLeads, roleFollows}},
		{"packet", []string{roleLeads, roleFollows, roleStands, roleObserves, roleDown, roleIsClient}},
		{"partition", []string{roleLeads, roleFollows, roleStands, roleDown, roleIsClient}},
		{"pause", []string{roleLeads, roleFollows, roleIsClient}},
		{"service", []string{roleLeads, roleFollows}},
	} {
		for _, role := range one.roles {
			list = append(list, Item{
				Name: one.family + roleSeparator + role, What: "a fault of the family " + one.family + " hit " + roleWords[role],
			})
		}
	}
	return list
}

var roleWords = map[string]string{
	roleLeads: "the leader", roleFollows: "a follower", roleStands: "a server that stands for election, or asks whether it could win one",
	roleObserves: "an observer", roleDown: "a server that was down", roleIsClient: "a client",
}

// paths are the ways in which the service recovers.
var paths = []Item{
	{Name: "leader-replaced", What: "another leader was elected"},
	{Name: "leader-stepped-down", What: "a leader that no majority answered gave up its office in its own term"},
	{Name: "two-leaders", What: "a leader was elected while a deposed one still believed in itself"},
	{Name: "split-vote", What: "two servers stood for election in one term"},
	{Name: "election-without-winner", What: "a term passed in which somebody stood for election and nobody led"},
	{Name: "pre-vote-refused", What: "a server that asked whether it could win an election was told no", deed: cluster.RefusedPreVote},
	{Name: "vote-refused", What: "a server that stood for election was refused a vote", deed: cluster.RefusedVote},
	{Name: "handover-done", What: "the leader was asked to hand over, and the heir led the next term"},
	{Name: "told-to-lead", What: "a leader told a server to stand for election at once", deed: cluster.ToldToLead},
	{Name: "observer-left-alone", What: "an observer gave up a leader that was silent", deed: cluster.LostLeader},

	{Name: "append-refused", What: "a follower refused entries, since its log did not match", deed: cluster.RefusedAppend},
	{Name: "log-overwritten", What: "the end of a log was cut and overwritten by a leader's", deed: cluster.OverwroteLog},
	{Name: "leader-down-with-tail", What: "a leader went down with entries that it had not applied"},
	{Name: "candidate-down", What: "a server went down while it stood for election"},
	{Name: "message-corrupt", What: "a message with a wrong checksum was dropped", deed: cluster.DroppedCorrupt},

	{Name: "snapshot-installed", What: "a server took its state from another's snapshot", deed: cluster.InstalledSnapshot},
	{Name: "snapshot-piece-again", What: "a piece of a snapshot was sent again", deed: cluster.SentPieceAgain},
	{Name: "snapshot-not-sent", What: "a transfer of a snapshot was given up", deed: cluster.FailedTransfer},
	{Name: "leader-down-sending", What: "a leader went down while it sent a snapshot"},
	{Name: "down-receiving", What: "a server went down while it received a snapshot"},
	{Name: "down-saving", What: "a server went down while it saved a snapshot"},

	{Name: "start-from-snapshot", What: "a server started from a snapshot and the log behind it", deed: cluster.StartedFromSnapshot},
	{Name: "start-torn-end", What: "a server cut a torn end off its log at its start", deed: cluster.CutTornEnd},
	{Name: "start-leftovers", What: "a server removed an unfinished snapshot at its start", deed: cluster.RemovedLeftovers},
	{Name: "refused-damage", What: "a server refused to start from a damaged disk"},
	{Name: "refused-unreadable", What: "a server could not start from a disk that can't be read"},
	{Name: "stopped-sync-failed", What: "a server stopped itself after a failed sync"},
	{Name: "stopped-disk-full", What: "a server stopped itself since its disk was full"},
	{Name: "all-down", What: "a server started while all others were down"},

	{Name: "request-again", What: "a server sent requests to its leader again, since nothing came back", deed: cluster.SentAgain},
	{Name: "request-to-new-leader", What: "a server sent requests to a new leader that it had sent to another", deed: cluster.SentAgainToNewLeader},
	{Name: "request-known", What: "a leader dropped a forwarded request that it had taken before", deed: cluster.DroppedForward},
	{Name: "request-overtaken", What: "a leader dropped a forwarded request that had overtaken another", deed: cluster.DroppedOvertaken},
	{Name: "sync-again", What: "a read that waited for the leader's word asked for it again", deed: cluster.AskedSyncAgain},

	{Name: "session-moved", What: "a session was taken over by another server", deed: cluster.MovedSession},
	{Name: "session-moved-in-election", What: "a session was asked for at another server under one leader, and taken over under the next", deed: cluster.MovedSessionAcrossTerms},
	{Name: "session-expired", What: "a session expired", deed: cluster.ExpiredSession},
	{Name: "session-closed-ephemerals", What: "a session was closed and its ephemeral znodes went with it", deed: cluster.EndedEphemerals},
	{Name: "session-expired-ephemerals", What: "a session expired and its ephemeral znodes went with it", deed: cluster.ExpiredEphemerals},
	{Name: "owner-refused", What: "a request of a connection that its session had left was refused", deed: cluster.RefusedOwner},
	{Name: "client-ahead", What: "a client was sent away by a server that was behind what it had seen", deed: cluster.RefusedAhead},
	{Name: "client-too-late", What: "a client came back for a session that was over", deed: cluster.RefusedGone},
	{Name: "clients-sent-away", What: "a server without a leader sent its clients away", deed: cluster.SentClientsAway},
	{Name: "watches-again", What: "watches were set again for a client that came back", deed: cluster.SetWatchesAgain},
	{Name: "watches-missed", What: "a client that came back was told what its watches had missed", deed: cluster.ToldMissed},
	{Name: "reaped", What: "a container, or a znode whose time was over, was removed", deed: cluster.Reaped},

	{Name: "change-done", What: "a change of the ensemble came about", deed: cluster.EndedChange},
	{Name: "leader-replaced-in-change", What: "another leader was elected while the ensemble was changed"},
	{Name: "down-in-change", What: "a server went down while the ensemble was changed"},
	{Name: "down-in-joint", What: "a server went down while the ensemble had two majorities"},
}
