package ordeal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

var (
	wordRow  = regexp.MustCompile("(?m)^\\| (`[^|]+`) \\| [^|]+ \\|$")
	wordCell = regexp.MustCompile("`([^`]+)`")
)

// bannedWords are those that docs/GLOSSARY.md says are not used, as one pattern.
func bannedWords(glossary string) *regexp.Regexp {
	_, list, _ := strings.Cut(glossary, "## Words that are not used")
	var words []string
	for _, row := range wordRow.FindAllStringSubmatch(list, -1) {
		for _, word := range wordCell.FindAllStringSubmatch(row[1], -1) {
			words = append(words, strings.ReplaceAll(word[1], " ", `\s+(?://\s*)?`))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return regexp.MustCompile(`(?i)\b(?:` + strings.Join(words, "|") + `)\b`)
}

// wordsLeftAlone are files that other people have written, and what is history.
var wordsLeftAlone = regexp.MustCompile(
	`(^|/)testdata/|^docs/GLOSSARY\.md$|^CHANGELOG\.md$|^house_words_test\.go$|\.(sum|pgo|json|svg|png)$`)

func TestWordsAreTheFieldsOwn(t *testing.T) {
	glossary, err := os.ReadFile(filepath.FromSlash("docs/GLOSSARY.md"))
	if err != nil {
		t.Fatal(err)
	}
	banned := bannedWords(string(glossary))
	if banned == nil {
		t.Fatal("docs/GLOSSARY.md lists no words that are not used")
	}
	tracked(t, func(name string) {
		if wordsLeftAlone.MatchString(name) {
			return
		}
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(text) {
			return
		}
		for _, at := range banned.FindAllIndex(text, -1) {
			if quoted(text, at) {
				continue
			}
			line := 1 + strings.Count(string(text[:at[0]]), "\n")
			t.Errorf("%s:%d: %q is a word that docs/GLOSSARY.md says is not used", name, line, text[at[0]:at[1]])
		}
	})
}

// quoted says that a word is a string of its own, or the end of one: data, and not words for a reader.
func quoted(text []byte, at []int) bool {
	before, after := byte(' '), byte(' ')
	if at[0] > 0 {
		before = text[at[0]-1]
	}
	if at[1] < len(text) {
		after = text[at[1]]
	}
	return (before == '"' || before == ',') && after == '"'
}

func TestBannedWordsAreSeen(t *testing.T) {
	banned := bannedWords("## Words that are not used\n\n| word | instead |\n|---|---|\n| `heir`, `came of` | x |\n")
	for text, want := range map[string]bool{
		"the heir leads": true, "what came of it": true, "what came\n// of it": true, "Heir": true,
		"their own": false, "it came often": false,
	} {
		if got := banned.MatchString(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	if bannedWords("no list") != nil {
		t.Error("a list was found where there is none")
	}
}
