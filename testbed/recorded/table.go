package recorded

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ordeal/checker"
	"ordeal/history/formats"
)

// Unread is the outcome of a file that could not be judged.
const Unread = "error"

// Table shows what became of several files, a line each, and counts them in the end.
type Table struct {
	out    io.Writer
	rows   *tabwriter.Writer
	counts map[string]int
	files  int
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

// reasonMax is how many characters of a reason stand in a table.
const reasonMax = 100

func shortened(reason string) string {
	runes := []rune(reason)
	if len(runes) <= reasonMax {
		return reason
	}
	return string(runes[:reasonMax]) + "…"
}
