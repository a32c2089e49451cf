package history

import (
	"slices"
	"time"
)

// Recorder records events in the order of its calls. It panics with a sentence when a call would record something
// that breaks the Assumptions: such a history would make every verdict on it worthless.
//
// It is not safe for use from several goroutines at once.
type Recorder struct {
	now  func() time.Duration
	ops  History
	kept Assumptions
}

// NewRecorder makes an empty recorder that stamps events with now, which must never go back.
func NewRecorder(now func() time.Duration) *Recorder { return &Recorder{now: now} }

// Invoke records that a process begins an operation.
func (r *Recorder) Invoke(process int, f, key string, value any) {
	r.Record(Op{Process: process, Type: Invoke, F: f, Key: key, Value: value})
}

// OK records that the operation which a process has under way took effect; value is its result.
func (r *Recorder) OK(process int, f, key string, value any) {
	r.Record(Op{Process: process, Type: OK, F: f, Key: key, Value: value})
}

// Fail records that it certainly had no effect, and err says why.
func (r *Recorder) Fail(process int, f, key string, value any, err string) {
	r.Record(Op{Process: process, Type: Fail, F: f, Key: key, Value: value, Error: err})
}

// Info records that it is unknown whether it took effect, and err says why. The process is dead after it.
func (r *Recorder) Info(process int, f, key string, value any, err string) {
	r.Record(Op{Process: process, Type: Info, F: f, Key: key, Value: value, Error: err})
}

// Record appends an event. Its Index and Time are set here; an int in Value becomes an int64.
func (r *Recorder) Record(op Op) {
	op.Index, op.Time, op.Value = len(r.ops), r.now(), widen(op.Value)
	if n := len(r.ops); n > 0 && op.Time < r.ops[n-1].Time {
		panic("history: the clock that stamps events went back from " + r.ops[n-1].Time.String() + " to " +
			op.Time.String())
	}
	if err := r.kept.Admit(op); err != nil {
		panic("history: " + err.Error())
	}
	if len(r.ops) == cap(r.ops) {
		r.ops = slices.Grow(r.ops, len(r.ops)+1) // twice the room: append gives a large slice a quarter more
	}
	r.ops = append(r.ops, op)
}

// Ops is what was recorded until now. It shares memory with the recorder: read it only.
func (r *Recorder) Ops() History { return r.ops[:len(r.ops):len(r.ops)] }
