package checker

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"ordeal/model/znode"
)

// Where Apache ZooKeeper 3.8 differs from what its documentation says, and from our service. A history says by the
// event "serves" who served it; docs/HISTORIES.md lists the differences. Each holds for that service only, and covers
// no more than what that service does.

// zooKeeper38 is the value of "serves" for Apache ZooKeeper 3.8. Behind it may stand the names of differences that are
// to be found, and not to be let pass.
const zooKeeper38 = "zookeeper-3.8"

// The differences that may be named.
const (
	// watchReplaced is that a watch that fires once and one that stays take each other's place. The judge never lets that
	// pass: where it is not to be found, clients do not ask for watches that stay.
	watchReplaced = "ZOOKEEPER-4466"
	// oldACL is that a write is judged by the ACL from before, notEmptied that of a znode's children those count whose
	// session has ended, and watchOfAnother that checkWatches takes another's watch for the session's.
	oldACL, notEmptied, watchOfAnother = "acl-from-before", "children-of-ended-session", "watch-of-another"
)

// Differences are the names of those known differences of Apache ZooKeeper 3.8 that a trial can be told to find.
func Differences() []string { return []string{watchReplaced, oldACL, notEmptied, watchOfAnother} }

// readServes reads the value of "serves".
func (l *treeLog) readServes(v any) {
	if list, _ := v.([]any); len(list) > 0 {
		for _, name := range list[1:] {
			l.found = append(l.found, fmt.Sprint(name))
		}
		v = list[0]
	}
	l.serves, _ = v.(string)
}

// lets says whether a difference is let pass.
func (l *treeLog) lets(name string) bool {
	return l.serves == zooKeeper38 && !slices.Contains(l.found, name)
}

// others are the watches that each session asked for, by the event at which it did so first.
type others map[watchSpot]map[int64]int

// watchesAsked collects them.
func (l *treeLog) watchesAsked() others {
	asked := others{}
	for i := range l.calls {
		h := &l.calls[i]
		if !h.is(aboutWatch) {
			continue
		}
		spot := spotOf(&h.call().Request)
		if asked[spot] == nil {
			asked[spot] = map[int64]int{}
		}
		if at, before := asked[spot][h.session]; !before || h.op.Call < at {
			asked[spot][h.session] = h.op.Call
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
func (w *watcher) excused(h *treeHeard, c *znode.Call) bool {
	return w.others != nil && c.Request.Op == "checkWatches" && c.Reply.Code == znode.CodeOK &&
		w.others.byAnother(spotsOf(c.Request), w.session, int(h.at))
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
		h := &l.calls[i]
		if h.is(aboutClose) && h.code == znode.CodeOK {
			l.over[h.session] = true
		}
		call := h.call()
		if reply := translated(call, l.over[h.session]); reply != nil {
			aside := heardAside{ids: call.Request.IDs, reply: reply}
			h.heardAside, h.code = &aside, int32(reply.Code)
		}
	}
}

// translated is an answer of ZooKeeper 3.8 in the form that others give it; nil if it has that. over says that the
// session is.
func translated(c *znode.Call, over bool) *znode.Reply {
	r, path := c.Reply, c.Request.Path
	switch {
	case over && c.Request.Misshapen() && r.Code == znode.CodeBadArguments:
		return &znode.Reply{Code: znode.CodeSessionExpired} // it looks at the session only after that
	case c.Request.Op == "sync" && r.Path != path && legible(path) == legible(r.Path):
		r.Path = path
		return &r
	case len(r.Parts) == 0 || c.Request.Op != "multi":
		return nil
	}
	switch code := r.Parts[0].Code; {
	case code == znode.CodeSessionExpired, code == znode.CodeSessionMoved:
		return &znode.Reply{Code: code}
	case code == znode.CodeBadArguments && over && c.Request.Parts[0].Misshapen():
		return &znode.Reply{Code: znode.CodeSessionExpired}
	}
	return nil
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
func (l *treeLog) refused(h *treeHeard) bool {
	switch h.code {
	case znode.CodeSessionExpired:
		return l.over[h.session]
	case znode.CodeSessionMoved:
		return l.over != nil
	}
	return false
}
