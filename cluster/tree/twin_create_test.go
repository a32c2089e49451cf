package tree

import (
	"fmt"
	"strings"

	"ordeal/cluster/wire"
)

// order is what a client asked for, once the flags were understood.
type order struct {
	path  string
	data  []byte
	acl   []wire.ACL
	flags int32
	ttl   int64
	op    wire.OpCode
}

func flagsOf(r wire.Request) int32 {
	o, _ := understand(Txn{}, r, false)
	return o.flags
}

func understand(txn Txn, r wire.Request, inMulti bool) (order, wire.Code) {
	o := order{ttl: -1, op: r.Op()}
	switch r := r.(type) {
	case wire.CreateRequest:
		o.path, o.data, o.acl, o.flags = r.Path, r.Data, r.ACL, r.Flags
	case wire.CreateContainerRequest:
		o.path, o.data, o.acl, o.flags = r.Path, r.Data, r.ACL, r.Flags
	case wire.CreateTTLRequest:
		o.path, o.data, o.acl, o.flags, o.ttl = r.Path, r.Data, r.ACL, r.Flags, r.TTLMs
	}
	if o.flags < 0 || o.flags > 6 {
		return o, wire.BadArguments
	}
	if inMulti && o.flags == 4 {
		o.op = wire.OpCreateContainer
	} else if inMulti && (o.flags < 5 || o.op != wire.OpCreateTTL) {
		o.op, o.ttl = wire.OpCreate, -1
	}
	if o.flags >= 5 && txn.Settings&ExtendedTypes == 0 {
		return o, wire.Unimplemented
	}
	if o.flags >= 5 && (o.ttl < 1 || o.ttl >= 1<<40) || o.flags < 5 && o.op == wire.OpCreateTTL {
		return o, wire.BadArguments
	}
	return o, wire.OK
}

func (tw *twin) create(zxid int64, txn Txn, r wire.Request, inMulti bool) (wire.Response, []Event, wire.Code) {
	o, code := understand(txn, r, inMulti)
	if code != wire.OK {
		return nil, nil, code
	}
	path, data, flags, ttl, op := o.path, o.data, o.flags, o.ttl, o.op
	acl, code := twinFix(o.acl, txn)
	if !strings.Contains(path, "/") {
		return nil, nil, wire.BadArguments
	} else if code != wire.OK {
		return nil, nil, code
	}
	up := up(path)
	parent, ok := tw.nodes[up]
	if !ok {
		return nil, nil, wire.NoNode
	}
	if !twinPermits(parent.acl, txn.IDs, 4) {
		return nil, nil, wire.NoAuth
	}
	if flags == 2 || flags == 3 || flags == 6 {
		digits := fmt.Sprint(parent.creates)
		path += strings.Repeat("0", 10-len(digits)) + digits
	}
	if !goodPath.MatchString(path) {
		return nil, nil, wire.BadArguments
	}
	if _, exists := tw.nodes[path]; exists {
		return nil, nil, wire.NodeExists
	}
	if parent.stat.EphemeralOwner != 0 {
		return nil, nil, wire.NoChildrenForEphemerals
	}
	if tw.overQuota(txn, path, len(data), 1) {
		return nil, nil, wire.QuotaExceeded
	}
	parent.creates++
	parent.stat.Cversion++
	parent.stat.Pzxid = zxid
	tw.nodes[up] = parent
	n := twinNode{data: data, acl: acl,
		stat: wire.Stat{Czxid: zxid, Mzxid: zxid, Pzxid: zxid, Ctime: txn.TimeMs, Mtime: txn.TimeMs}}
	switch {
	case op == wire.OpCreateContainer && flags < 5:
		n.kind = "container"
	case flags >= 5:
		n.kind, n.ttl = "ttl", ttl
	case flags == 1 || flags == 3:
		n.stat.EphemeralOwner = txn.Session
	}
	tw.nodes[path] = n
	response := wire.CreateResponse{Path: path}
	if op != wire.OpCreate {
		s := tw.stat(path)
		response.Stat = &s
	}
	tw.countUsed(path)
	tw.book(path, len(data), 1)
	return response, []Event{{wire.EventCreated, path}, {wire.EventChildrenChanged, up}}, wire.OK
}

func (tw *twin) reap(zxid int64, txn Txn, r DeleteContainer) Result {
	n, ok := tw.nodes[r.Path]
	age := txn.TimeMs - n.stat.Mtime
	due := false
	switch n.kind {
	case "container":
		due = n.creates > 0 || r.NeverUsedMs > 0 && age > r.NeverUsedMs
	case "ttl":
		due = age > n.ttl
	}
	switch {
	case !ok:
		return Result{Err: wire.NoNode}
	case len(tw.children(r.Path)) > 0:
		return Result{Err: wire.NotEmpty}
	case !due:
		return Result{Err: wire.BadVersion}
	}
	return Result{Events: tw.remove(zxid, r.Path)}
}

func (tw *twin) reapable(nowMs, neverUsedMs int64) []string {
	var due []string
	for _, path := range tw.below("/") {
		trial := tw.clone()
		if trial.reap(1, Txn{TimeMs: nowMs}, DeleteContainer{path, neverUsedMs}).Err == wire.OK {
			due = append(due, path)
		}
	}
	return due
}
