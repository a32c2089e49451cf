// Package events finds events in the histories that campaigns have kept.
package events

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"ordeal/history/formats"
)

// Event is an event as it is written: with the fields of history.jsonl, and the trial's folder where there are several.
type Event struct {
	Trial   string `json:"trial,omitempty" expr:"trial"`
	Index   int    `json:"index" expr:"index"`
	Time    int64  `json:"time" expr:"time"`
	Process int    `json:"process" expr:"process"`
	Type    string `json:"type" expr:"type"`
	F       string `json:"f" expr:"f"`
	Key     string `json:"key,omitempty" expr:"key"`
	Value   any    `json:"value" expr:"value"`
	Error   string `json:"error,omitempty" expr:"error"`
	// Seconds is Time once more, for conditions.
	Seconds float64 `json:"-" expr:"seconds"`
}

// Query says which events are wanted: those for which Where is true, "" for all, and no more than Limit, 0 for no
// bound.
type Query struct {
	Where string
	Limit int
}

// errEnough ends a search.
var errEnough = errors.New("enough")

// Run looks through the history of a trial's folder, or those of all trials in a campaign's, and calls found for each
// event that is wanted.
func (q Query) Run(dir string, found func(Event) error) error {
	if q.Limit < 0 {
		return fmt.Errorf("a limit of %d events: it must not be negative", q.Limit)
	}
	condition, err := q.compile()
	if err != nil {
		return err
	}
	files, err := histories(dir)
	if err != nil {
		return err
	}
	left := q.Limit
	for _, file := range files {
		trial := ""
		if len(files) > 1 || filepath.Dir(file) != filepath.Clean(dir) {
			trial = filepath.Base(filepath.Dir(file))
		}
		err := read(file, trial, func(e Event) error {
			ok, err := holds(condition, e)
			if err != nil || !ok {
				return err
			}
			if err := found(e); err != nil {
				return err
			}
			if left--; left == 0 {
				return errEnough
			}
			return nil
		})
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// JSON runs a query and writes one JSON object a line.
func (q Query) JSON(dir string, out io.Writer) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return q.Run(dir, func(e Event) error { return enc.Encode(e) })
}

func (q Query) compile() (*vm.Program, error) {
	if q.Where == "" {
		return nil, nil
	}
	condition, err := expr.Compile(q.Where, expr.Env(Event{}), expr.AsBool())
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return nil, fmt.Errorf("the condition %q: %s", q.Where, text)
	}
	return condition, nil
}

func holds(condition *vm.Program, e Event) (bool, error) {
	if condition == nil {
		return true, nil
	}
	result, err := expr.Run(condition, e)
	if err != nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return false, fmt.Errorf("the condition at event %d: %s", e.Index, text)
	}
	ok, _ := result.(bool)
	return ok, nil
}

const historyFile = "history.jsonl"

// histories are the files in a folder: a trial's own, or those of the trials of a campaign.
func histories(dir string) ([]string, error) {
	one := filepath.Join(dir, historyFile)
	if _, err := os.Stat(one); err == nil {
		return []string{one}, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(dir, e.Name(), historyFile)
		if _, err := os.Stat(file); e.IsDir() && err == nil {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no %s, neither itself nor in a folder of a trial: %w", dir, historyFile,
			fs.ErrNotExist)
	}
	return files, nil
}

func read(file, trial string, found func(Event) error) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	ops, err := formats.Read(file, text)
	if err != nil {
		return err
	}
	for _, op := range ops {
		if err := found(Event{
			Trial: trial, Index: op.Index, Time: int64(op.Time), Process: op.Process, Type: op.Type.String(), F: op.F,
			Key: op.Key, Value: op.Value, Error: op.Error, Seconds: op.Time.Seconds(),
		}); err != nil {
			return err
		}
	}
	return nil
}
