package revisions

import (
	"time"

	"ordeal/history"
	"ordeal/model/mvcc"
)

// alive finds the life of a lease that has a position in it.
func (l *log) alive(id int64, position int) (life, bool) {
	for _, one := range l.lives[id] {
		if one.from <= position && (one.to < 0 || position < one.to) {
			return one, true
		}
	}
	return life{}, false
}

// judgeLeaseLook judges what is asked about leases, and keep-alives.
func (l *log) judgeLeaseLook(c *call, low, high, shown int) *Finding {
	wrong := func(want string) *Finding {
		return against(partAnswers, only(c.op), "%s of %s is answered %s, and %s", c.op.F, text(c.args), text(c.op.Result),
			want)
	}
	if refusal, refused := mvcc.Refused(c.op.Result); refused {
		if !l.leaseRefused(c, refusal, min(low, shown), high) {
			return wrong("that was never the case")
		}
		return nil
	}
	list, _ := c.op.Result.([]any)
	revision := revisionOf(c.op.Result)
	if revision > l.moments[high].Revision {
		return wrong("there was no such revision")
	}
	switch c.request.Op {
	case "leases":
		ids, _ := list[1].([]any)
		from, to := l.of(revision, shown, high)
		for p := from; p <= to; p++ {
			if mvcc.Equal(sorted(l.leasesAt(p)), sorted(ids)) {
				return nil
			}
		}
		return wrong("these were never the leases of that revision")
	case "alive":
		ttl, _ := list[2].(int64)
		if !l.leaseShown(c.args, low, high, ttl) {
			return wrong("the lease was not so")
		}
	case "left":
		return l.judgeLeft(c, list, low, high, wrong)
	}
	return nil
}

// leaseShown says whether the lease that is asked about had a time to live, or was not there for 0, at some position.
func (l *log) leaseShown(args []any, low, high int, ttl int64) bool {
	id, _ := args[0].(int64)
	for p := low; p <= high; p++ {
		if one, there := l.alive(id, p); there && one.ttl == ttl || !there && ttl == 0 {
			return true
		}
	}
	return false
}

func (l *log) judgeLeft(c *call, list []any, low, high int, wrong func(string) *Finding) *Finding {
	if len(list) != 5 {
		return wrong("it has other parts")
	}
	id, _ := c.args[0].(int64)
	left, _ := list[2].(int64)
	granted, _ := list[3].(int64)
	keys, _ := list[4].([]any)
	sound := granted == 0 && left == -1 || granted > 0 && left >= 0 && left <= granted
	if !sound || !l.leaseShown(c.args, low, high, granted) {
		return wrong("the lease was not so")
	}
	if asked, _ := c.args[1].(bool); !asked || granted == 0 {
		if len(keys) > 0 {
			return wrong("keys were not asked for")
		}
		return nil
	}
	from, to := l.of(revisionOf(c.op.Result), low, high)
	if from > to {
		return wrong("that revision was over when it was asked")
	}
	if !mvcc.Equal(l.moments[from].Keys(id), keys) {
		return wrong("these were not its keys at that revision")
	}
	return nil
}

// leaseRefused says whether a request about leases may have been refused so.
func (l *log) leaseRefused(c *call, refusal string, low, high int) bool {
	return l.some(low, high, func(m mvcc.Moment) bool {
		who := whoAt(c.user, m)
		if m.MayAsk(who) == refusal {
			return true
		}
		ids := []any{}
		if c.request.Op == "leases" {
			ids = l.leasesAt(high)
			for id := range l.lives { //house:unordered whether there is any that may not be seen
				ids = append(ids, id)
			}
		} else {
			ids = append(ids, c.args[0])
		}
		for _, v := range ids {
			id, _ := v.(int64)
			if m.MayKeys(who, id, c.request.Op == "alive") == refusal || l.oldAuth(c, m, low) {
				return true
			}
		}
		return false
	})
}

// leasesAt are the ids of the leases that were there at a position.
func (l *log) leasesAt(position int) (ids []any) {
	for id := range l.lives { //house:unordered sorted by whoever compares
		if _, there := l.alive(id, position); there {
			ids = append(ids, id)
		}
	}
	return ids
}

// judgeLeases holds that no lease's time is over before it is: as long as it was granted from when it was, and from
// each keep-alive that was answered with its time. It may take effect when it is asked for at the earliest.
func (l *log) judgeLeases() *Finding {
	renewed := map[int64][]*call{}
	for i := range l.calls {
		if c := &l.calls[i]; c.request.Op == "alive" && c.answered() {
			if list, _ := c.op.Result.([]any); len(list) == 3 && !mvcc.Equal(list[2], int64(0)) {
				id, _ := c.args[0].(int64)
				renewed[id] = append(renewed[id], c)
			}
		}
	}
	for i := range l.entries {
		e := &l.entries[i]
		if e.expired == 0 {
			continue
		}
		lives := l.lives[e.expired]
		for k := range lives {
			if lives[k].end != i {
				continue
			}
			if f := l.judgeEnd(e, lives, k, renewed[e.expired]); f != nil {
				return f
			}
		}
	}
	return nil
}

// judgeEnd judges the end of a life. A keep-alive that spans another life of the same lease may have been of that.
func (l *log) judgeEnd(e *entry, lives []life, k int, renewed []*call) *Finding {
	one := lives[k]
	since, by := one.began, (*history.Operation)(nil)
	for _, c := range renewed {
		low, high := l.position(c.op.Call), l.position(c.op.Return)
		switch {
		case low >= one.to || high < one.from:
		case k+1 < len(lives) && lives[k+1].from <= high, k > 0 && low < lives[k-1].to:
		case c.op.Invoked > since:
			since, by = c.op.Invoked, c.op
		}
	}
	if granted := time.Duration(one.ttl) * time.Second; e.op.Invoked+e.off < since+granted {
		return against(partLeases, []*history.Operation{by, e.op},
			"lease %d of %v ends by itself %v behind its last renewal, and clocks are wrong by %v at most", e.expired, granted,
			e.op.Invoked-since, e.off)
	}
	return nil
}
