package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// small is a module whose test notices a wrong sign but not a wrong bound, and in which one mistake never ends.
var small = map[string]string{
	"go.mod": "module small\n\ngo 1.26\n",
	"part/part.go": `package part

// Sum adds numbers that are below a limit.
func Sum(numbers []int, limit int) int {
	total := 0
	for _, n := range numbers {
		if n < limit {
			total = total + n
		}
	}
	return total
}
`,
	"part/part_test.go": `package part

import "testing"

func TestSum(t *testing.T) {
	if got := Sum([]int{1, 2, 9}, 5); got != 3 {
		t.Fatal(got)
	}
}
`,
}

func writeSmall(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range small {
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newCommand(&out)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

// TestMutants tries every mutant of a small module by its unit test: the wrong sign is caught and the wrong bound
// survives, what does not compile is left out, and what is in the file is not tried again.
func TestMutants(t *testing.T) {
	root, out := writeSmall(t), filepath.Join(t.TempDir(), "mutants.jsonl")
	judged := "part/part.go bound off by one: < => <=\n\tequivalent: no caller gives a number that is the limit\n"
	if err := os.WriteFile(filepath.Join(root, "judged.txt"), []byte(judged), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"--module", root, "--packages", "part", "--tests", "./...", "--by", "tests", "--out", out,
		"--judged", "judged.txt"}
	text, err := command(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"part/part.go:8: plus for minus: +  =>  -: caught by unit tests (--- FAIL: TestSum",
		"part/part.go:7: bound off by one: <  =>  <=: SURVIVES the tests",
		"| `part/part.go:7` bound off by one: `<` → `<=` | equivalent: no caller gives a number that is the limit |",
		"| bound off by one | 1 | 1 | 0 | 0 of 1 | 0 | 0 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	again, err := command(t, args...)
	if after, _ := os.ReadFile(out); err != nil || again != text || !bytes.Equal(before, after) {
		t.Errorf("a second run said something else: %v\n%s", err, again)
	}
	if source, _ := os.ReadFile(filepath.Join(root, "part/part.go")); string(source) != small["part/part.go"] {
		t.Error("the module itself was changed")
	}
}

func TestBadArguments(t *testing.T) {
	root := writeSmall(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--packages", "absent"}, "no place for a mistake"},
		{[]string{"--packages", "part", "--by", "some"}, "--by some: it is campaign or tests"},
		{[]string{"--packages", "part", "--only", "1000"}, "--only 1000: there are"},
	} {
		_, err := command(t, append(c.args, "--module", root)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, wanted %q", c.args, err, c.want)
		}
	}
}

func TestJudgedIsReadStrictly(t *testing.T) {
	name := filepath.Join(t.TempDir(), "judged.txt")
	for _, text := range []string{
		"a mutant\n", "a mutant\nanother\n", "\tequivalent: of what?\n", "a mutant\n\tno kind\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if judged, err := readJudged(name); err == nil {
			t.Errorf("%q was read as %v", text, judged)
		}
	}
}

// TestWatch reads what campaigns print: up to the first invalid trial, and no further.
func TestWatch(t *testing.T) {
	shop := &workshop{root: t.TempDir()}
	for _, c := range []struct {
		lines    string
		campaign string
		trials   int
	}{
		{`{"outcome":"valid"}\n{"outcome":"unknown"}\n`, "missed", 2},
		{`{"outcome":"valid"}\n{"outcome":"invalid","reason":"lost"}\n{"outcome":"valid"}\n`, "caught", 2},
	} {
		var r result
		cmd := shop.command(t.Context(), 0, "printf", c.lines)
		if err := watch(cmd, &r); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it may complain of the pipe that is not read any more
		if r.Campaign != c.campaign || r.Trials != c.trials {
			t.Errorf("%s: %s in %d trials", c.lines, r.Campaign, r.Trials)
		}
	}
}
