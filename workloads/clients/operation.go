package clients

import (
	"cmp"
	"errors"

	"ordeal/host"
)

// Outcome is what a client knows of the effect of an operation.
type Outcome uint8

const (
	// Unknown means that the operation may have taken effect, or may still.
	Unknown Outcome = iota
	// NoEffect means that it certainly did not take effect, and never will.
	NoEffect
	// Done means that it took effect and its result is known.
	Done
)

// String is "unknown", "no effect" or "done".
func (o Outcome) String() string { return [...]string{"unknown", "no effect", "done"}[o] }

// errCrashed is what is recorded of an operation in whose middle the client's machine crashed.
var errCrashed = errors.New("the client crashed")

// Do carries out an operation f on key and records it, unless the present turn leaves it out: then it returns NoEffect
// and does not call op, which asks the service. op returns a result if the outcome is Done, and else an error. Of an
// operation whose outcome is Unknown it may also return what that may have done, if it is more than argument says.
//
// Do returns what op returned, but argument for no result of an operation whose outcome is Unknown. After that outcome
// the client goes on as another process of the history. If its machine crashes in the middle of op, the outcome is
// recorded as Unknown.
//
// argument and result are values that a history can hold: nil, bool, int, int64, string and []any of them.
func (c *Client) Do(
	key, f string, argument any, op func() (result any, outcome Outcome, err error),
) (result any, outcome Outcome) {
	if !c.Takes() {
		return nil, NoEffect
	}
	o := c.Begin(c.process, key, f, argument)
	defer func() {
		if !o.ended { // the machine crashes: nothing of the client runs any more but this
			o.End(nil, Unknown, errCrashed)
		}
	}()
	result, outcome, err := op()
	if outcome == Unknown {
		c.process = c.NewProcess()
		if result == nil {
			result = argument
		}
	}
	o.End(result, outcome, err)
	return result, outcome
}

// Ended is what became of one operation of DoSome: see Do.
type Ended struct {
	Result  any
	Outcome Outcome
	Err     error
}

// DoSome is Do for several operations that are under way together, each of a process of its own. op is told which of
// the arguments the turn takes, by their indexes, and returns as much as becomes of those, in that order; it is not
// called if there is none.
func (c *Client) DoSome(key, f string, arguments []any, op func(taken []int) []Ended) {
	var taken []int
	var begun []*Operation
	for i, argument := range arguments {
		if c.Takes() {
			if len(c.beside) == len(begun) {
				c.beside = append(c.beside, c.NewProcess())
			}
			begun = append(begun, c.Begin(c.beside[len(begun)], key, f, argument))
			taken = append(taken, i)
		}
	}
	if len(begun) == 0 {
		return
	}
	var ended []Ended
	defer func() {
		for i, o := range begun {
			e := Ended{Outcome: Unknown, Err: errCrashed} // unless it has ended, the machine crashes
			if ended != nil {
				e = ended[i]
			}
			if e.Outcome == Unknown {
				c.beside[i] = c.NewProcess()
			}
			o.End(e.Result, e.Outcome, e.Err)
		}
	}()
	ended = op(taken)
}

// Takes counts an operation of the present turn, and says whether the turn takes it. Do calls it itself; call it
// before Begin.
func (c *Client) Takes() bool {
	c.asked++
	return c.turn.Takes(c.asked)
}

// Skip has the client's pace take one more operation into account, for one that was drawn and that the service does not
// have.
func (c *Client) Skip() { c.paced++ }

// Operation is one that was begun.
type Operation struct {
	client   *Client
	process  int
	key, f   string
	argument any
	call     int // its index in the calls of the group, or -1
	ended    bool
}

// Begin records that a process begins the operation f on key, for clients that have several operations under way at
// once: each needs a process of its own, from NewProcess. A process whose operation ended Unknown must not go on.
func (c *Client) Begin(process int, key, f string, argument any) *Operation {
	c.paced++
	o := &Operation{client: c, process: process, key: key, f: f, argument: argument, call: -1}
	if c.role == Running {
		o.call = c.newCall()
	}
	c.group.cfg.Record.Invoke(process, f, key, argument)
	return o
}

// newCall makes the call of the operation that begins with the next event of the history, and returns its index.
func (c *Client) newCall() int {
	g := c.group
	session, server := c.behaviour.Standing()
	g.calls = append(g.calls, Call{
		Client: c.Number(), Turn: c.turn.N, Op: c.asked, Event: len(g.cfg.Record.Ops()),
		Session: session, Server: server,
	})
	return len(g.calls) - 1
}

// End records how the operation ended, which must not be recorded twice. result and err are as in Do.
func (o *Operation) End(result any, outcome Outcome, err error) {
	o.ended = true
	o.noteServer()
	record := o.client.group.cfg.Record
	switch outcome {
	case Done:
		record.OK(o.process, o.f, o.key, result)
	case NoEffect:
		record.Fail(o.process, o.f, o.key, o.argument, err.Error())
	default:
		if result == nil {
			result = o.argument
		}
		record.Info(o.process, o.f, o.key, result, err.Error())
	}
}

// noteServer notes which server the client is connected to at the end of the operation.
func (o *Operation) noteServer() {
	if o.call < 0 {
		return
	}
	_, server := o.client.behaviour.Standing()
	call := &o.client.group.calls[o.call]
	call.Server = cmp.Or[host.Addr](server, call.Server)
}
