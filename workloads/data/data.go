// Package data is what clients do with data that they share, one operation at a time: transactions on lists and on
// registers, transfers between the accounts of a bank, sets, counters and logs, all of them kept in znodes. They are
// the workloads append, rw, bank, set, counter and logs.
//
// The forms of the operations are those of the models that judge them: see docs/MODELS.md.
package data

import (
	"errors"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
	"ordeal/workloads/clients"
)

// caller is a client in one of its turns.
type caller struct {
	*clients.Client
	service *client.Client
	// saw is told which of the items below came about.
	saw func(item string)
}

// object is something that clients share: its name in the history, its znode, and which of its kind it is, from 1.
type object struct {
	key, path string
	number    int
}

// operation is one that can be carried out, as the history is to have it.
type operation struct {
	f        string
	argument any
	// do carries it out. With recipes.Unknown, the result is what it may have done.
	do func() (result any, outcome recipes.Outcome, err error)
}

// What coverage is told.
const (
	SawConflict = "transaction-conflict"
	SawLong     = "transaction-long"
	SawOnlyRead = "transaction-reads-checked"
	SawMany     = "read-of-many"
	SawRefused  = "transfer-refused"
	SawLongList = "children-many"
	SawOld      = "counter-old"
	SawReadOn   = "log-read-on"
	SawSeveral  = "log-written-with-others"
)

// longParts is from how many parts on a multi is a long one.
const longParts = 9

// Attempts and pauses of an operation that others got in the way of.
const (
	attemptsMax     = 4
	attemptPauseMax = 20 * time.Millisecond
	thoughtMax      = 15 * time.Millisecond
)

// think lets some time pass, now and then, between what a transaction reads and what it writes.
func (c caller) think() {
	if c.Chance(25) {
		c.Sleep(c.UpTo(thoughtMax))
	}
}

// attempt tries again what others got in the way of, a few times.
func (c caller) attempt(try func() (any, recipes.Outcome, error)) (result any, outcome recipes.Outcome, err error) {
	for n := 1; ; n++ {
		result, outcome, err = try()
		if !errors.Is(err, recipes.ErrConflict) {
			return result, outcome, err
		}
		c.saw(SawConflict)
		if n == attemptsMax {
			return nil, outcome, err
		}
		c.Sleep(c.UpTo(attemptPauseMax))
	}
}

// ended is the end of a request that was a write by itself.
func ended(result any, err error) (any, recipes.Outcome, error) {
	switch {
	case err == nil:
		return result, recipes.Done, nil
	case client.MaybeApplied(err):
		return nil, recipes.Unknown, err
	}
	return nil, recipes.NoEffect, err
}

// looked is the end of a read; of what is not there it shows what none does.
func looked(result, none any, err error) (any, recipes.Outcome, error) {
	switch {
	case errors.Is(err, wire.NoNode):
		return none, recipes.Done, nil
	case err != nil:
		return nil, recipes.NoEffect, err
	}
	return result, recipes.Done, nil
}
