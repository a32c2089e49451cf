package shards

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Folder is where the files of a shard lie. Name is what it is called, where that is not its path.
type Folder struct{ Path, Name string }

// part is what one shard hands on: differs says in what it differs from another of what should be the same, and short
// what is missing of it, "" for nothing.
type part[T any] interface {
	shard() Shard
	differs(T) string
	short() string
}

// gather reads the parts of one whole, and hands each that belongs to it to add before it reads the next. It returns
// the first of them, and what is missing of the whole. It refuses parts of different wholes, two of one number, and,
// unless partial, a whole of which something is missing; the error says which they are.
func gather[T part[T]](dirs []Folder, whole string, partial bool, read func(Folder) (T, error), add func(T, Folder)) (
	first T, lacks []string, err error) {
	if len(dirs) == 0 {
		return first, nil, errors.New("no shards")
	}
	var wrong []error
	at := make(map[int]string) // the folder of each shard
	for i, dir := range dirs {
		one, err := read(dir)
		if err != nil {
			return first, nil, err
		}
		if i == 0 {
			first = one
		}
		number := one.shard().Index
		if text := first.differs(one); text != "" {
			wrong = append(wrong, fmt.Errorf("%s and %s are no shards of one %s: %s", dirs[0].Name, dir.Name, whole, text))
			continue
		}
		if other, twice := at[number]; twice {
			wrong = append(wrong, fmt.Errorf("%s and %s overlap: both are %v", other, dir.Name, one.shard()))
			continue
		}
		at[number] = dir.Name
		if text := one.short(); text != "" {
			lacks = append(lacks, text)
		}
		add(one, dir)
	}
	if text := missing(first.shard().Of, at); text != "" {
		lacks = slices.Insert(lacks, 0, text)
	}
	return first, lacks, refused(wrong, lacks, partial)
}

// namesMax is how many shards are named in one sentence.
const namesMax = 10

// refused is why shards are not put together: what is wrong with them, or else, unless the merge is partial, what they
// lack.
func refused(wrong []error, lacks []string, partial bool) error {
	if len(wrong) == 0 && !partial {
		for _, text := range lacks {
			wrong = append(wrong, errors.New(text))
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	return listed(wrong)
}

// listed is an error of one line for the first of many.
func listed(wrong []error) error {
	var texts []string
	for _, err := range wrong[:min(len(wrong), namesMax)] {
		texts = append(texts, err.Error())
	}
	if left := len(wrong) - len(texts); left > 0 {
		texts = append(texts, fmt.Sprintf("and %d more", left))
	}
	return errors.New(strings.Join(texts, "; "))
}

// contrast is something of two shards that has to be the same, and what to say if it is not.
type contrast struct{ what, one, other string }

// difference says what is not the same, "" if all is.
func difference(list []contrast) string {
	for _, c := range list {
		if c.one != c.other {
			return fmt.Sprintf("%s, %q and %q", c.what, c.one, c.other)
		}
	}
	return ""
}

// missing says which shards of so many are not there.
func missing(of int, at map[int]string) string {
	var lacks []string
	n := 0
	for i := 1; i <= of; i++ {
		if at[i] != "" {
			continue
		}
		if n++; n <= namesMax {
			lacks = append(lacks, fmt.Sprint(i))
		}
	}
	switch {
	case n == 0:
		return ""
	case n == 1:
		return fmt.Sprintf("shard %s of %d is missing", lacks[0], of)
	case n > namesMax:
		lacks = append(lacks, fmt.Sprintf("%d more", n-namesMax))
	}
	return fmt.Sprintf("shards %s and %s of %d are missing", strings.Join(lacks[:len(lacks)-1], ", "),
		lacks[len(lacks)-1], of)
}
