package revisions

import (
	"time"

	"ordeal/history"
)

// Where the service does not say what it applied, and when, whoever recorded the history has found that out in the end:
// from the revisions in answers, and from what watches of everything were told. It says so in two more kinds of event,
// which stand behind all others in the history, and which begin with the event that they belong right behind:
//
//	placed      event milliseconds index user authRevision service f args…
//	lapsed      event milliseconds index lease millisecondsThatClocksMayBeWrong
//
// The milliseconds are when it happened: at the earliest for what was placed, and at the latest for the end of a lease.
// So nothing is held against the service that depends on where between two events it was.

// readPlaced reads such an event as what it says, in its place.
func (l *log) readPlaced(op *history.Operation) error {
	args, _ := op.Result.([]any)
	if len(args) < 5 {
		return errShape
	}
	event, isNumber := args[0].(int64)
	at, isToo := args[1].(int64)
	if !isNumber || !isToo || event < 0 || event > int64(op.Call) {
		return errShape
	}
	placed := *op
	placed.Call, placed.Return, placed.Invoked = int(event), int(event), time.Duration(at)*time.Millisecond
	placed.Result = args[2:]
	placed.F = map[string]string{"placed": "applied", "lapsed": "expired"}[op.F]
	return l.readService(&placed)
}
