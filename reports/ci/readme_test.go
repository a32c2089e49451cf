package ci

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"ordeal/reports"
)

// TestTheReadmeShowsWhatIsWritten: the summary of a pull request in README.md is what Markdown makes of its numbers,
// which add up.
func TestTheReadmeShowsWhatIsWritten(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	_, block, _ := strings.Cut(string(text), "\n> ## ordeal: ")
	for line := range strings.Lines("> ## ordeal: " + block) {
		if !strings.HasPrefix(line, ">") {
			break
		}
		shown.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, ">"), " "))
	}
	c := Campaign{Tool: "ordeal", Outcome: reports.Valid}
	var trials, operations int64
	var virtual string
	sum := regexp.MustCompile(`(?m)^(\d+) trials: .*; (\d+) operations in (\S+) of`).FindStringSubmatch(shown.String())
	covered := regexp.MustCompile(`(?m)^(\d+ of \d+ items of coverage, \d+) of them`).FindStringSubmatch(shown.String())
	if sum == nil || covered == nil {
		t.Fatalf("README.md has no summary:\n%s", &shown)
	}
	_, err = fmt.Sscan(sum[1]+" "+sum[2]+" "+sum[3], &trials, &operations, &virtual)
	if err == nil {
		c.Virtual, err = time.ParseDuration(virtual)
	}
	if err == nil {
		_, err = fmt.Sscanf(covered[1], "%d of %d items of coverage, %d", &c.Covered, &c.Items, &c.Required)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$`)
	for _, row := range rows.FindAllStringSubmatch(shown.String(), -1) {
		one := reports.Total{Workload: row[1]}
		_, err := fmt.Sscan(strings.Join(row[2:], " "), &one.Valid, &one.Unknown, &one.Invalid, &one.Operations)
		if err != nil {
			t.Fatal(err)
		}
		c.Totals = append(c.Totals, one)
	}
	c.Notes = regexp.MustCompile(`(?m)^The canary .*$`).FindAllString(shown.String(), -1)
	c.Command = regexp.MustCompile(`(?m)^bin/ordeal run .*$`).FindString(shown.String())
	if got := c.trials(); got.Trials() != trials || got.Operations != operations || c.Command == "" || len(c.Notes) != 1 {
		t.Errorf("its numbers do not add up: %+v", c)
	}
	if want := string(Markdown(c)); shown.String() != want {
		t.Errorf("it shows\n%s\nand the program writes\n%s", &shown, want)
	}
}
