package recorded

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ordeal/checker"
	"ordeal/history/formats"
	"ordeal/reports/ci"
)

// Unread is the outcome of a file that could not be judged.
const Unread = "error"

// Table shows what became of several files, a line each, and counts them in the end.
type Table struct {
	out    io.Writer
	rows   *tabwriter.Writer
	counts map[string]int
	files  int
	cases  []ci.Case
	// Others counts files that hold no history.
	Others int
}

// NewTable begins a table.
func NewTable(out io.Writer) *Table {
	return &Table{out: out, rows: tabwriter.NewWriter(out, 0, 0, 2, ' ', 0), counts: map[string]int{}}
}

// Add adds what became of a file: a judgement, or the error about it. name is shown, path is what errors begin with.
func (t *Table) Add(name, path string, j Judgement, err error) {
	if errors.Is(err, formats.ErrNoHistory) {
		t.Others++
		return
	}
	if err != nil {
		j = Judgement{Outcome: Unread, Reason: strings.TrimLeft(strings.TrimPrefix(err.Error(), path), ": ")}
	}
	t.files++
	t.cases = append(t.cases, j.asCase(name))
	t.counts[j.Outcome]++
	fmt.Fprintf(t.rows, "%s\t%s\t%s\t%s\n", strings.ToUpper(j.Outcome), name, j.Contents, shortened(j.Reason))
}

// Close writes the table and returns the worst outcome: invalid, then Unread, unknown and valid. No file is Unread too.
func (t *Table) Close() (worst string, err error) {
	err = t.rows.Flush()
	valid, unknown, invalid := checker.Valid.String(), checker.Unknown.String(), checker.Invalid.String()
	fmt.Fprintf(t.out, "%s: %d valid, %d unknown, %d invalid, %d not judged; other files: %d\n",
		count(t.files, "file"), t.counts[valid], t.counts[unknown], t.counts[invalid], t.counts[Unread], t.Others)
	if t.files == 0 {
		return Unread, err
	}
	for _, outcome := range []string{invalid, Unread, unknown} {
		if t.counts[outcome] > 0 {
			return outcome, err
		}
	}
	return valid, err
}

// JUnit is what became of the files as a test report.
func (t *Table) JUnit() []byte { return junit(t.cases) }

// JUnit is a judgement as a test report; name is the file's.
func (j Judgement) JUnit(name string) []byte { return junit([]ci.Case{j.asCase(name)}) }

func junit(cases []ci.Case) []byte { return ci.JUnit(ci.Suite{Name: "ordeal check", Cases: cases}) }

func (j Judgement) asCase(name string) ci.Case {
	c := ci.Case{Class: "ordeal.check", Name: name, Output: j.Contents}
	if j.Outcome == checker.Valid.String() {
		return c
	}
	c.Result, c.Type, c.Message, c.Text = ci.Unknown, j.Outcome, j.Reason, j.Text
	if j.Outcome == checker.Invalid.String() {
		c.Result = ci.Failed
	}
	return c
}

// reasonMax is how many characters of a reason stand in a table.
const reasonMax = 100

func shortened(reason string) string {
	runes := []rune(reason)
	if len(runes) <= reasonMax {
		return reason
	}
	return string(runes[:reasonMax]) + "…"
}
