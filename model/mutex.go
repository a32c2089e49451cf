package model

import (
	"ordeal/history"
	"ordeal/model/ordered"
)

// A mutex is free at the start, and knows no owner.
//
//	F        ok is legal when   then
//	acquire  it is free         it is held
//	release  it is held         it is free
//
// Arguments and results are not looked at. An unknown operation takes effect where it can.

// MutexOp is what an operation does to a mutex.
type MutexOp uint8

// The operations of a mutex.
const (
	MutexAcquire MutexOp = iota
	MutexRelease
)

// MutexSpec is the specification of a mutex: the state is whether it is held, the output whether that is unknown.
type MutexSpec = Spec[bool, MutexOp, bool]

// Mutex is the specification of a mutex without owners, which any process may release.
func Mutex() MutexSpec {
	return MutexSpec{
		Name: "mutex",
		Step: func(held bool, in MutexOp, unknown bool) (bool, bool) {
			releases := in == MutexRelease
			if held == releases {
				return !held, true
			}
			return held, unknown
		},
		Equal: func(a, b bool) bool { return a == b },
		Hash:  func(held bool) uint64 { return ordered.HashValue(ordered.Seed, held) },
		Parse: parseMutex,
		Relax: func(c Call[MutexOp, bool]) (Call[MutexOp, bool], bool) { return unknown(c, true), true },
		Describe: func(in MutexOp, unknown bool) string {
			s := [...]string{"acquire", "release"}[in]
			if unknown {
				s += " -> unknown"
			}
			return s
		},
		DescribeState: func(held bool) string {
			if held {
				return "held"
			}
			return "free"
		},
	}
}

func parseMutex(op history.Operation) (in MutexOp, unknown bool, err error) {
	switch op.F {
	case "acquire":
		in = MutexAcquire
	case "release":
		in = MutexRelease
	default:
		err = unknownF(op.F, "mutex", "acquire", "release")
	}
	return in, op.End != history.OK, err
}
