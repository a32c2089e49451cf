package revisions

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/mvcc"
)

// entry is a request that was applied, or the end of a lease.
type entry struct {
	op      *history.Operation
	who     mvcc.Who
	request mvcc.Request
	bucket  string // that of the calls that it may be
	expired int64  // the lease whose time was over
	off     time.Duration
	answer  any // by the specification
	taken   bool
}

// call is what a client asked for.
type call struct {
	op      *history.Operation
	conn    int64
	user    string
	request mvcc.Request
	args    []any
	bucket  string
	reads   bool // whether it only reads
	any     bool // and from any earlier state
}

func (c *call) answered() bool { return c.op.End == history.OK }

// log is a history, sorted out.
type log struct {
	entries []entry
	calls   []call
	// heard is what servers said of watches, and what clients made of them, in its order.
	heard []*history.Operation
	gap   bool // some of what was applied is not known
	// ttlLeast is the shortest that a lease lasts, in seconds.
	ttlLeast int64
	// quota is how many bytes the store may have, and request how many a request; 0 for as many as clients like.
	quota, request int64
	// ensembles are who was in the service, one after the other, and changes what was applied that changes that.
	ensembles []ensemble
	changes   []change

	store   *mvcc.Store
	moments []mvcc.Moment // behind so many entries
	first   []int         // the first of them with a revision
	lives   map[int64][]life
	shown   map[*history.Operation]int // the position that its connection had shown when an answered call began
}

// life is a time in which a lease was there, by positions; to is -1 for one that did not end.
type life struct {
	from, to int
	ttl      int64
	began    time.Duration
	end      int // the entry that ended it
}

// others are the names of operations that are no requests of the specification.
var others = map[string]bool{
	"watch": true, "alive": true, "left": true, "leases": true, "hash": true, "alarms": true, "members": true,
}

func read(ops []history.Operation) (*log, error) {
	l := &log{ttlLeast: 1, store: mvcc.New(), lives: map[int64][]life{}}
	for i := range ops {
		op := &ops[i]
		var err error
		switch {
		case op.Process == history.Service && (op.F == "placed" || op.F == "lapsed"):
			err = l.readPlaced(op)
		case op.Process == history.Service:
			err = l.readService(op)
		case op.Process >= 0 && op.End != history.Fail:
			err = l.readCall(op)
		}
		if err != nil {
			return nil, fmt.Errorf("event %d, %s by process %d, is malformed: %w", op.Call, op.F, op.Process, err)
		}
	}
	sort.SliceStable(l.entries, func(i, j int) bool { return l.entries[i].op.Call < l.entries[j].op.Call })
	sort.SliceStable(l.heard, func(i, j int) bool { return at(l.heard[i]) < at(l.heard[j]) })
	return l, nil
}

// at is the event that what was heard is from: for the beginning of a watch, the answer.
func at(op *history.Operation) int {
	if op.Process >= 0 {
		return op.Return
	}
	return op.Call
}

var errShape = errors.New("it has too few parts, or others than it must have")

// readService reads what is no operation of a client:
//
//	settings    [name value] …
//	applied     index user authRevision service f args…
//	expired     index lease millisecondsThatClocksMayBeWrong
//	gap         index
//	ensemble    [server observes place] …
//	told …      see watches.go
func (l *log) readService(op *history.Operation) error {
	args, _ := op.Result.([]any)
	switch op.F {
	case "profile", "dialled":
	case "settings":
		for _, v := range args {
			if pair, _ := v.([]any); len(pair) == 2 {
				l.set(pair)
			}
		}
	case "ensemble":
		return l.readEnsemble(op, args)
	case "gap":
		l.gap = true
	case "applied":
		if len(args) < 5 {
			return errShape
		}
		e := entry{op: op}
		f, _ := args[4].(string)
		if changesMembers(f) {
			service, _ := args[3].(bool)
			l.changes = append(l.changes, change{op: op, service: service, f: f, args: args[5:]})
			return nil
		}
		e.who.User, _ = args[1].(string)
		e.who.Revision, _ = args[2].(int64)
		e.who.Service, _ = args[3].(bool)
		var err error
		if e.request, err = mvcc.ParseRequest(f, args[5:]); err != nil {
			return err
		}
		e.bucket = l.bucket(&e.request, args[5:])
		l.entries = append(l.entries, e)
	case "expired":
		if len(args) != 3 {
			return errShape
		}
		e := entry{op: op, who: mvcc.Who{Service: true}, request: mvcc.Request{Op: "revoke"}}
		e.expired, _ = args[1].(int64)
		e.request.ID = e.expired
		off, _ := args[2].(int64)
		e.off = time.Duration(off) * time.Millisecond
		l.entries = append(l.entries, e)
	default:
		l.heard = append(l.heard, op)
	}
	return nil
}

// set reads a setting.
func (l *log) set(pair []any) {
	number, _ := pair[1].(int64)
	switch pair[0] {
	case any("ttl"):
		l.ttlLeast = number
	case any("quota"):
		l.quota = number
	case any("request"):
		l.request = number
	}
}

func (l *log) readCall(op *history.Operation) error {
	args, _ := op.Argument.([]any)
	if len(args) < 2 {
		return errShape
	}
	c := call{op: op, args: args[2:]}
	c.conn, _ = args[0].(int64)
	c.user, _ = args[1].(string)
	if op.F == "watch" {
		if len(args) != 9 {
			return errShape
		}
		if op.End == history.OK {
			l.heard = append(l.heard, op)
		}
		l.calls = append(l.calls, c)
		return nil
	}
	if others[op.F] || changesMembers(op.F) {
		c.reads = true
		c.request.Op = op.F
		l.calls = append(l.calls, c)
		return nil
	}
	var err error
	if c.request, err = mvcc.ParseRequest(op.F, c.args); err != nil {
		return err
	}
	if c.reads, c.any = c.request.Reads(); !c.reads {
		c.bucket = l.bucket(&c.request, c.args)
	}
	l.calls = append(l.calls, c)
	return nil
}

// chosenBelow is a number that no lease is below whose id a server has chosen.
const chosenBelow = 1 << 40

// bucket names what calls and entries have in common that may be each other's. A grant that leaves the id to the server
// may be of any, and one that is too short is made longer.
func (l *log) bucket(r *mvcc.Request, args []any) string {
	if r.Op == "grant" {
		id := r.ID
		if id >= chosenBelow {
			id = 0
		}
		return fmt.Sprintf("grant %d %d", id, max(r.TTL, l.ttlLeast))
	}
	var b strings.Builder
	b.WriteString(r.Op)
	write(&b, args)
	return b.String()
}

func write(b *strings.Builder, v any) {
	list, ok := v.([]any)
	if !ok {
		b.WriteByte(' ')
		b.WriteString(model.TextOf(v))
		return
	}
	b.WriteString(" [")
	for _, one := range list {
		write(b, one)
	}
	b.WriteByte(']')
}

// position is how many entries had been applied before an event.
func (l *log) position(event int) int {
	return sort.Search(len(l.entries), func(i int) bool { return l.entries[i].op.Call >= event })
}

// of are the positions at which a revision was the newest, within some.
func (l *log) of(revision int64, low, high int) (from, to int) {
	i := int(revision) - 1
	if i < 0 || i >= len(l.first) {
		return 0, -1
	}
	from, to = l.first[i], len(l.moments)-1
	if i+1 < len(l.first) {
		to = l.first[i+1] - 1
	}
	return max(from, low), min(to, high)
}
