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
	applied  []treeApplied
	fed, gap bool
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
		l.claims.made(l.settings, treeConn{session, conn}, claim{scheme, auth})
		return err
	case "claimed":
		var session, conn, code int64
		err := fields(v, &session, &conn, &code)
		ids := l.claims.answered(op, treeConn{session, conn}, code, l.settings)
		l.heard = append(l.heard, treeHeard{at: op.Call, session: session, conn: conn, kind: heardClaim, op: op,
			heardAside: &heardAside{ids: ids}})
		return err
	case "settings":
		l.settings.Whole = true
		return l.readSettings(v)
	case "applied":
		a, err := readApplied(op, v)
		raw.applied, raw.fed = append(raw.applied, a), true
		return err
	case "ended":
		a := treeApplied{at: op.Call, close: true}
		err := fields(v, &a.zxid, &a.session)
		raw.ended = append(raw.ended, a)
		return err
	case "serves":
		l.serves, _ = op.Argument.(string)
	case "gap":
		raw.gap = true
	}
	return nil
}

// readHeard reads what came to a client.
func (l *treeLog) readHeard(op *history.Operation, v []any) error {
	h := treeHeard{at: op.Call, op: op, heardAside: &heardAside{}}
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
	}
	l.heard = append(l.heard, h)
	return err
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
	return nil
}

// readApplied reads [zxid session xid F]; of a change of the ensemble also the configuration; and of a removal the
// path, and perhaps how far clocks were off.
func readApplied(op *history.Operation, v []any) (treeApplied, error) {
	a := treeApplied{at: op.Call}
	var what string
	into := []any{&a.zxid, &a.session, &a.xid, &what}
	switch {
	case len(v) == 5 && v[3] == "reconfig":
		a.config = new(string)
		into = append(into, a.config)
	case len(v) > len(into):
		a.reaped = &reaped{when: op.Invoked}
		into = append(into, &a.reaped.path, &a.reaped.off)[:min(len(v), 6)]
	}
	err := fields(v, into...)
	a.close = what == "closeSession"
	return a, err
}

// claim is who a client says it is.
type claim struct{ scheme, auth string }

// claimed is what clients have claimed to be, by connection: the service forgets it with that.
type claimed struct {
	ids map[treeConn][]string
	// taken are those of the answered ones: who the service is known to take the client for.
	taken map[treeConn][]string
	// open were not answered yet.
	open map[treeConn][]claim
	// wrong is the first answer that is.
	wrong *objection
	count int64
	// refused are the answers that refused one.
	refused map[treeConn]*history.Operation
}

func newClaimed() claimed {
	return claimed{ids: map[treeConn][]string{}, taken: map[treeConn][]string{}, open: map[treeConn][]claim{},
		refused: map[treeConn]*history.Operation{}}
}

// made takes a claim. What the connection asks for behind it is asked by whom it names.
func (c *claimed) made(s znode.Settings, by treeConn, one claim) {
	c.open[by] = append(c.open[by], one)
	if id, ok := znode.Claim(one.scheme, one.auth); ok {
		c.ids[by] = s.Known(c.of(c.ids, by, s), id)
	}
}

// answered takes the answer to the oldest claim of a connection that has none, and returns whom the client is taken for
// now.
func (c *claimed) answered(op *history.Operation, by treeConn, code int64, s znode.Settings) []string {
	c.count++
	open := c.open[by]
	if len(open) == 0 {
		c.object(against(shown(op), "session 0x%x was answered a claim that it had not made", uint64(by.session)))
		return c.of(c.taken, by, s)
	}
	c.open[by] = open[1:]
	want := int64(znode.CodeOK)
	id, ok := znode.Claim(open[0].scheme, open[0].auth)
	if ok {
		c.taken[by] = s.Known(c.of(c.taken, by, s), id)
	} else {
		want = znode.CodeAuthFailed
	}
	if want == znode.CodeAuthFailed && c.refused[by] == nil {
		c.refused[by] = op
	}
	if code != want {
		c.object(against(shown(op), "the code of session 0x%x's claim in the scheme %q is %d, and must be %d",
			uint64(by.session), open[0].scheme, code, want))
	}
	return c.of(c.taken, by, s)
}

// of are the ids of a connection in one of the two tables.
func (c *claimed) of(table map[treeConn][]string, by treeConn, s znode.Settings) []string {
	if ids, some := table[by]; some {
		return ids
	}
	return s.AtFirst()
}

func (c *claimed) object(o *objection) {
	if c.wrong == nil {
		c.wrong = o
	}
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
	if l.serves == zooKeeper38 || len(l.claims.refused) == 0 {
		return
	}
	for i := range l.heard {
		h := &l.heard[i]
		refusal := l.claims.refused[treeConn{h.session, h.conn}]
		if refusal != nil && h.kind != heardAttach && h.at > refusal.Call {
			l.claims.object(against(shown(refusal, h.op), "event %d came to session 0x%x on a connection on which a claim was "+
				"refused before, which ends it", h.at, uint64(h.session)))
			return
		}
	}
}
