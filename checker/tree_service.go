package checker

import (
	"fmt"
	"slices"
	"time"

	"ordeal/history"
	"ordeal/model/znode"
)

// treeApplied is a transaction as the service tells it.
type treeApplied struct {
	at                 int // index of the event
	zxid, session, xid int64
	close              bool
	reaped             *reaped
	// config is the ensemble's configuration that came into force.
	config *string
}

// reaped is a znode that the service removed by itself.
type reaped struct {
	path string
	// when is the instant, and off how far the clock of any server has been from the time of day by then, in milliseconds.
	when time.Duration
	off  int64
}

// treeRaw is what the events of Service say.
type treeRaw struct {
	// applied are the transactions of which more is to be known than their answers say.
	applied  []treeApplied
	fed, gap bool
	// unanswered are the requests that were not answered.
	unanswered map[requestName]bool
	// ended are the ends of sessions that were found out about afterwards.
	ended []treeApplied
}

// readService reads what the service, and the clients' connections, told of their own accord.
func (l *treeLog) readService(op *history.Operation, raw *treeRaw) error {
	v, _ := op.Argument.([]any)
	switch op.F {
	case "attach", "event", "setWatches", "setWatches2":
		return l.readHeard(op, v)
	case "claim":
		var session, conn int64
		var scheme, auth string
		err := fields(v, &session, &conn, &scheme, &auth)
		l.connection(treeConn{session, conn}).claims(l.settings, claim{scheme, auth})
		return err
	case "claimed":
		var session, conn, code int64
		err := fields(v, &session, &conn, &code)
		by := treeConn{session, conn}
		ids := l.claimed(op, by, code)
		l.heard = append(l.heard, &treeHeard{at: int32(op.Call), session: session, conn: conn, kind: heardClaim, op: op,
			client: l.connection(by).client, heardAside: &heardAside{ids: ids}})
		return err
	case "settings":
		l.settings.Whole = true
		return l.readSettings(v)
	case "applied":
		raw.fed = true
		return raw.readApplied(op, v)
	case "ended":
		a := treeApplied{at: op.Call, close: true}
		err := fields(v, &a.zxid, &a.session)
		raw.ended = append(raw.ended, a)
		return err
	case "serves":
		l.readServes(op.Argument)
	case "gap":
		raw.gap = true
	}
	return nil
}

// readHeard reads what came to a client.
func (l *treeLog) readHeard(op *history.Operation, v []any) error {
	one := &struct {
		heard treeHeard
		aside heardAside
	}{heard: treeHeard{at: int32(op.Call), op: op}}
	h := &one.heard
	h.heardAside = &one.aside
	var err error
	switch op.F {
	case "attach":
		h.kind = heardAttach
		h.ids = l.settings.AtFirst()
		how := v[min(2, len(v)):]
		err = fields(v[:len(v)-len(how)], &h.session, &h.conn)
		h.anew = slices.Contains(how, any("anew"))
	case "event":
		h.kind = heardEvent
		err = fields(v, &h.session, &h.conn, &h.event.Type, &h.event.Path, &h.zxid)
	default:
		h.kind, h.watches = heardWatches, &rewatch{}
		w := &h.watches.asked
		into := []any{&h.session, &h.conn, &h.zxid, &w.Zxid, &w.Data, &w.Exist, &w.Child}
		if op.F == "setWatches2" {
			into = append(into, &w.Persistent, &w.Recursive)
		}
		err = fields(v, into...)
		l.watchedAgain(w)
	}
	by := l.connection(treeConn{h.session, h.conn})
	by.told = by.told || h.kind == heardAttach
	h.client = by.client
	l.heard = append(l.heard, h)
	return err
}

// watchedAgain notes the watches that a client sets again.
func (l *treeLog) watchedAgain(w *znode.Watches) {
	for kind, paths := range byKind(*w) {
		for _, path := range paths {
			l.watched[watchSpot{watchKind(kind).spot(), path}] = true
		}
	}
}

// readSettings reads a list of names and values. Those that it does not know change no answer.
func (l *treeLog) readSettings(v []any) error {
	for _, one := range v {
		pair, _ := one.([]any)
		var name string
		var value any
		if err := fields(pair, &name, &value); err != nil {
			return fmt.Errorf("a setting: %w", err)
		}
		ok := true
		switch name {
		case "super":
			l.settings.Super, ok = value.(string)
		case "ttl":
			l.settings.TTL, ok = value.(bool)
		case "quota":
			l.settings.Quota, ok = value.(bool)
		case "reconfig":
			l.settings.Reconfig, ok = value.(bool)
		case "everybody":
			l.settings.Everybody, ok = value.(bool)
		case "local":
			var how string
			how, ok = value.(string)
			l.settings.Local, l.settings.Unowned = how != "no", how == "yes"
		case "unused":
			l.settings.Unused, ok = value.(int64)
		}
		if !ok {
			return fmt.Errorf("the setting %s is a %T", name, value)
		}
	}
	if ids := l.settings.AtFirst(); len(ids) > 0 {
		l.everybody = &heardAside{ids: ids}
	}
	return nil
}

// readApplied reads [zxid session xid F]; of a change of the ensemble also the configuration; and of a removal the
// path, and perhaps how far clocks were off. Of most transactions there is an answer, which says the same.
func (raw *treeRaw) readApplied(op *history.Operation, v []any) error {
	zxid, session, xid, what, err := appliedFields(v)
	if err != nil {
		return err
	}
	ends := what == "closeSession"
	if len(v) == 4 && xid != 0 && !ends && !raw.unanswered[requestName{session, xid}] {
		return nil
	}
	a := treeApplied{at: op.Call, zxid: zxid, session: session, xid: xid, close: ends}
	switch {
	case len(v) == 5 && what == "reconfig":
		a.config = new(string)
		err = fields(v[4:], a.config)
	case len(v) > 4:
		a.reaped = &reaped{when: op.Invoked}
		err = fields(v[4:], []any{&a.reaped.path, &a.reaped.off}[:min(len(v)-4, 2)]...)
	}
	raw.applied = append(raw.applied, a)
	return err
}

// appliedFields are those that there are of every transaction. Most are looked at once and forgotten, so they are read
// where they need no room.
func appliedFields(v []any) (zxid, session, xid int64, what string, err error) {
	if len(v) >= 4 {
		var ok [4]bool
		zxid, ok[0] = v[0].(int64)
		session, ok[1] = v[1].(int64)
		xid, ok[2] = v[2].(int64)
		what, ok[3] = v[3].(string)
		if ok == [4]bool{true, true, true, true} {
			return zxid, session, xid, what, nil
		}
	}
	err = fields(v[:min(4, len(v))], new(int64), new(int64), new(int64), new(string))
	return 0, 0, 0, "", err
}

// claim is who a client says it is.
type claim struct{ scheme, auth string }

// claims takes a claim of the connection's client. What it asks for behind it is asked by whom it names.
func (c *connection) claims(s znode.Settings, one claim) {
	c.open = append(c.open, one)
	if id, ok := znode.Claim(one.scheme, one.auth); ok {
		before := s.AtFirst()
		if c.asks != nil {
			before = c.asks.ids
		}
		c.asks = &heardAside{ids: s.Known(before, id)}
	}
}

// known are the ids that the client is taken for.
func (c *connection) known(s znode.Settings) []string {
	if c.taken != nil {
		return c.taken
	}
	return s.AtFirst()
}

// judgedClaims is what was found of the answers to claims.
type judgedClaims struct {
	// wrong is the first answer that is.
	wrong *objection
	count int64
	// refused says that one was.
	refused bool
}

func (c *judgedClaims) object(o *objection) {
	if c.wrong == nil {
		c.wrong = o
	}
}

// claimed takes the answer to the oldest claim of a connection that has none, and returns whom the client is taken for
// now.
func (l *treeLog) claimed(op *history.Operation, by treeConn, code int64) []string {
	l.claims.count++
	c := l.connection(by)
	if len(c.open) == 0 {
		l.claims.object(against(shown(op), "session 0x%x was answered a claim that it had not made", uint64(by.session)))
		return c.known(l.settings)
	}
	one := c.open[0]
	c.open = c.open[1:]
	want := int64(znode.CodeOK)
	if id, ok := znode.Claim(one.scheme, one.auth); ok {
		c.taken = l.settings.Known(c.known(l.settings), id)
	} else {
		want = znode.CodeAuthFailed
	}
	if want == znode.CodeAuthFailed && c.refused == nil {
		c.refused, l.claims.refused = op, true
	}
	if code != want {
		l.claims.object(against(shown(op), "the code of session 0x%x's claim in the scheme %q is %d, and must be %d",
			uint64(by.session), one.scheme, code, want))
	}
	return c.known(l.settings)
}

// judgeClaims judges the answers to what clients claimed to be. What that gives them shows in everything else.
func (l *treeLog) judgeClaims() Verdict {
	l.afterRefusal()
	v := l.verdict(treeClaims, 0, l.claims.wrong)
	v.Measures = []Measure{{"claims", l.claims.count, ""}}
	return v
}

// afterRefusal holds that nothing comes on a connection behind the refusal of what its client claimed to be. (ZooKeeper
// may still answer what was asked before.)
func (l *treeLog) afterRefusal() {
	if l.serves == zooKeeper38 || !l.claims.refused {
		return
	}
	for _, h := range l.heard {
		refusal := l.conns[treeConn{h.session, h.conn}].refused
		if refusal != nil && h.kind != heardAttach && int(h.at) > refusal.Call {
			l.claims.object(against(shown(refusal, h.op), "event %d came to session 0x%x on a connection on which a claim was "+
				"refused before, which ends it", h.at, uint64(h.session)))
			return
		}
	}
}
