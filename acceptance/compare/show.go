package main

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"ordeal/cluster/wire"
)

// showConnected tells a session by whether it is there at all: its id and password are the server's own.
func (p *player) showConnected(r wire.ConnectResponse) string {
	return fmt.Sprintf("version=%d timeout=%d session=%s passwd=%d readOnly=%v/%v", r.ProtocolVersion, r.TimeoutMs,
		p.showOwner(r.SessionID), len(r.Passwd), r.HasReadOnly, r.ReadOnly)
}

// showOwner names a session by its client.
func (p *player) showOwner(id int64) string {
	if id == 0 {
		return "none"
	}
	for client, s := range p.made {
		if s.id == id {
			return fmt.Sprintf("of-%d", client)
		}
	}
	return "unknown"
}

// showFrame tells a reply or an event, and takes the request off that is answered.
func (p *player) showFrame(c *conn, b []byte) string {
	h, d, err := wire.DecodeReplyHeader(b)
	if err != nil {
		return fmt.Sprintf("no header: %x", b)
	}
	if h.Xid == wire.XidNotification {
		_, ev, err := wire.DecodeEvent(b)
		if err != nil {
			return fmt.Sprintf("no event: %x", b)
		}
		// The zxid of an event is not shown: ZooKeeper 3.8 says -1, and 3.9 and this service that of the change.
		return fmt.Sprintf("event %v %q state=%d err=%d%s", ev.Type, strings.ToValidUTF8(ev.Path, "\uFFFD"), ev.State,
			h.Err, canonical(b, wire.EncodeEvent(ev, h.Zxid)))
	}
	f, left := answered(c.sent, h.Xid)
	c.sent = left
	if p.base == 0 {
		p.base = h.Zxid
	}
	c.seen, p.last = max(c.seen, h.Zxid), max(p.last, h.Zxid)
	if h.Err == wire.OK && h.Xid == wire.XidPing && d.Len() == 0 && f.request == barrier.request {
		return "ping ok"
	}
	return fmt.Sprintf("xid=%d zxid=%s %s", h.Xid, p.showZxid(h.Zxid), p.showAnswer(f, h, b, d.Len()))
}

// answered finds the request that a reply is to: the first with its xid.
func answered(sent []frame, xid int32) (frame, []frame) {
	for i, f := range sent {
		if f.xid == xid || f.opOf() == wire.OpPing && xid == wire.XidPing {
			return f, slices.Delete(slices.Clone(sent), i, i+1)
		}
	}
	return frame{raw: true, op: wire.OpError}, sent
}

func (p *player) showAnswer(f frame, h wire.ReplyHeader, b []byte, rest int) string {
	if h.Err != wire.OK {
		text := h.Err.String()
		if rest > 0 {
			text += fmt.Sprintf(" with a body of %d", rest)
		}
		return text
	}
	_, r, err := wire.DecodeReply(f.opOf(), b)
	if err != nil {
		return fmt.Sprintf("OK with a body of %d: %s", rest, shortHex(b[16:]))
	}
	return "OK " + p.showResponse(r) + canonical(b, wire.EncodeReply(h, r))
}

// canonical marks what does not have the bytes that this program's own encoder gives it: null where there is "", and
// more.
func canonical(got, want []byte) string {
	if bytes.Equal(got, want) {
		return ""
	}
	return fmt.Sprintf(" NOT CANONICAL (%d bytes for %d)", len(got), len(want))
}

func (p *player) showResponse(r wire.Response) string {
	switch r := r.(type) {
	case nil:
		return ""
	case wire.CreateResponse:
		if r.Stat == nil {
			return fmt.Sprintf("%q", r.Path)
		}
		return fmt.Sprintf("%q %s", r.Path, p.showStat(*r.Stat))
	case wire.SetDataResponse:
		return p.showStat(r.Stat)
	case wire.ExistsResponse:
		return p.showStat(r.Stat)
	case wire.SetACLResponse:
		return p.showStat(r.Stat)
	case wire.GetDataResponse:
		return fmt.Sprintf("%s %s", showData(r.Data), p.showStat(r.Stat))
	case wire.GetACLResponse:
		return fmt.Sprintf("%v %s", r.ACL, p.showStat(r.Stat))
	case wire.GetChildrenResponse:
		names := slices.Sorted(slices.Values(r.Names))
		if r.Stat == nil {
			return fmt.Sprintf("%q", names)
		}
		return fmt.Sprintf("%q %s", names, p.showStat(*r.Stat))
	case wire.WhoAmIResponse:
		ids := slices.Clone(r.IDs)
		slices.SortFunc(ids, func(a, b wire.ID) int {
			return cmp.Or(cmp.Compare(a.Scheme, b.Scheme), cmp.Compare(a.ID, b.ID))
		})
		return fmt.Sprint(ids)
	case wire.GetEphemeralsResponse:
		return fmt.Sprintf("%q", slices.Sorted(slices.Values(r.Paths)))
	case wire.MultiResponse:
		return p.showMulti(r)
	}
	return fmt.Sprintf("%+v", r)
}

func (p *player) showMulti(r wire.MultiResponse) string {
	var texts []string
	for _, one := range r.Results {
		if one.Op == wire.OpError {
			texts = append(texts, one.Err.String())
		} else {
			texts = append(texts, strings.TrimSpace(fmt.Sprintf("%v %s", one.Op, p.showResponse(one.Response))))
		}
	}
	return "[" + strings.Join(texts, "; ") + "]"
}

func showData(b []byte) string {
	switch {
	case b == nil:
		return "null"
	case len(b) > textMax:
		return fmt.Sprintf("%q...(%d)", b[:20], len(b))
	}
	return fmt.Sprintf("%q", b)
}

func (p *player) showStat(s wire.Stat) string {
	owner := "none"
	if s.EphemeralOwner != 0 {
		owner = p.showOwner(s.EphemeralOwner)
	}
	return fmt.Sprintf("{c=%s m=%s p=%s ctime=%s mtime=%s v=%d/%d/%d owner=%s len=%d children=%d}",
		p.showZxid(s.Czxid), p.showZxid(s.Mzxid), p.showZxid(s.Pzxid), showTime(s.Ctime), p.showMtime(s),
		s.Version, s.Cversion, s.Aversion, owner, s.DataLength, s.NumChildren)
}

// showMtime says "ctime" of what was never changed: both are the same instant then, and by chance only later.
func (p *player) showMtime(s wire.Stat) string {
	if s.Mzxid == s.Czxid && s.Mtime == s.Ctime {
		return "ctime"
	}
	return showTime(s.Mtime)
}

// showTime tells an instant by whether it is of these hours.
func showTime(ms int64) string {
	if age := time.Since(time.UnixMilli(ms)); age > -time.Minute && age < 24*time.Hour {
		return "now"
	}
	return fmt.Sprint(ms)
}

// showZxid tells a zxid by its distance from where the play began; what lies before is old.
func (p *player) showZxid(zxid int64) string {
	switch {
	case zxid <= 0:
		return fmt.Sprint(zxid)
	case zxid < p.base:
		return "old"
	}
	distance := zxid - p.base
	for _, g := range p.gaps {
		if g.upTo <= zxid {
			distance -= g.width
		}
	}
	return fmt.Sprintf("+%d", distance)
}
