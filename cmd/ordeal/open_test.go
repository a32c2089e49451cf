package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const openLine = "ordeal/2 seed=1 workload=lock nodes=3 length=3s rate=50 faults=none"

// TestOpen makes the page of a trial line, twice with the same bytes, and says where it is.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	var pages []string
	for range 2 {
		r := ordealIn(t, dir, "open", openLine)
		if r.code != 0 || r.out != "timeline.html\n" || r.err != "" {
			t.Fatalf("%+v", r)
		}
		pages = append(pages, readFile(t, filepath.Join(dir, "timeline.html")))
	}
	if pages[0] != pages[1] {
		t.Error("the same trial gave other bytes")
	}
	for _, want := range []string{"leads term", "append answered", "lock l", "acquire"} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// TestOpenFolder: of a trial that this build does not play the same, the page shows what the folder has, and says
// what is missing.
func TestOpenFolder(t *testing.T) {
	const verdict = `{"format":1,"line":"` + openLine + `","workload":"lock","outcome":"invalid","reason":"so",` +
		`"length_ns":3000000000,"verdicts":[{"name":"exclusion","outcome":"invalid","reason":"two held it",` +
		`"evidence":` +
		`[{"index":0,"time":1000000,"process":1,"type":"invoke","f":"acquire","key":"k","value":"0x1"}]}],` +
		`"faults":[{"kind":"crash","family":"crash","label":"n1","from_ns":1000000,"to_ns":-1}],` +
		`"leaders":[{"node":"n1","term":2,"from_ns":0,"to_ns":-1}],"trace":{"hash":"0123456789abcdef"}}`
	const events = `{"format":"ordeal-history","version":1,"model":"lock","trial":""}` + "\n" +
		`{"index":0,"time":1000000,"process":1,"type":"invoke","f":"acquire","key":"k","value":"0x1"}` + "\n" +
		`{"index":1,"time":2000000,"process":1,"type":"ok","f":"acquire","key":"k","value":["0x1",5]}` + "\n"
	for _, c := range []struct {
		name            string
		verdict, events string
		want            []string
	}{
		{"another build", verdict, events, []string{"kept by another build", "two held it", "acquire", "crash"}},
		{"without history", verdict, "", []string{"history.jsonl could not be read: it is not there", "two held it"}},
		{"without verdict", "", events, []string{"verdict.json could not be read: it is not there", "acquire"}},
		{"another version", strings.Replace(verdict, "ordeal/2", "ordeal/1", 1), events,
			[]string{"it is of version 1, and this is version", "two held it", "acquire"}},
		{"broken off", verdict, events[:len(events)-20],
			[]string{"history.jsonl breaks off behind 1 events", "two held it", "acquire"}},
		{"broken off without verdict", "", events[:len(events)-20],
			[]string{"verdict.json, which has its line, is not there", "history.jsonl breaks off", "acquire"}},
		{"broken", "{", events, []string{"verdict.json could not be read: unexpected end of JSON input", "acquire"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{"verdict.json": c.verdict, "history.jsonl": c.events} {
				if text != "" {
					writeFile(t, filepath.Join(dir, name), text)
				}
			}
			if r := ordealIn(t, dir, "open", ".", "--file", "page.html"); r.code != 0 || r.out != "page.html\n" {
				t.Fatalf("%+v", r)
			}
			page := readFile(t, filepath.Join(dir, "page.html"))
			for _, want := range c.want {
				if !strings.Contains(page, want) {
					t.Errorf("the page has no %q", want)
				}
			}
		})
	}
}

func TestOpenRefusals(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"open"}, "a trial line in quotes, or a folder is wanted"},
		{[]string{"open", "missing"}, `"missing" is neither a folder that is there nor a trial line`},
		{[]string{"open", "empty"}, "empty is not the folder of a trial"},
		{[]string{"open", openLine, "--file", "no/page.html"}, "no/page.html"},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
			t.Fatal(err)
		}
		ordealIn(t, dir, c.args...).refused(t, dir, c.want, "empty")
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
