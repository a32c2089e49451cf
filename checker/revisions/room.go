package revisions

import (
	"ordeal/model/mvcc"
)

// What servers refuse since there is no room, or since it is too large: each server by what it has applied, before the
// request is on its way into the log. So a server that is behind may let pass what another would not.

// The refusals for that, in etcd's words.
const (
	textNoRoom   = "etcdserver: mvcc: database space exceeded"
	textTooLarge = "etcdserver: request is too large"
)

// noRoom says whether a request was refused rightly for want of room. What was compacted may still be there: so all
// counts that ever was.
func (l *log) noRoom(c *call, refusal string) bool {
	cost := c.request.Cost()
	return refusal == textNoRoom && l.quota > 0 && cost > 0 &&
		l.moments[l.position(c.op.Return)].Written+cost >= l.quota
}

// tooLarge says whether a request was refused rightly for its size.
func (l *log) tooLarge(c *call, refusal string) bool {
	_, most := c.request.Bytes()
	return refusal == textTooLarge && l.request > 0 && int64(most) >= l.request
}

// judgeRoom holds that what was carried out is no larger than it may be, and that there was room for it.
func (l *log) judgeRoom(c *call, e *entry) *Finding {
	if least, _ := c.request.Bytes(); l.request > 0 && int64(least) >= l.request {
		return against(partAnswers, only(c.op), "%s has %d bytes at least, and was carried out: a request may have %d",
			describe(c.op.F, &c.request), least, l.request)
	}
	cost := c.request.Cost()
	if _, refused := mvcc.Refused(c.op.Result); refused || l.quota == 0 || cost == 0 {
		return nil
	}
	if !l.some(l.shown[c.op], l.position(e.op.Call), func(m mvcc.Moment) bool { return m.Live+cost < l.quota }) {
		return against(partAnswers, only(c.op), "%s was carried out, and there was no room for it: keys had %d bytes "+
			"and may have %d", describe(c.op.F, &c.request), l.moments[l.position(e.op.Call)].Live, l.quota)
	}
	return nil
}

// judgeRaised holds that servers raise an alarm for want of room when something has come that there may be no room for.
func (l *log) judgeRaised() *Finding {
	most := int64(0)
	for i := range l.calls {
		most = max(most, l.calls[i].request.Cost())
	}
	for i := range l.entries {
		e := &l.entries[i]
		if e.who.Service && e.request.Op == "alarm-raise" && (l.quota == 0 || l.moments[i].Written+most < l.quota) {
			return against(partAnswers, only(e.op),
				"a server says that there is no room, and all that ever was put has %d bytes", l.moments[i].Written)
		}
	}
	return nil
}

// judgeAlarms judges what is said of alarms.
func (l *log) judgeAlarms(c *call, low, high int) *Finding {
	kind, _ := c.args[0].(string)
	if refusal, refused := mvcc.Refused(c.op.Result); refused {
		if l.some(l.shown[c.op], high, func(m mvcc.Moment) bool { return m.MayAsk(whoAt(c.user, m)) == refusal }) {
			return nil
		}
		return against(partAnswers, only(c.op), "to say which alarms there are is refused: %s", refusal)
	}
	var want any
	from, to := l.of(revisionOf(c.op.Result), low, high)
	if !l.some(from, to, func(m mvcc.Moment) bool {
		want = m.Alarms(kind)
		return mvcc.Equal(want, c.op.Result)
	}) {
		return against(partAnswers, only(c.op), "alarms %s are said to be %s, and must be %s", text(kind), text(c.op.Result),
			text(want))
	}
	return nil
}
