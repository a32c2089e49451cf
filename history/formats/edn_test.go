package formats

import (
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"ordeal/history"
)

// TestValuesOfEDN reads every form that EDN has.
func TestValuesOfEDN(t *testing.T) {
	list := func(v ...any) []any { return append([]any{}, v...) }
	for src, want := range map[string]any{
		"nil": nil, "true": true, "false": false, ":kw": "kw", ":a.b/c": "a.b/c", "sym": "sym", "+": "+", "-x": "-x",
		"0": int64(0), "-7": int64(-7), "+7": int64(7), "42N": int64(42), "9223372036854775807": int64(1<<63 - 1),
		"9223372036854775808":   history.Number("9223372036854775808"),
		"-123456789012345678N":  int64(-123456789012345678),
		"1234567890123456789N":  int64(1234567890123456789),
		"12345678901234567890N": history.Number("12345678901234567890"),
		"1.5":                   history.Number("1.5"), "-1.50": history.Number("-1.5"), "1e3": history.Number("1000.0"),
		"1.50M": history.Number("1.5M"), "15E-1M": history.Number("1.5M"), "2E3M": history.Number("2000M"),
		"-0.00M": history.Number("0M"), "-0.05M": history.Number("-0.05M"), "1e99M": history.Number("1E99M"),
		"-1.2E-99M": history.Number("-12E-100M"), "12.5M": history.Number("12.5M"),
		"2M": history.Number("2M"), "6/4": history.Number("3/2"), "-4/2": int64(-2),
		"##NaN": history.Number("##NaN"), "##-Inf": history.Number("##-Inf"),
		`"a\n\t\"\\\u00e9\ud83d\ude00é\101"`: "a\n\t\"\\é😀éA", `""`: "",
		`\a`: "a", `\newline`: "\n", `\u0041`: "A", `\(`: "(", `\é`: "é",
		"[1 [2] ()]":         list(int64(1), list(int64(2)), list()),
		"#{2 1}":             history.Set{int64(1), int64(2)},
		"{:b 1, :a {}}":      history.Map{{Key: "a", Value: history.Map{}}, {Key: "b", Value: int64(1)}},
		"#:ns{:a 1}":         history.Map{{Key: "ns/a", Value: int64(1)}},
		`#inst "2020-01-01"`: "2020-01-01", `#a.b/C [1]`: list(int64(1)),
		"^:private ^{:doc 1} [1]": list(int64(1)), "#_ gone 1": int64(1), "#_ #_ a b 1": int64(1), "; c\n 1": int64(1),
		"[1 #_ 2 ; c\n]": list(int64(1)),
	} {
		h, err := Read("h", []byte("{:type :ok, :value "+src+"}"))
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if !reflect.DeepEqual(h[0].Value, want) {
			t.Errorf("%s is %#v, want %#v", src, h[0].Value, want)
		}
	}
}

func TestWhatIsNoEDN(t *testing.T) {
	for src, want := range map[string]string{
		"1.5.2":                "h:1:9: 1.5.2 begins like a number",
		"1/0":                  "h:1:9: 1/0 begins",
		`"\q"`:                 `h:1:10: a string has no escape \q`,
		`\wide`:                `h:1:9: there is no character \wide`,
		"##No":                 "h:1:9: ##No is no number",
		"#{1 1}":               "h:1:9: the set has 1 twice",
		"{1 2 3}":              "h:1:9: the map has a key without a value",
		"[1}":                  `h:1:11: "}" closes nothing`,
		"# 1":                  "h:1:9: a tag needs",
		"\"\xff\"":             "h:1:9: the string is not UTF-8",
		"a\xff":                "h:1:10: this is not UTF-8",
		":":                    "h:1:9: a keyword needs a name",
		`"\ud83d"`:             `h:1:10: \ud83d is half of a character`,
		`"\ud83d\u0041"`:       `h:1:10: \ud83d is half of a character`,
		"1 :type :ok :value 2": "h:1:28: the event has \"value\" twice",
	} {
		_, err := Read("h", []byte("{:value "+src+" :type :ok}"))
		if want == "" && err == nil {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}

// TestWrappings reads one history in all the forms that a file may give it.
func TestWrappings(t *testing.T) {
	edn := `{:process 0 :type :invoke :f :write :value 7} {:process 0, :type :ok, :f :write, :value 7}`
	tagged := strings.ReplaceAll(edn, "{", "#jepsen.history.Op{")
	json := `{"process": 0, "type": "invoke", "f": "write", "value": 7},
		{"process": 0, "type": "ok", "f": "write", "value": 7}`
	want, err := Read("plain", []byte(edn))
	if err != nil || len(want) != 2 {
		t.Fatal(want, err)
	}
	for name, src := range map[string]string{
		"vector": "[" + edn + "]", "list": "(" + edn + ")", "tagged vector": "#a/b [" + tagged + "]", "tagged": tagged,
		"in a map": "{:valid? true, :history [" + edn + "], :results {:a 1}}", "mark of UTF-8": "\ufeff" + edn,
		"comment": "; first\n" + edn + "\n; last", "comment without an end": edn + "; last", "meta": "^{:a 1} [" + edn + "]",
		"JSON with a mark": "\ufeff[" + json + "]",
		"JSON lines":       strings.Replace(json, "},", "}\n", 1), "JSON array": "[" + json + "]",
		"JSON in an object": `{"name": "x", "history": [` + json + `], "more": {"a": []}}`,
		"log":               "INFO  jepsen.util - 0   :invoke :write  7\n junk\nINFO  jepsen.util - 0\t:ok\t:write\t7\n",
		"history.txt":       "0\t:invoke\t:write\t7\n0\t:ok\t:write\t7",
		"CSV":               "process,type,f,value\n0,invoke,write,7\n0,ok,write,7\n",
		"CSV otherwise":     "f, type, value, process, node\nwrite, :invoke, 7, 0, n1\nwrite, :ok, 7, 0, n2\n",
	} {
		f, err := Open(name, iotest.OneByteReader(strings.NewReader(src)), "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := f.All(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestProcesses(t *testing.T) {
	src := `{:process "a" :type :invoke :f :r} {:process 0 :type :invoke :f :r} {:process :b :type :invoke :f :r}
		{:process "a" :type :info :f :r} {:process "a" :type :invoke :f :r} {:process 0 :type :ok :f :r}
		{:type :ok :value 1} {:process nil :type :ok} {:process "nemesis" :type :info :f :x}`
	f, err := Open("h", strings.NewReader(src), "")
	if err != nil {
		t.Fatal(err)
	}
	h, err := f.All()
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, op := range h {
		got = append(got, op.Process)
	}
	want := []int{0, 1000000, 1, 0, 2000000, 1000000, -3, -3, -1}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("processes %v, want %v", got, want)
	}
	if _, err := h.Pair(); err != nil {
		t.Error(err)
	}
	notes := strings.Join(f.Notes(), "\n")
	for _, want := range []string{"a is 2000000", "b is 1",
		"1 times a process goes on after an info (the first is 0, at 2:36)"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no %q in %s", want, notes)
		}
	}
}
