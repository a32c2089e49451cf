package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// causal looks at registers under keys, whose writes are all of different values, for causal consistency: what a
// process did, and what it read, is before what it does next. A read must not show what was there before the first
// write, if a write is causally before it; nor a value over which, causally before the read, another was written; and
// nothing may be causally before itself. (Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency",
// POPL 2017: these are all patterns that break it.)
func causal() Checker {
	return Checker{"causal", func(_ history.History, ops []history.Operation) Verdict {
		c := causes{keys: map[string]int{}, writers: map[keyValue]int{}, rows: map[int]int{}}
		if v, bad := c.read(ops); bad {
			return v
		}
		if size := len(c.rows) * len(c.ops); size > clocksMax {
			return Verdict{Outcome: Unknown, Reason: fmt.Sprintf("%d operations of %d processes are too many to judge",
				len(c.ops), len(c.rows))}
		}
		c.judge()
		return c.bad.verdict("causal", Measure{"reads", c.reads, ""}, Measure{"processes", int64(len(c.rows)), ""})
	}}
}

// clocksMax is how many numbers the clocks of all operations may have together.
const clocksMax = 400_000_000

type keyValue struct {
	key   int
	value any
}

// causes is the operations of a history with what is before them.
type causes struct {
	bad     violations
	reads   int64
	ops     []*history.Operation
	keyOf   []int
	keys    map[string]int
	writers map[keyValue]int
	rows    map[int]int // of each process, its row
	row, at []int       // of each operation, its process and its place there
	lines   [][]int     // of each process, its operations
	from    []int       // of each read, the write that it shows; -1 if none
	clocks  [][]int32
	// writes are, for each key and process, the places of that process's writes to it.
	writes map[[2]int][]int32
}

func (c *causes) read(ops []history.Operation) (Verdict, bool) {
	c.writes = map[[2]int][]int32{}
	for i := range ops {
		op := &ops[i]
		if op.Process < 0 || op.End == history.Fail || op.F == "read" && op.End != history.OK {
			continue
		}
		if op.F != "read" && op.F != "write" {
			return malformedEvent(op, noOperation(op, "read", "write")), true
		}
		v := op.Argument
		if op.F == "read" {
			v = op.Result
		}
		if v == nil && op.F == "write" {
			return malformedEvent(op, "nil where a value belongs"), true
		}
		v = history.Single(v)
		n, key := len(c.ops), c.keyID(op.Key)
		row, ok := c.rows[op.Process]
		if !ok {
			row = len(c.rows)
			c.rows[op.Process] = row
			c.lines = append(c.lines, nil)
		}
		if op.F == "write" {
			if other, twice := c.writers[keyValue{key, v}]; twice {
				return malformedEvent(op, fmt.Sprintf("it writes %s, and so does the operation of event %d: which of them a "+
					"read saw can't be said", model.TextOf(v), c.ops[other].Call)), true
			}
			c.writers[keyValue{key, v}] = n
			c.writes[[2]int{key, row}] = append(c.writes[[2]int{key, row}], int32(len(c.lines[row])))
		}
		c.ops, c.keyOf = append(c.ops, op), append(c.keyOf, key)
		c.row, c.at = append(c.row, row), append(c.at, len(c.lines[row]))
		c.lines[row] = append(c.lines[row], n)
	}
	return Verdict{}, false
}

func (c *causes) keyID(key string) int {
	id, ok := c.keys[key]
	if !ok {
		id = len(c.keys)
		c.keys[key] = id
	}
	return id
}

func (c *causes) judge() {
	p := newPrecedence(len(c.ops))
	c.from = make([]int, len(c.ops))
	for n, op := range c.ops {
		c.from[n] = -1
		if c.at[n] > 0 {
			p.before(c.lines[c.row[n]][c.at[n]-1], n)
		}
		if op.F != "read" || op.Result == nil {
			continue
		}
		w, ok := c.writers[keyValue{c.keyOf[n], history.Single(op.Result)}]
		if !ok {
			c.bad.add("thin-air-read", fmt.Sprintf("a read shows %s, which was never written", model.TextOf(op.Result)), op)
			continue
		}
		c.from[n] = w
		p.before(w, n)
	}
	if cycle := p.cycle(); cycle != nil {
		var ops []*history.Operation
		for _, n := range cycle {
			ops = append(ops, c.ops[n])
		}
		slices.SortFunc(ops, func(a, b *history.Operation) int { return a.Call - b.Call })
		c.bad.add("cyclic-causality", "these operations are each causally before the next, and the last before the first",
			ops...)
		return
	}
	c.tick(p)
	for n, op := range c.ops {
		if op.F == "read" && (c.from[n] >= 0 || op.Result == nil) {
			c.reads++
			c.judgeRead(n)
		}
	}
}

// tick gives each operation a clock: how many operations of each process are causally before it, itself among them.
func (c *causes) tick(p *precedence) {
	c.clocks = make([][]int32, len(c.ops))
	next := make([]int, len(c.lines))
	ready := make([]int, len(c.lines))
	for i := range ready {
		ready[i] = i
	}
	waiting := map[int][]int{} // of a write, the processes whose next operation reads it
	for len(ready) > 0 {
		row := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for next[row] < len(c.lines[row]) {
			n := c.lines[row][next[row]]
			w := c.from[n]
			if w >= 0 && c.clocks[w] == nil {
				waiting[w] = append(waiting[w], row)
				break
			}
			clock := make([]int32, len(c.lines))
			if next[row] > 0 {
				copy(clock, c.clocks[c.lines[row][next[row]-1]])
			}
			if w >= 0 {
				for i, t := range c.clocks[w] {
					clock[i] = max(clock[i], t)
				}
			}
			next[row]++
			clock[row] = int32(next[row])
			c.clocks[n] = clock
			ready = append(ready, waiting[n]...)
			delete(waiting, n)
		}
	}
}

// judgeRead looks for a write to the read's key that is causally before it, and behind the one that it shows.
func (c *causes) judgeRead(n int) {
	w := c.from[n]
	for row, until := range c.clocks[n] {
		places := c.writes[[2]int{c.keyOf[n], row}]
		i, _ := slices.BinarySearch(places, until)
		if i == 0 {
			continue
		}
		other := c.lines[row][places[i-1]]
		op, over := c.ops[n], c.ops[other]
		switch {
		case other == w:
		case w < 0:
			c.bad.add("read-of-nothing", fmt.Sprintf("a read shows nothing, and %s was written causally before it",
				model.TextOf(over.Argument)), over, op)
			return
		case c.clocks[other][c.row[w]] > int32(c.at[w]):
			c.bad.add("overwritten", fmt.Sprintf("a read shows %s, over which %s was written causally before it",
				model.TextOf(op.Result), model.TextOf(over.Argument)), c.ops[w], over, op)
			return
		}
	}
}
