package shrink

import (
	"fmt"
	"go/format"
	"strings"
	"unicode"

	"ordeal/testbed/trial"
)

// Emitted is a Go test that a failing trial becomes.
type Emitted struct {
	// Package is the package clause's name: of the external tests, unless the service has no Import.
	Package string
	Trial   trial.Trial
	// Kind is the violation that the trial has, and Reason what the checker said of it.
	Kind, Reason string
}

// reasonWidth is how wide the reason's lines are in a comment.
const reasonWidth = 110

// Source is the test's file: under 50 lines, as gofmt would have it. The test fails as long as the bug is there. The
// error is of a service that says no function for it.
func (e Emitted) Source() ([]byte, error) {
	service := e.Trial.Service
	if service.Regression == "" {
		return nil, fmt.Errorf("%s says no function that a test could call with a trial line: Service.Regression",
			service.Name)
	}
	name := testName(e.Trial)
	var b strings.Builder
	if service.Import == "" {
		fmt.Fprintf(&b, "package %s\n\nimport \"testing\"\n\n", strings.TrimSuffix(e.Package, "_test"))
	} else {
		fmt.Fprintf(&b, "package %s\n\nimport (\n\t\"testing\"\n\n\t%q\n)\n\n", e.Package, service.Import)
	}
	fmt.Fprintf(&b, "// %s plays a trial that broke a promise:\n//\n", name)
	for _, line := range wrapped(e.Kind+"\n"+e.Reason, reasonWidth) {
		fmt.Fprintf(&b, "//\t%s\n", line)
	}
	fmt.Fprintf(&b, "//\n// `%s explain` with this line says how.\n", service.Name)
	fmt.Fprintf(&b, "func %s(t *testing.T) {\n\t%s(t, `%s`)\n}\n", name, service.Regression, e.Trial.Line())
	return format.Source([]byte(b.String()))
}

// testName is "TestLockSeed7BugLockNoRecheck".
func testName(t trial.Trial) string {
	name := "Test" + title(t.Workload) + fmt.Sprintf("Nodes%dSeed%d", t.Nodes, t.Seed)
	if t.Bug != "" {
		name += title(t.Bug)
	}
	return name
}

func title(s string) string {
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// reasonLines is how many lines of a reason are enough.
const reasonLines = 12

// wrapped is text in lines of so many bytes or a word more.
func wrapped(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && len(line)+len(word) >= width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimPrefix(line+" "+word, " ")
		}
		lines = append(lines, line)
	}
	if len(lines) > reasonLines {
		lines = append(lines[:reasonLines], "...")
	}
	return lines
}
