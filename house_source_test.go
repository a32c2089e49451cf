package ordeal_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"os"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	fileLinesMax     = 400
	functionLinesMax = 70
)

// emptyNames are names of packages that say nothing about what is in them.
var emptyNames = []string{"base", "common", "core", "helper", "helpers", "lib", "misc", "shared", "tools", "types",
	"util", "utils"}

// sourceRules hold for every file of Go.
var sourceRules = []func(source) []finding{formatted, fileLength, columns, functionLength, packageName,
	openEnds, exportedDocs}

func formatted(s source) []finding {
	if text, err := format.Source(s.text); err != nil || !bytes.Equal(text, s.text) {
		return []finding{s.find(s.file, "the file is not as gofmt would have it")}
	}
	return nil
}

func fileLength(s source) []finding {
	if n := bytes.Count(s.text, []byte("\n")); n > fileLinesMax {
		return []finding{s.find(s.file, "the file has %d lines, and may have %d: split it by subject", n, fileLinesMax)}
	}
	return nil
}

func functionLength(s source) []finding {
	var found []finding
	for _, d := range s.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if n := s.set.Position(f.End()).Line - s.at(f.Type).Line + 1; n > functionLinesMax {
			found = append(found, s.find(f.Type, "%s has %d lines, and may have %d", f.Name.Name, n, functionLinesMax))
		}
	}
	return found
}

func packageName(s source) []finding {
	if name := strings.TrimSuffix(s.file.Name.Name, "_test"); slices.Contains(emptyNames, name) {
		return []finding{s.find(s.file, "a package named %s says nothing about what is in it", name)}
	}
	return nil
}

var openEnd = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`)

func openEnds(s source) []finding {
	var found []finding
	for _, group := range s.file.Comments {
		for _, c := range group.List {
			if word := openEnd.FindString(c.Text); word != "" {
				found = append(found, s.find(c, "%s: do it, or leave it out", word))
			}
		}
	}
	return found
}

// exportedDocs wants words on what other packages can name.
func exportedDocs(s source) []finding {
	if s.isTest() || s.file.Name.Name == "main" {
		return nil
	}
	var found []finding
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil && !obvious[d.Name.Name] {
				found = append(found, s.find(d, "%s has no doc", d.Name.Name))
			}
		case *ast.GenDecl:
			found = append(found, undocumented(s, d)...)
		}
	}
	return found
}

// obvious are methods that the standard library has given a meaning.
var obvious = map[string]bool{"Error": true, "String": true, "Unwrap": true, "Len": true, "Less": true, "Swap": true}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil {
		return true
	}
	exported := false
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && !exported {
			exported = id.IsExported()
			return false
		}
		return true
	})
	return exported
}

// undocumented lists the exported names of a declaration on which there are no words, neither at the name nor at the
// whole group.
func undocumented(s source, d *ast.GenDecl) []finding {
	var found []finding
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc == nil && d.Doc == nil && spec.Comment == nil {
				found = append(found, s.find(spec, "%s has no doc", spec.Name.Name))
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && d.Doc == nil && spec.Comment == nil {
					found = append(found, s.find(name, "%s has no doc", name.Name))
				}
			}
		}
	}
	return found
}

func TestSourceIsLaidOutAsAgreed(t *testing.T) {
	set := token.NewFileSet()
	documented := make(map[string]bool)
	tracked(t, func(name string) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			return
		}
		s := readSources(t, set, path.Dir(name), []string{path.Base(name)})[0]
		for _, rule := range sourceRules {
			refuse(t, rule(s))
		}
		if !s.isTest() {
			documented[path.Dir(name)] = documented[path.Dir(name)] || s.file.Doc != nil
		}
	})
	for _, u := range moduleUnits(t) {
		if dir := strings.TrimPrefix(u.short(), "./"); !documented[dir] {
			t.Errorf("package %s has no doc", u.ImportPath)
		}
	}
}

// elsewhere are references that only lead somewhere on one machine, or for who was there.
var elsewhere = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`(?:^|[\s"'` + "`" + `(=:])/(?:home|Users|root|tmp|work|workspace|mnt)/[\w.]+`),
		"is a path on one machine"},
	{regexp.MustCompile(`(?i)\b(?:issue|ticket) #?\d+`), "is a number that this repository does not explain"},
	{regexp.MustCompile(`(?i)\b(?:localhost|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+):\d+/`), "is an address on one network"},
}

func elsewheres(text string) []string {
	var found []string
	for _, e := range elsewhere {
		for _, hit := range e.pattern.FindAllString(text, -1) {
			found = append(found, fmt.Sprintf("%q %s", strings.TrimSpace(hit), e.why))
		}
	}
	return found
}

// TestNothingPointsElsewhere reads every file that is text, but for recorded histories, which are as they were found.
func TestNothingPointsElsewhere(t *testing.T) {
	tracked(t, func(name string) {
		if strings.Contains(name, "testdata/real/") {
			return
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(text) {
			return
		}
		for _, hit := range elsewheres(string(text)) {
			t.Errorf("%s: %s", name, hit)
		}
	})
}

// fileBytesMax is how large a file may be that is kept: what a build makes is larger, and is left out.
const fileBytesMax = 400_000

// TestFilesAreSmall asks git, since what was built beside the sources and is not kept may be as large as it likes.
func TestFilesAreSmall(t *testing.T) {
	kept, err := exec.Command("git", "ls-files", "-z").Output()
	if err != nil {
		t.Skip("this is no checkout of git:", err)
	}
	for name := range strings.SplitSeq(strings.Trim(string(kept), "\x00"), "\x00") {
		info, err := os.Stat(name)
		if err == nil && info.Size() > fileBytesMax {
			t.Errorf("%s has %d bytes, and a file may have %d: leave out what a build makes", name, info.Size(), fileBytesMax)
		}
	}
}

func TestElsewheresAreSeen(t *testing.T) {
	for text, want := range map[string]int{
		"cd " + "/home" + "/gopher/ordeal":        1,
		"`" + "/tmp" + "/x`":                      1,
		"see issue" + " 12":                       1,
		"Ticket" + " #7":                          1,
		"http://" + "localhost" + ":8080/x":       1,
		"dataDir=/var/lib/zookeeper, a/tmp/b":     0,
		"etcd 14370, ZOOKEEPER-3911; /usr/bin/go": 0,
	} {
		if got := elsewheres(text); len(got) != want {
			t.Errorf("%q: %q, want %d of them", text, got, want)
		}
	}
}

func TestBadLayoutIsSeen(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"long file", "// Package p is fine.\npackage p\n\n" + strings.Repeat("// so it goes\n", fileLinesMax),
			"split it by subject"},
		{"long function", "package p\n\nfunc long() {\n" + strings.Repeat("\tlong()\n", functionLinesMax) + "}\n",
			"long has 72 lines"},
		{"wide line", "package p\n\n// so" + strings.Repeat(" it goes", 15) + "\n", "more than 120 columns"},
		{"format", "package p\n\nfunc f() { return  }\n", "gofmt"},
		{"empty name", "package utils\n", "a package named utils"},
		{"open end", "package p\n\n// TO" + "DO: later\n", "do it, or leave it out"},
		{"function", "package p\n\nfunc F() {}\n", "F has no doc"},
		{"method", "package p\n\nfunc (*T) M() {}\n", "M has no doc"},
		{"type", "package p\n\ntype T int\n", "T has no doc"},
		{"value", "package p\n\nconst (\n\tx = 1\n\tY = 2\n)\n", "Y has no doc"},
		{"good", "// Package p is good.\npackage p\n\n// T is good.\ntype T int\n\nfunc (T) String() string { return " +
			"\"\" }\n\n" +
			"// All are good.\nconst (\n\tX = T(1)\n\tY = T(2)\n)\n\ntype t struct{}\n\nfunc (t) Do() {}\n", ""},
	} {
		s, err := parseSource(token.NewFileSet(), "sample.go", []byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		var found []finding
		for _, rule := range sourceRules {
			found = append(found, rule(s)...)
		}
		switch got := fmt.Sprint(found); {
		case c.want == "" && len(found) > 0:
			t.Errorf("%s: %s, want nothing", c.name, got)
		case !strings.Contains(got, c.want) || c.want != "" && len(found) != 1:
			t.Errorf("%s: %s, want %s alone", c.name, got, c.want)
		}
	}
}
