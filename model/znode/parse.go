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
// all). A capital A is an ACL that may be missing at the end, and is then the one that lets everybody do everything.
func shapeOf(op string) (request, reply string, known bool) {
	switch op {
	case "create":
		return "pdfA", "p", true
	case "create2":
		return "pdfA", "ps", true
	case "createContainer":
		return "pdA", "ps", true
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
	v, r, err := c.parseHead(op)
	if err != nil {
		return err
	}
	if c.Request, err = parseTreeRequest(op.F, v); err != nil || op.End != history.OK {
		return err
	}
	c.Reply, err = parseTreeReply(&c.Request, c.Reply.Code, r)
	return err
}

// ParseHead reads of an operation only who asked, which request of its session it is, Op, and of an answer the zxid and
// the code.
func (c *Call) ParseHead(op *history.Operation) error {
	_, _, err := c.parseHead(op)
	return err
}

// parseHead returns what is left of the argument and of the result.
func (c *Call) parseHead(op *history.Operation) (argument, result []any, err error) {
	*c = Call{Op: op, Request: Request{Op: op.F}}
	v, _ := op.Argument.([]any)
	if len(v) < 3 {
		return nil, nil, fmt.Errorf("%s where [session connection xid ...] belongs", model.TextOf(op.Argument))
	}
	for i, field := range [...]*int64{&c.Session, &c.Conn, &c.Xid} {
		if *field, err = model.Number(v[i], "session, connection or xid"); err != nil {
			return nil, nil, err
		}
	}
	if op.End != history.OK {
		return v[3:], nil, nil
	}
	r, _ := op.Result.([]any)
	if len(r) < 2 {
		return nil, nil, fmt.Errorf("%s where [code zxid ...] belongs", model.TextOf(op.Result))
	}
	if c.Zxid, err = model.Number(r[1], "zxid"); err != nil {
		return nil, nil, err
	}
	c.Reply.Code, err = model.Number(r[0], "code")
	return v[3:], r[2:], err
}

func parseTreeRequest(op string, v []any) (Request, error) {
	r := Request{Op: op}
	if op == "reconfig" {
		r.Servers = &Servers{}
	}
	request, _, known := shapeOf(op)
	if open, may := strings.CutSuffix(request, "A"); may && len(v) == len(open) {
		request, r.ACL = open, openACL
	}
	if !known || len(v) != len(request) {
		return r, fmt.Errorf("%s: %w", op, errTreeShape)
	}
	for i, kind := range request {
		var ok bool
		switch kind {
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
		case 'f':
			r.Flags, ok = v[i].(int64)
		case 'v':
			r.Version, ok = v[i].(int64)
		case 'w':
			r.Watch, ok = v[i].(bool)
		case 't':
			r.TTL, ok = v[i].(int64)
		case 'a', 'A':
			r.ACL, ok = Strings(v[i])
		case 'm':
			var err error
			if r.Parts, err = parseTreeParts(v[i]); err != nil {
				return r, err
			}
			ok = true
		}
		if !ok {
			return r, fmt.Errorf("%s with %s: %w", op, model.TextOf(v[i]), errTreeShape)
		}
	}
	return r, nil
}

func parseTreeParts(v any) ([]Request, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("a multi of %s: %w", model.TextOf(v), errTreeShape)
	}
	parts := make([]Request, len(list))
	for i, one := range list {
		part, _ := one.([]any)
		if len(part) == 0 {
			return nil, fmt.Errorf("a multi with %s: %w", model.TextOf(one), errTreeShape)
		}
		op, _ := part[0].(string)
		var err error
		if parts[i], err = parseTreeRequest(op, part[1:]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

func parseTreeReply(request *Request, code int64, v []any) (Reply, error) {
	r := Reply{Code: code}
	var err error
	_, shape, _ := shapeOf(request.Op)
	if r.Code != CodeOK {
		shape = ""
	}
	if len(v) != len(shape) {
		return r, fmt.Errorf("the result of a %s with code %d: %w", request.Op, r.Code, errTreeShape)
	}
	for i, kind := range shape {
		var ok bool
		switch kind {
		case 'p':
			r.Path, ok = v[i].(string)
		case 'd':
			r.Data, ok = v[i], isData(v[i])
		case 's':
			r.Stat, ok = parseTreeStat(v[i])
		case 'n':
			r.Names, ok = Strings(v[i])
		case 'o':
			r.Names, ok = Strings(v[i])
			r.Names = slices.DeleteFunc(r.Names, byConnection)
		case 'a':
			r.ACL, ok = Strings(v[i])
		case 'i':
			r.Number, ok = v[i].(int64)
		case 'm':
			if r.Parts, err = parseTreeResults(request, v[i]); err != nil {
				return r, err
			}
			ok = true
		}
		if !ok {
			return r, fmt.Errorf("the result %s of a %s: %w", model.TextOf(v[i]), request.Op, errTreeShape)
		}
	}
	return r, nil
}

// parseTreeResults reads a multi's results. When a multi has failed, a part that was taken back has the code 0 and
// nothing else.
func parseTreeResults(request *Request, v any) ([]Reply, error) {
	parts := request.Parts
	list, ok := v.([]any)
	if !ok || len(list) != len(parts) {
		return nil, fmt.Errorf("the results %s of a multi: %w", model.TextOf(v), errTreeShape)
	}
	failed := false
	for _, one := range list {
		if l, _ := one.([]any); len(l) > 0 && l[0] != int64(CodeOK) {
			failed = request.Op == "multi"
		}
	}
	results := make([]Reply, len(list))
	for i, one := range list {
		l, _ := one.([]any)
		if len(l) == 0 {
			return nil, fmt.Errorf("a multi's result %s: %w", model.TextOf(one), errTreeShape)
		}
		part := parts[i]
		if failed {
			part = Request{Op: "check"}
		} else if request.Op == "multi" {
			part.Op = part.opInMulti()
		}
		code, err := model.Number(l[0], "code")
		if err != nil {
			return nil, err
		}
		if results[i], err = parseTreeReply(&part, code, l[1:]); err != nil {
			return nil, err
		}
	}
	return results, nil
}

func parseTreeStat(v any) (*Stat, bool) {
	l, _ := v.([]any)
	if len(l) != len(statNames) {
		return nil, false
	}
	s := &Stat{}
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

// Strings reads a list of strings.
func Strings(v any) ([]string, bool) {
	l, ok := v.([]any)
	if !ok {
		return nil, v == nil
	}
	list := make([]string, len(l))
	for i, one := range l {
		if list[i], ok = one.(string); !ok {
			return nil, false
		}
	}
	return list, true
}

func isData(v any) bool {
	_, text := v.(string)
	return text || v == nil
}
