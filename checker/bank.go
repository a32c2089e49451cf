package checker

import (
	"fmt"
	"math/big"

	"ordeal/history"
	"ordeal/model"
)

// bank looks at reads of all accounts, between which money is moved: the total must stay the same, each read must show
// the same accounts, and no balance may be below zero unless o says so. A read is a map of balances by account, or a
// list of them; what transfers there were does not matter.
func bank(o Options) Checker {
	return whole("bank", func(ops []history.Operation) ([]Verdict, []Measure) {
		var bad violations
		var first *history.Operation
		var total sum
		reads, accounts := int64(0), 0
		for i := range ops {
			op := &ops[i]
			if op.F != "read" || op.End != history.OK {
				continue
			}
			b, why := balancesOf(op.Result)
			if why != "" {
				bad.malformed(op, why)
				return bad.list, nil
			}
			if reads++; reads == 1 {
				first, total, accounts = op, b.total, len(b.accounts)
				if o.Total != nil {
					total = sum{}.plus(*o.Total)
				}
			}
			b.check(&bad, op, first, accounts, o.NegativeBalances)
			if b.total != total && len(b.missing) == 0 {
				other := []*history.Operation{op}
				if o.Total == nil {
					other = []*history.Operation{first, op}
				}
				bad.add("wrong-total", fmt.Sprintf("a read shows %s in all, and there are %s", b.total, total), other...)
			}
		}
		measures := []Measure{{"reads", reads, ""}}
		if n, fits := total.int64(); fits {
			measures = append(measures, Measure{"total", n, ""})
		}
		return bad.list, measures
	})
}

// sum is what numbers make together, which may be more than an int64 has room for: high times 2^32, and low, which is
// from 0 and below that.
type sum struct{ high, low int64 }

func (s sum) plus(n int64) sum {
	low := s.low + n&(1<<32-1)
	return sum{s.high + n>>32 + low>>32, low & (1<<32 - 1)}
}

func (s sum) String() string {
	n := new(big.Int).Lsh(big.NewInt(s.high), 32)
	return n.Add(n, big.NewInt(s.low)).String()
}

// int64 is the sum, if it fits into one.
func (s sum) int64() (n int64, fits bool) {
	n = s.high<<32 + s.low
	return n, n>>32 == s.high
}

// balances is what one read of a bank shows.
type balances struct {
	accounts          []any
	missing, negative []any // accounts without a balance, and with one below zero
	total             sum
}

func balancesOf(v any) (b balances, why string) {
	m, isMap := v.(history.Map)
	if !isMap {
		list, ok := elementsOf(v)
		if !ok || v == nil {
			return b, fmt.Sprintf("%s was read where a map of balances by account belongs, or a list of them", model.TextOf(v))
		}
		for i, n := range list {
			m = append(m, history.Pair{Key: int64(i), Value: n})
		}
	}
	for _, p := range m {
		b.accounts = append(b.accounts, p.Key)
		n, ok := p.Value.(int64)
		switch {
		case p.Value == nil:
			b.missing = append(b.missing, p.Key)
		case !ok:
			return b, fmt.Sprintf("%s is no balance, which is an integer of 64 bits", model.TextOf(p.Value))
		case n < 0:
			b.negative = append(b.negative, p.Key)
		}
		b.total = b.total.plus(n)
	}
	return b, ""
}

func (b balances) check(bad *violations, op, first *history.Operation, accounts int, negative bool) {
	if len(b.missing) > 0 {
		bad.add("nil-balance", fmt.Sprintf("account %s has no balance", model.TextOf(b.missing[0])), op)
	}
	if len(b.negative) > 0 && !negative {
		bad.add("negative-value", fmt.Sprintf("account %s is below zero", model.TextOf(b.negative[0])), op)
	}
	if len(b.accounts) != accounts {
		bad.add("unexpected-key", fmt.Sprintf("a read shows %d accounts, and another %d", accounts, len(b.accounts)),
			first, op)
		return
	}
	if m, ok := op.Result.(history.Map); ok {
		f, _ := first.Result.(history.Map)
		for i := range m {
			if i >= len(f) || history.Compare(m[i].Key, f[i].Key) != 0 {
				bad.add("unexpected-key", fmt.Sprintf("a read shows account %s, and another does not", model.TextOf(m[i].Key)),
					first, op)
				return
			}
		}
	}
}
