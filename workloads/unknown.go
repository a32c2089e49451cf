package workloads

import "ordeal/workloads/clients"

// Unknown is an operation that ended unknown, and what it asked for.
type Unknown = clients.Doubt

// Unknowns lists the operations that ended unknown, in the order in which they did. Those of the workload tree are not
// among them: their requests are in the history.
func (e *Env) Unknowns() []Unknown { return e.unknowns }

// doubts notes that the operation on some objects whose requests are those behind number before ends unknown, with
// the event of the history that comes behind so many others.
func (w *worker) doubts(on []*object, before int32, behind int) {
	path := ""
	for _, o := range on {
		o.infos++
		path = w.e.cfg.Chroot + o.path
	}
	if len(on) != 1 || w.e.workload.together {
		path = ""
	}
	id, _ := w.c.Session()
	w.e.unknowns = append(w.e.unknowns, Unknown{
		Index: len(w.e.cfg.Record.Ops()) + behind, Path: path, Session: id, Before: before, Last: w.c.LastXid(),
	})
}
