package revisions

import (
	"sort"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// hashed is what a hash of keys is of.
type hashed struct{ revision, compacted int64 }

// judgeAnswers judges what only looks, in the order of the answers; and notes of all answers how much their connections
// have shown.
func (l *log) judgeAnswers() *Finding {
	list := make([]*call, 0, len(l.calls))
	for i := range l.calls {
		if c := &l.calls[i]; c.answered() {
			list = append(list, c)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].op.Return < list[j].op.Return })
	hashes := map[hashed]*call{}
	for _, c := range list {
		low, high := l.position(c.op.Call), l.position(c.op.Return)
		var f *Finding
		switch {
		case !c.reads || badToken(c):
		case c.request.Op == "range" || c.request.Op == "txn":
			f = l.judgeLook(c, low, high, l.shown[c.op])
		case c.request.Op == "alarms":
			f = l.judgeAlarms(c, low, high)
		case c.request.Op == "members":
			f = l.judgeMembers(c, high)
		case changesMembers(c.request.Op):
			f = l.judgeChange(c, high)
		case c.request.Op == "hash":
			f = l.judgeHash(c, l.shown[c.op], high, hashes)
		default:
			f = l.judgeLeaseLook(c, low, high, l.shown[c.op])
		}
		if f != nil {
			return f
		}
	}
	return nil
}

// shownBefore is, for each call with an answer, the position that its connection had shown when it began.
func (l *log) shownBefore() map[*history.Operation]int {
	type step struct {
		event int
		c     *call
		end   bool
	}
	steps := make([]step, 0, 2*len(l.calls))
	for i := range l.calls {
		if c := &l.calls[i]; c.answered() {
			steps = append(steps, step{c.op.Call, c, false}, step{c.op.Return, c, true})
		}
	}
	sort.Slice(steps, func(i, j int) bool { return steps[i].event < steps[j].event })
	before := make(map[*history.Operation]int, len(steps)/2)
	shown := map[int64]int{}
	for _, s := range steps {
		if !s.end {
			before[s.c.op] = shown[s.c.conn]
			continue
		}
		if r := revisionOf(s.c.op.Result); r > 0 && int(r) <= len(l.first) {
			shown[s.c.conn] = max(shown[s.c.conn], l.first[r-1])
		}
	}
	return before
}

// revisionOf is the revision of an answer; 0 for a refusal.
func revisionOf(answer any) int64 {
	list, _ := answer.([]any)
	if len(list) == 0 {
		return 0
	}
	r, _ := list[0].(int64)
	return r
}

// judgeLook judges a range, or a transaction of ranges.
func (l *log) judgeLook(c *call, low, high, shown int) *Finding {
	if refused := c.request.Check(); refused != "" {
		if !mvcc.Equal(c.op.Result, refused) {
			return against(partAnswers, only(c.op), "%s is answered %s, and must be refused: %s", describe(c.op.F, &c.request),
				text(c.op.Result), refused)
		}
		return nil
	}
	if c.any {
		low = shown
	}
	from, to := low, high
	if r := revisionOf(c.op.Result); r != 0 {
		if from, to = l.of(r, low, high); from > to {
			return against(partAnswers, only(c.op), "%s shows revision %d, and it must be one from %d to %d",
				describe(c.op.F, &c.request), r, l.moments[low].Revision, l.moments[high].Revision)
		}
	}
	var want any
	fits := l.some(from, to, func(m mvcc.Moment) bool {
		want = m.Look(whoAt(c.user, m), &c.request)
		return mvcc.Equal(want, c.op.Result) || l.oldAuth(c, m, min(low, shown))
	})
	if !fits {
		return against(partAnswers, only(c.op), "%s is answered %s, and must be %s", describe(c.op.F, &c.request),
			text(c.op.Result), text(want))
	}
	return nil
}

// oldAuth says whether a call was refused rightly since users or roles had changed while it was under way.
func (l *log) oldAuth(c *call, m mvcc.Moment, low int) bool {
	return mvcc.Equal(c.op.Result, "etcdserver: revision of auth store is old") &&
		l.moments[low].AuthRevision() < m.AuthRevision()
}

// judgeHash holds that equal histories that were compacted alike have equal hashes.
func (l *log) judgeHash(c *call, low, high int, known map[hashed]*call) *Finding {
	if refusal, refused := mvcc.Refused(c.op.Result); refused {
		revision, _ := c.args[0].(int64)
		if l.some(low, high, func(m mvcc.Moment) bool {
			denied := m.MayAdminister(mvcc.Who{User: c.user})
			if denied != "" {
				return denied == refusal
			}
			probe := mvcc.Request{Op: "range", Key: "\x00", Revision: revision}
			return mvcc.Equal(m.Look(mvcc.Who{Service: true}, &probe), refusal)
		}) {
			return nil
		}
		return against(partAnswers, only(c.op), "a hash at revision %d is refused: %s", revision, refusal)
	}
	list, _ := c.op.Result.([]any)
	if len(list) != 4 {
		return against(partAnswers, only(c.op), "a hash is answered %s", text(c.op.Result))
	}
	revision, _ := list[1].(int64)
	compacted, _ := list[2].(int64)
	of := hashed{revision, compacted}
	if !l.some(low, high, func(m mvcc.Moment) bool { return m.Compacted == compacted && m.Revision >= revision }) {
		return against(partAnswers, only(c.op), "a hash is of revision %d, compacted at %d, and it never was so", revision,
			compacted)
	}
	if first := known[of]; first != nil {
		if other, _ := first.op.Result.([]any); !mvcc.Equal(other[3], list[3]) {
			return against(partAnswers, []*history.Operation{first.op, c.op},
				"two hashes of revision %d, compacted at %d, are %s and %s", revision, compacted, text(other[3]), text(list[3]))
		}
		return nil
	}
	known[of] = c
	return nil
}
