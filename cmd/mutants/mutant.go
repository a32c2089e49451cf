package main

import (
	"fmt"
	"strings"
)

// mutant is one mistake: which bytes of which file are replaced, and by what.
type mutant struct {
	File     string `json:"file"` // from the root of the module, with slashes
	Line     int    `json:"line"`
	Operator string `json:"operator"`
	Before   string `json:"before"`
	After    string `json:"after"`

	start, end int // bytes of the file that After replaces
}

// apply is the source with the mistake in it.
func (m mutant) apply(source []byte) []byte {
	mutated := make([]byte, 0, len(source)+len(m.After))
	mutated = append(mutated, source[:m.start]...)
	mutated = append(mutated, m.After...)
	return append(mutated, source[m.end:]...)
}

// id tells mutants of one source apart, whatever the lines above them are.
func (m mutant) id() string {
	return fmt.Sprintf("%s %s: %s => %s", m.File, m.Operator, oneLine(m.Before), oneLine(m.After))
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s  =>  %s", m.File, m.Line, m.Operator, short(m.Before), short(m.After))
}

// oneLine is source with every run of blanks and line breaks as one blank.
func oneLine(source string) string { return strings.Join(strings.Fields(source), " ") }

// short is a piece of source that fits on a line.
func short(source string) string {
	text := []rune(oneLine(source))
	if len(text) == 0 {
		return "(nothing)"
	}
	if len(text) > 60 {
		return string(text[:57]) + "..."
	}
	return string(text)
}
