package recipes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// Counter is a number that clients add to, of 64 bits, 0 at the start. Its znode holds the number and, of each of the
// last changes, a mark that whoever made it drew. Every change is a set of a certain version.
//
// Guaranteed: reads and adds are linearizable, and an Add counts once or not at all. If the answer to one is lost, the
// marks tell whether it took effect. Not guaranteed: that adds are fast where many contend, since each of them fails
// while another succeeds (counts of one znode come one after the other in any case); and that it is told what became of
// an add if marksMax others were made before the client came back: that is Unknown.
type Counter struct{ cell cell }

// NewCounter makes a user of the counter at path. The znode is made when it is needed.
func NewCounter(p host.Process, c *client.Client, path string) *Counter {
	return &Counter{cell{p: p, c: c, path: path}}
}

// Add adds n, which may be negative, and returns the sum. A sum beyond 64 bits is an error, and changes nothing.
func (k *Counter) Add(n int64, timeout time.Duration) (sum int64, outcome Outcome, err error) {
	outcome, err = k.cell.change(Deadline(k.cell.p, timeout), func(now content) (content, error) {
		was, err := now.number()
		if err != nil {
			return now, err
		}
		if sum = was + n; n > 0 && sum < was || n < 0 && sum > was {
			return now, fmt.Errorf("recipes: the sum of %d and %d does not fit into 64 bits", was, n)
		}
		now.value = strconv.AppendInt(nil, sum, 10)
		return now, nil
	})
	if err != nil {
		return 0, outcome, err
	}
	return sum, outcome, nil
}

// Read is the sum as of now.
func (k *Counter) Read(timeout time.Duration) (int64, error) {
	now, err := k.cell.read(Deadline(k.cell.p, timeout))
	if err != nil {
		return 0, err
	}
	return now.number()
}

// cell is a znode that is changed by sets of a certain version, which bear marks.
type cell struct {
	p    host.Process
	c    *client.Client
	path string
}

// content is what a cell holds: a value, and the marks of the last changes, the latest first. Version 0 has neither.
type content struct {
	value []byte
	marks []string
	stat  wire.Stat
}

// marksMax is how many marks a cell keeps.
const marksMax = 8

// ErrForeign says that a znode holds what this recipe did not write: it belongs to another program, or to another
// version of this one. It is left as it is.
var ErrForeign = errors.New("recipes: the znode holds something of another program")

func (k content) number() (int64, error) {
	if k.stat.Version == 0 && len(k.value) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(k.value), 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != string(k.value) {
		return 0, fmt.Errorf("%w: %.40q is no number", ErrForeign, k.value)
	}
	return n, nil
}

// encode is the marks in one line, and the value behind it.
func (k content) encode() []byte {
	return append([]byte(strings.Join(k.marks, " ")+"\n"), k.value...)
}

func decodeContent(data []byte, stat wire.Stat) (content, error) {
	k := content{stat: stat}
	if stat.Version == 0 && len(data) == 0 {
		return k, nil
	}
	line, value, ok := strings.Cut(string(data), "\n")
	if !ok {
		return k, fmt.Errorf("%w: %.40q has no line of marks", ErrForeign, data)
	}
	k.marks, k.value = strings.Split(line, " "), []byte(value)
	if len(k.marks) > marksMax || slices.ContainsFunc(k.marks, func(m string) bool { return !marks.Is(m) }) {
		return k, fmt.Errorf("%w: %.40q is no line of marks", ErrForeign, line)
	}
	return k, nil
}

// read is the content as of now. The znode is made if need be.
func (k *cell) read(until time.Duration) (now content, err error) { return k.readWith(nil, until) }

// readWith is read with a watch on the znode, nil for none.
func (k *cell) readWith(w *client.Watch, until time.Duration) (now content, err error) {
	for {
		data, stat, err := k.bendGet()(k.path, w)
		switch {
		case err == nil:
			return decodeContent(data, stat)
		case errors.Is(err, wire.NoNode):
			if err := ensurePath(k.p, k.c, k.path, until); err != nil {
				return content{}, err
			}
		case !Passing(err) || k.p.Now() >= until:
			return content{}, err
		}
		if k.p.Now() >= until {
			return content{}, ErrGaveUp
		}
	}
}

// change sets the content to what edit makes of it. Where edit returns an error nothing is changed.
func (k *cell) change(until time.Duration, edit func(now content) (content, error)) (Outcome, error) {
	for {
		now, err := k.read(until)
		if err != nil {
			return NoEffect, err
		}
		next, err := edit(now)
		if err != nil {
			return NoEffect, err
		}
		next.marks = append([]string{marks.New(k.p.Rand())}, now.marks[:min(len(now.marks), marksMax-1)]...)
		outcome, err := k.replace(now, next, until)
		switch {
		case err == nil || outcome == Unknown:
			return outcome, err
		case !errors.Is(err, wire.BadVersion) && !Passing(err):
			return NoEffect, err
		}
		if k.p.Now() >= until {
			return NoEffect, ErrGaveUp
		}
	}
}

// replace sets the next content if the present one is still there, and finds out what became of that.
func (k *cell) replace(now, next content, until time.Duration) (Outcome, error) {
	_, err := k.c.Set(k.path, next.encode(), bendExpected(now.stat.Version))
	if err == nil {
		return Done, nil
	}
	if !client.MaybeApplied(err) || bendForgotten() {
		return NoEffect, err
	}
	seen, readErr := k.read(until)
	if readErr != nil {
		return Unknown, readErr
	}
	// The session has another connection by now, so what was sent on the old one is refused from here on.
	behind := int(seen.stat.Version) - int(now.stat.Version)
	switch {
	case behind < 1:
		return NoEffect, err
	case behind > len(seen.marks):
		return Unknown, err
	case seen.marks[behind-1] == next.marks[0]:
		return Done, nil
	}
	return NoEffect, err
}
