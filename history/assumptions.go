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

// Assumptions are what everything that judges a history takes for granted:
//
//   - indexes count up from 0, without gaps;
//   - a process has at most one operation under way;
//   - a completion has the process, F and Key of the invoke it answers;
//   - after an info a process is never used again;
//   - values are trees of what value.go lists.
//
// Nemesis and Service are no clients: their events need no partner, and a lone ok of theirs is an operation that took
// place at that instant. Anonymous events stand alone too, but nothing tells when they took place; none is an invoke.
//
// The zero value is ready; events go through Admit in order.
type Assumptions struct {
	next int
	open map[int]Op
	dead map[int]bool
}

// Admit takes the next event. It returns an error that says in a sentence which assumption the event breaks; the
// event then counts as not seen.
func (a *Assumptions) Admit(op Op) error {
	if a.open == nil {
		a.open, a.dead = map[int]Op{}, map[int]bool{}
	}
	if op.Index != a.next {
		return fmt.Errorf("event %d stands where event %d belongs", op.Index, a.next)
	}
	if err := checkValue(op.Value); err != nil {
		return &EventError{op.Index, fmt.Sprintf("event %d (%s %s): %v", op.Index, op.Type, op.F, err)}
	}
	if err := a.admitProcess(op); err != nil {
		return &EventError{op.Index, fmt.Sprintf("event %d: %v", op.Index, err)}
	}
	a.next++
	return nil
}

func (a *Assumptions) admitProcess(op Op) error {
	if op.Process < Anonymous {
		return fmt.Errorf("there is no process %d", op.Process)
	}
	if op.Process == Anonymous && op.Type == Invoke {
		return fmt.Errorf("no process is named that invokes %s, so nothing tells what completes it", op.F)
	}
	if op.Process < 0 {
		return nil
	}
	if a.dead[op.Process] {
		return fmt.Errorf("process %d goes on with %s %s after an info", op.Process, op.Type, op.F)
	}
	begun, busy := a.open[op.Process]
	if op.Type == Invoke {
		if busy {
			return fmt.Errorf("process %d invokes %s while its %s from event %d is under way",
				op.Process, op.F, begun.F, begun.Index)
		}
		a.open[op.Process] = op
		return nil
	}
	if !busy {
		return fmt.Errorf("process %d completes %s and has no operation under way", op.Process, op.F)
	}
	if begun.F != op.F || begun.Key != op.Key {
		return fmt.Errorf("process %d completes %s %q, but what it has under way is %s %q from event %d",
			op.Process, op.F, op.Key, begun.F, begun.Key, begun.Index)
	}
	delete(a.open, op.Process)
	if op.Type == Info {
		a.dead[op.Process] = true
	}
	return nil
}
