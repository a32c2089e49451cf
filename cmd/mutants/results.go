package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pmezard/go-difflib/difflib"
)

// results is the file of what became of mutants, a line of JSON each.
type results struct {
	file *os.File
	all  []result
}

// openResults opens a file of results, and reads what is in it already.
func openResults(name string) (*results, error) {
	content, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	kept := new(results)
	for lines := bufio.NewScanner(bytes.NewReader(content)); lines.Scan(); {
		var r result
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, len(kept.all)+1, err)
		}
		kept.all = append(kept.all, r)
	}
	kept.file, err = os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	return kept, err
}

func (k *results) close() error { return k.file.Close() }

// of returns the result of a mutant, if there is one already.
func (k *results) of(number int, m mutant) (result, bool) {
	for _, r := range k.all {
		if r.Number == number && r.Line == m.Line && r.id() == m.id() {
			return r, true
		}
	}
	return result{}, false
}

func (k *results) add(r result) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	k.all = append(k.all, r)
	_, err = k.file.Write(append(line, '\n'))
	return err
}

// diff is what a mutant changes, as a unified diff.
func (m mutant) diff(module string) (string, error) {
	source, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(m.File)))
	if err != nil {
		return "", err
	}
	return difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(string(source)), B: difflib.SplitLines(string(m.apply(source))),
		FromFile: "a/" + m.File, ToFile: "b/" + m.File, Context: 3,
	})
}

// judgement is what a reader of the code has found out about a survivor.
type judgement struct {
	kind   string // "equivalent" if no client could notice; else the kind of hole that it fell through
	reason string
}

// readJudged reads the judgements of a file: a mutant's id on a line, and on the next, indented, "kind: reason".
// Lines that begin with # say something to readers.
func readJudged(name string) (map[string]judgement, error) {
	content, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	judged := make(map[string]judgement)
	of := ""
	for number, line := range strings.Split(string(content), "\n") {
		indented := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		switch kind, reason, ok := strings.Cut(strings.TrimSpace(line), ": "); {
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#"):
		case !indented && of == "":
			of = line
		case !indented || of == "" || !ok:
			return nil, fmt.Errorf("%s: line %d: wanted a mutant, and below it, indented, \"kind: reason\"",
				name, number+1)
		default:
			judged[of], of = judgement{kind, reason}, ""
		}
	}
	if of != "" {
		return nil, fmt.Errorf("%s: nothing is said of %s", name, of)
	}
	return judged, nil
}
