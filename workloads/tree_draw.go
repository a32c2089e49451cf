package workloads

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// treeRoot is the znode under which everything happens.
const treeRoot = "/t"

// treePaths are few, so that the clients meet; and as deep as it takes for a parent to have a parent.
var treePaths = func() []string {
	paths := []string{treeRoot}
	for _, a := range []string{"a", "b", "c"} {
		paths = append(paths, treeRoot+"/"+a)
		for _, x := range []string{"x", "y"} {
			paths = append(paths, treeRoot+"/"+a+"/"+x)
		}
	}
	return append(paths, treeRoot+"/a/x/p", treeRoot+"/a/x/q")
}()

// kinPaths are as many, with names that begin alike and go on with bytes from both sides of the slash: what is told by
// the beginning of a path alone, or by the order of strings, is told wrong.
var kinPaths = []string{
	treeRoot, "/t/a", "/t/a/x", "/t/a/y", "/t/a-b", "/t/a-b/x", "/t/a0", "/t/a0/y", "/t/a!", "/t/a!/x", "/t/a/x-y",
	"/t/a/x/p",
}

// paths are those that clients use most.
func (e *Env) paths() []string {
	if e.cfg.Habits.Kin {
		return kinPaths
	}
	return treePaths
}

// oddPaths are for what no znode can be called, and for those that the service has of its own.
var oddPaths = []string{
	"", "/", "t", "t/a", "/t/", "/t//a", "//t", "/t/a/.", "/t/../t", "/t/\ufffd", "/t/\x00", "/t/\x1f", "/t/a\u0085",
	"/t/\ufff0", "/t/\U0001f600", "/none/of/these", "/zookeeper", "/zookeeper/config", "/zookeeper/quota",
	"/t/\u4e2d\u6587", "/t/a b",
}

// drawPath draws a path, and sometimes that of a sequential znode which was seen, or one that is odd.
func (w *worker) drawPath() string {
	if w.p.Chance(2) {
		// Below a path of its own a client can't name what is outside of it.
		odd := oddPaths[w.p.Rand().IntN(len(oddPaths))]
		if w.e.cfg.Chroot == "" || strings.HasPrefix(odd, treeRoot+"/") {
			return odd
		}
	}
	if seen := w.treeState().seen; len(seen) > 0 && w.p.Chance(10) {
		return seen[w.p.Rand().IntN(len(seen))]
	}
	return w.e.paths()[w.p.Rand().IntN(len(treePaths))]
}

func (w *worker) drawCreate(stat bool) wire.Request {
	path := w.drawPath()
	var flags int32
	if w.p.Chance(40) {
		flags |= wire.FlagEphemeral
	}
	if w.p.Chance(20) {
		flags |= wire.FlagSequential
		path = join(path, "s")
	}
	if path == treeRoot {
		flags = 0 // an ephemeral root would have no tree below it
	}
	if w.p.Chance(1) {
		flags = []int32{-1, wire.FlagContainer, wire.FlagTTL, wire.FlagSequentialTTL, 7}[w.p.Rand().IntN(5)]
	}
	return wire.CreateRequest{Path: path, Data: w.drawData(), ACL: w.drawACL(path), Flags: flags, Stat: stat}
}

func (w *worker) drawContainer() wire.Request {
	path := w.drawPath()
	return wire.CreateContainerRequest{Path: path, Data: w.drawData(), ACL: w.drawACL(path), Flags: wire.FlagContainer}
}

// drawFlagged draws a create for a multi, where the flags alone say what is made, whichever operation it is.
func (w *worker) drawFlagged(rng *rand.Rand) wire.Request {
	path := join(w.e.paths()[rng.IntN(len(treePaths))], fmt.Sprint("f", rng.IntN(1000)))
	data := fmt.Append(nil, w.p.NewValue())
	acl := []wire.ACL{{Perms: wire.PermAll, ID: anybody}}
	flags := []int32{
		0, wire.FlagEphemeral, wire.FlagSequential, wire.FlagEphemeral | wire.FlagSequential, wire.FlagContainer,
	}[rng.IntN(5)]
	if rng.IntN(2) == 0 || w.e.cfg.Lacking[wire.OpCreateContainer] {
		return wire.CreateRequest{Path: path, Data: data, ACL: acl, Flags: flags, Stat: rng.IntN(2) == 0}
	}
	return wire.CreateContainerRequest{Path: path, Data: data, ACL: acl, Flags: flags}
}

// drawTTL draws times that pass within a trial, and some that are none.
func (w *worker) drawTTL() wire.Request {
	path, flags := w.drawPath(), wire.FlagTTL
	if w.p.Chance(30) {
		path, flags = join(path, "s"), wire.FlagSequentialTTL
	}
	ms := 1 + w.p.Rand().Int64N(4000)
	if w.e.cfg.Marks { // only the simulator records that it was removed
		ms += time.Hour.Milliseconds()
	}
	if w.p.Chance(4) {
		ms = []int64{-1, 0, 1 << 40, 1<<40 - 1}[w.p.Rand().IntN(4)]
	}
	return wire.CreateTTLRequest{Path: path, Data: w.drawData(), ACL: w.drawACL(path), Flags: flags, TTLMs: ms}
}

// drawAddWatch draws one of the two modes that there are, and seldom another.
func (w *worker) drawAddWatch() wire.Request {
	mode := wire.WatchMode(w.p.Rand().IntN(2))
	if w.p.Chance(2) {
		mode = 2
	}
	return wire.AddWatchRequest{Path: w.drawPath(), Mode: mode}
}

func (w *worker) drawWatcherType() wire.WatcherType {
	if w.p.Chance(3) {
		return wire.WatcherType(6 * w.p.Rand().IntN(2)) // there is none such
	}
	return wire.WatcherType(1 + w.p.Rand().IntN(5))
}

func (w *worker) drawDelete() wire.Request {
	if t := w.treeState(); len(t.seen) > 0 && w.p.Chance(45) {
		i := w.p.Rand().IntN(len(t.seen))
		path := t.seen[i]
		t.seen = append(t.seen[:i:i], t.seen[i+1:]...)
		return wire.DeleteRequest{Path: path, Version: wire.AnyVersion}
	}
	path := w.drawPath()
	return wire.DeleteRequest{Path: path, Version: w.drawVersion(path)}
}

func (w *worker) drawSetData() wire.Request {
	path := w.drawPath()
	return wire.SetDataRequest{Path: path, Data: w.drawData(), Version: w.drawVersion(path)}
}

// drawGetConfig asks who is in the ensemble: clients read a znode for that, which is outside of what a client with a
// path of its own can name.
func (w *worker) drawGetConfig(p treeProfile) wire.Request {
	path := wire.ConfigPath
	if w.e.cfg.Chroot != "" {
		path = w.drawPath()
	}
	return wire.GetDataRequest{Path: path, Watch: w.p.Chance(p.watches)}
}

// drawReconfig asks for the ensemble that there is: without a server that there never was. Or for what is refused.
func (w *worker) drawReconfig() wire.Request {
	if w.p.Chance(15) && !w.e.cfg.Lacking[wire.OpReconfig] {
		w.claim(treeClaim{"digest", Super})
	}
	r := wire.ReconfigRequest{ConfigID: -1, Leaving: []byte("99")}
	switch n := w.p.Rand().IntN(100); {
	case n < 30:
		r.ConfigID = w.treeState().config
	case n < 45:
		r.ConfigID = w.p.Rand().Int64N(4)
	}
	switch n := w.p.Rand().IntN(100); {
	case n < 12:
		r.Joining = []byte([]string{"somebody", "server.9", "server.9=n9:2888"}[w.p.Rand().IntN(3)])
	case n < 18:
		r.Leaving = []byte("1,somebody")
	case n < 24: // one voter is no ensemble
		r.Leaving, r.NewMembers = nil, []byte("server.1=n1:2888:3888:participant;n1:2181")
	}
	return r
}

// drawMulti draws a few writes. Often the first makes what the next ones need.
func (w *worker) drawMulti() wire.Request {
	if w.p.Chance(65) {
		return w.drawWholeMulti()
	}
	var ops []wire.Request
	for range 1 + w.p.Rand().IntN(4) {
		switch n := w.p.Rand().IntN(100); {
		case n < 3 && !w.e.cfg.Lacking[wire.OpCreateContainer]:
			ops = append(ops, w.drawContainer())
		case n < 6 && !w.e.cfg.Lacking[wire.OpCreateTTL]:
			ops = append(ops, w.drawTTL())
		case n < 35:
			ops = append(ops, w.drawCreate(w.p.Chance(50)))
		case n < 55:
			ops = append(ops, w.drawDelete())
		case n < 85:
			ops = append(ops, w.drawSetData())
		default:
			path := w.drawPath()
			ops = append(ops, wire.CheckRequest{Path: path, Version: w.drawVersion(path)})
		}
	}
	if rng := w.p.Aside(asideFlags).Rand(); rng.IntN(6) == 0 {
		ops = append(ops[:rng.IntN(2)], w.drawFlagged(rng))
	}
	return wire.MultiRequest{Ops: ops}
}

// drawWholeMulti draws a multi that succeeds whatever the other clients do, unless the root's ACL forbids to make or
// remove children. Each part of it leaves the tree in a state that no read may ever see.
func (w *worker) drawWholeMulti() wire.Request {
	path := join(treeRoot, "m")
	ops := []wire.Request{wire.CreateRequest{
		Path: path, Data: w.drawData(), ACL: []wire.ACL{{Perms: wire.PermAll, ID: anybody}}, Stat: w.p.Chance(50),
	}}
	for range w.p.Rand().IntN(3) {
		ops = append(ops, wire.SetDataRequest{Path: path, Data: w.drawData(), Version: wire.AnyVersion})
	}
	return wire.MultiRequest{Ops: append(ops, wire.DeleteRequest{Path: path, Version: wire.AnyVersion})}
}

// drawMultiRead draws a few reads.
func (w *worker) drawMultiRead() wire.Request {
	var ops []wire.Request
	for range 1 + w.p.Rand().IntN(4) {
		if path := w.drawPath(); w.p.Chance(50) {
			ops = append(ops, wire.GetDataRequest{Path: path})
		} else {
			ops = append(ops, wire.GetChildrenRequest{Path: path})
		}
	}
	return wire.MultiReadRequest{Ops: ops}
}

// drawVersion draws any version, the one last seen, or perhaps a wrong one.
func (w *worker) drawVersion(path string) int32 {
	switch n := w.p.Rand().IntN(100); {
	case n < 50:
		return wire.AnyVersion
	case n < 85:
		return w.treeState().versions[path]
	}
	return int32(w.p.Rand().IntN(4))
}

// drawData draws data that were never written before, or none: nil or empty.
func (w *worker) drawData() []byte {
	switch n := w.p.Rand().IntN(100); {
	case n < 4:
		return nil
	case n < 8:
		return []byte{}
	}
	return fmt.Appendf(nil, "%d%s", w.p.NewValue(), strings.Repeat(".", w.p.Rand().IntN(30)))
}

func watches(req wire.Request) bool {
	switch r := req.(type) {
	case wire.ExistsRequest:
		return r.Watch
	case wire.GetDataRequest:
		return r.Watch
	case wire.GetChildrenRequest:
		return r.Watch
	}
	return false
}
