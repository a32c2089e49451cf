package registers

import (
	"bufio"
	"errors"
	"net"
	"slices"
	"strings"

	"ordeal/guest/say"
)

// decision has the replicas decide a command, and returns what the machine answered when it was applied.
type decision = func(command []byte) (answer []byte, err error)

// Serve takes commands at an address, such as ":80", and has decide decide each. Of an error that is one of refusals
// clients are told that the command has no effect and never will have, as by a server that does not lead; of any other
// that it may have. Commands of one connection come one after the other, those of several side by side.
func Serve(addr string, decide decision, refusals ...error) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		go serve(c, decide, refusals)
	}
}

// serve answers the lines of one connection, each with a line: an outcome, and the machine's answer or an error.
func serve(c net.Conn, decide decision, refusals []error) {
	defer c.Close()
	for lines := bufio.NewScanner(c); lines.Scan(); {
		answer, err := decide(slices.Clone(lines.Bytes()))
		outcome := say.OK
		if err != nil {
			outcome, answer = say.Unknown, []byte(strings.ReplaceAll(err.Error(), "\n", " "))
			if slices.ContainsFunc(refusals, func(r error) bool { return errors.Is(err, r) }) {
				outcome = say.None
			}
		}
		line := append(append([]byte(outcome), ' '), answer...)
		if _, err := c.Write(append(line, '\n')); err != nil {
			return
		}
	}
}
