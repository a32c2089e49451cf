package timeline

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"
	"ordeal/reports"
)

func small() Timeline {
	traffic := new(Traffic)
	late := make([]byte, 40)
	traffic.Link(1, "n1", "n2")
	traffic.Sent(1, 2*time.Millisecond, "append", late, false)
	traffic.Link(0, "n2", "n1")
	traffic.Sent(0, time.Millisecond, "vote asked", late[:9], true)
	traffic.Arrived(1, 5*time.Millisecond, late)
	traffic.Done("n1", 3*time.Millisecond, 4*time.Millisecond, 100, 1, true)
	return Timeline{
		Trial: reports.Trial{
			Title: "a trial </script><b>", Line: "ordeal/2 seed=1", Length: time.Second,
			Faults: []reports.Fault{
				{Family: "crash", Kind: "crash", Label: "n1", From: time.Millisecond, To: -1},
				{Family: "pause", Kind: "pause", Skipped: "nothing to hit"},
			},
			Verdicts: []reports.Verdict{{Name: "linearizable", Outcome: reports.Invalid, Reason: "</script> is lost"}},
		},
		Length: time.Second, Moment: 8 * time.Millisecond, Traffic: traffic,
		Servers: []Server{{"n1", []State{{0, "leader"}, {time.Millisecond, Down}}}},
		Clients: []string{"c1", "c2"},
		Ops: []Op{
			{Index: 7, Client: 1, From: 6 * time.Millisecond, To: -1, End: Pending, F: "read", Text: "read"},
			{
				Index: 3, From: time.Millisecond, To: 8 * time.Millisecond, End: Fail, F: "write", Text: "write <1>",
				Blamed: true,
			},
		},
		Holds: []Hold{{"lock k1", "session 0x1", time.Millisecond, -1}},
		Story: []Line{{time.Millisecond, "n1 goes down", false}, {8 * time.Millisecond, "<i>two</i> leaders", true}},
	}
}

func pageOf(t *testing.T, timeline Timeline) string {
	t.Helper()
	page, err := timeline.Page()
	if err != nil {
		t.Fatal(err)
	}
	again, err := timeline.Page()
	if err != nil || !bytes.Equal(page, again) {
		t.Fatalf("the same timeline gives other bytes: %v", err)
	}
	return string(page)
}

// TestPageIsOneFile: nothing is fetched from elsewhere, and nothing that a trial says is taken for markup.
func TestPageIsOneFile(t *testing.T) {
	page := pageOf(t, small())
	fetches := regexp.MustCompile(`(?i)(src=|href=|url\(|https?:|@import|import\()[^\n]*`)
	if from := fetches.FindString(page); from != "" {
		t.Errorf("the page fetches something: %s", from)
	}
	if n := strings.Count(page, "</script>"); n != 2 {
		t.Errorf("%d scripts end", n)
	}
	for _, want := range []string{
		"a trial &lt;/script&gt;&lt;b&gt;", `class="odd"`, "&lt;i&gt;two&lt;/i&gt; leaders", "0.008 s", "is lost",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if strings.Contains(page, "<i>") || strings.Contains(page, "<b>") {
		t.Error("what a trial says became markup")
	}
}

// TestEmptyTimelines have a page too.
func TestEmptyTimelines(t *testing.T) {
	page := pageOf(t, Timeline{Moment: -1, Missing: []string{"verdict.json is not there."}})
	if !strings.Contains(page, "verdict.json is not there.") {
		t.Error("the page does not say what is missing")
	}
}

// numbers reads columns as they are written, so many a row.
func numbers(b []byte, width int) [][]uint64 {
	var all []uint64
	n, shift := uint64(0), 0
	for _, c := range b {
		six := uint64(strings.IndexByte(digits, c))
		n |= six & 31 << shift
		if shift += 5; six < 32 {
			all = append(all, n)
			n, shift = 0, 0
		}
	}
	return slices.Collect(slices.Chunk(all, width))
}

// TestNumbersOfAnySize are read as they were written.
func TestNumbersOfAnySize(t *testing.T) {
	var b []byte
	want := []uint64{0, 1, 31, 32, 33, 1023, 1024, 1<<40 + 5, 1<<63 + 1}
	for _, n := range want {
		b = appendNumber(b, n)
	}
	if got := numbers(b, len(want)); len(got) != 1 || !slices.Equal(got[0], want) {
		t.Errorf("%d, wanted %d, in %s", got, want, b)
	}
}

// TestNamesAreNumbered: in the order in which they come, also those that are looked for in the same place.
func TestNamesAreNumbered(t *testing.T) {
	var n Names
	for _, words := range []string{"n1 n2 m1 n1 m1 n2", "", "a", " a "} {
		for _, word := range strings.Split(words, " ") {
			if i := n.Of(word); n.words[i] != word {
				t.Errorf("%q is %d, which is %q", word, i, n.words[i])
			}
		}
	}
	if want := []string{"n1", "n2", "m1", "", "a"}; !slices.Equal(n.words, want) {
		t.Errorf("%q, wanted %q", n.words, want)
	}
}

func TestColumns(t *testing.T) {
	one := small()
	ops, texts, kinds := one.opColumns()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"operations", numbers(ops, 6), [][]uint64{{1000, 7001, 0, 0, 2 + 4 + 8, 3}, {5000, 0, 1, 1, 3 + 8, 7}}},
		{"kinds", kinds, []string{"write", "read"}},
		{"texts", string(texts), `"write \u003c1\u003e","read"`},
		{"messages", numbers(one.Traffic.appendMessages(nil), 6),
			[][]uint64{{1000, 0, 1, 0, 1, 9}, {1000, 3001, 0, 1, 0, 40}}},
		{"jobs", numbers(one.Traffic.appendJobs(nil), 5), [][]uint64{{3000, 1000, 0, 100, 3}}},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, wanted %v", c.name, c.got, c.want)
		}
	}
}

// TestManyOperations: of a long history the page has the words of the first operations, and of those that contradict.
func TestManyOperations(t *testing.T) {
	one := Timeline{Length: time.Hour, Moment: -1, Clients: []string{"c1"}}
	for i := range textsMax + 10 {
		at := time.Duration(i) * time.Millisecond
		one.Ops = append(one.Ops, Op{Index: i, From: at, To: at, F: "read", Text: "read", Blamed: i == textsMax+5})
	}
	_, texts, _ := one.opColumns()
	if n := bytes.Count(texts, []byte("read")); n != textsMax+1 {
		t.Errorf("%d texts of %d operations", n, len(one.Ops))
	}
}

func TestWording(t *testing.T) {
	for _, c := range []struct {
		op   history.Operation
		want string
	}{
		{history.Operation{F: "read", Key: "k1", Result: "v", End: history.OK, Return: 2, Completed: 9},
			`k1: read -> "v" ends ok at 9`},
		{history.Operation{F: "write", Argument: int64(1), End: history.Info, Return: -1},
			"write 1 -> unknown ends pending at -1"},
		{history.Operation{F: "write", Argument: int64(1), End: history.Info, Return: 5, Completed: 4},
			"write 1 -> unknown ends info at 4"},
		{history.Operation{F: "write", Argument: int64(1), End: history.Fail, Return: 5, Completed: 4},
			"write 1 -> fail ends fail at 4"},
	} {
		o := new(Wording).Op(&c.op, 0, false)
		end := [...]string{OK: "ok", Info: "info", Fail: "fail", Pending: "pending"}[o.End]
		if got := fmt.Sprintf("%s ends %s at %d", o.Text, end, int64(o.To)); got != c.want {
			t.Errorf("%s, wanted %s", got, c.want)
		}
	}
}
