package ci

import (
	"strings"
	"testing"
	"time"

	"github.com/joshdk/go-junit"
)

func sampleSuite() Suite {
	return Suite{Name: "ordeal, shard 3 of 8", Cases: []Case{
		{Class: "ordeal.lock", Name: "lock-n3-seed1", Time: 1234567 * time.Millisecond, Output: "again: x"},
		{Class: "ordeal.queue", Name: "two\nlines", Result: Failed, Type: "linearizable queue", Message: "a \"b\"\n<c>",
			Text: "\x1b[31mred\x00 \xff ]]> & <tag>\r\nend"},
		{Class: "ordeal.queue", Name: "", Result: Unknown, Type: "unknown", Message: "too hard"},
		{Class: "ordeal.queue", Name: "old", Result: Known, Type: "x", Message: "known before: y"},
	}}
}

// TestJUnitIsReadAsItIsMeant asks a reader that is not ours.
func TestJUnitIsReadAsItIsMeant(t *testing.T) {
	text := JUnit(sampleSuite(), Suite{Name: "another"})
	suites, err := junit.Ingest(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if len(suites) != 2 || suites[0].Name != "ordeal, shard 3 of 8" || suites[1].Name != "another" {
		t.Fatalf("%d suites in\n%s", len(suites), text)
	}
	totals := suites[0].Totals
	if totals.Tests != 4 || totals.Passed != 1 || totals.Failed != 1 || totals.Error != 1 || totals.Skipped != 1 ||
		totals.Duration != 1234567*time.Millisecond {
		t.Errorf("%+v", totals)
	}
	tests := suites[0].Tests
	if tests[0].SystemOut != "again: x" || tests[0].Classname != "ordeal.lock" || tests[1].Name != "two lines" ||
		tests[2].Name != "unnamed" || tests[3].Message != "known before: y" {
		t.Errorf("%+v", tests)
	}
	failure, ok := tests[1].Error.(junit.Error)
	if !ok || failure.Message != `a "b" <c>` || failure.Type != "linearizable queue" ||
		failure.Body != "\ufffd[31mred\ufffd \ufffd ]]> & <tag>\nend" {
		t.Errorf("%+q", tests[1].Error)
	}
}

// TestManyCasesAreShown: GitLab shows no report of more than 30 MB. Each case is there, and says how to see it again.
func TestManyCasesAreShown(t *testing.T) {
	one := Case{Class: "ordeal.lock", Name: "lock-n3-seed1", Result: Failed, Type: "linearizable lock",
		Message: strings.Repeat("it & that ", 60), Text: strings.Repeat("evidence <&>\n", 300),
		Output: strings.Repeat("a line\n", 30) + "again: x"}
	many := Suite{Name: "many"}
	for range 6000 {
		many.Cases = append(many.Cases, one)
	}
	text := JUnit(many)
	if len(text) > 30e6/2 || strings.Count(string(text), "again: x") != 6000 {
		t.Errorf("%d bytes", len(text))
	}
	suites, err := junit.Ingest(text)
	if err != nil || suites[0].Totals.Failed != 6000 {
		t.Errorf("%v", err)
	}
}

// TestJUnitIsBounded: a text of any length makes no report that is not shown.
func TestJUnitIsBounded(t *testing.T) {
	long := strings.Repeat("é", 1<<20)
	text := JUnit(Suite{Name: long, Cases: []Case{{Class: long, Name: long, Result: Failed, Message: long, Text: long,
		Output: long}}})
	if len(text) > 64<<10 || !strings.Contains(string(text), "bytes more") {
		t.Errorf("%d bytes", len(text))
	}
	if _, err := junit.Ingest(text); err != nil {
		t.Error(err)
	}
	if strings.Contains(string(text), "name=\"\"") || strings.Contains(string(text), "1e") {
		t.Errorf("%.500s", text)
	}
}
