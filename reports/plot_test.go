package reports

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"

	"ordeal/history"

	"ordeal/reports/chart"
)

var plots = []struct {
	name string
	plot func(Trial, chart.Format) ([]byte, error)
}{
	{"latency-raw", latencyRaw}, {"latency-quantiles", latencyQuantiles}, {"rate", ratePlot},
	{"latency-histogram", latencyHistogram}, {"latency-percentiles", latencyPercentiles},
	{"availability", availabilityPlot},
}

// drawn makes a plot and fails the test if it cannot, or if the bytes are no XML.
func drawn(t *testing.T, plot func(Trial, chart.Format) ([]byte, error), trial Trial) string {
	t.Helper()
	svg, err := plot(trial, chart.FormatSVG)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return string(svg)
		} else if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
	}
}

func TestPlotsAreTheSameTwice(t *testing.T) {
	trial := synthetic(600)
	for _, p := range plots {
		for _, f := range []chart.Format{chart.FormatSVG, chart.FormatPNG} {
			one, err := p.plot(trial, f)
			two, err2 := p.plot(trial, f)
			if err != nil || err2 != nil || !bytes.Equal(one, two) {
				t.Errorf("%s.%s differs from one drawing to the next (%v, %v)", p.name, f, err, err2)
			}
		}
	}
}

func TestPNGSize(t *testing.T) {
	data, err := ratePlot(synthetic(50), chart.FormatPNG)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || picture.Width != 900 || picture.Height != 400 {
		t.Errorf("a PNG of %d x %d (%v), want 900 x 400", picture.Width, picture.Height, err)
	}
	if _, err := ratePlot(synthetic(50), "gif"); err == nil {
		t.Error("a plot in a format that does not exist")
	}
}

// Histories at the edges draw, and show what they have.
func TestPlotsOfOddHistories(t *testing.T) {
	one := events(t, "1 0 invoke read\n4 0 ok read")
	var allFail []history.Op
	for i := range 50 {
		allFail = append(allFail,
			history.Op{Time: time.Duration(i) * time.Second, Process: i, Type: history.Invoke, F: "write"},
			history.Op{Time: time.Duration(i)*time.Second + 1, Process: i, Type: history.Fail, F: "write"})
	}
	for _, c := range []struct {
		name  string
		trial Trial
		shows string // in latency-raw
	}{
		{"nothing", Trial{}, "Latency (ms)"},
		{"no operations", Trial{Length: time.Minute, Title: "empty"}, ">60</text>"},
		{"one operation", Trial{Length: 4 * time.Millisecond, Ops: one}, ">ok</text>"},
		{"an operation behind the end", Trial{Length: 1, Ops: one}, ">0.004</text>"},
		{"nothing but fail", Trial{Ops: allFail}, ">fail</text>"},
		{"nothing but pending", Trial{Ops: one[:1]}, ">pending</text>"},
		{"a fault without end", Trial{Length: time.Minute, Faults: []Fault{
			{Family: "pause", Label: "n7", From: time.Second, To: -1}}}, ">n7</text>"},
		{"a fault beyond the end", Trial{Length: time.Minute, Faults: []Fault{
			{Family: "pause", From: time.Hour, To: 2 * time.Hour}}}, ">pause</text>"},
		{"leaders without end", Trial{Length: time.Minute, Leaders: []LeaderSpan{{"n1", 9, 0, -1}}},
			">n1, term 9</text>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, p := range plots {
				svg := drawn(t, p.plot, c.trial)
				if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
					t.Errorf("%s has places that are no numbers", p.name)
				}
				if p.name == "latency-raw" && !strings.Contains(svg, c.shows) {
					t.Errorf("%s does not show %s", p.name, c.shows)
				}
			}
		})
	}
}

func TestPlotsKeepJepsensColours(t *testing.T) {
	svg := drawn(t, latencyRaw, synthetic(600))
	for _, c := range []string{"fill:#81BFFC", "fill:#FFA400", "fill:#FF1E90", "stroke:#E9DCA0", "fill-opacity:0.6"} {
		if !strings.Contains(svg, c) {
			t.Errorf("nothing is drawn with %s", c)
		}
	}
}

// A skipped fault is no band: it did nothing.
func TestSkippedFaultsAreNotDrawn(t *testing.T) {
	f := Fault{Family: "pause", Color: "#A0B1E9", Label: "n1", From: time.Second, To: 30 * time.Second}
	trial := Trial{Length: time.Minute, Faults: []Fault{f}}
	if !strings.Contains(drawn(t, ratePlot, trial), "#A0B1E9") {
		t.Error("a fault without its band")
	}
	trial.Faults[0].Skipped = "no such machine"
	if strings.Contains(drawn(t, ratePlot, trial), "#A0B1E9") {
		t.Error("a skipped fault has a band")
	}
}

// However many operations there are, a plot stays of a size that a browser likes.
func TestPlotsStaySmall(t *testing.T) {
	for _, p := range plots {
		if svg := drawn(t, p.plot, synthetic(60_000)); len(svg) > 1_500_000 {
			t.Errorf("%s of 60,000 operations has %d bytes", p.name, len(svg))
		}
	}
}

func TestHostileWordsInPlots(t *testing.T) {
	bad := "</text><script>alert(1)</script>\x00\x1b[31m\n&\"'"
	trial := Trial{
		Title: bad, Length: time.Minute, Ops: events(t, "1 0 invoke read\n2 0 ok read"),
		Faults:  []Fault{{Family: bad, Label: bad, Color: `"><script>`, From: 0, To: -1}},
		Leaders: []LeaderSpan{{bad, 1, 0, -1}},
	}
	trial.Ops[0].F = bad
	for _, p := range plots {
		if svg := drawn(t, p.plot, trial); strings.Contains(svg, "<script") || strings.Contains(svg, "\x1b") {
			t.Errorf("%s carries a script", p.name)
		}
	}
}

func TestLeaderLanes(t *testing.T) {
	spans := []LeaderSpan{{"n2", 3, 30, 50}, {"n1", 2, 0, 40}, {"n3", 4, 50, -1}}
	lanes := leaderLanes(spans, 100)
	if len(lanes) != 2 || len(lanes[0]) != 2 || lanes[0][1].Node != "n3" || lanes[0][1].To != 100 ||
		lanes[1][0].Node != "n2" {
		t.Errorf("lanes %+v", lanes)
	}
	if leaderLanes(nil, 100) != nil {
		t.Error("lanes without leaders")
	}
}

func TestGroupsDrawRareOnTop(t *testing.T) {
	groups := group(operations(synthetic(600).Ops))
	rareLast(groups)
	for i := 1; i < len(groups); i++ {
		if len(groups[i].ops) > len(groups[i-1].ops) {
			t.Fatalf("%s is drawn above %s", groups[i].name(), groups[i-1].name())
		}
	}
}
