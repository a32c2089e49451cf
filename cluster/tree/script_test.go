package tree

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"ordeal/cluster/wire"
)

// The scripts in testdata are what a reader may want to know of the tree, with what it answers. Commands:
//
//	session id=1 conn=7           begin a session, attached to a connection; or attach, with another password if wrong
//	apply id=1 [conn=7]           one transaction a line: create /p [e|s|se|-] [data], create2, container, ttl (a flag
//	                              that is a number is the time), set /p v [data], delete /p v, check /p v,
//	                              acl /p v entries, close, expire, reap /p [never-used-ms], config data
//	                              An entry is scheme:id:perms, as in world:anyone:rw; more are joined by +
//	as                            the ids, scheme:id, of whoever applies and reads from now on
//	settings                      extended, quota, certificates
//	multi id=1                    the lines are one multi
//	stat, ls, getacl, count       of the paths in the lines
//	ephemerals id=1               of the prefixes in the lines
//	reapable ms=1000 [unused=0]   what is due then
//	sessions                      who lives
//	reload                        through a snapshot
//
// Time is 1000 ms more with each transaction.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, file string) {
		s := &script{t: t, tree: New()}
		datadriven.RunTest(t, file, func(_ *testing.T, d *datadriven.TestData) string { return s.run(d) })
	})
}

type script struct {
	t        *testing.T
	tree     *Tree
	ids      []wire.ID
	settings Settings
}

func (s *script) run(d *datadriven.TestData) string {
	id, conn := int64(1), uint64(7)
	d.MaybeScanArgs(s.t, "id", &id)
	if known, ok := s.tree.Session(id); ok {
		conn = known.Owner.Conn
	}
	d.MaybeScanArgs(s.t, "conn", &conn)
	txn := Txn{Session: id, Owner: Owner{Server: 1, Conn: conn}, TimeMs: 1000 * (s.tree.Zxid() + 1),
		IDs: s.ids, Settings: s.settings}
	var out strings.Builder
	lines := strings.FieldsFunc(d.Input, func(r rune) bool { return r == '\n' })
	switch d.Cmd {
	case "session":
		txn.Request = CreateSession{ID: id, TimeoutMs: 4000, Passwd: []byte("good")}
		s.apply(&out, txn)
	case "attach":
		passwd := "good"
		d.MaybeScanArgs(s.t, "passwd", &passwd)
		txn.Request = AttachSession{ID: id, Passwd: []byte(passwd)}
		s.apply(&out, txn)
	case "apply":
		for _, line := range lines {
			txn.TimeMs, txn.Request = 1000*(s.tree.Zxid()+1), s.request(id, line)
			s.apply(&out, txn)
		}
	case "multi":
		var m wire.MultiRequest
		for _, line := range lines {
			m.Ops = append(m.Ops, s.request(id, line))
		}
		txn.Request = m
		s.apply(&out, txn)
	case "stat", "ls", "getacl", "count":
		for _, path := range lines {
			s.read(&out, d.Cmd, path)
		}
	case "sessions":
		for _, one := range s.tree.Sessions() {
			fmt.Fprintf(&out, "%d conn %d ephemerals %v\n", one.ID, one.Owner.Conn, s.tree.Ephemerals(one.ID))
		}
		fmt.Fprintf(&out, "%d ended, %d znodes, zxid %d\n", s.tree.SessionsEnded(), s.tree.Len(), s.tree.Zxid())
	case "as", "settings":
		s.become(d.Cmd, lines)
	case "ephemerals":
		for _, prefix := range lines {
			fmt.Fprintf(&out, "%v\n", s.tree.EphemeralsWith(id, prefix))
		}
	case "reapable":
		ms, unused := int64(0), int64(0)
		d.ScanArgs(s.t, "ms", &ms)
		d.MaybeScanArgs(s.t, "unused", &unused)
		fmt.Fprintf(&out, "%v\n", s.tree.Reapable(ms, unused, 100))
	case "reload":
		s.tree = reload(s.t, s.tree)
	default:
		s.t.Fatalf("%s: no command %s", d.Pos, d.Cmd)
	}
	return out.String()
}

func (s *script) request(id int64, line string) wire.Request {
	words := append(strings.Fields(line), "", "", "")
	path, arg := words[1], words[2]
	var data []byte
	if words[3] != "" {
		data = []byte(words[3])
	}
	version, _ := strconv.Atoi(arg)
	switch words[0] {
	case "create", "create2", "container", "ttl":
		return createLine(words[0], path, arg, data)
	case "set":
		return wire.SetDataRequest{Path: path, Data: data, Version: int32(version)}
	case "delete":
		return wire.DeleteRequest{Path: path, Version: int32(version)}
	case "check":
		return wire.CheckRequest{Path: path, Version: int32(version)}
	case "close":
		return wire.CloseSessionRequest{}
	case "expire":
		return ExpireSession{ID: id}
	case "acl":
		return wire.SetACLRequest{Path: path, ACL: parseACL(words[3]), Version: int32(version)}
	case "reap":
		return DeleteContainer{Path: path, NeverUsedMs: int64(version)}
	case "config":
		return SetConfig{Data: []byte(path)}
	}
	s.t.Fatalf("no request %q", line)
	return nil
}

func (s *script) apply(out *strings.Builder, txn Txn) {
	r := s.tree.Apply(s.tree.Zxid()+1, txn)
	fmt.Fprintf(out, "%d: %v", s.tree.Zxid(), r.Err.String())
	writeResponse(out, r.Response)
	if r.Session != nil {
		fmt.Fprintf(out, " session %d conn %d", r.Session.ID, r.Session.Owner.Conn)
	}
	out.WriteByte('\n')
	for _, ev := range r.Events {
		fmt.Fprintf(out, "  %v %s\n", ev.Type, ev.Path)
	}
}

func writeResponse(out *strings.Builder, r wire.Response) {
	switch r := r.(type) {
	case wire.CreateResponse:
		fmt.Fprintf(out, " %s", r.Path)
		if r.Stat != nil {
			writeStat(out, *r.Stat)
		}
	case wire.SetDataResponse:
		writeStat(out, r.Stat)
	case wire.SetACLResponse:
		writeStat(out, r.Stat)
	case wire.MultiResponse:
		for _, one := range r.Results {
			fmt.Fprintf(out, "\n  %v %v", one.Op, one.Err.String())
			writeResponse(out, one.Response)
		}
	}
}

func writeStat(out *strings.Builder, s wire.Stat) {
	fmt.Fprintf(out, " [c %d@%d m %d@%d p %d v %d cv %d owner %d len %d children %d]", s.Czxid, s.Ctime, s.Mzxid, s.Mtime,
		s.Pzxid, s.Version, s.Cversion, s.EphemeralOwner, s.DataLength, s.NumChildren)
}

func (s *script) read(out *strings.Builder, what, path string) {
	r := map[string]wire.Request{
		"stat": wire.GetDataRequest{Path: path}, "ls": wire.GetChildrenRequest{Path: path},
		"getacl": wire.GetACLRequest{Path: path}, "count": wire.GetAllChildrenNumberRequest{Path: path},
	}[what]
	response, code := s.tree.ReadAs(s.ids, r)
	fmt.Fprintf(out, "%s: %v", path, code.String())
	switch response := response.(type) {
	case wire.GetDataResponse:
		fmt.Fprintf(out, " %q", response.Data)
		writeStat(out, response.Stat)
	case wire.GetChildrenResponse:
		fmt.Fprintf(out, " %v", response.Names)
	case wire.GetACLResponse:
		fmt.Fprintf(out, " %v aversion %d", response.ACL, response.Stat.Aversion)
	case wire.GetAllChildrenNumberResponse:
		fmt.Fprintf(out, " %d", response.Number)
	}
	out.WriteByte('\n')
}
