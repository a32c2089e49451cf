package stream

import (
	"cmp"
	"io"
	"math"
	"slices"
	"time"

	"ordeal/history"
)

// Interval is an operation as a file has it that knows when each began and ended, rather than in which order.
type Interval struct {
	Client           int
	F, Key           string
	Argument, Result any
	// End says how it ended: OK or Fail; Info says that it is not known, and then it has no end.
	End          history.Type
	Error        string
	Call, Return int64
	At           Place
}

// clientStep lies between the numbers of the processes that one client becomes.
const clientStep = 1_000_000

// Events puts the events of intervals in the order of their times. Equal times are concurrent: what begins then begins
// before anything ends. A client that has an operation under way when it begins another one, and one of which it is not
// known how an operation ended, goes on as another process.
func Events(intervals []Interval) Source {
	type moment struct {
		at    int64
		ends  bool
		which int
	}
	moments := make([]moment, 0, 2*len(intervals))
	for i, op := range intervals {
		moments = append(moments, moment{op.Call, false, i})
		if op.End != history.Info {
			moments = append(moments, moment{max(op.Return, op.Call), true, i})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(index(a.ends), index(b.ends)))
	})
	busy, process := map[int]bool{}, make([]int, len(intervals))
	events := make([]Event, 0, len(moments))
	for _, m := range moments {
		op := intervals[m.which]
		e := Event{Number: -1, At: op.At, Op: history.Op{
			Time: time.Duration(m.at), F: op.F, Key: op.Key, Value: op.Argument, Type: history.Invoke,
		}}
		if m.ends {
			e.Type, e.Value, e.Error = op.End, op.Result, op.Error
			busy[process[m.which]] = false
		} else {
			id := op.Client
			for busy[id] && id < math.MaxInt-clientStep {
				id += clientStep
			}
			process[m.which], busy[id] = id, true
		}
		e.Process = process[m.which]
		events = append(events, e)
	}
	return &listed{events}
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// listed is a source of events that are all known.
type listed struct{ left []Event }

func (l *listed) Next(e *Event) error {
	if len(l.left) == 0 {
		return io.EOF
	}
	*e, l.left = l.left[0], l.left[1:]
	return nil
}
