package model

import (
	"errors"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A log is a sequence of entries with the offsets 0, 1, 2 and so on, and empty at the start.
//
//	F       argument    ok result  legal when                                              then
//	append  v           n          it has n entries                                        v is at n
//	append  v           nil        always                                                  v is the last
//	read    from        [v ...]    these are all its entries from that offset on           -
//	read    [from max]  [v ...]    these are its first max entries from that offset on,    -
//	                               or all if there are fewer
//	poll    from        [v ...]    these are entries from that offset on; there may be     -
//	                               more
//
// An unknown append takes effect, and an unknown read or poll is left out. What is read from beyond the end is empty.
// Entries are never nil.

// LogOp is what an operation does to a log.
type LogOp uint8

// The operations of a log.
const (
	LogAppend LogOp = iota
	LogRead
	LogPoll
)

// LogState is a log's entries.
type LogState struct{ last *logEntry }

// logEntry is an entry with those before it, which many states share.
type logEntry struct {
	value  any
	before *logEntry
	count  int64
	hash   uint64
}

// LogInput is a request to a log. Entry is append's; From and Max are read's and poll's, with Max negative for no
// bound.
type LogInput struct {
	Op        LogOp
	Entry     any
	From, Max int64
}

// LogOutput is a log's answer: the Entries of a read or poll; Offset counts only if Told: where an entry was appended.
type LogOutput struct {
	Unknown, Told bool
	Offset        int64
	Entries       []any
}

// ToEnd says whether an answer to a read shows that the log ends behind its entries.
func (out LogOutput) ToEnd(in LogInput) bool {
	return in.Op == LogRead && (in.Max < 0 || int64(len(out.Entries)) < in.Max)
}

// LogCall is an operation on a log.
type LogCall = Call[LogInput, LogOutput]

// LogSpec is the specification of a log.
type LogSpec = Spec[LogState, LogInput, LogOutput]

// Log is the specification of a log with dense offsets.
func Log() LogSpec {
	return LogSpec{
		Name:  "log",
		Step:  stepLog,
		Equal: func(a, b LogState) bool { return a.equal(b) },
		Hash: func(s LogState) uint64 {
			if s.last == nil {
				return ordered.Seed
			}
			return s.last.hash
		},
		Parse: parseLog,
		Prune: pruneLog,
		Relax: func(c LogCall) (LogCall, bool) {
			return unknown(c, LogOutput{Unknown: true}), c.In.Op == LogAppend
		},
		DescribeState: func(s LogState) string { return TextOf(s.entries(0, s.size())) },
	}
}

func (s LogState) size() int64 {
	if s.last == nil {
		return 0
	}
	return s.last.count
}

// entries are those from one offset to before another.
func (s LogState) entries(from, to int64) []any {
	out := make([]any, max(0, to-from))
	for e := s.last; e != nil && e.count > from; e = e.before {
		if e.count <= to {
			out[e.count-1-from] = e.value
		}
	}
	return out
}

func (s LogState) equal(o LogState) bool {
	a, b := s.last, o.last
	for ; a != b; a, b = a.before, b.before {
		if a == nil || b == nil || a.count != b.count || a.hash != b.hash || a.value != b.value {
			return false
		}
	}
	return true
}

func stepLog(s LogState, in LogInput, out LogOutput) (LogState, bool) {
	end := s.size()
	if in.Op == LogAppend {
		if out.Told && out.Offset != end {
			return s, false
		}
		e := &logEntry{in.Entry, s.last, end + 1, ordered.HashValue(ordered.Seed, in.Entry)}
		if s.last != nil {
			e.hash = ordered.HashValue(s.last.hash, in.Entry)
		}
		return LogState{e}, true
	}
	if out.Unknown {
		return s, true
	}
	n := int64(len(out.Entries))
	if in.Max >= 0 && n > in.Max || n > max(0, end-in.From) || out.ToEnd(in) && n != max(0, end-in.From) {
		return s, false
	}
	return s, slices.Equal(s.entries(in.From, in.From+n), out.Entries)
}

func parseLog(op history.Operation) (in LogInput, out LogOutput, err error) {
	in.Max = -1
	switch op.F {
	case "append":
		in.Entry, err = entry(op.Argument)
	case "read":
		in.Op = LogRead
		if l, bounded := op.Argument.([]any); bounded && len(l) == 2 {
			if in.Max, err = count(l[1], "bound of entries"); err == nil {
				in.From, err = count(l[0], "log offset")
			}
			break
		}
		in.From, err = count(op.Argument, "log offset")
	case "poll":
		in.Op = LogPoll
		in.From, err = count(op.Argument, "log offset")
	default:
		err = unknownF(op.F, "log", "append", "poll", "read")
	}
	if err != nil || op.End != history.OK {
		return in, LogOutput{Unknown: true}, err
	}
	if in.Op != LogAppend {
		out.Entries, err = entries(op.Result)
		return in, out, err
	}
	if op.Result != nil {
		out.Told = true
		out.Offset, err = Number(op.Result, "log offset")
	}
	return in, out, err
}

// count is a number from 0 that leaves room for adding others.
func count(v any, what string) (int64, error) {
	n, err := Number(v, what)
	if err == nil && (n < 0 || n > amountMax) {
		err = fmt.Errorf("%d where a %s belongs, from 0 to 2^40", n, what)
	}
	return n, err
}

func entry(v any) (any, error) {
	if v == nil {
		return nil, errors.New("nil is no entry of a log")
	}
	return history.Single(v), nil
}

func entries(v any) ([]any, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("%s where a list of entries belongs", TextOf(v))
	}
	out := make([]any, len(l))
	for i, e := range l {
		var err error
		if out[i], err = entry(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pruneLog leaves out unknown reads and polls; and unknown appends of entries that none showed, if every offset up to
// the greatest that is known is that of a known append: such an entry stands behind all others, or nowhere.
func pruneLog(calls []LogCall, _ []history.Operation) []LogCall {
	calls = slices.DeleteFunc(calls, func(c LogCall) bool { return c.Out.Unknown && c.In.Op != LogAppend })
	if !slices.ContainsFunc(calls, func(c LogCall) bool { return c.Out.Unknown }) {
		return calls
	}
	held, shown, last := map[int64]bool{}, map[any]bool{}, int64(-1)
	for _, c := range calls {
		switch {
		case c.Out.Unknown:
		case c.In.Op == LogAppend && !c.Out.Told:
			return calls
		case c.In.Op == LogAppend:
			held[c.Out.Offset] = true
			last = max(last, c.Out.Offset)
		default:
			for i, v := range c.Out.Entries {
				held[c.In.From+int64(i)] = true
				shown[v] = true
				last = max(last, c.In.From+int64(i))
			}
		}
	}
	if int64(len(held)) <= last {
		return calls
	}
	return slices.DeleteFunc(slices.Clone(calls), func(c LogCall) bool {
		return c.Out.Unknown && !shown[c.In.Entry]
	})
}
