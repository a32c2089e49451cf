package etcd

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"ordeal/cluster/etcdwire"
	"ordeal/model/mvcc"
)

// TestTheSpecificationIsEtcds puts to the specification what etcd 3.6 was asked, and compares every answer. The
// recording is that of acceptance/etcdcompare.
func TestTheSpecificationIsEtcds(t *testing.T) {
	s := mvcc.New()
	asked := map[string]int{}
	eachRecorded(t, func(line int, method string, request etcdwire.Message, answer string) {
		if !judged(request) {
			return
		}
		f, args, ok := RequestValue(request)
		if !ok {
			return
		}
		r, err := mvcc.ParseRequest(f, args)
		if err != nil {
			t.Fatalf("line %d: %v", line, err)
		}
		got, want := answerTo(s, &r), recordedAnswer(t, method, answer)
		asked[f]++
		if !mvcc.Equal(got, want) {
			t.Errorf("line %d: %s %v\n got %v\nwant %v", line, f, args, got, want)
		}
	})
	for _, f := range []string{"range", "put", "delete", "txn", "compact", "grant", "revoke", "user-grant", "role-grant"} {
		if asked[f] < 8 {
			t.Errorf("%d requests were %s", asked[f], f)
		}
	}
}

// answerTo answers a request as a server would that has only the specification.
func answerTo(s *mvcc.Store, r *mvcc.Request) any {
	if refused := r.Check(); refused != "" {
		return refused
	}
	if reads, _ := r.Reads(); reads {
		return s.Now().Look(mvcc.Who{}, r)
	}
	if r.Op == "grant" {
		r.TTL = max(r.TTL, 2)
	}
	return s.Apply(mvcc.Who{}, r)
}

// judged says whether a request has nothing that histories can't have: words that are none, parts that are empty, a
// lease whose id the server chooses.
func judged(m etcdwire.Message) bool {
	switch r := m.(type) {
	case *etcdwire.RangeRequest:
		return r.SortOrder <= etcdwire.SortDescend && r.SortTarget <= etcdwire.SortByValue && r.SortOrder >= 0 &&
			r.SortTarget >= 0
	case *etcdwire.LeaseGrantRequest:
		return r.ID != 0
	case *etcdwire.AuthRoleGrantPermissionRequest:
		return r.Perm != nil
	case *etcdwire.TxnRequest:
		if len(r.Compare) > 128 || len(r.Success) > 128 || len(r.Failure) > 128 {
			return false
		}
		for i := range r.Compare {
			if r.Compare[i].Result > etcdwire.CompareNotEqual || r.Compare[i].Target > etcdwire.CompareLease {
				return false
			}
		}
		for _, ops := range [][]etcdwire.RequestOp{r.Success, r.Failure} {
			for i := range ops {
				empty := ops[i].Range == nil && ops[i].Put == nil && ops[i].DeleteRange == nil && ops[i].Txn == nil
				if empty || !judged(partOf(&ops[i])) {
					return false
				}
			}
		}
	}
	return true
}

// eachRecorded calls f with the requests of the recording, and the answers as they were written down.
func eachRecorded(t *testing.T, f func(line int, method string, request etcdwire.Message, answer string)) {
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

// recordedAnswer reads an answer, as histories have it.
func recordedAnswer(t *testing.T, method, text string) any {
	t.Helper()
	var code int
	if n, _ := fmt.Sscanf(text, "code %d, ", &code); n == 1 {
		return text[len(fmt.Sprintf("code %d, ", code)):]
	}
	m, _ := etcdwire.MethodOf(method)
	response := m.Response()
	if err := json.Unmarshal([]byte(text), response); err != nil {
		t.Fatalf("%s: %s: %v", method, text, err)
	}
	return ResponseValue(response)
}
