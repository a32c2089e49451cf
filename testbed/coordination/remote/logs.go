package remote

import (
	"slices"
	"strings"

	"ordeal/cluster"
	"ordeal/cluster/wire"
	"ordeal/history"
	"ordeal/server/datadir"
)

// readLogs writes down what the servers' logs say of requests without an answer, and of what the service did by
// itself, as a simulated trial would: the judge then knows of each write whether and when it took effect. They are read
// by the service's own hand, which tells what became of each entry.
func (v *visit) readLogs(dirs []string) {
	var logs []datadir.History
	for _, dir := range dirs {
		h, err := datadir.Applied(dir)
		if err != nil {
			v.Note("%s can't be read: %v", dir, err)
			continue
		}
		logs = append(logs, h)
	}
	ops, err := v.Record.Ops().Pair()
	if err != nil {
		return // the judge will say so
	}
	known := datadir.Joined(logs)
	if known.Newest < newestShown(ops) {
		v.Note("the servers' logs do not have all that clients were shown: writes without an answer are placed by what " +
			"others saw")
		return
	}
	asked, ended, count := unanswered(ops), endsKnown(ops), 0
	for _, one := range known.List {
		if fields := v.entry(&one, asked, ended); fields != nil {
			v.Record.OK(history.Service, "applied", "", fields)
			count++
		}
	}
	// Also where none was applied: the history is one in which that is said.
	v.Record.OK(history.Service, "applied", "", []any{known.Newest, int64(0), int64(0), "sync"})
	v.Note("the servers' logs say what became of %d requests without an answer, and of what the service did by itself",
		count)
}

// request tells a request from all others.
type request struct{ session, xid int64 }

// entry is what is written down of a transaction; nil for nothing.
func (v *visit) entry(one *cluster.Applied, asked map[request]bool, ended map[int64]bool) []any {
	what := []any{one.Zxid, one.Session, int64(one.Xid), one.Op.String()}
	path, inside := strings.CutPrefix(one.Path, v.base)
	switch {
	case one.Err == wire.SessionMoved || one.Err == wire.SessionExpired || one.Config != "":
		return nil // refused and without effect, or nothing that clients of a target ask for
	case one.Path != "":
		if !inside || one.Err != wire.OK || slices.Contains(probed, path) {
			return nil // of no client
		}
		return append(what, path, clockOff)
	case one.Xid == 0:
		if one.Op != wire.OpCloseSession || one.Err != wire.OK || ended[one.Session] {
			return nil
		}
		return what
	case asked[request{one.Session, int64(one.Xid)}]:
		return what
	}
	return nil
}

// clockOff is by how many milliseconds clocks may have been off when a znode's time was over, and it is not known when
// that was: more than any has to live.
const clockOff = int64(1 << 40)

// unanswered are the requests of clients that were not answered.
func unanswered(ops []history.Operation) map[request]bool {
	asked := map[request]bool{}
	for _, op := range ops {
		if list, _ := op.Argument.([]any); op.Process >= 0 && op.End == history.Info && len(list) > 2 {
			session, _ := list[0].(int64)
			xid, _ := list[2].(int64)
			asked[request{session, xid}] = true
		}
	}
	return asked
}

// newestShown is the newest zxid that an answer has shown, or at which a session has ended.
func newestShown(ops []history.Operation) (newest int64) {
	for _, op := range ops {
		list, at := []any(nil), 0
		switch {
		case op.Process >= 0 && op.End == history.OK:
			list, _ = op.Result.([]any)
			at = 1
		case op.F == "ended":
			list, _ = op.Argument.([]any)
		}
		if at < len(list) {
			zxid, _ := list[at].(int64)
			newest = max(newest, zxid)
		}
	}
	return newest
}

// endsKnown are the sessions of which the history says when they ended.
func endsKnown(ops []history.Operation) map[int64]bool {
	ended := map[int64]bool{}
	for _, op := range ops {
		if list, _ := op.Argument.([]any); op.Process == history.Service && op.F == "ended" && len(list) == 2 {
			session, _ := list[1].(int64)
			ended[session] = true
		}
	}
	return ended
}
