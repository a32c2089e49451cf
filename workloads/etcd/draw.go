package etcd

import (
	"bytes"
	"fmt"

	"ordeal/cluster/etcdwire"
	"ordeal/workloads/clients"
)

// profile is what the clients of a trial do often and what seldom: of so many that the numbers add up to.
type profile struct {
	name string
	// What operations there are.
	puts, deletes, txns, ranges, reads, compacts, grants, revokes, alives, lefts, lists, hashes, alarms, stored int
	// watches is of how many of 100 turns a client begins a watch.
	watches int
	// users says that users have to say who they are.
	users bool
}

var profiles = []profile{
	{name: "write-heavy", puts: 35, deletes: 12, txns: 22, ranges: 12, reads: 3, compacts: 2, grants: 3, revokes: 2,
		alives: 3, lefts: 2, lists: 1, hashes: 2, alarms: 1, watches: 8},
	{name: "read-heavy", puts: 15, deletes: 5, txns: 15, ranges: 40, reads: 12, compacts: 2, grants: 2, revokes: 1,
		alives: 2, lefts: 2, lists: 1, hashes: 3, alarms: 1, watches: 6},
	{name: "watch-heavy", puts: 34, deletes: 14, txns: 20, ranges: 12, reads: 4, compacts: 5, grants: 3, revokes: 2,
		alives: 2, lefts: 1, lists: 1, hashes: 2, alarms: 1, watches: 40},
	{name: "leases", puts: 24, deletes: 6, txns: 12, ranges: 10, reads: 2, compacts: 1, grants: 14, revokes: 7,
		alives: 12, lefts: 7, lists: 4, hashes: 1, alarms: 1, watches: 8},
	{name: "compacting", puts: 26, deletes: 10, txns: 14, ranges: 26, reads: 4, compacts: 10, grants: 2, revokes: 1,
		alives: 2, lefts: 1, lists: 1, hashes: 3, alarms: 1, watches: 20},
	{name: "stored", puts: 4, deletes: 2, txns: 6, ranges: 10, reads: 2, compacts: 1, grants: 2, revokes: 1, alives: 2,
		lefts: 1, lists: 1, hashes: 1, alarms: 1, stored: 66, watches: 25},
	{name: "users", puts: 28, deletes: 10, txns: 20, ranges: 22, reads: 5, compacts: 2, grants: 3, revokes: 2,
		alives: 3, lefts: 2, lists: 1, hashes: 1, alarms: 1, watches: 12, users: true},
}

// drawProfile draws the trial's profile, or finds the one that is asked for.
func (e *Env) drawProfile() profile {
	for _, p := range profiles {
		if p.name == e.cfg.Profile {
			return p
		}
	}
	return profiles[e.Rand().IntN(len(profiles))]
}

// drawn is an operation that was drawn.
type drawn struct {
	f, method string
	args      []any
	request   etcdwire.Message
	answer    func() etcdwire.Message
	reads     bool
}

// of is an operation by its request.
func of(method string, request etcdwire.Message, reads bool) drawn {
	f, args, _ := RequestValue(request)
	return named(f, args, method, request, reads)
}

func named(f string, args []any, method string, request etcdwire.Message, reads bool) drawn {
	m, _ := etcdwire.MethodOf(method)
	return drawn{f: f, method: method, args: args, request: request, answer: m.Response, reads: reads}
}

func rangeOf(r *etcdwire.RangeRequest) drawn { return of(etcdwire.MethodRange, r, true) }

func hashOf(revision int64) drawn {
	return named("hash", []any{revision}, "/etcdserverpb.Maintenance/HashKV", &etcdwire.HashKVRequest{Revision: revision},
		true)
}

func leasesOf() drawn {
	return named("leases", []any{}, "/etcdserverpb.Lease/LeaseLeases", &etcdwire.LeaseLeasesRequest{}, true)
}

// draw draws an operation.
func (w *worker) draw() drawn {
	if to := w.compacts; to != 0 {
		w.compacts = 0
		return of(etcdwire.MethodCompact, &etcdwire.CompactionRequest{Revision: to}, false)
	}
	p := &w.e.profile
	kinds := []struct {
		weight int
		draw   func() drawn
	}{
		{p.puts, w.drawAnyPut}, {p.deletes, w.drawDelete}, {p.txns, w.drawTxn}, {p.ranges, w.drawRead},
		{p.reads, w.drawReadTxn}, {p.compacts, w.drawCompaction}, {p.grants, w.drawGrant}, {p.revokes, w.drawRevoke},
		{p.alives, w.drawAlive}, {p.lefts, w.drawLeft}, {p.lists, leasesOf}, {p.hashes, w.drawHash},
		{w.userChanges(), w.drawUserChange}, {p.alarms, w.drawAlarm}, {w.e.asksMembers, w.drawMembers},
		{p.stored, w.drawStored},
	}
	total := 0
	for _, k := range kinds {
		total += k.weight
	}
	n := w.c.Rand().IntN(total)
	for _, k := range kinds {
		if n -= k.weight; n < 0 {
			return k.draw()
		}
	}
	panic("etcd: the weights do not add up")
}

// hotKeys are used most of the time, and tailKeys seldom, the farther the less.
const (
	hotKeys  = 6
	tailBits = 9
)

// drawKey draws a key.
func (w *worker) drawKey() string {
	if w.c.Chance(70) {
		return fmt.Sprintf("a%d", w.c.Rand().IntN(hotKeys))
	}
	return fmt.Sprintf("b%03d", w.c.Rand().IntN(1<<w.c.Rand().IntN(tailBits+1)))
}

// drawRange draws a key, or a range.
func (w *worker) drawRange() (key, end string) {
	key = w.drawKey()
	switch n := w.c.Rand().IntN(100); {
	case n < 50:
		return key, ""
	case n < 70:
		return "a", "b"
	case n < 76:
		return "\x00", "\x00"
	case n < 80:
		return key, "\x00"
	case n < 98:
		end = w.drawKey()
		if end < key {
			return end, key
		}
		return key, end
	}
	return key, "a" // empty, or nearly
}

// drawRevision draws a revision to read at: the newest, one that is a while ago, or one that can't be read.
func (w *worker) drawRevision() int64 {
	switch n := w.c.Rand().IntN(100); {
	case n < 60:
		return 0
	case n < 82:
		return max(0, w.e.revision-w.c.Rand().Int64N(12))
	case n < 90:
		return max(1, w.e.compacted-2+w.c.Rand().Int64N(5))
	case n < 94:
		return w.c.Rand().Int64N(w.e.revision + 1)
	case n < 97:
		return w.e.revision + w.c.Rand().Int64N(6)
	}
	return -1
}

func (w *worker) drawRead() drawn { return rangeOf(w.drawRangeRequest()) }

// drawRangeRequest draws a range with any options.
func (w *worker) drawRangeRequest() *etcdwire.RangeRequest {
	key, end := w.drawRange()
	r := &etcdwire.RangeRequest{Key: []byte(key), RangeEnd: []byte(end), Revision: w.drawRevision()}
	rng := w.c.Rand()
	if w.c.Chance(25) {
		r.Limit = int64(1 + rng.IntN(4))
	}
	if w.c.Chance(25) {
		r.SortOrder = etcdwire.SortOrder(rng.IntN(3))
		r.SortTarget = etcdwire.SortTarget(rng.IntN(5))
	}
	r.Serializable, r.KeysOnly, r.CountOnly = w.c.Chance(25), w.c.Chance(8), w.c.Chance(8)
	if w.c.Chance(10) {
		bounds := []*int64{&r.MinModRevision, &r.MaxModRevision, &r.MinCreateRevision, &r.MaxCreateRevision}
		for range 1 + rng.IntN(2) {
			*bounds[rng.IntN(len(bounds))] = max(1, w.e.revision-rng.Int64N(30))
		}
	}
	return r
}

// drawPut draws a put of a key.
func (w *worker) drawPut(key string, lease int64, options string) drawn {
	return of(etcdwire.MethodPut, w.putRequest(key, lease, options), false)
}

func (w *worker) putRequest(key string, lease int64, options string) *etcdwire.PutRequest {
	r := &etcdwire.PutRequest{Key: []byte(key), Value: w.drawValue(), Lease: lease}
	for _, letter := range options {
		switch letter {
		case 'p':
			r.PrevKV = true
		case 'v':
			r.IgnoreValue, r.Value = true, nil
		case 'l':
			r.IgnoreLease, r.Lease = true, 0
		}
	}
	return r
}

// largeValue is the size of the largest values where room is small, and tooLarge that of one that is refused.
const (
	largeValue = 1500
	tooLarge   = 2200
)

// drawValue is a value that is put but once. Where there is little room, some are large.
func (w *worker) drawValue() []byte {
	v := fmt.Appendf(nil, "v%d", w.c.NewValue())
	if !w.e.cfg.Small || w.c.Role() != clients.Running {
		return v
	}
	pad := 0
	switch n := w.c.Rand().IntN(1000); {
	case n < 4:
		pad = tooLarge
	case n < 200:
		pad = w.c.Rand().IntN(largeValue)
	}
	return append(v, bytes.Repeat([]byte{'.'}, pad)...)
}

func (w *worker) drawAnyPut() drawn { return of(etcdwire.MethodPut, w.drawPutRequest(), false) }

func (w *worker) drawPutRequest() *etcdwire.PutRequest {
	var lease int64
	if w.c.Chance(25) {
		lease = w.drawLease()
	}
	options := ""
	if w.c.Chance(30) {
		options += "p"
	}
	switch n := w.c.Rand().IntN(100); {
	case n < 4:
		options += "v"
	case n < 9:
		options += "l"
	}
	key := w.drawKey()
	if w.c.Rand().IntN(200) == 0 {
		key = ""
	}
	return w.putRequest(key, lease, options)
}

func (w *worker) drawDelete() drawn {
	return of(etcdwire.MethodDeleteRange, w.drawDeleteRequest(), false)
}

func (w *worker) drawDeleteRequest() *etcdwire.DeleteRangeRequest {
	key, end := w.drawRange()
	if end == "\x00" && w.c.Chance(80) {
		end = "" // all keys go seldom
	}
	return &etcdwire.DeleteRangeRequest{Key: []byte(key), RangeEnd: []byte(end), PrevKV: w.c.Chance(30)}
}

// drawCompaction draws a compaction, of little or of almost everything, and now and then of what can't be.
func (w *worker) drawCompaction() drawn {
	r := &etcdwire.CompactionRequest{Physical: w.c.Chance(30)}
	switch n := w.c.Rand().IntN(100); {
	case n < 70:
		r.Revision = max(1, w.e.revision-w.c.Rand().Int64N(25))
	case n < 85:
		r.Revision = w.e.revision
	case n < 92:
		r.Revision = max(0, w.e.compacted-1+w.c.Rand().Int64N(3))
	default:
		r.Revision = w.e.revision + w.c.Rand().Int64N(4)
	}
	return of(etcdwire.MethodCompact, r, false)
}

func (w *worker) drawHash() drawn {
	if w.c.Chance(50) {
		return hashOf(0)
	}
	return hashOf(max(0, w.e.revision-w.c.Rand().Int64N(6)))
}
