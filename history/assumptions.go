package history

import "fmt"

// EventError says that one event of a history is not what it should be.
type EventError struct {
	// Event is its Index.
	Event int
	// Text is a sentence that names the event.
	Text string
}

func (e *EventError) Error() string { return e.Text }

// Malformed says that an operation is malformed, and how.
func Malformed(op *Operation, err error) *EventError {
	text := fmt.Sprintf("event %d, %s by process %d, is malformed: %v", op.Call, op.F, op.Process, err)
	if op.Process == Anonymous {
		text = fmt.Sprintf("event %d, %s, is malformed: %v", op.Call, op.F, err)
	}
	return &EventError{Event: op.Call, Text: text}
}

// Assumptions are what everything that judges a history takes for granted:
//
//   - indexes count up from 0, without gaps;
//   - a process has at most one operation under way;
//   - a completion has the process, F and Key of the invoke it answers;
//   - after an info a process is never used again;
//   - values are trees of what value.go lists.
//
// Nemesis and Service are no clients: their events need no partner, and a lone ok of theirs is an operation that took
// place at that instant. Anonymous events stand alone too, but nothing tells when they took place; an invoke among
// them counts only if nothing that follows answers it.
//
// The zero value is ready; events go through Admit in order.
type Assumptions struct {
	next int
	// few are the processes with small numbers, many the others.
	few  []doing
	many map[int]*doing
	// trees says that values are known to be trees.
	trees bool
}

// fewMax is how many processes are looked up by their numbers alone.
const fewMax = 1 << 16

// doing is what a process has under way.
type doing struct {
	f, key     string
	event      int
	busy, dead bool
	// place is for Pair: where the operation stands in its list.
	place int
}

// of is what a client does.
func (a *Assumptions) of(process int) *doing {
	if process < fewMax {
		if process >= len(a.few) {
			a.few = append(a.few, make([]doing, process+1-len(a.few))...)
		}
		return &a.few[process]
	}
	if a.many[process] == nil {
		if a.many == nil {
			a.many = map[int]*doing{}
		}
		a.many[process] = &doing{}
	}
	return a.many[process]
}

// Admit takes the next event. It returns an error that says in a sentence which assumption the event breaks; the
// event then counts as not seen.
func (a *Assumptions) Admit(op Op) error {
	_, err := a.admit(&op)
	return err
}

// admit is Admit, and returns what the process does; nil for those that are no clients.
func (a *Assumptions) admit(op *Op) (*doing, error) {
	if op.Index != a.next {
		return nil, fmt.Errorf("event %d stands where event %d belongs", op.Index, a.next)
	}
	if err := a.checkValue(op.Value); err != nil {
		return nil, &EventError{op.Index, fmt.Sprintf("event %d (%s %s): %v", op.Index, op.Type, op.F, err)}
	}
	d, err := a.admitProcess(op)
	if err != nil {
		return nil, &EventError{op.Index, fmt.Sprintf("event %d: %v", op.Index, err)}
	}
	a.next++
	return d, nil
}

func (a *Assumptions) checkValue(v any) error {
	if a.trees {
		return nil
	}
	return checkValue(v)
}

func (a *Assumptions) admitProcess(op *Op) (*doing, error) {
	if op.Process < Anonymous {
		return nil, fmt.Errorf("there is no process %d", op.Process)
	}
	if op.Process < 0 {
		return nil, nil
	}
	d := a.of(op.Process)
	switch {
	case d.dead:
		return nil, fmt.Errorf("process %d goes on with %s %s after an info", op.Process, op.Type, op.F)
	case op.Type == Invoke && d.busy:
		return nil, fmt.Errorf("process %d invokes %s while its %s from event %d is under way",
			op.Process, op.F, d.f, d.event)
	case op.Type == Invoke:
		d.f, d.key, d.event, d.busy = op.F, op.Key, op.Index, true
		return d, nil
	case !d.busy:
		return nil, fmt.Errorf("process %d completes %s and has no operation under way", op.Process, op.F)
	case d.f != op.F || d.key != op.Key:
		return nil, fmt.Errorf("process %d completes %s %q, but what it has under way is %s %q from event %d",
			op.Process, op.F, op.Key, d.f, d.key, d.event)
	}
	d.busy, d.dead = false, op.Type == Info
	return d, nil
}
