package checker

import (
	"strings"
	"unicode/utf8"

	"ordeal/model/znode"
)

// Where Apache ZooKeeper 3.8 differs from what its documentation says, and from our service. A history says by the
// event "serves" who served it; docs/HISTORIES.md lists the differences. Each holds for that service only, and covers
// no more than what that service does.

// zooKeeper38 is the value of "serves" for Apache ZooKeeper 3.8.
const zooKeeper38 = "zookeeper-3.8"

// others are the watches that each session asked for, by the event at which it did so first.
type others map[watchSpot]map[int64]int

// watchesAsked collects them.
func (l *treeLog) watchesAsked() others {
	asked := others{}
	for i := range l.calls {
		c := &l.calls[i]
		if !c.Request.Watch {
			continue
		}
		spot := watchSpot{spotData, c.Request.Path}
		if c.Request.Op == "getChildren" || c.Request.Op == "getChildren2" {
			spot.kind = spotChild
		}
		if asked[spot] == nil {
			asked[spot] = map[int64]int{}
		}
		if at, before := asked[spot][c.Session]; !before || c.Op.Call < at {
			asked[spot][c.Session] = c.Op.Call
		}
	}
	return asked
}

// byAnother says whether another session may have had a watch on one of the spots when an answer came: ZooKeeper 3.8
// takes any session's watch for that of the session which checks (WatchManager.containsWatcher).
func (o others) byAnother(spots []watchSpot, session int64, before int) bool {
	for _, spot := range spots {
		for other, at := range o[spot] { //house:unordered any one will do
			if other != session && at < before {
				return true
			}
		}
	}
	return false
}

// excused says whether an answer about a session's watches is one of ZooKeeper's differences.
func (w *watcher) excused(h *treeHeard) bool {
	return w.others != nil && h.call.Request.Op == "checkWatches" && h.call.Reply.Code == znode.CodeOK &&
		w.others.byAnother(spotsOf(h.call.Request), w.session, h.at)
}

// translate puts answers of ZooKeeper 3.8 in the form that others give them. A multi of a session that has ended or
// moved it refuses part by part, as anything else that is wrong with one.
func (l *treeLog) translate(raw treeRaw) {
	if l.serves != zooKeeper38 {
		return
	}
	l.settings.IPv4 = true
	l.over = map[int64]bool{}
	for _, e := range raw.ended {
		l.over[e.session] = true
	}
	for i := range l.calls {
		r := &l.calls[i].Reply
		if l.calls[i].Request.Op == "closeSession" && r.Code == znode.CodeOK {
			l.over[l.calls[i].Session] = true
		}
		if l.over[l.calls[i].Session] && l.calls[i].Request.Misshapen() && r.Code == znode.CodeBadArguments {
			*r = znode.Reply{Code: znode.CodeSessionExpired} // it looks at the session only after that
		}
		if path := l.calls[i].Request.Path; l.calls[i].Request.Op == "sync" && r.Path != path &&
			legible(path) == legible(r.Path) {
			r.Path = path
		}
		if len(r.Parts) == 0 || l.calls[i].Request.Op != "multi" {
			continue
		}
		switch code := r.Parts[0].Code; {
		case code == znode.CodeSessionExpired, code == znode.CodeSessionMoved:
			*r = znode.Reply{Code: code}
		case code == znode.CodeBadArguments && l.over[l.calls[i].Session] && l.calls[i].Request.Parts[0].Misshapen():
			*r = znode.Reply{Code: znode.CodeSessionExpired}
		}
	}
}

// legible is a path without what is no UTF-8. Of a character beyond the first 65,536 ZooKeeper sends back the two
// halves of UTF-16, three bytes each, which are none: such characters are left out too, and so is what a file makes of
// them.
func legible(path string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff || r == utf8.RuneError {
			return -1
		}
		return r
	}, path)
}

// refused says of an answer that the session was over or elsewhere. ZooKeeper 3.8 says so of reads too, and from when
// the end of a session was asked for: of what comes before that end it says the same. It never says so of a session
// that lives on.
func (l *treeLog) refused(c *znode.Call) bool {
	switch c.Reply.Code {
	case znode.CodeSessionExpired:
		return l.over[c.Session]
	case znode.CodeSessionMoved:
		return l.over != nil
	}
	return false
}
