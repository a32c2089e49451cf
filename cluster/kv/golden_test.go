package kv

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"ordeal/cluster/etcdwire"
)

// TestAnswersAreThoseOfEtcd puts to a store what etcd 3.6 was asked, and compares every answer. The recording is that
// of acceptance/etcdcompare. What needs a server (keep-alives, what a lease has left, watches) is left to the test
// there.
func TestAnswersAreThoseOfEtcd(t *testing.T) {
	s := New()
	asked := 0
	eachRecorded(t, func(line int, method string, request etcdwire.Message, want string) {
		got, served := serve(s, method, request)
		if !served {
			return
		}
		asked++
		if got != want {
			t.Errorf("line %d: %s %s\n got %s\nwant %s", line, method, text(request), got, want)
		}
		if asked%100 == 0 {
			s = reload(t, s)
		}
	})
	if asked < 1000 {
		t.Errorf("only %d requests", asked)
	}
}

// eachRecorded calls f with the requests of the recording.
func eachRecorded(t *testing.T, f func(line int, method string, request etcdwire.Message, want string)) {
	t.Helper()
	file, err := os.Open("../../acceptance/etcdcompare/testdata/etcd-3.6.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	var three []string
	for line := 1; lines.Scan(); line++ {
		if three = append(three, lines.Text()); len(three) < 3 {
			continue
		}
		m, ok := etcdwire.MethodOf(three[0])
		b, err := hex.DecodeString(three[1])
		if !ok || err != nil {
			t.Fatalf("line %d: %s %v", line, three[0], err)
		}
		request := m.Request()
		if err := etcdwire.Decode(b, request); err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		f(line, three[0], request, three[2])
		three = three[:0]
	}
}

// serve answers a request as a server would that has only the store.
func serve(s *Store, method string, request etcdwire.Message) (string, bool) {
	var response etcdwire.Message
	status := check(request)
	if status.Code == etcdwire.OK {
		var served bool
		if response, status, served = read(s, request); !served {
			if kindOf(request) == 0 {
				return "", false
			}
			if r, ok := request.(*etcdwire.LeaseGrantRequest); ok && r.TTL < 2 {
				r.TTL = 2
			}
			e, err := DecodeEntry(AppendEntry(nil, Entry{Request: request}))
			if err != nil {
				panic(err)
			}
			r := s.Apply(e)
			response, status = r.Response, r.Status
		}
	}
	if status.Code != etcdwire.OK {
		return fmt.Sprintf("code %d, %s", status.Code, status.Text), true
	}
	again := response
	if m, ok := etcdwire.MethodOf(method); ok {
		again = m.Response()
		if err := etcdwire.Decode(etcdwire.Append(nil, response), again); err != nil {
			panic(err)
		}
	}
	return strings.Replace(text(again), `{"Header":null`, fmt.Sprintf(
		`{"Header":{"ClusterID":0,"MemberID":0,"Revision":%d,"RaftTerm":0}`, s.Revision()), 1), true
}

func check(request etcdwire.Message) etcdwire.Status {
	switch r := request.(type) {
	case *etcdwire.RangeRequest:
		return CheckRange(r)
	case *etcdwire.PutRequest:
		return CheckPut(r)
	case *etcdwire.DeleteRangeRequest:
		return CheckDeleteRange(r)
	case *etcdwire.TxnRequest:
		return CheckTxn(r, TxnOpsMax)
	}
	return etcdwire.Status{}
}

func read(s *Store, request etcdwire.Message) (etcdwire.Message, etcdwire.Status, bool) {
	switch r := request.(type) {
	case *etcdwire.RangeRequest:
		response, status := s.Range(r)
		return response, status, true
	case *etcdwire.HashKVRequest:
		hash, status := s.HashKV(r.Revision)
		if r.Revision == 0 {
			r.Revision = s.Revision()
		}
		return &etcdwire.HashKVResponse{
			Header: header(s.Revision()), Hash: hash, CompactRevision: s.Compacted(), HashRevision: r.Revision,
		}, status, true
	case *etcdwire.AuthUserGetRequest:
		response, status := s.UserGet(Who{}, r)
		return response, status, true
	case *etcdwire.AuthRoleGetRequest:
		response, status := s.RoleGet(Who{}, r)
		return response, status, true
	case *etcdwire.AuthUserListRequest:
		return &etcdwire.AuthUserListResponse{Header: header(s.Revision()), Users: s.Users()}, etcdwire.Status{}, true
	case *etcdwire.AuthStatusRequest:
		return &etcdwire.AuthStatusResponse{
			Header: header(s.Revision()), Enabled: s.AuthEnabled(), AuthRevision: s.AuthRevision(),
		}, etcdwire.Status{}, true
	}
	return nil, etcdwire.Status{}, false
}

// text is a message as the recording has it.
func text(m etcdwire.Message) string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// reload writes a store down and reads it back, in pieces, and says if anything differs.
func reload(t *testing.T, s *Store) *Store {
	t.Helper()
	all := s.AppendSnapshot(nil)
	l := NewLoader()
	for rest := all; len(rest) > 0; {
		n := min(len(rest), 1+len(all)/7)
		behind, done, err := l.Add(rest[:n])
		if err != nil || len(behind) > 0 || done != (n == len(rest)) {
			t.Fatalf("a piece of a snapshot: %d bytes behind it, done %v, %v", len(behind), done, err)
		}
		rest = rest[n:]
	}
	again, err := l.Store()
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash() != s.Hash() || again.Size() != s.Size() || again.Len() != s.Len() ||
		string(again.AppendSnapshot(nil)) != string(all) {
		t.Fatalf("the state came back as another: %d keys of %d bytes for %d of %d", again.Len(), again.Size(), s.Len(),
			s.Size())
	}
	return again
}
