package clients

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Script says which clients there are, which of their turns they take, and when. Without a script, each client takes
// turn after turn until the trial's end. A turn is what a client does in one go, such as to take a lock, hold it and
// give it back. What a client does in a turn depends on the client and the turn's number and on nothing before it. So
// taking turns out of a script changes nothing about the others but what they find.
//
// As text, "c2 17@4.213s 19[1,3]@4.5s; c5" is: client 2 begins its turn 17 after 4.213 s and its turn 19 after 4.5 s,
// and of that one carries out the first and the third operation only; client 5 connects and does nothing; and there are
// no other clients.
type Script []ClientScript

// ClientScript is one client's part. Client counts from 1, as the machines "c1" and on do.
type ClientScript struct {
	Client int
	Turns  []Turn
}

// Turn is one turn that a client takes. N counts from 1. At is when it begins at the earliest, since the client began
// and on its own clock. Ops, unless it is nil, are the operations that it carries out of those that it would, counted
// from 1; the others have no effect.
type Turn struct {
	N   int
	At  time.Duration
	Ops []int
}

// String is the script's text. ParseScript gives the same script back.
func (s Script) String() string {
	var b strings.Builder
	for i, c := range s {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "c%d", c.Client)
		for _, t := range c.Turns {
			b.WriteByte(' ')
			b.WriteString(t.String())
		}
	}
	return b.String()
}

func (t Turn) String() string {
	if t.Ops == nil {
		return fmt.Sprintf("%d@%v", t.N, t.At)
	}
	numbers := make([]string, len(t.Ops))
	for i, n := range t.Ops {
		numbers[i] = strconv.Itoa(n)
	}
	return fmt.Sprintf("%d[%s]@%v", t.N, strings.Join(numbers, ","), t.At)
}

// Takes says whether the turn carries out its operation number op, counted from 1.
func (t Turn) Takes(op int) bool { return t.Ops == nil || slices.Contains(t.Ops, op) }

// Turns counts the turns of all clients.
func (s Script) Turns() int {
	n := 0
	for _, c := range s {
		n += len(c.Turns)
	}
	return n
}

// ParseScript reads a script of at most so many clients. The error says which word is wrong. A script without a client
// is not nil: there are none.
func ParseScript(text string, clients int) (Script, error) {
	script := Script{}
	if strings.TrimSpace(text) == "" {
		return script, nil
	}
	for part := range strings.SplitSeq(text, ";") {
		c, err := parseClient(strings.Fields(part), clients)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(script, func(o ClientScript) bool { return o.Client == c.Client }) {
			return nil, fmt.Errorf("client c%d stands twice", c.Client)
		}
		script = append(script, c)
	}
	return script, nil
}

func parseClient(words []string, clients int) (ClientScript, error) {
	if len(words) == 0 {
		return ClientScript{}, errors.New("a client is missing beside a semicolon")
	}
	number, isClient := strings.CutPrefix(words[0], "c")
	n, err := strconv.Atoi(number)
	if !isClient || err != nil || n < 1 || n > clients {
		return ClientScript{}, fmt.Errorf("%q is no client: there are c1 to c%d", words[0], clients)
	}
	c := ClientScript{Client: n}
	for _, word := range words[1:] {
		t, err := parseTurn(word)
		if err != nil {
			return ClientScript{}, err
		}
		c.Turns = append(c.Turns, t)
	}
	return c, c.check()
}

// check says which turn is out of order.
func (c ClientScript) check() error {
	for i := 1; i < len(c.Turns); i++ {
		before, t := c.Turns[i-1], c.Turns[i]
		if before.N >= t.N || before.At > t.At {
			return fmt.Errorf("%s of c%d is out of order: the turn before it is %s", t, c.Client, before)
		}
	}
	return nil
}

// Check says what is wrong with a script.
func (s Script) Check() error {
	for _, c := range s {
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

func parseTurn(word string) (t Turn, err error) {
	form := fmt.Errorf("%q is no turn: write its number and its time, as in 17@4.213s or 17[1,3]@4.213s", word)
	head, at, timed := strings.Cut(word, "@")
	if t.At, err = time.ParseDuration(at); err != nil || !timed || t.At < 0 {
		return Turn{}, form
	}
	number, ops, some := strings.Cut(head, "[")
	if t.N, err = strconv.Atoi(number); err != nil || t.N < 1 {
		return Turn{}, form
	}
	if !some {
		return t, nil
	}
	ops, closed := strings.CutSuffix(ops, "]")
	for one := range strings.SplitSeq(ops, ",") {
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 || !closed {
			return Turn{}, form
		}
		t.Ops = append(t.Ops, n)
	}
	return t, nil
}

// Filter is the script with all its clients and those of their turns that keep returns true for. It shares no slices of
// turns with the original. A nil script stays nil.
func (s Script) Filter(keep func(client int, t Turn) bool) Script {
	if s == nil {
		return nil
	}
	out := make(Script, len(s))
	for i, c := range s {
		out[i].Client = c.Client
		for _, t := range c.Turns {
			if keep(c.Client, t) {
				out[i].Turns = append(out[i].Turns, t)
			}
		}
	}
	return out
}

// WithTurns is the script without the clients that do nothing.
func (s Script) WithTurns() Script {
	return slices.DeleteFunc(slices.Clone(s), func(c ClientScript) bool { return len(c.Turns) == 0 })
}

// Times are the times of all turns, sorted.
func (s Script) Times() []time.Duration {
	var at []time.Duration
	for _, c := range s {
		for _, t := range c.Turns {
			at = append(at, t.At)
		}
	}
	slices.Sort(at)
	return at
}
