package coordination

import (
	"ordeal/cluster"
	"ordeal/testbed/coverage"
	"ordeal/testbed/trial"
	"ordeal/workloads"
	"ordeal/workloads/etcd"
	"ordeal/workloads/uses"
)

// path is a way in which the service recovers.
type path struct {
	trial.Item
	// deed is by what a server says of it itself; 0 for what is seen from outside.
	deed cluster.Deeds
}

// items are what a trial of the service may cover besides the kinds of fault: roles that faults hit, and paths.
func items() []trial.Item {
	list := roleItems()
	for _, p := range recoveryPaths {
		list = append(list, p.Item)
	}
	for _, i := range uses.Items() {
		list = append(list, item(i.Name, i.What))
	}
	for _, i := range etcd.Items() {
		list = append(list, item(i[0], i[1]))
	}
	return list
}

// roleItems are families of fault, each with the roles that faults of the default campaign hit.
func roleItems() (list []trial.Item) {
	for _, one := range []struct {
		family string
		roles  []string
	}{
		{"clock", []string{roleLeads, roleFollows, roleStands, coverage.Down}},
		{"crash", []string{roleLeads, roleFollows, roleStands, coverage.Down, coverage.Client}},
		{"disk", []string{roleLeads, roleFollows, roleStands, coverage.Down}},
		{"membership", []string{roleLeads, roleFollows}},
		{"packet", []string{roleLeads, roleFollows, roleStands, roleObserves, coverage.Down, coverage.Client}},
		{"partition", []string{roleLeads, roleFollows, roleStands, coverage.Down, coverage.Client}},
		{"pause", []string{roleLeads, roleFollows, coverage.Client}},
		{"service", []string{roleLeads, roleFollows}},
	} {
		for _, role := range one.roles {
			list = append(list, trial.Item{
				Name: coverage.RoleItem(one.family, role), What: "a fault of the family " + one.family + " hit " + roleWords[role],
			})
		}
	}
	return list
}

var roleWords = map[string]string{
	roleLeads: "the leader", roleFollows: "a follower", roleStands: "a server that stands for election, or asks whether " +
		"it could win one",
	roleObserves: "an observer", coverage.Down: "a server that was down", coverage.Client: "a client",
}

func item(name, what string) trial.Item { return trial.Item{Name: name, What: what} }

// recoveryPaths are the ways in which the service recovers.
var recoveryPaths = []path{
	{item("leader-replaced", "another leader was elected"), 0},
	{item("leader-stepped-down", "a leader that no majority answered gave up its office in its own term"), 0},
	{item("two-leaders", "a leader was elected while a deposed one still believed in itself"), 0},
	{item("split-vote", "two servers stood for election in one term"), 0},
	{item("election-without-winner", "a term passed in which a server stood for election and none led"), 0},
	{item("pre-vote-refused", "a server that asked whether it could win an election was told no"), cluster.RefusedPreVote},
	{item("vote-refused", "a server that stood for election was refused a vote"), cluster.RefusedVote},
	{item("handover-done", "the leader was asked to hand over, and the server that was asked for led the next term"), 0},
	{item("told-to-lead", "a leader told a server to stand for election at once"), cluster.ToldToLead},
	{item("observer-left-alone", "an observer gave up a leader that was silent"), cluster.LostLeader},

	{item("append-refused", "a follower refused entries, since its log did not match"), cluster.RefusedAppend},
	{item("log-overwritten", "the end of a log was cut and overwritten by a leader's"), cluster.OverwroteLog},
	{item("leader-down-with-tail", "a leader went down with entries that it had not applied"), 0},
	{item("candidate-down", "a server went down while it stood for election"), 0},
	{item("message-corrupt", "a message with a wrong checksum was dropped"), cluster.DroppedCorrupt},

	{item("snapshot-installed", "a server took its state from another's snapshot"), cluster.InstalledSnapshot},
	{item("snapshot-piece-again", "a piece of a snapshot was sent again"), cluster.SentPieceAgain},
	{item("snapshot-not-sent", "a transfer of a snapshot was given up"), cluster.FailedTransfer},
	{item("leader-down-sending", "a leader went down while it sent a snapshot"), 0},
	{item("down-receiving", "a server went down while it received a snapshot"), 0},
	{item("down-saving", "a server went down while it saved a snapshot"), 0},

	{item("start-from-snapshot", "a server started from a snapshot and the log behind it"), cluster.StartedFromSnapshot},
	{item("start-torn-end", "a server cut a torn end off its log at its start"), cluster.CutTornEnd},
	{item("start-leftovers", "a server removed an unfinished snapshot at its start"), cluster.RemovedLeftovers},
	{item("refused-damage", "a server refused to start from a damaged disk"), 0},
	{item("refused-unreadable", "a server could not start from a disk that can't be read"), 0},
	{item("stopped-sync-failed", "a server stopped itself after a failed sync"), 0},
	{item("stopped-disk-full", "a server stopped itself since its disk was full"), 0},
	{item("all-down", "a server started while all others were down"), 0},

	{item("request-again", "a server sent requests to its leader again, since nothing came back"), cluster.SentAgain},
	{item("request-to-new-leader", "a server sent requests to a new leader that it had sent to another"),
		cluster.SentAgainToNewLeader},
	{item("request-known", "a leader dropped a forwarded request that it had taken before"), cluster.DroppedForward},
	{item("request-overtaken", "a leader dropped a forwarded request that had overtaken another"),
		cluster.DroppedOvertaken},
	{item("sync-again", "a read that waited for the leader's word asked for it again"), cluster.AskedSyncAgain},
	{item("read-awaited", "a read waited for what was committed to be on its server's disk, too"), cluster.AwaitedCommit},
	{item("read-gave-up", "such a read was answered without, since the disk took long"), cluster.GaveUpAwaiting},

	{item("session-moved", "a session was taken over by another server"), cluster.MovedSession},
	{item("session-moved-in-election", "a session was asked for at another server under one leader, and taken over "+
		"under the next"), cluster.MovedSessionAcrossTerms},
	{item("session-expired", "a session expired"), cluster.ExpiredSession},
	{item("session-closed-ephemerals", "a session was closed and its ephemeral znodes went with it"),
		cluster.EndedEphemerals},
	{item("session-expired-ephemerals", "a session expired and its ephemeral znodes went with it"),
		cluster.ExpiredEphemerals},
	{item("owner-refused", "a request of a connection that its session had left was refused"), cluster.RefusedOwner},
	{item("client-ahead", "a client was sent away by a server that was behind what it had seen"), cluster.RefusedAhead},
	{item("client-too-late", "a client came back for a session that was over"), cluster.RefusedGone},
	{item("clients-sent-away", "a server without a leader sent its clients away"), cluster.SentClientsAway},
	{item("watches-again", "watches were set again for a client that came back"), cluster.SetWatchesAgain},
	{item("watches-missed", "a client that came back was told what its watches had missed"), cluster.ToldMissed},
	{item("reaped", "a container, or a znode whose time was over, was removed"), cluster.Reaped},

	{item("timeout-bounded", "a client was granted another timeout than it asked for"), cluster.GrantedOther},
	{item("read-only-served", "a client was let in to a server that had no leader, for reads"), cluster.WelcomedReadOnly},
	{item("session-set-apart", "a session was made that its server alone knows"), cluster.SetApart},
	{item("session-joined-in", "a session that its server alone knew became one of the ensemble"), cluster.JoinedIn},
	{item("ephemeral-refused", "an ephemeral znode was refused to a session that its server alone knows"),
		cluster.RefusedUnowned},
	{item("reading-stopped", "a server stopped reading from a client, since too many requests had no answer"),
		cluster.StoppedReading},
	{item("zxid-rolled-over", "the counter of a zxid was at its end, and another epoch began"), 0},
	{item("requests-early", "a server took requests that had come right behind a handshake"), cluster.TookEarly},
	{item(workloads.SawIntruder, "a client tried to take a session over without its password, and was refused"), 0},
	{item(workloads.SawForeign, "another program made a znode among the members of a recipe"), 0},
	{item(workloads.SawOverreach, "a change was given up, as half of the new ensemble could not be reached"), 0},
	{item(workloads.SawDouble, "a server was refused, as another has its address"), 0},
	{item(workloads.SawImpostor, "a client claimed the super user's name with another password"), 0},
	{item(workloads.SawUnknown, "a client that did not say who it is was turned away"), 0},
	{item(workloads.SawLate, "a connection that had said nothing for a while was given a session"), 0},
	{item(workloads.SawTakeover, "a session was taken over while it was in use"), 0},
	{item(workloads.SawPile, "many requests waited for another connection"), 0},
	{item(workloads.SawCrowd, "a connection with very many watches broke"), 0},
	{item(workloads.SawMoved, "an operation of a recipe apart went on at another server, and was done"), 0},
	{item(workloads.SawIdle, "one server had hundreds of sessions that asked for nothing"), 0},

	{item("change-done", "a change of the ensemble came about"), cluster.EndedChange},
	{item("leader-replaced-in-change", "another leader was elected while the ensemble was changed"), 0},
	{item("down-in-change", "a server went down while the ensemble was changed"), 0},
	{item("down-in-joint", "a server went down while the ensemble had two majorities"), 0},
}
