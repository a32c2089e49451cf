package main

import (
	"regexp"
	"slices"
	"strings"
)

// figures are what differs from run to run in a word's answer: numbers, hex and paths.
var figures = regexp.MustCompile(`0x[0-9a-f]+|/tmp/\S*|-?[0-9]+(\.[0-9]+)?`)

// repeated are words whose lines come in no promised order.
var repeated = []string{"cons", "dump", "wchc", "wchp"}

// wordShape is a word's answer with figures as #, and without the line of the version, which names the program.
func wordShape(word, answer string) []string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(answer, "\n"), "\n") {
		if !strings.HasPrefix(line, "Zookeeper version:") {
			lines = append(lines, figures.ReplaceAllString(line, "#"))
		}
	}
	if slices.Contains(repeated, word) {
		slices.Sort(lines)
	}
	return lines
}
