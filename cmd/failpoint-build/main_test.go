package main

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// tiny makes a module of testdata/tiny, with the dependencies of this one.
func tiny(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/tiny")); err != nil {
		t.Fatal(err)
	}
	mod := read(t, "../../go.mod")
	mod = regexp.MustCompile(`(?m)^module .*$`).ReplaceAllString(mod, "module tiny")
	mod = regexp.MustCompile(`(?m)^tool .*$`).ReplaceAllString(mod, "")
	write(t, filepath.Join(dir, "go.mod"), mod)
	write(t, filepath.Join(dir, "go.sum"), read(t, "../../go.sum"))
	return dir
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree is every file below dir with what is in it.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[path] = read(t, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// runIn runs the command in dir, with a temporary folder that must be empty again, and a tree that must be as it was.
func runIn(t *testing.T, dir string, args ...string) (status int, output string) {
	t.Helper()
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	before := tree(t, dir)
	var out bytes.Buffer
	status = run(context.Background(), dir, args, &out, &out)
	after := tree(t, dir)
	if len(after) != len(before) {
		t.Errorf("there are %d files in the tree, and there were %d", len(after), len(before))
	}
	for file, text := range before {
		if after[file] != text {
			t.Errorf("%s was changed", file)
		}
	}
	if left, _ := os.ReadDir(temp); len(left) > 0 {
		t.Errorf("%s was left behind", left[0].Name())
	}
	return status, out.String()
}

func TestMarksAnswerInTheBuiltProgram(t *testing.T) {
	dir := tiny(t)
	bin := filepath.Join(t.TempDir(), "tiny")
	if status, output := runIn(t, dir, "-o", bin, "."); status != 0 {
		t.Fatalf("status %d: %s", status, output)
	}
	for _, c := range []struct{ enabled, want string }{
		{"", "place of n1\nsecond of n1\ndone\n"},
		{"tiny/part/planted=return(true)", "place of n1\nthe bug is in\nsecond of n1\ndone\n"},
		{"tiny/loud=return(7)", "main is 7\nplace of n1\nsecond of n1\ndone\n"},
	} {
		cmd := exec.Command(bin)
		cmd.Env = append(os.Environ(), "GO_FAILPOINTS="+c.enabled)
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != c.want {
			t.Errorf("with %q: %v, %q, and it should be %q", c.enabled, err, out, c.want)
		}
	}
}

func TestTheOverlayStaysForOtherUses(t *testing.T) {
	dir := tiny(t)
	file := filepath.Join(t.TempDir(), "overlay.json")
	for range 2 { // the second finds what the first left
		if status, output := runIn(t, dir, "-overlay", file); status != 0 {
			t.Fatalf("status %d: %s", status, output)
		}
	}
	for _, c := range []struct {
		args []string
		fine bool
	}{
		{[]string{"test", "./part"}, false},
		{[]string{"test", "-overlay", file, "./part"}, true},
	} {
		cmd := exec.Command("go", c.args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); (err == nil) != c.fine {
			t.Errorf("go %v: %v: %s", c.args, err, out)
		}
	}
}

func TestNamesAreWhole(t *testing.T) {
	r, err := rewrite("testdata/tiny/part/part.go", func(pkg string) string { return "path/of/" + pkg })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`Call("path/of/part/place", who)`, `Eval("path/of/part/planted")`, `Call(_curpkg_(name), who)`,
	} {
		if !strings.Contains(string(r.source), want) {
			t.Errorf("%s is not in:\n%s", want, r.source)
		}
	}
}

func TestErrorsNameTheSource(t *testing.T) {
	for name, c := range map[string]struct{ old, text, want string }{
		"syntax":     {"func later", "fun later", "part/part.go:20:1: syntax error"},
		"types":      {"f() }", "f(1) }", "part/part.go:20: too many arguments"},
		"in a mark":  {`fmt.Println("the bug is in")`, "missing()", "part/part.go:16: undefined: missing"},
		"bad mark":   {`"planted", func(_ failpoint.Value)`, `"planted", func(a, b int)`, "part/part.go:15"},
		"lost mark":  {"func later", "var f = func() { failpoint.Inject(\"\", nil) }\n\nfunc later", "part/part.go:20"},
		"no package": {"package part", "package 7", "part/part.go:2"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tiny(t)
			file := filepath.Join(dir, "part", "part.go")
			write(t, file, strings.Replace(read(t, file), c.old, c.text, 1))
			status, output := runIn(t, dir, "./part")
			if status == 0 || !strings.Contains(output, c.want) {
				t.Errorf("status %d, and %q is not in: %s", status, c.want, output)
			}
		})
	}
}

func TestTheGoCommandsStatusPassesThrough(t *testing.T) {
	dir := tiny(t)
	if status, output := runIn(t, dir, "-test", "-run", "None", "./part"); status != 0 {
		t.Errorf("status %d: %s", status, output)
	}
	if status, _ := runIn(t, dir, "-nosuchflag", "."); status != 2 {
		t.Errorf("a flag that go build does not know: status %d", status)
	}
	if status, output := runIn(t, dir); status != 2 || !strings.HasPrefix(output, "usage:") {
		t.Errorf("no arguments: status %d: %s", status, output)
	}
}

func TestArgumentsAreRead(t *testing.T) {
	for _, c := range []struct {
		args []string
		want request
	}{
		{[]string{"./x"}, request{verb: "build", rest: []string{"./x"}}},
		{
			[]string{"--test", "-module", "a,b", "-v"},
			request{modules: []string{"a", "b"}, verb: "test", rest: []string{"-v"}},
		},
		{
			[]string{"-module=a", "-overlay=f"},
			request{modules: []string{"a"}, overlay: "f", verb: "build", rest: []string{}},
		},
		{[]string{"-v", "-module", "a"}, request{verb: "build", rest: []string{"-v", "-module", "a"}}},
	} {
		if got, err := parseArguments(c.args); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v, and it should be %+v", c.args, got, err, c.want)
		}
	}
	for _, args := range [][]string{
		{}, {"-test"}, {"-module", "a"}, {"-module"}, {"-module=", "."}, {"-overlay"}, {"-overlay", "f", "."},
		{"-test", "-overlay", "f"},
	} {
		if r, err := parseArguments(args); err == nil {
			t.Errorf("%q: %+v, and it should be refused", args, r)
		}
	}
	r := request{rest: []string{"-o", "x", "-modfile=a.mod", "--mod", "mod", "."}}
	if got, want := r.modFlags(), []string{"-modfile=a.mod", "--mod", "mod"}; !slices.Equal(got, want) {
		t.Errorf("flags about modules: %q, and they should be %q", got, want)
	}
}

func TestTheTagJoinsOthers(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"-o bin .", "-tags failpoints -o bin ."},
		{"-tags=netgo .", "-tags=netgo,failpoints ."},
		{"--tags netgo,purego .", "--tags netgo,purego,failpoints ."},
	} {
		if got := strings.Join(withTag(strings.Fields(c.args)), " "); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.args, got, c.want)
		}
	}
}
