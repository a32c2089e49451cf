package data

import (
	"errors"
	"fmt"
	"strconv"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// A bank is a znode with a child for each account, whose data is the balance.
const (
	accounts = 12
	opening  = 50 // the balance that each account begins with
	// BankTotal is what all accounts hold together.
	BankTotal = accounts * opening
)

// openBank makes the accounts, unless they are there. The znode above has to be there.
func (c caller) openBank(o object) error {
	var ops []wire.Request
	for i := range accounts {
		ops = append(ops, client.CreateRequest(account(o, i), strconv.AppendInt(nil, opening, 10), 0))
	}
	_, err := c.service.Multi(ops...)
	if errors.Is(err, wire.NodeExists) {
		return nil
	}
	return err
}

func account(o object, i int) string { return fmt.Sprintf("%s/a%d", o.path, i) }

// readBank reads all accounts, which takes one instant.
func (c caller) readBank(o object) operation {
	return operation{"read", nil, func() (any, recipes.Outcome, error) {
		var all []int
		for i := range accounts {
			all = append(all, i)
		}
		balances, err := c.balances(recipes.NewTransaction(c, c.service), o, all)
		if err != nil {
			return nil, recipes.NoEffect, err
		}
		c.saw(SawMany)
		return balances, recipes.Done, nil
	}}
}

// balances reads some accounts. One that is not there has the balance nil.
func (c caller) balances(t *recipes.Transaction, o object, of []int) (balances []any, err error) {
	paths := make([]string, len(of))
	for k, i := range of {
		paths[k] = account(o, i)
	}
	nodes, err := t.Read(c.Patience(), paths...)
	for _, n := range nodes {
		balances = append(balances, decode(n.Data))
	}
	return balances, err
}

// move is money that goes from one account to another.
type move struct {
	from, to int
	amount   int64
}

// transfer draws a transfer: from one account to another, to several, or from each to the next. Some look at accounts
// besides that they leave as they are.
func (c caller) transfer(o object) operation {
	var moves []move
	from := c.Rand().IntN(accounts)
	switch n := c.Rand().IntN(100); {
	case n < 60:
		moves = append(moves, c.moveFrom(from, 1))
	case n < 85:
		first := 1 + c.Rand().IntN(5)
		for by := range 2 + c.Rand().IntN(4) {
			moves = append(moves, c.moveFrom(from, first+by))
		}
	default:
		for i := range accounts {
			moves = append(moves, move{from: i, to: (i + 1) % accounts, amount: 1 + c.Rand().Int64N(5)})
		}
	}
	var others []int
	if len(moves) < accounts && c.Chance(30) {
		for range 1 + c.Rand().IntN(3) {
			others = append(others, c.Rand().IntN(accounts))
		}
	}
	argument := make([]any, len(moves))
	for i, m := range moves {
		argument[i] = []any{int64(m.from), int64(m.to), m.amount}
	}
	return operation{"transfer", argument, func() (any, recipes.Outcome, error) {
		return c.attempt(func() (any, recipes.Outcome, error) { return c.transferOnce(o, moves, others, argument) })
	}}
}

func (c caller) moveFrom(from, distance int) move {
	most := int64(5)
	if c.Chance(10) {
		most = 2 * opening
	}
	return move{from, (from + distance) % accounts, 1 + c.Rand().Int64N(most)}
}

// transferOnce tries once. It does nothing if an account would have less than nothing then.
func (c caller) transferOnce(o object, moves []move, others []int, done any) (any, recipes.Outcome, error) {
	change := make([]int64, accounts)
	seen := make([]bool, accounts)
	var of []int
	look := func(i int) {
		if !seen[i] {
			seen[i], of = true, append(of, i)
		}
	}
	for _, m := range moves {
		change[m.from] -= m.amount
		change[m.to] += m.amount
		look(m.from)
		look(m.to)
	}
	for _, i := range others {
		look(i)
	}
	t := recipes.NewTransaction(c, c.service)
	balances, err := c.balances(t, o, of)
	if err != nil {
		return nil, recipes.NoEffect, err
	}
	for k, i := range of {
		balance, ok := balances[k].(int64)
		if !ok {
			return nil, recipes.NoEffect, wire.NoNode
		}
		if balance += change[i]; balance < 0 {
			c.saw(SawRefused)
			return "refused", recipes.Done, nil
		}
		if change[i] != 0 {
			t.Set(account(o, i), strconv.AppendInt(nil, balance, 10))
		}
	}
	c.think()
	_, outcome, err := t.Commit()
	if outcome == recipes.Done && len(of) >= longParts {
		c.saw(SawLong)
	}
	return done, outcome, err
}
