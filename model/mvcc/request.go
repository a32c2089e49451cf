package mvcc

import (
	"errors"
	"fmt"
	"strings"

	"ordeal/history"
)

// Request is what a client asks for, or a part of a transaction. Which of the fields count, Op says.
type Request struct {
	// Op is one of "range", "put", "delete", "txn", "compact", "grant", "revoke", "alarm-raise", "alarm-end", and of the
	// words for changes of users.
	Op string
	// Key and End are a range: from Key up to, and without, End; the one key if End is "", and all from Key on if it is a
	// zero byte. Value is what a put sets.
	Key, End, Value string
	// Revision is that of a compaction, or the one that a range is to be read at. Lease is that of a put, and ID of what
	// is about a lease itself; TTL is in seconds.
	Revision, Lease, ID, TTL int64
	Limit                    int64
	// Sort is "" or a target with "+" or "-" before it, or nothing: "key", "version", "create", "mod", "value".
	Sort string
	// Flags has a letter for each option that is set.
	Flags string
	// Bounds are those of the revisions of a range: least and most mod, least and most create; 0 for none.
	Bounds  [4]int64
	Compare []Comparison
	// Success and Failure are the branches of a transaction.
	Success, Failure []Request
	// Names are what a request about users and roles names, in its order; of an alarm, its kind.
	Names []string
}

// The letters of Flags.
const (
	flagPrev         = "p" // what was there before is told
	flagIgnoreValue  = "v"
	flagIgnoreLease  = "l"
	flagKeysOnly     = "k"
	flagCountOnly    = "c"
	flagSerializable = "s"
)

func (r *Request) has(flag string) bool { return strings.Contains(r.Flags, flag) }

// Comparison is a condition of a transaction. Target is "version", "create", "mod", "value" or "lease", Result "=",
// ">", "<" or "!=". With is an int64, or a string for a value.
type Comparison struct {
	Target, Result, Key, End string
	With                     any
}

var errShort = errors.New("a request has too few parts")

// ParseRequest reads a request as histories have it:
//
//	range    key end revision limit sort flags bounds     bounds is nil or [minMod maxMod minCreate maxCreate]
//	put      key value lease flags
//	delete   key end flags
//	txn      [[target result key end with] …] [[op …] …] [[op …] …]
//	compact  revision
//	grant    id ttl
//	revoke   id
//	alarm-raise, alarm-end    member kind                 "nospace" or "corrupt"
//
// and the rest with what it names.
func ParseRequest(op string, args []any) (r Request, err error) {
	r.Op = op
	l := list{args: args}
	switch op {
	case "range":
		r.Key, r.End, r.Revision, r.Limit = l.text(), l.text(), l.number(), l.number()
		r.Sort, r.Flags = l.text(), l.text()
		bounds := list{args: l.list()}
		for i := range bounds.args {
			if i < len(r.Bounds) {
				r.Bounds[i] = bounds.number()
			}
		}
	case "put":
		r.Key, r.Value, r.Lease, r.Flags = l.text(), l.text(), l.number(), l.text()
	case "delete":
		r.Key, r.End, r.Flags = l.text(), l.text(), l.text()
	case "compact":
		r.Revision = l.number()
	case "grant":
		r.ID, r.TTL = l.number(), l.number()
	case "revoke":
		r.ID = l.number()
	case "alarm-raise", "alarm-end":
		r.ID, r.Names = l.number(), []string{l.text()}
	case "txn":
		err = r.parseTxn(&l)
	default:
		for _, v := range args {
			name, ok := v.(string)
			l.bad = l.bad || !ok
			r.Names = append(r.Names, name)
		}
	}
	if err == nil && l.bad {
		err = errShort
	}
	return r, err
}

func (r *Request) parseTxn(l *list) error {
	for _, v := range l.list() {
		c := list{args: asList(v)}
		r.Compare = append(r.Compare, Comparison{c.text(), c.text(), c.text(), c.text(), c.any()})
		l.bad = l.bad || c.bad
	}
	for _, branch := range []*[]Request{&r.Success, &r.Failure} {
		for _, v := range l.list() {
			args := asList(v)
			if len(args) == 0 {
				return errShort
			}
			op, _ := args[0].(string)
			part, err := ParseRequest(op, args[1:])
			if err != nil {
				return fmt.Errorf("%s in a txn: %w", op, err)
			}
			*branch = append(*branch, part)
		}
	}
	return nil
}

// Reads says whether a request only reads, and whether it may be answered from any earlier state. A transaction is such
// if it has nothing but ranges.
func (r *Request) Reads() (reads, any bool) {
	switch r.Op {
	case "range":
		return true, r.has(flagSerializable)
	case "txn":
	default:
		return false, false
	}
	any = true
	for _, branch := range [][]Request{r.Success, r.Failure} {
		for i := range branch {
			if branch[i].Op != "range" {
				return false, false
			}
			any = any && branch[i].has(flagSerializable)
		}
	}
	return true, any
}

// list reads the parts of a value one by one.
type list struct {
	args []any
	bad  bool
}

func (l *list) any() any {
	if len(l.args) == 0 {
		l.bad = true
		return nil
	}
	v := l.args[0]
	l.args = l.args[1:]
	return v
}

func (l *list) text() string {
	s, ok := l.any().(string)
	l.bad = l.bad || !ok
	return s
}

func (l *list) number() int64 {
	n, ok := l.any().(int64)
	l.bad = l.bad || !ok
	return n
}

func (l *list) list() []any {
	v := l.any()
	args, ok := v.([]any)
	l.bad = l.bad || !ok && v != nil
	return args
}

func asList(v any) []any {
	args, _ := v.([]any)
	return args
}

// Equal compares answers.
func Equal(a, b any) bool { return history.Compare(a, b) == 0 }
