package znode

import (
	"fmt"
	"slices"
	"strings"

	"ordeal/history"
	"ordeal/model"
)

// shapeOf are the fields of each operation's request and reply, in order: path, data, flags (or a watch's type or
// mode), time to live, version, watch, names, identities, stat, multi's parts, ACL, number, servers (joining, leaving,
// all). A capital A is an ACL that may be missing at the end, and is then the one that lets everybody do everything; a
// capital F behind it are flags that may be missing, and are then a container's own.
func shapeOf(op string) (request, reply string, known bool) {
	switch op {
	case "create":
		return "pdfA", "p", true
	case "create2":
		return "pdfA", "ps", true
	case "createContainer":
		return "pdAF", "ps", true
	case "createTTL":
		return "pdftA", "ps", true
	case "getACL":
		return "p", "as", true
	case "setACL":
		return "pav", "s", true
	case "getAllChildrenNumber":
		return "p", "i", true
	case "getEphemerals":
		return "p", "n", true
	case "multiRead", "multi":
		return "m", "m", true
	case "delete", "check":
		return "pv", "", true
	case "setData":
		return "pdv", "s", true
	case "exists":
		return "pw", "s", true
	case "getData":
		return "pw", "ds", true
	case "getChildren":
		return "pw", "n", true
	case "getChildren2":
		return "pw", "ns", true
	case "addWatch", "checkWatches", "removeWatches":
		return "pf", "", true
	case "sync":
		return "p", "p", true
	case "whoAmI":
		return "", "o", true
	case "reconfig":
		return "JLMv", "ds", true
	case "closeSession":
		return "", "", true
	}
	return "", "", false
}

// IsOperation says whether F is an operation on the tree.
func IsOperation(f string) bool {
	_, _, known := shapeOf(f)
	return known
}

// Parse makes c of an operation of a client: its argument, and its result if it ended ok. The error says what is
// malformed.
func (c *Call) Parse(op *history.Operation) error {
	head, err := ReadHead(op)
	if err != nil {
		return err
	}
	return c.ParseBehind(head, op, nil)
}

// Head is what every look at a call needs: who asked, which request of its session it is, and of an answer the zxid and
// the code.
type Head struct {
	Session int64
	// Conn counts the session's connections, and Xid its requests.
	Conn, Xid int64
	// Zxid is that of the answer's header: the newest transaction that the server had applied.
	Zxid, Code int64
}

// ReadHead reads of an operation of a client its head, and nothing else.
func ReadHead(op *history.Operation) (h Head, err error) {
	v, _ := op.Argument.([]any)
	if len(v) < headArguments {
		return h, fmt.Errorf("%s where [session connection xid ...] belongs", model.TextOf(op.Argument))
	}
	for i, field := range [...]*int64{&h.Session, &h.Conn, &h.Xid} {
		if *field, err = model.Number(v[i], "session, connection or xid"); err != nil {
			return h, err
		}
	}
	if op.End != history.OK {
		return h, nil
	}
	r, _ := op.Result.([]any)
	if len(r) < headResults {
		return h, fmt.Errorf("%s where [code zxid ...] belongs", model.TextOf(op.Result))
	}
	if h.Zxid, err = model.Number(r[1], "zxid"); err != nil {
		return h, err
	}
	h.Code, err = model.Number(r[0], "code")
	return h, err
}

// What a head takes of an argument and of a result.
const headArguments, headResults = 3, 2

// ParseBehind does what Parse does for an operation whose head was read. Where there is room, lists are kept in it.
func (c *Call) ParseBehind(head Head, op *history.Operation, room *Room) error {
	*c = Call{Head: head, Op: op}
	v, _ := op.Argument.([]any)
	if err := room.parseRequest(&c.Request, op.F, v[headArguments:]); err != nil || op.End != history.OK {
		return err
	}
	c.Reply.Code = head.Code
	r, _ := op.Result.([]any)
	return room.parseReply(&c.Reply, op.F, c.Request.Parts, r[headResults:])
}

func (m *Room) parseRequest(r *Request, op string, v []any) error {
	r.Op = op
	if op == "reconfig" {
		r.Servers = &Servers{}
	}
	request, _, known := shapeOf(op)
	if own, may := strings.CutSuffix(request, "F"); may && len(v) < len(request) {
		request, r.Flags = own, flagContainer
	}
	if open, may := strings.CutSuffix(request, "A"); may && len(v) == len(open) {
		request, r.ACL = open, openACL
	}
	if !known || len(v) != len(request) {
		return fmt.Errorf("%s: %w", op, errTreeShape)
	}
	for i := range len(request) {
		var ok bool
		switch request[i] {
		case 'p':
			r.Path, ok = v[i].(string)
		case 'd':
			r.Data, ok = v[i], isData(v[i])
		case 'J':
			r.Servers.Joining, ok = v[i], isData(v[i])
		case 'L':
			r.Servers.Leaving, ok = v[i], isData(v[i])
		case 'M':
			r.Servers.Members, ok = v[i], isData(v[i])
		case 'f', 'F':
			r.Flags, ok = v[i].(int64)
		case 'v':
			r.Version, ok = v[i].(int64)
		case 'w':
			r.Watch, ok = v[i].(bool)
		case 't':
			r.TTL, ok = v[i].(int64)
		case 'a', 'A':
			r.ACL, ok = Strings(v[i]) // in no room, since trees keep it
		case 'm':
			var err error
			if r.Parts, err = m.parseParts(v[i]); err != nil {
				return err
			}
			ok = true
		}
		if !ok {
			return fmt.Errorf("%s with %s: %w", op, model.TextOf(v[i]), errTreeShape)
		}
	}
	return nil
}

func (m *Room) parseParts(v any) ([]Request, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("a multi of %s: %w", model.TextOf(v), errTreeShape)
	}
	parts := m.requests(len(list))
	for i, one := range list {
		part, _ := one.([]any)
		if len(part) == 0 {
			return nil, fmt.Errorf("a multi with %s: %w", model.TextOf(one), errTreeShape)
		}
		op, _ := part[0].(string)
		if err := m.parseRequest(&parts[i], op, part[1:]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// parseReply reads what stands behind a reply's code; parts are those of the request.
func (m *Room) parseReply(r *Reply, op string, parts []Request, v []any) error {
	_, shape, _ := shapeOf(op)
	if r.Code != CodeOK {
		shape = ""
	}
	if len(v) != len(shape) {
		return fmt.Errorf("the result of a %s with code %d: %w", op, r.Code, errTreeShape)
	}
	for i := range len(shape) {
		var ok bool
		switch shape[i] {
		case 'p':
			r.Path, ok = v[i].(string)
		case 'd':
			r.Data, ok = v[i], isData(v[i])
		case 's':
			r.Stat, ok = m.parseStat(v[i])
		case 'n':
			r.Names, ok = m.strings(v[i])
		case 'o':
			r.Names, ok = m.strings(v[i])
			r.Names = slices.DeleteFunc(r.Names, byConnection)
		case 'a':
			r.ACL, ok = m.strings(v[i])
		case 'i':
			r.Number, ok = v[i].(int64)
		case 'm':
			var err error
			if r.Parts, err = m.parseResults(op, parts, v[i]); err != nil {
				return err
			}
			ok = true
		}
		if !ok {
			return fmt.Errorf("the result %s of a %s: %w", model.TextOf(v[i]), op, errTreeShape)
		}
	}
	return nil
}

// parseResults reads a multi's results. When a multi has failed, a part that was taken back has the code 0 and
// nothing else.
func (m *Room) parseResults(op string, parts []Request, v any) ([]Reply, error) {
	list, ok := v.([]any)
	if !ok || len(list) != len(parts) {
		return nil, fmt.Errorf("the results %s of a multi: %w", model.TextOf(v), errTreeShape)
	}
	failed := false
	for _, one := range list {
		if l, _ := one.([]any); len(l) > 0 && l[0] != int64(CodeOK) {
			failed = op == "multi"
		}
	}
	results := m.replies(len(list))
	for i, one := range list {
		l, _ := one.([]any)
		if len(l) == 0 {
			return nil, fmt.Errorf("a multi's result %s: %w", model.TextOf(one), errTreeShape)
		}
		of := parts[i].Op
		if failed {
			of = "check"
		} else if op == "multi" {
			of = answeredAs(parts[i].opInMulti(), len(l)-1)
		}
		var err error
		if results[i].Code, err = model.Number(l[0], "code"); err != nil {
			return nil, err
		}
		if err := m.parseReply(&results[i], of, parts[i].Parts, l[1:]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// answeredAs is how a part of a multi that makes a znode was answered, by what stands there: with a Stat or without.
// Which it ought to be is the model's to say.
func answeredAs(op string, fields int) string {
	switch {
	case creates(op) && fields == len("p"):
		return "create"
	case creates(op) && fields == len("ps"):
		return "create2"
	}
	return op
}

func (m *Room) parseStat(v any) (*Stat, bool) {
	l, _ := v.([]any)
	if len(l) != len(statNames) {
		return nil, false
	}
	s := m.stat()
	for i, field := range s.fields() {
		n, ok := l[i].(int64)
		if !ok {
			return nil, false
		}
		*field = n
	}
	return s, true
}

// byConnection says whether a client has an id without having claimed it: then no other client knows it.
func byConnection(id string) bool {
	return strings.HasPrefix(id, "ip:") || strings.HasPrefix(id, "x509:")
}

func isData(v any) bool {
	_, text := v.(string)
	return text || v == nil
}
