package main

import (
	"fmt"
	"strings"
	"time"

	"ordeal/reports"
	"ordeal/reports/timeline"
)

// words are such as a znode's path may have, or a value: markup, what ends a script or a string in one, letters that
// turn the direction of writing, bytes that are no letters, and very many.
var words = []string{
	`</script><script>window.fooled = 1</script>`, `<img src=x onerror="window.fooled = 2">`, `<!--<script>`,
	`"};window.fooled = 3;//`, `\u003cb\u003e'+window.fooled=4+'`, "${window.fooled = 5}", "/\u202egnp.exe",
	"\u2028\u2029\r\n\t\x00", "\xff\xfe", "constructor", "__proto__", "&lt;b&gt;&#0;", "",
	strings.Repeat("é𝄞", 2000), "/" + strings.Repeat("w", 20_000),
}

// misleading is a timeline of one server and no fault that lasts, in which everything that has words has such words.
func misleading() timeline.Timeline {
	const length = time.Second
	word := func(i int) string { return words[i%len(words)] }
	t := timeline.Timeline{
		Trial: reports.Trial{
			Title: word(0), Line: word(1), Workload: word(2), Length: length,
			Verdicts: []reports.Verdict{{Name: word(1), Outcome: reports.Invalid, Reason: word(0), Details: words}},
		},
		Length: length, Moment: length / 2, Traffic: new(timeline.Traffic), Clients: words, Missing: words[:3],
		Servers: []timeline.Server{{Name: word(0), States: []timeline.State{{Role: word(1)}}}},
	}
	t.Traffic.Link(0, word(0), word(0))
	for i, w := range words {
		at := length * time.Duration(i) / time.Duration(len(words))
		t.Trial.Faults = append(t.Trial.Faults, reports.Fault{Family: w, Kind: w, Label: w, Color: w, From: at, To: at})
		t.Trial.Leaders = append(t.Trial.Leaders, reports.LeaderSpan{Node: w, Term: uint64(i), From: at, To: -1})
		t.Holds = append(t.Holds, timeline.Hold{What: w, Who: w, From: at, To: -1})
		t.Story = append(t.Story, timeline.Line{At: at, Text: w, Odd: i%2 == 0})
		t.Standing = append(t.Standing, timeline.Standing{Lane: w, Text: w, From: at, To: -1})
		t.Traffic.Sent(0, at, w, nil, i%2 == 0)
		t.Traffic.Done(w, at, at, i, 1, false)
		for client := range words {
			t.Ops = append(t.Ops, timeline.Op{
				Index: len(t.Ops), Client: client, From: at, To: at + length/20, F: w, Text: fmt.Sprint(w, word(i+client)),
				Blamed: client == i,
			})
		}
	}
	return t
}
