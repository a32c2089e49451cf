package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

// strangerProgram says which marks answer: its own, and the one by which this module's service knows a marked build.
const strangerProgram = `// Command stranger says which of its marks answer.
package main

import (
	"fmt"

	"github.com/pingcap/failpoint"

	"MODULE/cluster"
)

func main() {
	failpoint.Inject("own", func(_ failpoint.Value) { fmt.Println("its own") })
	if err := failpoint.Enable("MODULE/cluster/marked", "return(true)"); err == nil && cluster.Marked() {
		fmt.Println("the service's")
	}
}
`

// stranger makes a module that requires this one, from its work tree, and returns this one's path.
func stranger(t *testing.T) (dir, ours string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	f, err := modfile.Parse("go.mod", []byte(read(t, filepath.Join(root, "go.mod"))), nil)
	if err != nil {
		t.Fatal(err)
	}
	ours = f.Module.Mod.Path
	for _, err := range []error{
		f.AddModuleStmt("example.org/stranger"), f.AddRequire(ours, "v0.0.0"), f.AddReplace(ours, "", root, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	mod, err := f.Format()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), string(mod))
	write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(root, "go.sum")))
	write(t, filepath.Join(dir, "main.go"), strings.ReplaceAll(strangerProgram, "MODULE", ours))
	return dir, ours
}

const ownMark = "example.org/stranger/own=return(true)"

// output is what a program prints with these marks enabled.
func output(t *testing.T, bin, enabled string) string {
	t.Helper()
	cmd := exec.Command(bin)
	cmd.Env = append(os.Environ(), "GO_FAILPOINTS="+enabled)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestAModuleThatRequiresThisOne(t *testing.T) {
	dir, ours := stranger(t)
	bin := filepath.Join(t.TempDir(), "stranger")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-o", bin, "."}, "its own\n"},
		{[]string{"-module", ours, "-o", bin, "."}, "its own\nthe service's\n"},
		{[]string{"-module=example.org/stranger," + ours, "-o", bin, "."}, "its own\nthe service's\n"},
	} {
		if status, text := runIn(t, dir, c.args...); status != 0 {
			t.Fatalf("%q: status %d: %s", c.args, status, text)
		}
		if got := output(t, bin, ownMark); got != c.want {
			t.Errorf("%q: %q, and it should be %q", c.args, got, c.want)
		}
	}
	cmd := exec.Command("go", "run", ours+"/cmd/failpoint-build", "-o", bin, ".")
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("by its path: %v: %s", err, text)
	}
	if got := output(t, bin, ownMark); got != "its own\n" {
		t.Errorf("by its path: %q", got)
	}
}

func TestModulesWithoutAFolderAreRefused(t *testing.T) {
	dir, _ := stranger(t)
	for name, want := range map[string]string{
		failpointPath:        "-module " + failpointPath + ": the go command lays nothing over its module cache",
		"example.org/absent": "go list -m: go: module example.org/absent: not a known dependency",
	} {
		status, text := runIn(t, dir, "-module", name, ".")
		if status != 1 || !strings.HasPrefix(text, want) || strings.Count(text, "\n") != 1 {
			t.Errorf("%s: status %d: %s", name, status, text)
		}
	}
}

func TestMarksInVendor(t *testing.T) {
	dir := tiny(t)
	mod := read(t, filepath.Join(dir, "go.mod"))
	write(t, filepath.Join(dir, "lib", "go.mod"), strings.Replace(mod, "module tiny", "module example.org/lib", 1))
	write(t, filepath.Join(dir, "lib", "lib.go"), read(t, filepath.Join(dir, "part", "part.go")))
	write(t, filepath.Join(dir, "go.mod"), mod+"require example.org/lib v0.0.0\nreplace example.org/lib => ./lib\n")
	write(t, filepath.Join(dir, "user", "user.go"), `// Command user calls what has marks.
package main

import part "example.org/lib"

func main() { part.Work("n1") }
`)
	cmd := exec.Command("go", "mod", "vendor")
	cmd.Dir = dir
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	bin := filepath.Join(t.TempDir(), "user")
	if status, text := runIn(t, dir, "-module", "example.org/lib", "-o", bin, "./user"); status != 0 {
		t.Fatalf("status %d: %s", status, text)
	}
	if got := output(t, bin, "example.org/lib/planted=return(true)"); got != "the bug is in\n" {
		t.Errorf("%q", got)
	}
}
