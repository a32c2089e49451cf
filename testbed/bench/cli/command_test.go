package cli

import (
	"bytes"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ordeal/testbed/bench"
	"ordeal/testbed/coordination"
	"ordeal/testbed/trial"
	"ordeal/testbed/trialtest"
)

// TestMain makes the test binary a worker where it is started as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[2] == "--worker" {
		c := Command(coordination.Service())
		c.SetArgs(os.Args[2:])
		if c.Execute() != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// run runs the command, and returns what it printed.
func run(t *testing.T, s *trial.Service, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	c := Command(s)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetOut(&out)
	c.SetErr(&bytes.Buffer{})
	c.SetArgs(args)
	err := c.Execute()
	return out.String(), err
}

// TestSaveAndCompare: a build that is held against itself is the same to the last digit, and one whose figures were
// better before is worse.
func TestSaveAndCompare(t *testing.T) {
	dir := t.TempDir()
	file, junit, summary := filepath.Join(dir, "a.json"), filepath.Join(dir, "a.xml"), filepath.Join(dir, "a.md")
	s := coordination.Service()
	if _, err := run(t, s, "--load", "read", "--requests", "120", "--clients", "12", "--save", file); err != nil {
		t.Fatal(err)
	}
	out, err := run(t, s, "--against", file, "--junit", junit, "--summary", summary)
	if err != nil || out != "3 figures of 12 seeds: 0 worse, 0 better, the others as before\n" {
		t.Fatalf("%v\n%s", err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	saved, err := bench.ParseSaved(s, text)
	if err != nil {
		t.Fatal(err)
	}
	for i := range saved.Cells[0].Figures[0].Values {
		saved.Cells[0].Figures[0].Values[i] /= 2
	}
	if err := os.WriteFile(file, saved.JSON(), 0o644); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(dir, "a.html")
	out, err = run(t, s, "--against", file, "--junit", junit, "--summary", summary, "--page", page)
	worse := "WORSE   p50 of read under read over uniform: 100 % worse"
	if err == nil || err.Error() != "" || !strings.Contains(out, worse) {
		t.Errorf("%v\n%s", err, out)
	}
	for _, name := range []string{junit, summary, page} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), "p50 of read") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}

// TestRiseWritesPlots, and prints the same twice.
func TestRiseWritesPlots(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--load", "write", "--network", "uniform,jitter", "--rates", "100,400", "--requests", "100",
		"--clients", "10", "--seeds", "4", "--out", dir}
	one, err := run(t, coordination.Service(), args...)
	if err != nil {
		t.Fatal(err)
	}
	if two, err := run(t, coordination.Service(), args...); err != nil || two != one {
		t.Errorf("the second time: %v\n%s\nwanted\n%s", err, two, one)
	}
	for _, name := range []string{"bench-write.svg", "bench.json"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() < 1000 {
			t.Errorf("%s: %v", name, err)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"data:image/svg+xml;base64,", "over uniform: at most", "over jitter: at most", "<th class=\"number\">write p50</th>",
		"<td>400</td>", "bench --clients=10 --load=write --network=uniform,jitter --rates=100,400",
	} {
		if !strings.Contains(html.UnescapeString(string(page)), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(string(page), "http") {
		t.Error("the page fetches something")
	}
}

// TestRefused: what can't be asked for is one sentence, and nothing is written.
func TestRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.json")
	if err := os.WriteFile(file, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "new.json")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--load", "reed"}, `there is no load "reed": there are production-mix, read,`},
		{[]string{"--network", "moon"}, `there is no network "moon": there are uniform,`},
		{[]string{"--seeds", "5-1"}, "--seeds 5-1"},
		{[]string{"--rates", "10,x"}, "--rates 10,x"},
		{[]string{"--save", out, "--seeds", "1-5"}, "12 to 30 of them tell builds apart"},
		{[]string{"--save", out, "--against", file}, "--save and --against"},
		{[]string{"--against", file}, "it is no file of `bench --save`"},
		{[]string{"--against", file, "--load", "read"}, "--load: with --against the file says"},
		{[]string{"--junit", out}, "--junit: only with --against"},
		{[]string{"--page", out}, "--page: only with --against"},
		{[]string{"--save", out, "--out", dir}, "--out: not with --save"},
		{[]string{"--jobs", "0"}, "--jobs is at least 1"},
		{[]string{"--load", "all", "--requests", "60"}, "60 requests: there must be from 100"},
	} {
		if _, err := run(t, coordination.Service(), c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, wanted %s", c.args, err, c.says)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was written")
	}
	bare := *trialtest.Service(trialtest.Options{})
	bare.Bench = nil
	if _, err := run(t, &bare, "--list"); err == nil || !strings.Contains(err.Error(), "toy can't be measured") {
		t.Errorf("a service that says nothing of loads: %v", err)
	}
	if text, err := run(t, trialtest.Service(trialtest.Options{}), "--list"); err != nil ||
		!strings.Contains(text, "hot-key") || strings.Contains(text, "churn") || !strings.Contains(text, "wan-clients") {
		t.Errorf("%v\n%s", err, text)
	}
}
