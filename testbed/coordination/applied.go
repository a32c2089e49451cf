package coordination

import (
	"time"

	"ordeal/cluster"
	"ordeal/cluster/tree"
	"ordeal/cluster/wire"
	"ordeal/history"
)

// applied records what became of each request on the tree, at the first apply anywhere: by it a judge knows of a write
// whose answer was lost whether it took effect, and at which zxid; and the zxid at which a session ended.
type applied struct{ zxid int64 }

// look looks at a server after an event. off is how far clocks may have been wrong by now: a judge of what was removed
// has to know.
func (a *applied) look(n *cluster.Node, st *cluster.Status, off time.Duration, r *history.Recorder) {
	if st.Zxid <= a.zxid {
		return
	}
	list, whole := n.AppliedSince(a.zxid)
	if !whole {
		r.OK(history.Service, "gap", "", []any{a.zxid})
	}
	for _, one := range list {
		a.zxid = one.Zxid
		if one.Err == wire.SessionMoved || one.Err == wire.SessionExpired {
			continue // refused, and without effect: perhaps long after the session went on elsewhere
		}
		if one.Path != "" && one.Err == wire.OK {
			r.OK(history.Service, "applied", "", []any{one.Zxid, one.Session, int64(one.Xid), one.Op.String(), one.Path,
				off.Milliseconds() + 1})
			continue
		}
		if one.Config != "" && one.Err == wire.OK {
			r.OK(history.Service, "applied", "", []any{one.Zxid, one.Session, int64(one.Xid), one.Op.String(), one.Config})
			continue
		}
		if one.Xid != 0 || one.Op == wire.OpCloseSession && one.Err == wire.OK {
			r.OK(history.Service, "applied", "", []any{one.Zxid, one.Session, int64(one.Xid), one.Op.String()})
		}
	}
}

// recordSettings writes down how the service of a trial is set up.
func recordSettings(r *history.Recorder, c cluster.Config) {
	r.OK(history.Service, "settings", "", []any{
		[]any{"super", "digest:" + c.SuperDigest},
		[]any{"ttl", c.Settings&tree.ExtendedTypes != 0},
		[]any{"quota", c.Settings&tree.EnforceQuota != 0},
		[]any{"reconfig", c.Reconfig},
		[]any{"everybody", c.SkipACL},
		[]any{"local", localWord(c)},
		[]any{"unused", c.ContainerUnusedMax.Milliseconds()},
	})
}

// localWord says whether sessions are their server's alone.
func localWord(c cluster.Config) string {
	switch {
	case !c.LocalSessions && !c.ReadOnly:
		return "no"
	case c.UpgradeSessions || !c.LocalSessions:
		return "upgrade"
	}
	return "yes"
}
