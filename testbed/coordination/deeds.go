package coordination

import (
	"ordeal/cluster"
	"ordeal/nemesis"
	"ordeal/testbed/trial"
)

// deed is something that a server of the service does, as scenarios are made of.
type deed struct {
	trial.Deed
	// done is by what a server says of it itself; 0 for what is seen from outside.
	done cluster.Deeds
}

// The deeds that are seen from outside.
const (
	deedStands      = "stands"
	deedAsks        = "asks"
	deedNewTerm     = "new-term"
	deedAppends     = "appends"
	deedSends       = "sends"
	deedSent        = "sent"
	deedReceives    = "receives"
	deedSaves       = "saves"
	deedSaved       = "saved"
	deedChanges     = "changes"
	deedJoint       = "joint"
	deedJointLeft   = "joint-left"
	deedSegment     = "segment"
	deedSessionEnds = "session-ends"
)

func told(name, what string, done cluster.Deeds) deed {
	return deed{trial.Deed{Name: name, What: what}, done}
}

func outward(name, what string, by nemesis.Kind) deed {
	return deed{trial.Deed{Name: name, What: what, By: by}, 0}
}

var deedList = []deed{
	outward(deedStands, "it stands for election", ""),
	outward(deedAsks, "it asks whether it could win an election", ""),
	outward(deedNewTerm, "it learns of a term that is newer than its own", ""),
	outward(deedAppends, "as leader, it puts something new into its log", ""),
	outward(deedSends, "it begins to send a snapshot", ""),
	outward(deedSent, "it sends no snapshot any more, to whatever end", ""),
	outward(deedReceives, "it begins to take a snapshot from another server", ""),
	outward(deedSaves, "it begins to save a snapshot of its own", nemesis.Snapshot),
	outward(deedSaved, "it saves no snapshot any more, to whatever end", ""),
	outward(deedChanges, "it applies that the ensemble is to change", ""),
	outward(deedJoint, "it applies that majorities of the old voters and of the new are needed", ""),
	outward(deedJointLeft, "it applies that they are needed no more", ""),
	outward(deedSegment, "it begins a new file of its log", ""),
	outward(deedSessionEnds, "it applies that a session ends", ""),

	told("started-from-snapshot", "it started from a snapshot and the log behind it", cluster.StartedFromSnapshot),
	told("cut-torn-end", "it started, and cut a torn end off its log", cluster.CutTornEnd),
	told("removed-leftovers", "it started, and removed files that were never finished", cluster.RemovedLeftovers),
	told("overwrites", "the end of its log gives way to a leader's", cluster.OverwroteLog),
	told("overwrites-from-term", "so it does, from the first entry of a term on", cluster.OverwroteFromTerm),
	told("overwrites-from-segment", "so it does, from the first entry of a file on", cluster.OverwroteFromSegment),
	told("overwrites-change", "so it does, with a step in a change of the ensemble", cluster.OverwroteChange),
	told("append-refused", "a follower refuses what it sent, since their logs do not match", cluster.RefusedAppend),
	told("pre-vote-refused", "it asks whether it could win, and another says no", cluster.RefusedPreVote),
	told("vote-refused", "it stands for election, and is refused a vote", cluster.RefusedVote),
	told("told-to-lead", "a leader that hands over tells it to stand", cluster.ToldToLead),
	told("left-alone", "as an observer, it gives up a leader that is silent", cluster.LostLeader),
	told("message-corrupt", "it drops a message with a wrong checksum", cluster.DroppedCorrupt),
	told("replaces-log", "it begins to put another's snapshot in its log's place", cluster.BeganInstalling),
	told("installs", "it takes its state from another's snapshot", cluster.InstalledSnapshot),
	told("piece-again", "it sends a piece of a snapshot again", cluster.SentPieceAgain),
	told("gives-up-sending", "it gives up sending a snapshot", cluster.FailedTransfer),
	told("compacts", "its own snapshot is durable, and its log forgets what is in it", cluster.Compacted),
	told("term-begins", "it applies the first entry of the present term", cluster.BeganTerm),
	told("applies-batch", "it applies 16 entries or more at once", cluster.AppliedBatch),
	told("request-again", "it sends requests to its leader again", cluster.SentAgain),
	told("request-to-new-leader", "it sends a new leader what it had sent another", cluster.SentAgainToNewLeader),
	told("request-known", "as leader, it drops a request that it had taken before", cluster.DroppedForward),
	told("request-overtaken", "as leader, it drops a request that had overtaken another", cluster.DroppedOvertaken),
	told("sync-again", "it asks again for the leader's word on a read", cluster.AskedSyncAgain),
	told("read-awaits", "a read waits for what is committed to be on its disk, too", cluster.AwaitedCommit),
	told("read-gives-up", "such a read is answered without", cluster.GaveUpAwaiting),
	told("session-moves", "it applies that a session goes to another server", cluster.MovedSession),
	told("session-moves-in-election", "so it does, and had asked another leader for it", cluster.MovedSessionAcrossTerms),
	told("session-expires", "it applies that a session has expired", cluster.ExpiredSession),
	told("owner-refused", "it applies a request of a connection that its session has left", cluster.RefusedOwner),
	told("client-ahead", "it sends a client away that has seen more than it has applied", cluster.RefusedAhead),
	told("client-too-late", "it tells a client that its session is over", cluster.RefusedGone),
	told("clients-sent-away", "it has had no leader for long, and sends its clients away", cluster.SentClientsAway),
	told("watches-again", "it sets watches again for a client that came back", cluster.SetWatchesAgain),
	told("watches-missed", "it tells such a client what its watches had missed", cluster.ToldMissed),
	told("reaps", "it applies that a container, or a znode whose time is over, goes", cluster.Reaped),
	told("change-done", "it applies that the ensemble has changed", cluster.EndedChange),
}

func deedNames() (list []trial.Deed) {
	for _, d := range deedList {
		list = append(list, d.Deed)
	}
	return list
}

// edges are occupations that a server begins and ends.
var edges = []struct {
	doing      cluster.Doing
	begun, end string
}{
	{cluster.Asking, deedAsks, ""}, {cluster.Standing, deedStands, ""}, {cluster.Sending, deedSends, deedSent},
	{cluster.Receiving, deedReceives, ""}, {cluster.Saving, deedSaves, deedSaved},
	{cluster.Changing, deedChanges, ""}, {cluster.Joint, deedJoint, deedJointLeft},
}

// doer tells the deeds of one server.
type doer struct {
	node   *cluster.Node
	counts [64]uint32 // of deedList
}

// deeds tells what a server has done in an event. What it said before was of the same boot, or of none.
func (w *watcher) deeds(p *watched, n *cluster.Node, st *cluster.Status) {
	d, was := &p.doer, &p.said
	if d.node != n {
		*d, was = doer{node: n}, &cluster.Status{Term: st.Term, LastIndex: st.LastIndex, SessionsEnded: st.SessionsEnded}
	}
	did := func(deed string) { w.stage.Did(p.server, deed) }
	if st.DeedsDone != was.DeedsDone {
		for i := range deedList {
			if one := &deedList[i]; one.done != 0 && st.Deeds.Has(one.done) {
				if c := n.DeedCount(one.done); c != d.counts[i] {
					d.counts[i] = c
					did(one.Name)
				}
			}
		}
	}
	if st.Doing != was.Doing {
		for _, e := range edges {
			switch has, had := st.Doing.Has(e.doing), was.Doing.Has(e.doing); {
			case has && !had:
				did(e.begun)
			case had && !has && e.end != "":
				did(e.end)
			}
		}
	}
	outside(was, st, did)
}

// outside tells what numbers of a status say.
func outside(was, st *cluster.Status, did func(deed string)) {
	if st.Term > was.Term {
		did(deedNewTerm)
	}
	if st.Leading && (!was.Leading || st.Term != was.Term) {
		did(trial.DeedLeads)
	}
	if was.Leading && !st.Leading {
		did(trial.DeedLedOut)
	}
	if st.Leading && st.LastIndex > was.LastIndex {
		did(deedAppends)
	}
	if st.Segments > was.Segments {
		did(deedSegment)
	}
	if st.SessionsEnded > was.SessionsEnded {
		did(deedSessionEnds)
	}
}
