package model

import (
	"errors"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model/ordered"
)

// Mutexes with owners and semaphores are permits that processes hold. All permits are free at the start.
//
//	F        argument         ok result        legal when                               then
//	acquire  n                anything         n permits are free                       the process holds n more
//	release  n                anything         the process holds n                      they are free
//	acquire  owner            fence            free, or held by it fewer than so often  it holds it once more
//	release  owner            anything         the owner holds it                       it holds it once less
//
// The first two rows are a semaphore's, where n is 1 if it is nil; the others are those of a mutex, where the owner
// is a string, or the process if it is nil. Fences are integers: those that a reentrant-fenced-lock tells are greater
// than all before if its owner did not hold it, and the same as before if it did; 0 or nil is a fence that is not
// told. An unknown operation takes effect where it can.

// OwnedInput is a request of an owner: to take N permits, or to give them back if N is negative.
type OwnedInput struct {
	Owner string
	N     int64
}

// OwnedOutput is what is known of the answer. Fence is 0 if it was not told.
type OwnedOutput struct {
	Unknown bool
	Fence   int64
}

// OwnedCall is an operation on a semaphore or a mutex with owners.
type OwnedCall = Call[OwnedInput, OwnedOutput]

// Holding is how many permits an owner has.
type Holding struct {
	Owner string
	N     int64
}

// OwnedState is who holds what, sorted by owner, the greatest fence until now, and the holder's own, 0 if it was not
// told.
type OwnedState struct {
	Holders    []Holding
	Fence, Own int64
}

// OwnedSpec is the specification of a semaphore or a mutex with owners.
type OwnedSpec = Spec[OwnedState, OwnedInput, OwnedOutput]

// Semaphore is the specification of a semaphore with so many permits.
func Semaphore(permits int64) OwnedSpec {
	s := owned("semaphore", parsePermits)
	s.Step = func(state OwnedState, in OwnedInput, out OwnedOutput) (OwnedState, bool) {
		held := int64(0)
		for _, h := range state.Holders {
			held += h.N
		}
		return state.give(in, in.N <= permits-held), in.N <= permits-held && state.has(in.Owner)+in.N >= 0 || out.Unknown
	}
	return s
}

// OwnedMutex is the specification of a mutex that its owner may take up to so many times, and that no one else may
// release. If it is fenced, the results of its acquires are fences.
func OwnedMutex(name string, times int64, fenced bool) OwnedSpec {
	s := owned(name, parseOwner(fenced))
	s.Step = func(state OwnedState, in OwnedInput, out OwnedOutput) (OwnedState, bool) {
		has := state.has(in.Owner)
		free := len(state.Holders) == 0
		legal := has+in.N >= 0 && has+in.N <= times && (free || has > 0)
		if in.N > 0 && out.Fence != 0 {
			fresh := free || state.Own == 0
			legal = legal && (fresh && out.Fence > state.Fence || !fresh && out.Fence == state.Own)
		}
		next := state.give(in, legal)
		switch {
		case !legal:
			return state, out.Unknown
		case in.N > 0 && out.Fence != 0:
			next.Fence, next.Own = max(next.Fence, out.Fence), out.Fence
		case len(next.Holders) == 0:
			next.Own = 0
		}
		return next, true
	}
	return s
}

func owned(name string, parse func(history.Operation) (OwnedInput, OwnedOutput, error)) OwnedSpec {
	return OwnedSpec{
		Name: name,
		Equal: func(a, b OwnedState) bool {
			return slices.Equal(a.Holders, b.Holders) && a.Fence == b.Fence && a.Own == b.Own
		},
		Hash: func(s OwnedState) uint64 {
			h := ordered.Mix(ordered.Mix(ordered.Seed, uint64(s.Fence)), uint64(s.Own))
			for _, p := range s.Holders {
				h = ordered.Mix(ordered.HashValue(h, p.Owner), uint64(p.N))
			}
			return h
		},
		Parse: parse,
		Relax: func(c OwnedCall) (OwnedCall, bool) {
			return unknown(c, OwnedOutput{Unknown: true, Fence: c.Out.Fence}), true
		},
		Describe: func(in OwnedInput, out OwnedOutput) string {
			s := fmt.Sprintf("%s acquires %d", in.Owner, in.N)
			if in.N < 0 {
				s = fmt.Sprintf("%s releases %d", in.Owner, -in.N)
			}
			if out.Fence != 0 {
				s += fmt.Sprintf(" -> %d", out.Fence)
			}
			if out.Unknown {
				s += " (unknown)"
			}
			return s
		},
	}
}

// has is how many permits an owner has.
func (s OwnedState) has(owner string) int64 {
	for _, h := range s.Holders {
		if h.Owner == owner {
			return h.N
		}
	}
	return 0
}

// give is the state in which an owner has so many more, if it is legal.
func (s OwnedState) give(in OwnedInput, legal bool) OwnedState {
	n := s.has(in.Owner) + in.N
	if !legal || n < 0 {
		return s
	}
	holders := slices.DeleteFunc(slices.Clone(s.Holders), func(h Holding) bool { return h.Owner == in.Owner })
	if n > 0 {
		at, _ := slices.BinarySearchFunc(holders, in.Owner, func(h Holding, o string) int {
			return history.Compare(h.Owner, o)
		})
		holders = slices.Insert(holders, at, Holding{in.Owner, n})
	}
	s.Holders = holders
	return s
}

func byProcess(op history.Operation) string { return fmt.Sprint("process ", op.Process) }

func parsePermits(op history.Operation) (in OwnedInput, out OwnedOutput, err error) {
	in = OwnedInput{byProcess(op), 1}
	out.Unknown = op.End != history.OK
	if op.Argument != nil {
		in.N, err = Number(op.Argument, "number of permits")
	}
	if err == nil && in.N < 1 {
		err = errors.New("it is about less than one permit")
	}
	if op.F == "release" {
		in.N = -in.N
	} else if op.F != "acquire" {
		err = unknownF(op.F, "semaphore", "acquire", "release")
	}
	return in, out, err
}

func parseOwner(fenced bool) func(op history.Operation) (in OwnedInput, out OwnedOutput, err error) {
	return func(op history.Operation) (in OwnedInput, out OwnedOutput, err error) {
		in = OwnedInput{byProcess(op), 1}
		out.Unknown = op.End != history.OK
		if op.Argument != nil {
			if in.Owner, err = name(op.Argument, "owner"); err != nil {
				return in, out, err
			}
		}
		switch op.F {
		case "acquire":
			if fenced && !out.Unknown && op.Result != nil {
				out.Fence, err = Number(op.Result, "fence")
			}
		case "release":
			in.N = -1
		default:
			err = unknownF(op.F, "mutexes with owners", "acquire", "release")
		}
		return in, out, err
	}
}
