package recorded

import (
	"strings"
	"testing"

	"ordeal/checker"
	"ordeal/history/formats"
)

// TestCases judges small files whose verdict is known.
func TestCases(t *testing.T) {
	initial := reading{Told: checker.Options{Initial: int64(0)}}
	write7 := "{:process 0, :type :invoke, :f :write, :value 7}\n{:process 0, :type :ok, :f :write, :value 7}\n"
	readNil := "{:process 1, :type :invoke, :f :read, :value nil}\n{:process 1, :type :ok, :f :read, :value nil}\n"
	json := strings.NewReplacer("{:process", `{"process":`, ":type :", `"type":"`, ", :f :", `","f":"`, ", :value",
		`","value":`, "nil", "null")
	from0 := "{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :ok, :f :read, :value 0}\n" +
		"{:process 1, :type :invoke, :f :cas, :value [0 1]}\n{:process 1, :type :ok, :f :cas, :value [0 1]}\n"
	keyed := "{:process 0 :type :invoke :f :write :key \"a\" :value 1} " +
		"{:process 0 :type :ok :f :write :key \"a\" :value 1}" +
		"{:process 1 :type :invoke :f :read :key \"b\" :value nil} {:process 1 :type :ok :f :read :key \"b\" :value %}"
	for _, tt := range []struct {
		name, model, src string
		r                reading
		want             string
	}{
		{"a key beside the value", "cas-register",
			strings.Replace(keyed, "%", "nil", 1), reading{}, "VALID  2 operations on 2 objects"},
		{"a key beside the value, bad", "cas-register",
			strings.Replace(keyed, "%", "1", 1), reading{}, "INVALID  2 operations on 2"},
		{"a map in what failed", "cas-register",
			"{:process 0, :type :invoke, :f :read, :value nil}\n{:process 0, :type :fail, :f :read, :value {:status 503}, " +
				":error :unavailable}\n" + write7, reading{}, "VALID  2 operations on 1 object, in 4 events"},
		{"nil for Knossos", "cas-register", write7 + readNil, reading{}, "VALID …may have seen anything, as for Knossos"},
		{"nil for Porcupine", "cas-register",
			write7 + readNil, reading{Nil: nilValue}, "INVALID …found nothing written, as --nil says"},
		{"nil in JSON", "register", json.Replace(write7 + readNil), reading{}, "INVALID …as its format jsonl has it"},
		{"nil unknown in JSON", "register", json.Replace(write7 + readNil), reading{Nil: nilUnknown},
			"VALID …as --nil says"},
		{"from 0", "cas-register", from0, initial, "VALID "},
		{"from nil", "cas-register",
			from0, reading{}, "INVALID …a register holds nil at the start; --initial says otherwise"},
		{"from 0 to nil", "cas-register", strings.ReplaceAll(from0, ":value 0", ":value 1"), initial, "INVALID "},
		{"a log with tabs and spaces", "cas-register",
			"0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n1  :invoke  :read  nil\n1  :ok      :read  9\n", reading{},
			"INVALID  2 operations"},
		{"a log with spaces and tabs", "cas-register",
			"0\t:invoke\t:write\t1\n0\t:ok\t:write\t1\n2  :invoke  :write  9\n2 :ok :write  9\n" +
				"1\t:invoke\t:read\tnil\n1\t:ok\t:read\t9\n",
			reading{}, "VALID  3 operations"},
		{"a log with prose", "cas-register", "INFO a :ok b\nINFO 0 :invoke :write 3\nINFO 0 :ok :write 3\n", reading{},
			"VALID …lines that hold a word such as :ok, and no event: 1"},
		{"Porcupine's store", "kv",
			`{:process 0, :type :invoke, :f :append, :key "a", :value "x"}
			{:process 0, :type :ok, :f :append, :key "a", :value "x"}
			{:process 1, :type :invoke, :f :get, :key "a", :value nil} {:process 1, :type :ok, :f :get, :key "a", :value "x"}
			{:process 1, :type :invoke, :f :get, :key "b", :value nil} {:process 1, :type :ok, :f :get, :key "b", :value ""}`,
			reading{}, "VALID  3 operations on 1 object"},
		{"Porcupine's store, bad", "kv",
			`{:process 0, :type :invoke, :f :put, :key "a", :value "x"}
			{:process 0, :type :ok, :f :put, :key "a", :value "x"}
			{:process 1, :type :invoke, :f :get, :key "a", :value nil} {:process 1, :type :ok, :f :get, :key "a", :value ""}`,
			reading{}, "INVALID "},
		{"an attribute", "register", strings.ReplaceAll(write7, "}", ", :node \"n1\"}"), reading{},
			"VALID …not looked at: the attribute \"node\" (2 times)"},
	} {
		judgement, err := judged(tt.name, tt.src, tt.model, tt.r)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		text := strings.Replace(judgement.Text, tt.name+" as "+tt.model+": ", "", 1)
		start, note, _ := strings.Cut(tt.want, "…")
		if !strings.HasPrefix(text, start) || !strings.Contains(text, note) {
			t.Errorf("%s: %swant %s", tt.name, text, tt.want)
		}
	}
}

func judged(name, src, model string, r reading) (Judgement, error) {
	f, err := formats.Open(name, strings.NewReader(src), "")
	if err != nil {
		return Judgement{}, err
	}
	return judge(f, model, r)
}

func TestWhatCannotBeJudged(t *testing.T) {
	ok := "{:process 0, :type :invoke, :f :write, :value 7}\n  {:process 0, :type :ok, :f :write, :value 7}"
	for _, tt := range []struct {
		src, model string
		r          reading
		want       string
	}{
		{ok, "", reading{}, "--model is missing: one of register"},
		{ok, "stack", reading{}, `there is no model "stack"`},
		{ok, "queue", reading{}, "h:1:1 is no history of the model queue"},
		{ok, "queue", reading{Nil: nilValue}, "--nil is about reads of registers"},
		{ok, "register", reading{Nil: "perhaps"}, `--nil is value or unknown, and not "perhaps"`},
		{ok, "queue", reading{Told: checker.Options{Initial: int64(1)}},
			"what the model queue holds at the start can't be chosen"},
		{ok, "register", reading{Told: checker.Options{Initial: []any{}}}, "[] has parts"},
		{ok + "{:process 0, :type :ok, :f :write}", "register", reading{}, "h:2:47 is no history of the model register"},
		{ok + "{:type :ok, :f :write, :value 7}", "register", reading{}, "it names no process"},
	} {
		if _, err := judged("h", tt.src, tt.model, tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.src, err, tt.want)
		}
	}
}

func TestParseValue(t *testing.T) {
	for text, want := range map[string]any{"": nil, "nil": nil, " 0 ": int64(0), `"a"`: "a", ":a": "a"} {
		if v, err := parseValue(text); err != nil || v != want {
			t.Errorf("%q is %v, %v", text, v, err)
		}
	}
	for _, text := range []string{"1 2", "[", `"`} {
		if v, err := parseValue(text); err == nil {
			t.Errorf("%q is %v", text, v)
		}
	}
}
