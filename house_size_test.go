package ordeal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A package may have so many lines and files of code, tests aside: more is more than one subject. Four are as large as
// what they are about.
const (
	packageLinesMax = 3000
	packageFilesMax = 40
)

var largePackages = []string{"cluster", "sim", "nemesis", "checker"}

func TestPackagesAreOfOneSubject(t *testing.T) {
	for _, u := range moduleUnits(t) {
		if slices.Contains(largePackages, u.short()) {
			continue
		}
		lines := 0
		for _, name := range u.GoFiles {
			text, err := os.ReadFile(filepath.Join(u.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(text, []byte("\n"))
		}
		if lines > packageLinesMax || len(u.GoFiles) > packageFilesMax {
			t.Errorf("package %s has %d lines in %d files, and may have %d in %d: split it by subject", u.ImportPath, lines,
				len(u.GoFiles), packageLinesMax, packageFilesMax)
		}
	}
}

// columnsMax is how many columns a line may have. A tab is one, and the module's path, which may be another, has
// pathColumns. A trial line is never broken.
const columnsMax, pathColumns = 120, 6

var trialLine = regexp.MustCompile("`[^`]*workload=[^`]*`")

func columns(s source) (found []finding) {
	for i, line := range strings.Split(string(s.text), "\n") {
		n := utf8.RuneCountInString(line) - strings.Count(line, module)*max(0, len(module)-pathColumns)
		if n > columnsMax && !trialLine.MatchString(line) {
			at := s.set.Position(s.file.Package)
			at.Line = i + 1
			found = append(found, finding{at, "the line has more than 120 columns"})
		}
	}
	return found
}
