package formats

import (
	"bytes"
	"compress/gzip"
	"os"
	"reflect"
	"strings"
	"testing"

	. "ordeal/history"
)

func TestReadEDN(t *testing.T) {
	want := History{
		{Index: 0, Process: 4, Type: Invoke, F: "cas", Value: []any{int64(1), int64(-2)}, Time: 7},
		{Index: 1, Process: Nemesis, Type: Info, F: "start", Value: Set{"n1", "n2"}},
		{Index: 2, Process: 4, Type: Fail, F: "cas", Value: []any{"a\nb", nil, true}, Error: `["not-found" "x"]`},
	}
	maps := []string{
		`{:process 4, :type :invoke, :f :cas, :value (1 -2N), :time 7}`,
		`{:process :nemesis, :type :info, :f :start, :value #{:n1
		   :n2}}`,
		`#jepsen.history.Op{:index 9, :process 4, :type :fail, :f :cas, :value #tag ["a\u000ab" nil true]
		 :error [:not-found "x"], :extra {:a 1.5 :b #{\c \newline}} #_ #_ :gone 3}`,
	}
	body := strings.Join(maps, "\n; a comment with [ and {\n")
	for name, src := range map[string]string{
		"vector": "; first\n[" + body + "]", "list": "(" + body + ")", "lines": body + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read("h.edn", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestReadJepsenLog(t *testing.T) {
	src := "INFO  jepsen.core - Running test\n" +
		"INFO  jepsen.util - 3\t:invoke\t:read\tnil\r\n" +
		"WARN  something\t:else\t:here\n" +
		"INFO  jepsen.util - :nemesis\t:info\t:start\t\"Cut off {:n1 #{:n2\"\n" +
		"2024-01-01 INFO [worker 3] jepsen.util: 3\t:ok\t:read\t4\n" +
		"INFO  jepsen.util - 4\t:invoke\t:cas\t[0 1]\n" +
		"INFO  jepsen.util - 4\t:info\t:cas\t:timed-out\n" +
		"INFO  jepsen.util - 5\t:invoke\t:acquire\n" +
		"INFO  jepsen.util - 5\t:fail\t:acquire\tnil\t:busy\n"
	want := History{
		{Process: 3, Type: Invoke, F: "read"},
		{Process: Nemesis, Type: Info, F: "start", Value: "Cut off {:n1 #{:n2"},
		{Process: 3, Type: OK, F: "read", Value: int64(4)},
		{Process: 4, Type: Invoke, F: "cas", Value: []any{int64(0), int64(1)}},
		{Process: 4, Type: Info, F: "cas", Error: "timed-out"},
		{Process: 5, Type: Invoke, F: "acquire"},
		{Process: 5, Type: Fail, F: "acquire", Error: ":busy"},
	}
	for i := range want {
		want[i].Index = i
	}
	got, err := Read("h.log", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestReadErrorsNameThePlace(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"empty", " \n", "h holds no history: it is empty"},
		{"prose", "hello", "h holds no history in a format that can be told"},
		{"UTF-16", "\xff\xfe{\x00", "h holds no history that can be read: it is in UTF-16"},
		{"UTF-16, great end first", "\xfe\xff\x00{", "h holds no history that can be read: it is in UTF-16"},
		{"set", "[{:process 1 :type :ok :f :read :value [1 #{2 2}]}]", "h:1:43: the set has 2 twice"},
		{"map", "[{:process 1 :type :ok :f :read :value {:a 1 \"a\" 2}}]", "h:1:40: the map has the key \"a\" twice"},
		{"unclosed", "[{:process 1\n", "h:1:2: what opens here is never closed with \"}\""},
		{"string", "{:process 1 :f \"a", "h:1:16: the string that opens here is never closed"},
		{"no type", "{:process 1 :f :read}", "h:1:1: the event has no :type"},
		{"type", "{:process 1 :f :read :type :okay}", "h:1:28: \"okay\" is no type of event"},
		{"process", "{:process [1] :f :read :type :ok}", "h:1:11: [1] is no process"},
		{"not a map", "{:a 1}", "h:1:1: the map is no event"},
		{"odd map", "{:process 1 :f}", "h:1:15: the map has a key without a value"},
		{"number", "{:process 1 :f :read :type :ok :value 9x}", "h:1:39: 9x begins like a number"},
		{"order", "{:index 4 :process 1 :f :read :type :invoke}\n{:index 3 :process 1 :f :read :type :ok}",
			"h:2:1: event 3 stands behind event 4"},
		{"deep", "{" + strings.Repeat("[", 200), "forms nest deeper than 100"},
		{"log process", "1\t:invoke\t:read\n[1]\t:ok\t:read\t1", "h:2:1: [1] is no process"},
		{"json syntax", "{\"process\":1,\n", "h:1:"},
		{"json commas", "{\"process\":1,,\"type\":\"ok\"}", "h:1:14: a key of an object is a string"},
		{"json comma", "{\"process\":1 \"type\":\"ok\"}", "h:1:14: a comma or \"}\" belongs here"},
		{"json last comma", "{\"process\":1,\"type\":\"ok\",}", "h:1:26: a key of an object is a string"},
		{"json no value", "{\"process\":,\"type\":\"ok\"}", "h:1:12: a value belongs here"},
		{"json tail", "{\"process\":1,\"type\":\"ok\",\"f\":\"r\"} x", "h:1:35: an event is a map"},
		{"json version", "{\"format\":\"ordeal-history\",\"version\":2}", "h:1:1: the file is of format"},
		{"json no type", "\n\n{\"process\":1,\"f\":\"r\"}", "h:3:1: the event has no :type"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Read("h", []byte(tt.src))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q in it", err, tt.want)
			}
		})
	}
}

var sample = History{
	{Index: 0, Time: 5, Process: 0, Type: Invoke, F: "cas", Key: "r1", Value: []any{int64(1), "x\"\\\n\t<é>"}},
	{Index: 1, Time: 5, Process: Nemesis, Type: Info, F: "two words", Value: "leader"},
	{Index: 2, Time: 6, Process: 0, Type: Info, F: "cas", Key: "r1", Error: "it \"broke\""},
	{Index: 3, Time: 9, Process: Service, Type: OK, F: "end", Key: "a b", Value: []any{}},
	{Index: 4, Time: 9, Process: 7, Type: Invoke, F: "read", Value: []any{"r1", true}},
	{Index: 5, Time: 9, Process: 8, Type: Invoke, F: "txn", Value: []any{
		Map{pair(nil, Number("1/3")), pair("a", Set{int64(1), "x", []any{}})}, Map{pair("#set", true)},
		Map{pair("a", Map{}), pair("b", Set{})},
		Number("0.5"), Number("12345678901234567890"), Number("2.5M"),
	}},
	{Index: 6, Process: Anonymous, Type: OK, Value: int64(1)},
}

func pair(key, v any) Pair { return Pair{Key: key, Value: v} }

func encode(t testing.TB, h History) (jsonl, edn []byte) {
	var j, e bytes.Buffer
	if err := WriteJSONL(&j, Head{Model: "register", Trial: "seed=1"}, h); err != nil {
		t.Fatal(err)
	}
	if err := WriteEDN(&e, h); err != nil {
		t.Fatal(err)
	}
	return j.Bytes(), e.Bytes()
}

func TestRoundTrip(t *testing.T) {
	jsonl, edn := encode(t, sample)
	for _, data := range [][]byte{jsonl, edn} {
		got, err := Read("h", data)
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		if !reflect.DeepEqual(got, sample) {
			t.Errorf("got  %+v\nwant %+v\nfrom %s", got, sample, data)
		}
	}
	f, err := Open("h", bytes.NewReader(jsonl), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.All(); err != nil {
		t.Fatal(err)
	}
	if head, own := f.Head(); !own || head != (Head{Model: "register", Trial: "seed=1"}) {
		t.Errorf("head %+v, %v", head, own)
	}
	want := `{:index 3, :time 9, :type :ok, :process :service, :f :end, :value ["a b" []], :key "a b"}`
	if !strings.Contains(string(edn), want) {
		t.Errorf("no line %s in\n%s", want, edn)
	}
}

// roundTrip fails unless what Read made of data can be written and read again as it was.
func roundTrip(t *testing.T, data []byte) {
	h, err := Read("fuzz", data)
	if err != nil {
		return
	}
	jsonl, edn := encode(t, h)
	for _, again := range [][]byte{jsonl, edn} {
		if len(h) == 0 {
			continue
		}
		got, err := Read("again", again)
		if err != nil {
			t.Fatalf("%v in\n%s", err, again)
		}
		if !reflect.DeepEqual(got, h) {
			t.Fatalf("got  %+v\nwant %+v\nfrom %s", got, h, again)
		}
	}
}

func FuzzReadJSONL(f *testing.F) {
	jsonl, _ := encode(f, sample)
	f.Add(jsonl)
	f.Add([]byte(`{"process":-1,"type":"info","f":"x","value":[null,[true]],"index":4}`))
	f.Fuzz(roundTrip)
}

func FuzzReadEDN(f *testing.F) {
	_, edn := encode(f, sample)
	f.Add(edn)
	f.Add([]byte(`[#a.b{:process :nemesis :type :info :f :x :value {:a [\c ##Inf 1.5M #_ 3]}} ; end`))
	f.Add([]byte(`{:process 1 :type :ok :f "a b" :value ["k" #t (1N sym/bol :kw/x)] :key "k" :error [:a "b"]}`))
	f.Fuzz(roundTrip)
}

func FuzzReadCSV(f *testing.F) {
	f.Add([]byte("process,type,f,value,time,index,error,key\n0,invoke,write,\"[1 :a]\",1,2,,k\na,ok,read,x,1,3,,k\n"))
	f.Fuzz(roundTrip)
}

func FuzzReadEtcd(f *testing.F) {
	f.Add([]byte(`{"ClientId":1,"Input":{"Type":"range","Range":{"Start":"k","End":"","Limit":0,"Revision":0}},"Call":5,` +
		`"Output":{"Range":{"KVs":[],"Count":0},"Revision":3,"Error":""},"Return":6}`))
	f.Fuzz(roundTrip)
}

func FuzzReadJepsenLog(f *testing.F) {
	f.Add([]byte("INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\nx\nINFO - 3\t:info\t:cas\t:timed-out\tboo"))
	f.Add([]byte("INFO :nemesis\t:info\t:start\t#{\n"))
	f.Fuzz(roundTrip)
}

// sized is a file of which is counted how much of it was read at once at most.
type sized struct {
	*bytes.Reader
	most int
}

func (s *sized) ReadAt(p []byte, at int64) (int, error) {
	s.most = max(s.most, len(p))
	return s.Reader.ReadAt(p, at)
}

// A stored test in a file is read block by block; compressed, or out of a pipe, it is read as a whole, to the same end.
func TestStoredTestInBlocks(t *testing.T) {
	data, err := os.ReadFile("../jepsenstore/testdata/test.jepsen")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Read("pipe", data)
	if err != nil || len(want) == 0 {
		t.Fatal(len(want), err)
	}
	in := &sized{Reader: bytes.NewReader(data)}
	f, err := Open("file", in, "")
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.All()
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v: %d events, want %d", err, len(got), len(want))
	}
	if in.most == 0 || in.most >= len(data) {
		t.Errorf("%d bytes of %d were read at once", in.most, len(data))
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(data); err != nil || zip.Close() != nil {
		t.Fatal(err)
	}
	if f, err = Open("file.gz", &sized{Reader: bytes.NewReader(packed.Bytes())}, ""); err != nil {
		t.Fatal(err)
	}
	if got, err = f.All(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("compressed: %v: %d events, want %d", err, len(got), len(want))
	}
}
