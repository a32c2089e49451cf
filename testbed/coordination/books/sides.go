package books

import (
	"fmt"
	"slices"
	"time"

	"ordeal/cluster"
	"ordeal/cluster/client"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/workloads"
)

// sidesEvery is how often a client is looked at, one after the other.
const sidesEvery = 150 * time.Millisecond

// sides holds: where no frame is under way between a client and the server that has its session, both know of the same
// requests, watches and claims, and of the same timeout. What only one of them knows is an answer or an event that
// never comes, or one that is not expected.
func (b *Books) sides(now time.Duration) {
	if now < b.side {
		return
	}
	b.side = now + sidesEvery
	b.sideTurn++
	here, ok := b.service.Client(b.sideTurn)
	if !ok {
		return
	}
	n := b.service.Node(here.Server)
	if n == nil {
		return
	}
	there, ok := n.Kept(here.Session)
	if !ok || !quiet(here, there) {
		return
	}
	for _, line := range contradictions(here, there) {
		b.breaches.Add("a client and its server agree", fmt.Sprintf(
			"nothing is under way between %s and the client of session %#x: %s", here.Server, uint64(here.Session), line))
	}
}

// quiet says that nothing is under way on the connection that the client has. The server may have another with the
// session by now, which has had other requests.
func quiet(here client.Kept, there cluster.Kept) bool {
	return here.Sent == there.Received && here.Received == there.Sent && here.LastXid == there.LastXid
}

// contradictions are what the two do not agree on.
func contradictions(here client.Kept, there cluster.Kept) (lines []string) {
	note := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if got := time.Duration(there.TimeoutMs) * time.Millisecond; got != here.Timeout {
		note("the client takes its timeout for %v, and the server for %v", here.Timeout, got)
	}
	if here.Claiming {
		note("a claim of the client's was not answered")
	}
	if !slices.Equal(here.Xids, there.Xids) {
		note("the client waits for the answers to %v, and the server has yet to answer %v", here.Xids, there.Xids)
	}
	if here.Claiming || len(here.Xids) > 0 {
		return lines // what these change only one of them may know
	}
	for _, id := range identities(here.Held) {
		if !slices.Contains(there.IDs, id) {
			note("the client has said that it is %s, and the server does not know", id.ID)
		}
	}
	said := identities(here.Said)
	for _, id := range there.IDs {
		if id.Scheme == schemeDigest && !slices.Contains(said, id) {
			note("the server takes the client for %s, which it has not said", id.ID)
		}
	}
	return append(lines, watched(here, there)...)
}

// schemeDigest is that of ids that are a user and a password.
const schemeDigest = "digest"

// identities are who claims say that a client is.
func identities(claims []wire.AuthRequest) (ids []wire.ID) {
	for _, claim := range claims {
		if claim.Scheme == schemeDigest {
			ids = append(ids, wire.ID{Scheme: schemeDigest, ID: workloads.Digest(string(claim.Auth))})
		}
	}
	return ids
}

// watched compares the watches: for the server one on data and one on existence are the same.
func watched(here client.Kept, there cluster.Kept) (lines []string) {
	w := here.Watches
	mine := make(map[tree.Watch]bool)
	for kind, lists := range [][][]string{
		tree.Data: {w.Data, w.Exist}, tree.Child: {w.Child}, tree.Persistent: {w.Persistent},
		tree.PersistentRecursive: {w.PersistentRecursive},
	} {
		for _, path := range slices.Concat(lists...) {
			mine[tree.Watch{Kind: tree.WatchKind(kind), Path: path}] = true
		}
	}
	there.Watches(func(one tree.Watch) {
		if !mine[one] && !here.Forgot {
			lines = append(lines, fmt.Sprintf("the server has a watch %s, and the client does not", inWords(one)))
		}
		delete(mine, one)
	})
	if there.Untold {
		return lines
	}
	var left []string
	for one := range mine { //house:unordered sorted below
		left = append(left, fmt.Sprintf("the client has a watch %s, and the server does not", inWords(one)))
	}
	slices.Sort(left)
	return append(lines, left...)
}

// inWords is a watch as a breach tells it.
func inWords(one tree.Watch) string {
	return [...]string{
		tree.Data: "on the data of ", tree.Child: "on the children of ", tree.Persistent: "that stays on ",
		tree.PersistentRecursive: "that stays on everything below ",
	}[one.Kind] + one.Path
}
