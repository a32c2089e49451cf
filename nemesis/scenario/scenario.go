// Package scenario is ordered patterns of deeds: what servers do and what befalls them, in this order, by whom, and how
// close together. It has the language in which they are written, and what follows them while a trial plays. It knows no
// trial and no service: a deed is a word, a server a name.
//
// A file has one scenario a line. Comment lines right above it say what it is for:
//
//	# A server that just came back is brought up to date by a snapshot, and loses power before it has it whole.
//	snapshot-after-restart: boot A, receives A within 5s, power-loss A within 1s
//
// # Grammar
//
//	file     = { scenario newline }                 "#" begins a comment; a line that ends in "," goes on in the next
//	scenario = name ":" pattern
//	pattern  = step { "," step }
//	step     = deed [ who ] [ "within" bound ]      the deed is done, so soon after the step before
//	         | "no" deed [ who ] "for" duration     for so long after the step before, the deed is not done
//	who      = [ "leader" | "follower" ] [ server ] anyone, if it is left out
//	server   = "A" | "B" | "C" | "D"                one letter is one server throughout, two letters are two servers
//	bound    = duration | number "events"           events of the world
//	duration = 500ms, 2s                            name, deed = small letters, digits and "-", a letter first
//
// A leader is the server that leads as the deed is done, a follower one that does not.
package scenario

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Scenario is a pattern with a name.
type Scenario struct {
	Name string
	// What says what it is for: the comment above it.
	What    string
	Pattern Pattern
}

// Pattern is steps in their order.
type Pattern []Step

// Step is one thing that happens, or does not.
type Step struct {
	// Not says that for For after the step before, the deed is not done; else it is done, within Within or Events of the
	// step before, where 0 is no bound.
	Not    bool
	Deed   string
	Who    Who
	Within time.Duration
	Events uint64
	For    time.Duration
}

// Who is whose deed a step is about. The zero value is anyone.
type Who struct {
	Role   Role
	Letter byte // 'A' to 'D', 0 for none
}

// Role is what a server is as the deed is done.
type Role string

// The roles.
const (
	Anyone   Role = ""
	Leader   Role = "leader"
	Follower Role = "follower"
)

// lettersMax is how many servers a pattern can tell apart.
const lettersMax = 4

// String is the step as it is written.
func (s Step) String() string {
	words := []string{s.Deed}
	if s.Not {
		words = []string{"no", s.Deed}
	}
	if who := s.Who.String(); who != "" {
		words = append(words, who)
	}
	switch {
	case s.Not:
		words = append(words, "for", s.For.String())
	case s.Within > 0:
		words = append(words, "within", s.Within.String())
	case s.Events > 0:
		words = append(words, "within", fmt.Sprint(s.Events), "events")
	}
	return strings.Join(words, " ")
}

// String is whom it means as it is written; "" for anyone.
func (w Who) String() string {
	text := string(w.Role)
	if w.Letter != 0 {
		text = strings.TrimSpace(text + " " + string(w.Letter))
	}
	return text
}

// String is the pattern as it is written. parsePattern gives the same one back.
func (p Pattern) String() string {
	steps := make([]string, len(p))
	for i, s := range p {
		steps[i] = s.String()
	}
	return strings.Join(steps, ", ")
}

// String is the scenario as a line.
func (s Scenario) String() string { return s.Name + ": " + s.Pattern.String() }

// Word is the pattern as one word: with "_" in the place of blanks. FromWord undoes it.
func (p Pattern) Word() string {
	return strings.ReplaceAll(strings.ReplaceAll(p.String(), ", ", ","), " ", "_")
}

// FromWord reads a pattern that is one word.
func FromWord(word string) (Pattern, error) {
	return parsePattern("pattern", strings.ReplaceAll(word, "_", " "))
}

// Check says of a pattern which of its deeds is not known, or that it can never come about.
func (p Pattern) Check(known func(deed string) bool) error {
	for _, s := range p {
		if !known(s.Deed) {
			return fmt.Errorf("the deed %q is not known", s.Deed)
		}
	}
	return nil
}

// Named finds a scenario.
func Named(list []Scenario, name string) (Scenario, bool) {
	at := slices.IndexFunc(list, func(s Scenario) bool { return s.Name == name })
	if at < 0 {
		return Scenario{}, false
	}
	return list[at], true
}
