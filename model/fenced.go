package model

import (
	"strconv"

	"ordeal/history"
)

// A fenced lock is held by one process at a time, with a token that grows with every grant. It knows no sessions: a
// process is what holds it, and what lets go of it.
//
//	F        argument         ok result  legal when                                 then
//	acquire  nil              token      free, token greater than any before        the process holds it
//	acquire  nil              "held"     another process holds it                   -
//	release  token            anything   the process holds it by that token         free
//	expire   [process token]  anything   that process holds it by that token        free
//
// expire is the end of a lease that ran out. Record it as an event of the service (process -2) if the instant is known,
// and else as an operation of whoever found out, from when it cannot have happened yet until it was seen. A holder that
// gives up its lease by its own clock releases it.
//
// Everything else is as with a lock that knows sessions (see hold.go): unknown operations, and which evidence does not
// count. The lock's writes on the resource, "fenced" with [token n], concern the resource and are left out; see
// checker.Fencing.

// FencedLock is the specification of a lock with fencing tokens that processes hold; a session of its states is
// "process 3".
func FencedLock() HoldSpec {
	s := hold("fenced-lock", [4]string{Acquire: "acquire", Release: "release"}, parseFenced)
	s.Foreign = []string{"fenced"}
	return s
}

// Holder is what a process is called as the holder of a lock without sessions.
func Holder(process int64) string {
	if process >= 0 && process < int64(len(holders)) {
		return holders[process]
	}
	return "process " + strconv.FormatInt(process, 10)
}

// holders are the names of processes with small numbers: a long history names them again and again.
var holders = func() (names [128]string) {
	for i := range names {
		names[i] = "process " + strconv.Itoa(i)
	}
	return names
}()

func parseFenced(op history.Operation) (in HoldInput, out HoldOutput, err error) {
	in.Session, out.Unknown = Holder(int64(op.Process)), op.End != history.OK
	switch op.F {
	case "acquire":
		in.Op = Acquire
		if out.Unknown {
			return in, out, nil
		}
		out.Session, out.Held = in.Session, op.Result == any("held")
		if !out.Held {
			out.Number, err = grantNumber(op.Result, "token")
		}
	case "release":
		in.Op = Release
		in.Number, err = grantNumber(op.Argument, "token")
	case "expire":
		in.Op = Release
		in.Session, in.Number, err = lease(op.Argument)
	default:
		err = unknownF(op.F, "fenced-lock", "acquire", "expire", "release")
	}
	return in, out, err
}

func lease(v any) (session string, token int64, err error) {
	l, err := list(v, 2, "[process token]")
	if err != nil {
		return "", 0, err
	}
	process, err := Number(l[0], "process")
	if err == nil {
		token, err = grantNumber(l[1], "token")
	}
	return Holder(process), token, err
}
