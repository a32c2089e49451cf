package recordings

import (
	"fmt"
	"math/rand/v2"

	"ordeal/history"
)

// holder is a mutex, a semaphore, a lock or an election: each process acquires and releases in turn.
type holder struct {
	// how is the model; permits is how many may hold it at once.
	how     string
	permits int
	// has is what each process holds, by the token that it was given; asks whether it acquires next.
	has     [clients]int64
	release [clients]bool
	held    int
	token   int64
}

func (h *holder) names() (acquire, release string) {
	if h.how == "election" {
		return "campaign", "resign"
	}
	return "acquire", "release"
}

func (h *holder) draw(r *rand.Rand, process int) (string, any) {
	acquire, release := h.names()
	session := fmt.Sprintf("s%d", process)
	if h.how == "election" && r.IntN(3) == 0 {
		return "observe", nil
	}
	gives := h.release[process]
	h.release[process] = !gives
	switch token := h.has[process]; {
	case h.how == "lock" || h.how == "election":
		if gives {
			return release, []any{session, token}
		}
		return acquire, session
	case h.how == "fenced-lock" && gives:
		return release, token
	case gives:
		return release, nil
	}
	return acquire, nil
}

func (h *holder) apply(process int, f string, argument any) (any, bool) {
	acquire, _ := h.names()
	switch {
	case f == "observe":
		for p, token := range h.has {
			if token != 0 {
				return []any{fmt.Sprintf("s%d", p), token}, true
			}
		}
		return nil, true
	case f != acquire:
		h.held--
		h.has[process] = 0
		return argument, true
	case h.held == h.permits:
		return nil, false
	}
	h.token++
	h.held++
	h.has[process] = h.token
	switch h.how {
	case "lock", "election":
		return []any{argument, h.token}, true
	case "fenced-lock", "reentrant-fenced-lock":
		return h.token, true
	}
	return nil, true
}

// accounts are a bank's.
type accounts struct{ balances [8]int64 }

func (a *accounts) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(2) == 0 {
		return "read", nil
	}
	m, _ := history.NewMap([]history.Pair{{Key: "amount", Value: 1 + r.Int64N(5)}, {Key: "from", Value: r.Int64N(8)},
		{Key: "to", Value: r.Int64N(8)}})
	return "transfer", m
}

func (a *accounts) apply(_ int, f string, argument any) (any, bool) {
	if f == "transfer" {
		from, _ := argument.(history.Map).Get("from")
		to, _ := argument.(history.Map).Get("to")
		amount, _ := argument.(history.Map).Get("amount")
		if n := amount.(int64); a.balances[from.(int64)]+100 >= n {
			a.balances[from.(int64)] -= n
			a.balances[to.(int64)] += n
		}
		return argument, true
	}
	var pairs []history.Pair
	for i, n := range a.balances {
		pairs = append(pairs, history.Pair{Key: int64(i), Value: n + 100})
	}
	m, _ := history.NewMap(pairs)
	return m, true
}

// numbers are unique ids, values that grow, keys that are written one after the other, or keys that are written once.
type numbers struct {
	how  string
	last int64
}

func (n *numbers) draw(r *rand.Rand, _ int) (string, any) {
	switch n.how {
	case "unique-ids":
		return "generate", nil
	case "long-fork":
		if r.IntN(2) == 0 {
			return "write", []any{[]any{"w", n.next(), int64(1)}}
		}
		group := r.Int64N(n.last/8+1) * 8
		parts := make([]any, 8)
		for i := range parts {
			parts[i] = []any{"r", group + int64(i), nil}
		}
		return "read", parts
	}
	if r.IntN(2) == 0 {
		return "write", n.next()
	}
	return "read", nil
}

func (n *numbers) next() int64 { n.last++; return n.last - 1 }

func (n *numbers) apply(_ int, f string, argument any) (any, bool) {
	switch {
	case n.how == "unique-ids":
		return n.next(), true
	case n.how == "long-fork" && f == "read":
		out := make([]any, 8)
		for i, one := range argument.([]any) {
			p := one.([]any)
			out[i] = []any{"r", p[1], nil}
			if p[1].(int64) < n.last-2*clients { // written for certain
				out[i] = []any{"r", p[1], int64(1)}
			}
		}
		return out, true
	case f == "write" || n.how == "long-fork":
		return argument, true
	case n.how == "sequential":
		out := make([]any, 8)
		for i := range int(n.last % 8) {
			out[7-i] = int64(1)
		}
		return out, true
	}
	return n.last, true
}
