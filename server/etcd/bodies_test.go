package etcd

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
)

// endless is a body without an end.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += int64(len(b))
	return len(b), nil
}

// TestABodyWithoutEndIsRefused sends one to each kind of path: a call, a wait for a lock, and a stream, which the
// library's gateway ends without a word.
func TestABodyWithoutEndIsRefused(t *testing.T) {
	s, client := serveOne(t)
	most := int64(jsonPerByte * (DefaultConfig().MaxRequestBytes + requestRoom))
	refused := map[string]bool{"/v3/kv/put": true, "/v3/lock/lock": true, "/v3/lease/keepalive": false}
	for path, told := range refused {
		body := &endless{}
		resp, err := http.Post("http://"+s.ClientAddr()+path, "application/json",
			io.MultiReader(strings.NewReader(`{"key":"`), body))
		if err != nil {
			t.Fatal(path, err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		said := resp.StatusCode == http.StatusBadRequest && strings.Contains(string(text), "at most 16777216 bytes")
		if said != told {
			t.Errorf("%s: a body without an end is answered by %s %s %v", path, resp.Status, text, err)
		}
		if body.read > 2*most {
			t.Errorf("%s: %d bytes of a body without an end were taken", path, body.read)
		}
	}
	still(t, client)
}

// TestAStreamMayBeLongerThanARequest reads values that together are longer than one may be.
func TestAStreamMayBeLongerThanARequest(t *testing.T) {
	values := bounded(strings.NewReader(strings.Repeat(`{"a":1} `, 1000)), 100, (&runtime.JSONBuiltin{}).NewDecoder)
	read := 0
	for {
		var v json.RawMessage
		err := values.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || string(v) != `{"a":1}` {
			t.Fatalf("value %d is read as %s %v", read, v, err)
		}
		read++
	}
	if read != 1000 {
		t.Errorf("%d values were read of 1000", read)
	}
	long := bounded(strings.NewReader(`{"a":1} {"a":"`+strings.Repeat("x", 1000)+`"}`), 100,
		(&runtime.JSONBuiltin{}).NewDecoder)
	var v json.RawMessage
	err := errors.Join(long.Decode(&v), long.Decode(&v))
	if err == nil || !strings.Contains(err.Error(), "at most 100 bytes") {
		t.Errorf("a value of 1,000 bytes where 100 are the most gives %v", err)
	}
}
