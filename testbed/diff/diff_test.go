package diff

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ordeal/reports/timeline"
	"ordeal/testbed/campaign"
	"ordeal/testbed/kept"
	"ordeal/testbed/play"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

const (
	calm    = `toy/1 seed=1 workload=register nodes=3 length=10s rate=50 plan=""`
	crashed = `toy/1 seed=1 workload=register nodes=3 length=10s rate=50 plan="at 3s for 2s crash leader"`
	other   = `toy/1 seed=2 workload=register nodes=3 length=10s rate=50 plan=""`
)

func toys(t *testing.T) loader {
	service := trialtest.Service(trialtest.Options{})
	worker := func() (campaign.Worker, error) { return campaign.InProcess(service, nil), nil }
	return loader{t.Context(), service, worker}
}

// both loads and compares two runs, and makes their page.
func both(t *testing.T, a, b string) (report, string) {
	t.Helper()
	l := toys(t)
	first, err := l.load("A", a)
	if err != nil {
		t.Fatal(err)
	}
	second, err := l.load("B", b)
	if err != nil {
		t.Fatal(err)
	}
	r := compare(first, second)
	page, err := r.beside(first, second).Page()
	if err != nil {
		t.Fatal(err)
	}
	if data, err := r.JSON(); err != nil || !json.Valid(data) {
		t.Errorf("%v: %s", err, data)
	}
	return r, string(page)
}

func TestSameRun(t *testing.T) {
	r, page := both(t, calm, calm)
	if !r.Same || r.Parts.At >= 0 || r.Parts.Shared < 1000 || len(r.Differences) > 0 {
		t.Errorf("%+v", r)
	}
	if !strings.Contains(page, "They are the same run") {
		t.Error("the page does not say that they are the same")
	}
}

// TestOneFault: two runs part when the fault comes, and differ in what it brings about.
func TestOneFault(t *testing.T) {
	r, page := both(t, crashed, calm)
	if r.Same || r.Parts.By != "events" || r.Parts.At != 3*time.Second || r.Parts.Shared < 300 {
		t.Errorf("they part: %+v", r.Parts)
	}
	rows := make(map[string]Difference)
	for _, d := range r.Differences {
		rows[d.What] = d
	}
	for _, what := range []string{"line: plan", "fault: crash leader", "times that a server began to lead",
		"leader number 2", "longest time without an answer"} {
		if rows[what].What == "" {
			t.Errorf("no difference in %q: %+v", what, r.Differences)
		}
	}
	if !strings.Contains(strings.Join(r.Parts.Around[0], "\n"), "fault: crash leader") {
		t.Errorf("around it: %q", r.Parts.Around)
	}
	for _, want := range []string{"They part at 3.000000 s", "&#34;A n1&#34;", "A crash", "leader number 2"} {
		if !strings.Contains(page, want) && !strings.Contains(page, strings.ReplaceAll(want, "&#34;", `"`)) {
			t.Errorf("the page has no %q", want)
		}
	}
	if text := r.Text(); !strings.Contains(text, "WHAT DIFFERS") || !strings.Contains(text, "ANSWERED") {
		t.Error(text)
	}
}

func TestOtherSeeds(t *testing.T) {
	r, _ := both(t, calm, other)
	if r.Parts.Shared != 0 || !r.Common || !strings.Contains(r.Text(), "at the very start") {
		t.Errorf("%s", r.Text())
	}
}

// keep plays a trial and keeps its folder.
func keep(t *testing.T, line string) string {
	t.Helper()
	one, err := toys(t).service.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	r, err := play.Run(one, play.Ask{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := r.Write(kept.Folder(dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// edit changes a text in a file of a folder.
func edit(t *testing.T, dir, name, old, new string) {
	t.Helper()
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%v: no %q in %s", err, old, name)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(data), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}

// cutOff leaves so many bytes of a file of a folder.
func cutOff(t *testing.T, dir, name string, bytes int64) {
	t.Helper()
	path := filepath.Join(dir, name)
	if info, err := os.Stat(path); err != nil || info.Size() <= bytes {
		t.Fatalf("%s is not that long: %v", path, err)
	}
	if err := os.Truncate(path, bytes); err != nil {
		t.Fatal(err)
	}
}

// TestFolders: a folder of this build is played again; one of another is read, and its history compared; what it lacks
// is said.
func TestFolders(t *testing.T) {
	dir := keep(t, crashed)
	if r, _ := both(t, dir, crashed); !r.Same || !r.First.Played {
		t.Errorf("%s", r.Text())
	}
	l := toys(t)
	one, err := l.load("A", dir)
	if err != nil {
		t.Fatal(err)
	}
	edit(t, dir, "verdict.json", one.result.Trace.Hash, "0123456789abcdef")
	r, page := both(t, dir, crashed)
	if r.Same || r.First.Played || r.Parts.By != "history" || r.Parts.At >= 0 || r.Parts.Shared < 300 {
		t.Errorf("%s", r.Text())
	}
	if !strings.Contains(page, "kept by another build") || !strings.Contains(r.Text(), "kept by another build") {
		t.Error("nothing says that the folder is of another build")
	}
	if r, _ := both(t, dir, calm); r.Parts.By != "history" || r.Parts.At < 3*time.Second {
		t.Errorf("%s", r.Text())
	}
	cutOff(t, dir, "history.jsonl", 20_000)
	if r, _ := both(t, dir, crashed); r.Parts.At >= 0 || r.Parts.Ended != "A" || r.Parts.Shared < 100 || r.Same ||
		!strings.Contains(r.Text(), "that of A is missing") {
		t.Errorf("a history that breaks off: %s", r.Text())
	}
	if err := os.Remove(filepath.Join(dir, "history.jsonl")); err != nil {
		t.Fatal(err)
	}
	r, _ = both(t, dir, calm)
	for _, want := range []string{"history.jsonl could not be read: it is not there", "there is no history of A"} {
		if !strings.Contains(r.Text(), want) || r.Parts.At >= 0 {
			t.Errorf("no %q in %s", want, r.Text())
		}
	}
	whole := keep(t, crashed)
	if err := os.Remove(filepath.Join(whole, "verdict.json")); err != nil {
		t.Fatal(err)
	}
	if r, _ := both(t, whole, crashed); r.Parts.At >= 0 || r.Parts.Shared < 300 || len(r.Differences) > 0 ||
		r.Latencies[0].First != r.Latencies[0].Second {
		t.Errorf("a folder without a verdict: %s", r.Text())
	}
	if _, err := l.load("A", t.TempDir()); err == nil {
		t.Error("an empty folder is a run")
	}
	if _, err := l.load("A", "toy/1 nonsense=1"); err == nil {
		t.Error("nonsense is a run")
	}
}

// TestRealTime: no event of a run in real time is compared.
func TestRealTime(t *testing.T) {
	dir := keep(t, calm)
	one, err := toys(t).load("A", dir)
	if err != nil {
		t.Fatal(err)
	}
	was := `"line": ` + strconv.Quote(one.result.Line)
	for _, where := range []string{"target=127.0.0.1:2181", "cluster=ours nodes=3"} {
		is := `"line": "` + where + ` workload=register seed=1 length=10s rate=50"`
		edit(t, dir, "verdict.json", was, is)
		was = is
		r, _ := both(t, calm, dir)
		if r.Parts.By != "" || !r.Common || !strings.Contains(r.Text(), "One ran in real time") ||
			!strings.Contains(r.Text(), "The trial ran on real servers") {
			t.Errorf("%s", r.Text())
		}
	}
}

// TestNothingInCommon: runs of different kinds of operations that share no event say so.
func TestNothingInCommon(t *testing.T) {
	a, b := &run{name: "A"}, &run{name: "B"}
	for i, one := range []*run{a, b} {
		one.trial, one.steps = new(trial.Trial), []uint64{}
		one.result.Workload = []string{"lock", "queue"}[i]
		one.timeline = timeline.Timeline{Moment: -1}
	}
	if r := compare(a, b); r.Common || !strings.Contains(r.Text(), "nothing in common") || !strings.Contains(r.Text(),
		"workloads lock and queue") {
		t.Errorf("%s", r.Text())
	}
}
