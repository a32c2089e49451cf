package model

import (
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// A counter is 0 at the start. Amounts may be negative.
//
//	F            argument  ok result  legal when              then
//	add          n         anything   always                  n more
//	add-and-get  n         m          m is n more than it is  n more
//	read         nil       m          it is m                 -
//
// An unknown add or add-and-get takes effect; an unknown read is left out. The result of an add is not looked at, since
// Jepsen repeats its argument there. Amounts lie between -2^40 and 2^40, so that no sum overflows.

// CounterOp is what an operation does to a counter.
type CounterOp uint8

// The operations of a counter.
const (
	CounterAdd CounterOp = iota
	CounterAddAndGet
	CounterRead
)

var counterNames = [...]string{CounterAdd: "add", CounterAddAndGet: "add-and-get", CounterRead: "read"}

// CounterInput is a request to a counter; Amount is 0 for a read.
type CounterInput struct {
	Op     CounterOp
	Amount int64
}

// CounterOutput is a counter's answer: the Value of a read, or after an add-and-get.
type CounterOutput struct {
	Unknown bool
	Value   int64
}

// CounterCall is an operation on a counter.
type CounterCall = Call[CounterInput, CounterOutput]

// CounterSpec is the specification of a counter; the state is its value.
type CounterSpec = Spec[int64, CounterInput, CounterOutput]

// amountMax is the greatest amount of one add.
const amountMax = 1 << 40

// Counter is the specification of a counter.
func Counter() CounterSpec {
	return CounterSpec{
		Name:  "counter",
		Step:  stepCounter,
		Equal: func(a, b int64) bool { return a == b },
		Hash:  func(s int64) uint64 { return ordered.Mix(ordered.Seed, uint64(s)) },
		Parse: parseCounter,
		Prune: func(calls []CounterCall, _ []history.Operation) []CounterCall {
			return slices.DeleteFunc(calls, func(c CounterCall) bool {
				return c.Out.Unknown && (c.In.Op == CounterRead || c.In.Amount == 0)
			})
		},
		Relax: func(c CounterCall) (CounterCall, bool) {
			return unknown(c, CounterOutput{Unknown: true}), c.In.Op != CounterRead && c.In.Amount != 0
		},
	}
}

func stepCounter(s int64, in CounterInput, out CounterOutput) (int64, bool) {
	s += in.Amount
	return s, out.Unknown || in.Op == CounterAdd || s == out.Value
}

func parseCounter(op history.Operation) (in CounterInput, out CounterOutput, err error) {
	kind := slices.Index(counterNames[:], op.F)
	if kind < 0 {
		return in, out, unknownF(op.F, "counter", counterNames[:]...)
	}
	in.Op, out.Unknown = CounterOp(kind), op.End != history.OK
	if in.Op != CounterRead {
		in.Amount, err = Number(op.Argument, "number to add")
		if err == nil && (in.Amount < -amountMax || in.Amount > amountMax) {
			err = fmt.Errorf("it adds %d, and an amount lies between -2^40 and 2^40", in.Amount)
		}
	}
	if err == nil && !out.Unknown && in.Op != CounterAdd {
		out.Value, err = Number(op.Result, "value of the counter")
	}
	return in, out, err
}
