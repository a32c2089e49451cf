package timeline

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"ordeal/history"
)

// TestStringsAreJSON: each is read as it was, and none has what would end a script element.
func TestStringsAreJSON(t *testing.T) {
	for _, s := range []string{
		"", `create "/a" -> ok`, `\`, `"`, `a\"b`, "</script><!--<script>", "a\nb\x00\x7f", "žluť \u2028", "\xff\xfe",
		strings.Repeat(`"`, 1000),
	} {
		b := appendString([]byte("before"), s)
		text, begun := strings.CutPrefix(string(b), "before")
		var got string
		if err := json.Unmarshal([]byte(text), &got); err != nil || !begun {
			t.Errorf("%q became %q: %v", s, b, err)
		}
		if utf8.ValidString(s) && got != s || strings.ContainsRune(text, '<') {
			t.Errorf("%q became %q", s, text)
		}
	}
}

// TestWordsStay: those of an operation are the same when others came behind it, however long they are.
func TestWordsStay(t *testing.T) {
	var words Wording
	var all []Op
	for i := range 3000 {
		o := &history.Operation{F: "write", Argument: strings.Repeat("x", i), End: history.OK, Return: 1}
		if i%2 == 0 {
			all = append(all, words.Op(o, 0, false))
		} else {
			all = append(all, words.OpSaid(o, fmt.Sprintf("write %q -> nil", o.Argument), 0, false))
		}
	}
	for i, o := range all {
		if want := fmt.Sprintf("write %q -> nil", strings.Repeat("x", i)); o.Text != want {
			t.Fatalf("operation %d says %s", i, o.Text)
		}
	}
}
