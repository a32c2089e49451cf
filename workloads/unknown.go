package workloads

// Unknown is an operation of which its client does not know whether it took effect, and the requests that it made: the
// simulator sees whether the service applied them.
type Unknown struct {
	// Index is that of the info event in the history.
	Index int
	// Path is the object's.
	Path string
	// The requests are those of Session with numbers from First to Last.
	Session     int64
	First, Last int32
}

// Unknowns lists the operations that ended unknown, in the order in which they did. Those of the workload tree are not
// among them: their requests are in the history.
func (e *Env) Unknowns() []Unknown { return e.unknowns }

// doubts notes that the operation on o whose requests are those behind number first ends unknown, with the next event
// of the history.
func (w *worker) doubts(o *object, first int32) {
	o.infos++
	id, _ := w.c.Session()
	w.e.unknowns = append(w.e.unknowns, Unknown{
		Index: len(w.e.cfg.Record.Ops()), Path: o.path, Session: id, First: first + 1, Last: w.c.LastXid(),
	})
}
