package timeline

import "slices"

// Names numbers words in the order in which they come. There are few, and mostly the same that were there before: where
// a word was found last, the next of its length and last letter is looked for first.
type Names struct {
	words []string
	last  [64]numbered
}

// numbered is a word with its number, plus one; 0 if there is none.
type numbered struct {
	word   string
	number int32
}

// Of is the number of a word; of one that is new it is how many there were.
func (n *Names) Of(word string) int32 {
	place := len(word)
	if place > 0 {
		place += int(word[place-1])
	}
	last := &n.last[place&63]
	if last.word == word && last.number > 0 {
		return last.number - 1
	}
	number := slices.Index(n.words, word)
	if number < 0 {
		number = len(n.words)
		n.words = append(n.words, word)
	}
	*last = numbered{word, int32(number) + 1}
	return int32(number)
}
