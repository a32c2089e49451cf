// Package txn judges histories of transactions on lists and on registers, in the manner of Elle (Kingsbury and Alvaro,
// "Elle: Inferring Isolation Anomalies from Experimental Observations", VLDB 2020): from what the transactions read it
// finds in which order the versions of each object came, and from that which transaction must be before which. What
// has no order is an anomaly in the sense of Adya, and rules out the consistency models that forbid it.
//
// Nothing is searched through: every value is written once, so that a read names the transaction that it saw. All of it
// is linear in the size of the history as long as nothing is wrong.
//
// An anomaly means that there is no history of the abstract kind that fits what was seen and does not have this anomaly
// or a worse one. What was never read cannot be judged.
package txn

import (
	"fmt"
	"slices"

	"ordeal/history"
)

// Options say what is asked of a history. The zero value asks for strict serializability.
type Options struct {
	// Models are the names of consistency models that must hold ("serializable"), and Anomalies those of anomalies that
	// must not be there besides ("G1c"). With neither, it is strict-serializable.
	Models, Anomalies []string
	// SequentialKeys and LinearizableKeys are for registers: they take for granted that a process's transactions, or
	// any that follow each other in time, come to each object's versions in their order.
	SequentialKeys, LinearizableKeys bool
}

// Result is what a history shows.
type Result struct {
	// Found are the anomalies, the worst kind first and within a kind the shortest first; of one kind at most
	// shownOfKind. Counts says how many of each kind there are: of cycles, how many separate knots have one.
	Found  []Anomaly
	Counts []Count
	// Forbidden are the kinds found that what was asked for rules out. The history is wrong if there are any.
	Forbidden []string
	// Not are the weakest models that the anomalies rule out, AlsoNot the others; Holds are the strongest ones that
	// remain.
	Not, AlsoNot, Holds []string
	// Undecided says which forbidden kinds could not be looked for to the end; "" if all were.
	Undecided string
	// Transactions, Objects and Dependencies are how many there are.
	Transactions, Objects, Dependencies int
}

// Count is how often a kind of anomaly was found.
type Count struct {
	Kind string
	N    int
}

// Anomaly is one thing that is wrong.
type Anomaly struct {
	// Kind is its name in Elle's terms.
	Kind string
	// Text says what is wrong in a sentence.
	Text string
	// Transactions are those that are concerned. In a cycle each is before the next, and the last before the first.
	Transactions []history.Operation
	// Steps are those of a cycle: why the transaction of the same place is before the next one. Empty for others.
	Steps []Step
}

// Step is a dependency of a transaction on another.
type Step struct {
	// Kind is ww, wr, rw, process or realtime.
	Kind string
	// Why says what shows it.
	Why string
}

// shownOfKind is how many anomalies of one kind are worth telling.
const shownOfKind = 8

// ListAppend judges transactions of appends to lists and reads of whole lists. The operations are those of the clients
// in the order of their calls; the error says which of them is malformed.
func ListAppend(ops []history.Operation, o Options) (Result, error) { return check(ops, o, lists) }

// RWRegister judges transactions of writes to registers and reads.
func RWRegister(ops []history.Operation, o Options) (Result, error) { return check(ops, o, registers) }

func check(ops []history.Operation, o Options, kind objects) (Result, error) {
	want, err := o.wanted()
	if err != nil {
		return Result{}, err
	}
	b, err := read(ops, kind)
	if err != nil {
		return Result{}, err
	}
	j := &judge{book: b, options: o, want: want}
	j.graph.room(len(b.mops) + 4*len(b.ops))
	if kind == lists {
		j.judgeLists()
	} else {
		j.judgeRegisters()
	}
	j.addOrder()
	j.findCycles()
	return j.result(), nil
}

// judge collects what is found.
type judge struct {
	*book
	options Options
	want    wanted
	found   []Anomaly
	counts  map[string]int
	graph   builder
	// undecided are kinds that the search for cycles was given up for.
	undecided []string
	// why says in words why a transaction is before another, by what they did to objects.
	why func(a, b int, kind edge, first, second string) string
}

// report notes an anomaly; the words are only made if they may be shown.
func (j *judge) report(kind string, text func() string, txns ...int) {
	if j.counts == nil {
		j.counts = map[string]int{}
	}
	j.counts[kind]++
	if j.counts[kind] > shownOfKind {
		return
	}
	a := Anomaly{Kind: kind, Text: text()}
	for _, t := range txns {
		a.Transactions = append(a.Transactions, j.ops[t])
	}
	j.found = append(j.found, a)
}

func (j *judge) result() Result {
	r := Result{Found: j.found, Transactions: len(j.ops), Objects: len(j.keys), Dependencies: len(j.graph.edges)}
	var kinds []string
	for kind, n := range j.counts { //house:unordered sorted below
		kinds = append(kinds, kind)
		r.Counts = append(r.Counts, Count{kind, n})
	}
	slices.Sort(kinds)
	slices.SortFunc(r.Counts, func(a, b Count) int { return severity(a.Kind) - severity(b.Kind) })
	slices.SortStableFunc(r.Found, func(a, b Anomaly) int {
		if d := severity(a.Kind) - severity(b.Kind); d != 0 {
			return d
		}
		return len(a.Steps) - len(b.Steps)
	})
	for _, c := range r.Counts {
		if j.want.kinds[c.Kind] {
			r.Forbidden = append(r.Forbidden, c.Kind)
		}
	}
	r.Not, r.AlsoNot, r.Holds = boundary(kinds, j.want)
	for _, kind := range j.undecided {
		if j.want.kinds[kind] && j.counts[kind] == 0 && r.Undecided == "" {
			r.Undecided = fmt.Sprintf("the search for %s was given up after %d steps", kind, searchSteps)
		}
	}
	return r
}
