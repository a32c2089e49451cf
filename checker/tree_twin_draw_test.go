package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/znode"
)

var twinPaths = []string{"/a", "/b", "/a/x", "/a/y", "/b/x", "/a/x/p"}

// twinACLs are what znodes may be protected with.
var twinACLs = [][]string{{"world:anyone:31"}, {"world:anyone:31"}, {"world:anyone:31"}, {"world:anyone:31"},
	{"world:anyone:31"},
	{"world:anyone:27"}, {"world:anyone:30"}, {"auth::31", "world:anyone:1"}, {"auth:whoever:31", "auth:whoever:31"},
	{"digest:a:x:31", "world:anyone:16"}, {"ip:192.0.2.0/24:31", "world:anyone:17"}, {"ip:nowhere:31"}, {"super::31"}, {}}

func (t *treeTwin) drawClaim() claim {
	if t.lossy && t.r.IntN(8) == 0 {
		return claim{"nothing", "x"} // it costs the connection
	}
	return []claim{{"digest", "a:1"}, {"digest", "a:2"}, {"digest", "b:1"}, {"digest", "b"}, {"digest", "super:test"},
		{"ip", "10.0.0.1"}}[t.r.IntN(6)]
}

func (t *treeTwin) drawACL() []string { return twinACLs[t.r.IntN(len(twinACLs))] }

func (t *treeTwin) draw(writes bool) znode.Request {
	r := znode.Request{Path: twinPaths[t.r.IntN(len(twinPaths))], Watch: t.r.IntN(3) == 0}
	if writes && len(t.made) > 20 {
		return znode.Request{Op: "delete", Path: t.made[t.r.IntN(len(t.made))], Version: -1}
	}
	n := t.r.IntN(100)
	switch {
	case !writes || n < 46:
		r.Op = []string{"exists", "getData", "getChildren", "getChildren2", "sync", "sync"}[t.r.IntN(6)]
		r.Watch = r.Watch && r.Op != "sync"
		return r
	case n < 54:
		return t.drawLook(r.Path)
	case n < 62:
		m := znode.Request{Op: "multi"}
		for range 1 + t.r.IntN(3) {
			part := t.drawWrite([]string{"create", "create2", "delete", "setData", "check", "createContainer", "createTTL"})
			if part.Op == "createContainer" {
				part.Flags = []int64{containerFlag, containerFlag, 0, 1}[t.r.IntN(4)]
			}
			m.Parts = append(m.Parts, part)
		}
		return m
	case n == 99 && t.lossy:
		return znode.Request{Op: "closeSession"}
	}
	return t.drawWrite([]string{"create", "create", "create2", "create2", "delete", "delete", "setData", "setData",
		"setData", "setACL",
		"createContainer", "createTTL", "check"})
}

// drawLook draws the rarer ways to look.
func (t *treeTwin) drawLook(path string) znode.Request {
	r := znode.Request{Path: path}
	r.Op = []string{"addWatch", "checkWatches", "removeWatches", "getACL", "getEphemerals", "getAllChildrenNumber",
		"whoAmI",
		"multiRead"}[t.r.IntN(8)]
	switch r.Op {
	case "addWatch":
		r.Flags = int64(t.r.IntN(3)) // one more than there are
	case "checkWatches", "removeWatches":
		r.Flags = int64(t.r.IntN(7))
	case "whoAmI":
		r.Path = ""
	case "multiRead":
		r.Path = ""
		for _, op := range []string{"getData", "getChildren"} {
			r.Parts = append(r.Parts, znode.Request{Op: op, Path: twinPaths[t.r.IntN(len(twinPaths))]})
		}
	}
	return r
}

// containerFlag is what a createContainer has for its flags, as a rule.
const containerFlag = 4

func (t *treeTwin) drawWrite(ops []string) znode.Request {
	r := znode.Request{Op: ops[t.r.IntN(len(ops))], Path: twinPaths[t.r.IntN(len(twinPaths))],
		Version: int64(t.r.IntN(4)) - 1}
	t.values++
	r.Data = fmt.Sprint(t.values)
	switch r.Op {
	case "create", "create2":
		r.Flags = []int64{0, 0, 0, 1, 1, 2, 9}[t.r.IntN(7)]
	case "createContainer":
		r.Flags = containerFlag
	case "createTTL":
		r.Flags, r.TTL = int64(5+t.r.IntN(2)), int64(50*t.r.IntN(5))
	case "delete", "check", "setACL":
		r.Data = nil
	}
	if slices.Contains([]string{"create", "create2", "createContainer", "createTTL", "setACL"}, r.Op) {
		r.ACL = t.drawACL()
	}
	if r.Op != "setACL" && r.ACL != nil {
		r.Version = 0
	}
	if t.long && (r.Flags == 2 || r.Flags == 6) {
		r.Path = "/a" // below the root they can be deleted by anybody: else there were ever more of them
	}
	return r
}

// The values that stand in a history, as in docs/HISTORIES.md.

func argumentValues(r znode.Request) []any {
	switch r.Op {
	case "create", "create2":
		return []any{r.Path, r.Data, r.Flags, history.Texts(r.ACL)}
	case "createContainer":
		if r.Flags != containerFlag {
			return []any{r.Path, r.Data, history.Texts(r.ACL), r.Flags}
		}
		return []any{r.Path, r.Data, history.Texts(r.ACL)}
	case "createTTL":
		return []any{r.Path, r.Data, r.Flags, r.TTL, history.Texts(r.ACL)}
	case "setACL":
		return []any{r.Path, history.Texts(r.ACL), r.Version}
	case "addWatch", "checkWatches", "removeWatches":
		return []any{r.Path, r.Flags}
	case "delete", "check":
		return []any{r.Path, r.Version}
	case "setData":
		return []any{r.Path, r.Data, r.Version}
	case "sync", "getACL", "getAllChildrenNumber", "getEphemerals":
		return []any{r.Path}
	case "closeSession", "whoAmI":
		return nil
	case "multi", "multiRead":
		var parts []any
		for _, p := range r.Parts {
			parts = append(parts, append([]any{p.Op}, argumentValues(p)...))
		}
		return []any{parts}
	}
	return []any{r.Path, r.Watch}
}

func resultValues(op string, r znode.Reply) []any {
	if r.Code != znode.CodeOK {
		return nil
	}
	var list []any
	switch op {
	case "create", "create2", "createContainer", "createTTL", "sync":
		list = []any{r.Path}
	case "getData":
		list = []any{r.Data}
	case "getChildren", "getChildren2", "getEphemerals", "whoAmI":
		list = []any{history.Texts(r.Names)}
	case "getAllChildrenNumber":
		list = []any{r.Number}
	case "getACL":
		list = []any{history.Texts(r.ACL)}
	case "multiRead":
		var parts []any
		for _, p := range r.Parts {
			op := "getChildren"
			if p.Stat != nil {
				op = "getData"
			}
			parts = append(parts, append([]any{p.Code}, resultValues(op, p)...))
		}
		return []any{parts}
	case "multi":
		var parts []any
		for _, p := range r.Parts {
			parts = append(parts, append([]any{p.Code}, partValues(p)...))
		}
		return []any{parts}
	}
	if s := r.Stat; s != nil {
		list = append(list, []any{s.Czxid, s.Mzxid, 7 * s.Czxid, 7 * s.Mzxid, s.Version, s.Cversion, s.Aversion, s.Owner,
			s.Length, s.Children, s.Pzxid})
	}
	return list
}

// partValues has the path of a create by its being there.
func partValues(r znode.Reply) []any {
	switch {
	case r.Path != "":
		return resultValues("create", r) // with the Stat, if there is one
	case r.Stat != nil:
		return resultValues("setData", r)
	}
	return nil
}
