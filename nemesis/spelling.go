package nemesis

import (
	"fmt"
	"strings"
)

// unknown says that word is none of the right ones, and which was probably meant.
func unknown(what, word string, right []string) string {
	text := fmt.Sprintf("unknown %s %q", what, word)
	if near := nearest(word, right); near != "" {
		text += fmt.Sprintf(": did you mean %s?", near)
	}
	return fmt.Sprintf("%s (there are %s)", text, strings.Join(right, ", "))
}

// nearest returns the first of the right words that is at most two edits away, and nearest; or "".
func nearest(word string, right []string) string {
	best, bestEdits := "", 3
	for _, candidate := range right {
		if e := edits(word, candidate); e < bestEdits && e < len(candidate) {
			best, bestEdits = candidate, e
		}
	}
	return best
}

// edits counts the bytes to insert, delete or replace to make b of a (Levenshtein). Only the start of a long word is
// looked at: it is no misspelling.
func edits(a, b string) int {
	a = a[:min(len(a), 40)]
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
