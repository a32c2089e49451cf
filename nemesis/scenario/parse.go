package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Parse reads a file of scenarios. An error begins with name:line:column, counted from 1 and columns in bytes, and says
// what would be right.
func Parse(name string, text []byte) ([]Scenario, error) {
	r := reader{file: name}
	var list []Scenario
	for number, line := range strings.Split(string(text), "\n") {
		code, comment, commented := strings.Cut(line, "#")
		if strings.TrimSpace(code) == "" {
			r.comment(strings.TrimSpace(comment), commented)
			continue
		}
		r.words(number+1, code)
		if r.tokens[len(r.tokens)-1].text == "," {
			continue
		}
		s, err := r.scenario(list)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
		r = reader{file: name}
	}
	if len(r.tokens) > 0 {
		return nil, r.fail(len(r.tokens), "here must be another step: the line above ends in a comma")
	}
	return list, nil
}

// MustParse is Parse for a file that is part of the program: it panics at an error.
func MustParse(name, text string) []Scenario {
	list, err := Parse(name, []byte(text))
	if err != nil {
		panic(err)
	}
	return list
}

// parsePattern reads a pattern alone; name begins an error.
func parsePattern(name, text string) (Pattern, error) {
	r := reader{file: name}
	for number, line := range strings.Split(text, "\n") {
		r.words(number+1, line)
	}
	return r.pattern()
}

// token is a word, or one of the signs ":" and ",", and where it stands.
type token struct {
	text         string
	line, column int
}

// reader reads one scenario.
type reader struct {
	file   string
	what   []string
	tokens []token
	next   int
	end    token // where the last one ends
}

// comment notes a line that has nothing but a comment; one that is empty separates.
func (r *reader) comment(text string, commented bool) {
	switch {
	case len(r.tokens) > 0:
	case !commented || text == "":
		r.what = nil
	default:
		r.what = append(r.what, text)
	}
}

// words cuts a line.
func (r *reader) words(line int, text string) {
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], " \t\r:,")
		switch {
		case n < 0:
			n = len(text) - i
		case n == 0:
			n = 1
		}
		if word := strings.TrimSpace(text[i : i+n]); word != "" {
			r.tokens = append(r.tokens, token{word, line, i + 1})
			r.end = token{"", line, i + n + 1}
		}
		i += n
	}
}

func (r *reader) scenario(before []Scenario) (s Scenario, err error) {
	if s.Name, err = r.name("a scenario begins with its name and a colon, as in lost-vote: power-loss A, leads B"); err !=
		nil {
		return s, err
	}
	if slices.ContainsFunc(before, func(o Scenario) bool { return o.Name == s.Name }) {
		return s, r.fail(0, "there is a scenario %s already", s.Name)
	}
	if r.peek() != ":" {
		return s, r.fail(r.next, "behind the name must be a colon, as in lost-vote: power-loss A, leads B")
	}
	r.next++
	s.What = strings.Join(r.what, " ")
	s.Pattern, err = r.pattern()
	return s, err
}

func (r *reader) pattern() (p Pattern, err error) {
	for {
		at := r.next
		s, err := r.step()
		if err != nil {
			return nil, err
		}
		if len(p) == 0 && (s.Not || s.Within > 0 || s.Events > 0) {
			return nil, r.fail(at, "the first step has none before it: it can be no more than a deed and who does it")
		}
		p = append(p, s)
		if r.next == len(r.tokens) {
			return p, nil
		}
		if r.peek() != "," {
			return nil, r.fail(r.next, "%q is too much: a step is a deed, who does it and within what time", r.peek())
		}
		r.next++
	}
}

func (r *reader) step() (s Step, err error) {
	if s.Not = r.peek() == "no"; s.Not {
		r.next++
	}
	if s.Deed, err = r.name("here must be a deed, such as power-loss"); err != nil {
		return s, err
	}
	if s.Who, err = r.who(); err != nil {
		return s, err
	}
	switch {
	case s.Not && r.peek() != "for":
		return s, r.fail(r.next, "what is not done, is not done for some time: no %s for 2s", s.Deed)
	case s.Not:
		r.next++
		s.For, err = r.duration()
	case r.peek() == "within":
		r.next++
		if n, nerr := strconv.ParseUint(r.peek(), 10, 63); nerr == nil && n > 0 {
			if r.next++; r.peek() != "events" {
				return s, r.fail(r.next, "behind a number must be events, and a time has a unit: 200 events, or 2s")
			}
			r.next++
			s.Events = n
			return s, nil
		}
		s.Within, err = r.duration()
	}
	return s, err
}

func (r *reader) who() (w Who, err error) {
	if role := Role(r.peek()); role == Leader || role == Follower {
		w.Role = role
		r.next++
	}
	word := r.peek()
	if len(word) != 1 || word[0] < 'A' || word[0] > 'Z' {
		return w, nil
	}
	if word[0] >= 'A'+lettersMax {
		return w, r.fail(r.next, "%q is one server too many: there are A, B, C and D", word)
	}
	w.Letter = word[0]
	r.next++
	return w, nil
}

func (r *reader) duration() (time.Duration, error) {
	d, err := time.ParseDuration(r.peek())
	if err != nil || d <= 0 {
		return 0, r.fail(r.next, "here must be a time, such as 2s, and not %q", r.peek())
	}
	r.next++
	return d, nil
}

// name reads a name or a deed.
func (r *reader) name(missing string) (string, error) {
	word := r.peek()
	if word == "" || word == ":" || word == "," {
		return "", r.fail(r.next, "%s", missing)
	}
	for i := range len(word) {
		small := 'a' <= word[i] && word[i] <= 'z'
		if !small && (i == 0 || word[i] != '-' && (word[i] < '0' || word[i] > '9')) {
			return "", r.fail(r.next, "%q is no name: write small letters, digits and -, a letter first", word)
		}
	}
	for _, taken := range []string{"no", "within", "for", "events", string(Leader), string(Follower)} {
		if word == taken {
			return "", r.fail(r.next, "%q has a meaning of its own here: %s", word, missing)
		}
	}
	r.next++
	return word, nil
}

// peek is the next word; "" at the end.
func (r *reader) peek() string {
	if r.next == len(r.tokens) {
		return ""
	}
	return r.tokens[r.next].text
}

// fail is an error at the i-th word, or behind the last.
func (r *reader) fail(i int, format string, args ...any) error {
	at := r.end
	if i < len(r.tokens) {
		at = r.tokens[i]
	}
	return fmt.Errorf("%s:%d:%d: %s", r.file, max(1, at.line), max(1, at.column), fmt.Sprintf(format, args...))
}
