package nemesis

import (
	"fmt"
	"strings"
	"unicode"
)

// ParsePlan reads a plan in the form that the package's documentation gives. An error begins with name:line:column,
// counted from 1 and columns in bytes, and says what would be right.
func ParsePlan(name string, text []byte) (Plan, error) {
	var plan Plan
	for number, line := range strings.Split(string(text), "\n") {
		code, _, _ := strings.Cut(line, "#")
		column := 1
		for _, part := range strings.Split(code, ";") {
			words, end := split(part, column)
			column += len(part) + 1
			if len(words) == 0 {
				continue
			}
			p := &stepParser{name: name, line: number + 1, words: words, end: end}
			step, err := p.step()
			if err != nil {
				return nil, err
			}
			plan = append(plan, step)
		}
	}
	return plan, nil
}

// Check says what is wrong with a step that was put together in Go: the text that it has must mean the same step.
func (s Step) Check() error {
	plan, err := ParsePlan("step", []byte(s.String()))
	if err != nil {
		return err
	}
	if len(plan) != 1 || plan[0] != s {
		return fmt.Errorf("step %q has fields that its kind does not use, or a line break in a name", s)
	}
	return nil
}

type word struct {
	text   string
	column int
}

// split cuts a step's text into words; end is the column behind the last.
func split(text string, column int) (words []word, end int) {
	start := -1
	for i, r := range text + " " {
		switch {
		case !unicode.IsSpace(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			words = append(words, word{text[start:i], column + start})
			start, end = -1, column+i
		}
	}
	return words, end
}

type stepParser struct {
	name  string
	line  int
	words []word
	next  int
	end   int // the column behind the last word
	kind  KindInfo
}

func (p *stepParser) step() (s Step, err error) {
	if p.peek() != "at" {
		return s, p.fail(0, "a step begins with at and a time, as in %q", "at 2s for 3s partition isolate leader")
	}
	p.next++
	if s.At, err = read(p, "when, such as 2s", parseInstant); err != nil {
		return s, err
	}
	if p.peek() == "for" {
		p.next++
		if s.For, err = read(p, "how long, such as 3s", parseSpan); err != nil {
			return s, err
		}
	}
	return s, p.fault(&s)
}

// fault reads the rest of a step.
func (p *stepParser) fault(s *Step) error {
	at := p.next
	kind := p.peek()
	if kind == "" {
		return p.fail(at, "here must be a fault: %s", strings.Join(kindNames(), ", "))
	}
	info, ok := Kind(kind).Info()
	switch {
	case !ok:
		return p.fail(at, "%s", unknown("fault", kind, kindNames()))
	case info.lasts && s.For == 0:
		return p.fail(at, "%s lasts for a time: say how long, as in %q", kind, info.Example)
	case !info.lasts && s.For != 0:
		return p.fail(at, "%s happens at once: leave out for, as in %q", kind, info.Example)
	}
	p.next++
	p.kind = info
	s.Fault.Kind = info.Kind
	for _, slot := range info.slots {
		if err := slot.read(p, &s.Fault); err != nil {
			return err
		}
	}
	if info.network && p.peek() == withClients {
		s.Fault.WithClients = true
		p.next++
	}
	if p.next < len(p.words) {
		return p.fail(p.next, "%q is too much: the step ends before it, as in %q", p.peek(), info.Example)
	}
	return nil
}

// shape reads a partition's shape, and its target if it has one.
func (p *stepParser) shape(f *Fault) (err error) {
	text := p.peek()
	info, ok := Shape(text).info()
	switch {
	case text == "":
		return p.fail(p.next, "here must be a shape: %s", strings.Join(shapeNames(), ", "))
	case !ok && Target(text).check() == nil:
		return p.fail(p.next, "%q is a target, not a shape: write isolate %s", text, text)
	case !ok:
		return p.fail(p.next, "%s", unknown("shape", text, shapeNames()))
	}
	p.next++
	f.Shape = info.shape
	if info.aimed {
		f.Target, err = p.target()
	}
	return err
}

func (p *stepParser) target() (Target, error) {
	return read(p, "a target such as leader, one or n3", func(text string) (Target, error) {
		t := Target(text)
		if !p.kind.clients && (t.has(roleClient) || t.has(roleClients)) {
			return t, fmt.Errorf("%s hits servers only, not clients", p.kind.Kind)
		}
		if _, role, awaits := t.awaits(); awaits && !p.kind.lasts {
			return t, fmt.Errorf("%s happens at once and can't wait for %s", p.kind.Kind, role)
		}
		return t, t.check()
	})
}

// peek is the next word; "" at the end.
func (p *stepParser) peek() string {
	if p.next == len(p.words) {
		return ""
	}
	return p.words[p.next].text
}

// read takes one word, which is what it is called in the error that it is missing.
func read[T any](p *stepParser, what string, parse func(string) (T, error)) (value T, err error) {
	if p.next == len(p.words) {
		return value, p.fail(p.next, "here must be %s", what)
	}
	value, err = parse(p.peek())
	if err != nil {
		return value, p.fail(p.next, "%s", err)
	}
	p.next++
	return value, nil
}

// fail is an error at the i-th word, or behind the last.
func (p *stepParser) fail(i int, format string, args ...any) error {
	column := p.end
	if i < len(p.words) {
		column = p.words[i].column
	}
	return fmt.Errorf("%s:%d:%d: %s", p.name, p.line, column, fmt.Sprintf(format, args...))
}
