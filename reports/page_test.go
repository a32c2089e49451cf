package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"ordeal/history"
)

// keep is a folder in memory.
func keep(into map[string][]byte) Folder {
	return func(name string, data []byte) error {
		into[name] = data
		return nil
	}
}

func TestWriteTrial(t *testing.T) {
	one, two := map[string][]byte{}, map[string][]byte{}
	extra := File{"linearizability.html", "Porcupine's picture", []byte("<p>picture</p>")}
	for _, into := range []map[string][]byte{one, two} {
		if err := WriteTrial(keep(into), synthetic(300), extra); err != nil {
			t.Fatal(err)
		}
	}
	want := "availability.svg history.edn history.jsonl index.html latency-histogram.svg latency-percentiles.svg " +
		"latency-quantiles.svg latency-raw.svg linearizability.html plan.txt rate.svg trace.txt verdict.json"
	if got := strings.Join(slices.Sorted(maps.Keys(one)), " "); got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	for name := range one {
		if !bytes.Equal(one[name], two[name]) {
			t.Errorf("%s differs from one writing to the next", name)
		}
		if name != "index.html" && !bytes.Contains(one["index.html"], []byte(`href="`+name+`"`)) {
			t.Errorf("the page does not lead to %s", name)
		}
	}
	var back Result
	if err := json.Unmarshal(one["verdict.json"], &back); err != nil {
		t.Fatal(err)
	}
	if back.Outcome != Invalid || back.Operations.Total != 300 || len(back.Faults) != 9 {
		t.Errorf("verdict.json says %s, %d operations, %d faults", back.Outcome, back.Operations.Total,
			len(back.Faults))
	}
}

func TestWriteTrialSaysWhatFailed(t *testing.T) {
	full := errors.New("no room")
	err := WriteTrial(func(name string, _ []byte) error {
		if name == "rate.svg" {
			return full
		}
		return nil
	}, Trial{})
	if !errors.Is(err, full) || !strings.Contains(err.Error(), "rate.svg") {
		t.Errorf("error %v", err)
	}
	for _, name := range []string{"", "..", "../x", `a\b`, "rate.svg", "index.html"} {
		if err := WriteTrial(keep(map[string][]byte{}), Trial{}, File{Name: name}); err == nil {
			t.Errorf("a file named %q was written", name)
		}
	}
}

// Whatever words a trial carries, a page shows them as words.
func TestHostileWordsInPages(t *testing.T) {
	bad := `</style></pre><script>alert("x")</script><img src=x onerror=alert(1)>'` + "\x00"
	trial := Trial{
		Line: bad, Title: bad, Workload: bad, Replay: bad, Plan: bad, Length: time.Second,
		Ops:    []history.Op{{F: bad}, {Type: history.Info, F: bad, Error: bad}},
		Faults: []Fault{{Family: bad, Kind: bad, Label: bad, Color: bad}, {Kind: bad, Skipped: bad}},
		Verdicts: []Verdict{{Name: bad, Outcome: Outcome(bad), Reason: bad, Details: []string{bad},
			Evidence: []history.Op{{F: bad, Key: bad, Value: []any{bad}, Error: bad}},
			Measures: []Measure{{bad, 1, bad}}}},
		Trace: Trace{Hash: bad, Counts: []Measure{{bad, 1, bad}}},
	}
	page := writtenFile(t, trial, "index.html")
	campaign, err := Index(Campaign{
		Title: bad, Line: bad, Totals: []Total{{Workload: bad}},
		Kept: []Kept{
			{bad, bad, bad, Invalid, bad, "javascript:alert(1)//", bad}, {bad, bad, bad, Outcome(bad), bad, bad, ""},
		},
		Coverage: []Coverage{{bad, 0, 1, []Reason{{bad, 1}}}}, Unknowns: []Reason{{bad, 1}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]string{"trial": page, "campaign": string(campaign)} {
		for _, never := range []string{"<script", "<img src=x", `href="javascript:`, "\x00"} {
			if strings.Contains(page, never) {
				t.Errorf("the page of a %s has %q in it", name, never)
			}
		}
		if !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("the page of a %s does not show the words", name)
		}
	}
	if text := Text(trial); strings.ContainsAny(text, "\x00\x1b") {
		t.Errorf("control characters in %q", text)
	}
}

// A page is whole in itself: nothing is fetched.
func TestPagesFetchNothing(t *testing.T) {
	index, err := Index(smallCampaign(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{writtenFile(t, small(t), "index.html"), string(index)} {
		for _, never := range []string{"http://", "https://", "<link", "@import", "src=\"/", "ZgotmplZ"} {
			if strings.Contains(page, never) {
				t.Errorf("a page has %q in it", never)
			}
		}
	}
}

func TestIndexShowsFindingsFirst(t *testing.T) {
	data, err := Index(smallCampaign(small(t)))
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	last := 0
	for _, want := range []string{
		"1,204", "exclusion: lock1 was held by 0x1a and 0x2b at once", "ordeal replay &#39;lock seed=7",
		"1,203,000", "nothing succeeded", "2,021", "there was no leader (3)", "queue seed=9",
		`href="queue-9/index.html"`,
	} {
		at := strings.Index(page[last:], want)
		if at < 0 {
			t.Fatalf("%q is missing, or stands too early", want)
		}
		last += at
	}
}

func TestOutcomeIsTheWorst(t *testing.T) {
	for _, c := range []struct {
		outcomes []Outcome
		want     Outcome
	}{
		{nil, Unknown}, {[]Outcome{Valid}, Valid}, {[]Outcome{Valid, Unknown, Valid}, Unknown},
		{[]Outcome{Unknown, Invalid, Unknown}, Invalid}, {[]Outcome{""}, Unknown}, {[]Outcome{"VALID"}, Unknown},
	} {
		var trial Trial
		for _, o := range c.outcomes {
			trial.Verdicts = append(trial.Verdicts, Verdict{Name: "check", Outcome: o, Reason: "because"})
		}
		if got := trial.Outcome(); got != c.want {
			t.Errorf("%v together are %s, want %s", c.outcomes, got, c.want)
		}
		if (trial.Reason() == "") != (c.want == Valid) {
			t.Errorf("%v have the reason %q", c.outcomes, trial.Reason())
		}
	}
}
