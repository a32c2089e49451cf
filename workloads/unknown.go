package workloads

// Unknown is an operation of which its client does not know whether it took effect, and the requests that it made: the
// simulator sees whether the service applied them.
type Unknown struct {
	// Index is that of the info event in the history.
	Index int
	// Path is the object's; "" if it is about several, which it then does with one multi.
	Path string
	// The requests are those of Session with numbers behind Before, up to Last. Behind the largest number comes 1.
	Session      int64
	Before, Last int32
}

// Made says whether a request of the session is one of the operation's.
func (u Unknown) Made(xid int32) bool {
	if u.Before <= u.Last {
		return u.Before < xid && xid <= u.Last
	}
	return u.Before < xid || xid <= u.Last
}

// Unknowns lists the operations that ended unknown, in the order in which they did. Those of the workload tree are not
// among them: their requests are in the history.
func (e *Env) Unknowns() []Unknown { return e.unknowns }

// doubts notes that the operation on some objects whose requests are those behind number before ends unknown, with
// the event of the history that comes behind so many others.
func (w *worker) doubts(on []*object, before int32, behind int) {
	path := ""
	for _, o := range on {
		o.infos++
		path = o.path
	}
	if len(on) != 1 || w.e.workload.together {
		path = ""
	}
	id, _ := w.c.Session()
	w.e.unknowns = append(w.e.unknowns, Unknown{
		Index: len(w.e.cfg.Record.Ops()) + behind, Path: path, Session: id, Before: before, Last: w.c.LastXid(),
	})
}
