package checker

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/ordered"
)

// grant is one ok acquire or campaign of a key.
type grant struct {
	session string
	number  int64
	op      *history.Operation
	// until is the first event from which on the grant may have been over.
	until int
}

// ownership is what a history says about the owners of one key.
type ownership struct {
	grants  []grant // in the order of their calls
	granted int     // how many there are
	tokens  ordered.Tokens
	ends    map[string]int
}

// Exclusion looks at what the service granted: two owners certainly at one time, and a grant whose token or epoch is
// not greater than that of a grant that was over with before it was asked for. A grant certainly lasts from its return
// until its release is invoked or its session's end begins.
//
// It is weaker than linearizability, and needs no search: it judges histories of any size, with anything unknown.
func Exclusion() Checker {
	return Checker{"exclusion", func(_ history.History, ops []history.Operation) Verdict {
		var bad []Verdict
		byKey := owners(ops)
		for _, key := range sortedKeys(byKey) {
			if v := exclusive(byKey[key]); v.Outcome == Invalid {
				v.Key, v.Reason = key, aboutKey(key)+v.Reason
				bad = append(bad, v)
			}
		}
		return Compose("exclusion", bad...)
	}}
}

func exclusive(o *ownership) Verdict {
	var owner, greatest *grant // the grant that lasts longest, and the one with the greatest number, of those returned
	byReturn := make([]*grant, 0, len(o.grants))
	for _, m := range returns(len(o.grants), func(i int) int { return o.grants[i].op.Return }) {
		byReturn = append(byReturn, &o.grants[m.of()])
	}
	next := 0
	for i := range o.grants {
		b := &o.grants[i]
		for ; next < len(byReturn) && byReturn[next].op.Return < b.op.Call; next++ {
			if a := byReturn[next]; greatest == nil || a.number > greatest.number {
				greatest = a
			}
		}
		if greatest != nil && greatest.number >= b.number {
			return Verdict{Outcome: Invalid, Evidence: shown(greatest.op, b.op), Reason: fmt.Sprintf(
				"%s was granted %d after %s had been granted %d: numbers must grow",
				b.session, b.number, greatest.session, greatest.number)}
		}
	}
	for _, b := range byReturn {
		if b.until <= b.op.Return {
			continue
		}
		if owner != nil && b.op.Return < owner.until && b.session != owner.session {
			return Verdict{Outcome: Invalid, Evidence: shown(owner.op, b.op), Reason: fmt.Sprintf(
				"%s (%d) and %s (%d) both held it at event %d", owner.session, owner.number, b.session, b.number, b.op.Return)}
		}
		if owner == nil || b.until > owner.until {
			owner = b
		}
	}
	return Verdict{Outcome: Valid}
}

// owners reads grants, releases and ends. What it can't read, the specification reports as malformed.
func owners(ops []history.Operation) map[string]*ownership {
	byKey := map[string]*ownership{}
	last := "" // the key that was looked up last, and what is known of it
	var known *ownership
	of := func(key string) *ownership {
		if known != nil && key == last {
			return known
		}
		if byKey[key] == nil {
			byKey[key] = &ownership{ends: map[string]int{}}
		}
		last, known = key, byKey[key]
		return known
	}
	for i := range ops {
		if op := &ops[i]; grants(op) {
			of(op.Key).granted++
		}
	}
	everywhere := map[string]int{}
	for i := range ops {
		op := &ops[i]
		if grants(op) {
			if session, number, ok := granted(op); ok {
				o := of(op.Key)
				if o.grants == nil {
					o.grants = make([]grant, 0, o.granted)
				}
				o.grants = append(o.grants, grant{session, number, op, endless})
			}
		}
		if session, ok := op.Argument.(string); ok && op.F == "end" && op.End != history.Fail {
			ends := of(op.Key).ends
			if op.Key == "" {
				ends = everywhere
			}
			if at, ok := ends[session]; !ok || op.Call < at {
				ends[session] = op.Call
			}
		}
	}
	for _, o := range byKey { //house:unordered each changes only itself
		o.end(everywhere)
	}
	for i := range ops {
		switch op := &ops[i]; op.F {
		case "release", "resign", "expire":
			if session, number, ok := freed(op); ok && op.End != history.Fail {
				of(op.Key).free(session, number, op.Call)
			}
		}
	}
	return byKey
}

// grants says whether an operation is granted what it asks for, by what it is called and how it ended.
func grants(op *history.Operation) bool {
	return (op.F == "acquire" || op.F == "campaign") && op.End == history.OK
}

// end has no grant last longer than its session, and makes the grants ready to be freed.
func (o *ownership) end(everywhere map[string]int) {
	for _, ends := range []map[string]int{o.ends, everywhere} {
		for i := 0; len(ends) > 0 && i < len(o.grants); i++ {
			g := &o.grants[i]
			if at, ok := ends[g.session]; ok {
				g.until = min(g.until, at)
			}
		}
	}
	o.tokens = ordered.NewTokens(len(o.grants), func(i int) ordered.Token {
		return ordered.Token{Session: o.grants[i].session, Number: o.grants[i].number}
	})
}

// free takes the call of what may free a grant. The first one counts, of all grants by one token.
func (o *ownership) free(session string, number int64, call int) {
	for _, i := range o.tokens.Of(ordered.Token{Session: session, Number: number}) {
		if o.grants[i].until <= call {
			return
		}
		o.grants[i].until = call
	}
}

// granted is whom an acquire or campaign was granted to, and by which number: its result is [session number], or the
// number alone where processes are the holders.
func granted(op *history.Operation) (holder string, number int64, ok bool) {
	if number, alone := op.Result.(int64); alone {
		return model.Holder(int64(op.Process)), number, true
	}
	return numbered(op.Result)
}

// freed is the grant that a release, resign or expire is the end of: its argument is [session number], the number alone
// where processes are the holders, or [process number] where another process or the service says so.
func freed(op *history.Operation) (holder string, number int64, ok bool) {
	if number, alone := op.Argument.(int64); alone {
		return model.Holder(int64(op.Process)), number, true
	}
	if l, _ := op.Argument.([]any); op.F == "expire" && len(l) == 2 {
		process, isProcess := l[0].(int64)
		number, isNumber := l[1].(int64)
		return model.Holder(process), number, isProcess && isNumber
	}
	return numbered(op.Argument)
}

// numbered reads [session number].
func numbered(v any) (session string, number int64, ok bool) {
	l, _ := v.([]any)
	if len(l) < 2 {
		return "", 0, false
	}
	session, isName := l[0].(string)
	number, isNumber := l[1].(int64)
	return session, number, isName && isNumber
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
