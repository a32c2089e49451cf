package workloads

import (
	"math"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// Workload is one way to use the service.
type Workload struct {
	Name string
	// OpsMax is how many operations an object sees, and a few more that were under way, before it is left.
	OpsMax int
	// PerObject is how many clients share an object, if nothing else is asked for. As a lock or an office has one
	// holder at a time, more of them are needed for the same rate.
	PerObject int
	// Needs are operations without which nothing can be done.
	Needs []wire.OpCode
	// linear says that an object is judged in time linear in its history, however many operations end unknown.
	linear bool
	// together says that what an operation does is done by one multi.
	together bool
	// step does what a client does in one go.
	step func(w *worker)
	// probe does the least that shows that an object can be used, and reports whether it worked.
	probe func(w *worker, o *object) bool
	// drain looks at an object for the last time, and reports whether it could.
	drain func(w *worker, o *object) bool
	// hear, if it is not nil, returns what a new session's client calls for what servers send besides answers.
	hear func(w *worker, c *treeClient) client.Heard
	// end, if it is not nil, ends a session in place of a plain closeSession.
	end func(w *worker)
	// ended records how a session ended, if that means something to the workload's model: by an answer, or by a mark
	// that shows the zxid of the end.
	ended func(e *Env, m *mark, zxid int64)
}

// All are the workloads there are.
func All() []Workload {
	return []Workload{
		{Name: "register", OpsMax: 150, PerObject: 4, step: stepRegister, probe: probeRegister, drain: drainRegister},
		{Name: "lock", OpsMax: 100, PerObject: 3, step: stepLock, probe: probeLock, drain: drainLock, ended: endedHold},
		{Name: "election", OpsMax: 100, PerObject: 3, step: stepElection, probe: probeElection, drain: drainElection,
			ended: endedHold},
		{Name: "queue", OpsMax: 60, PerObject: 4, step: stepQueue, probe: probeQueue, drain: drainQueue},
		// All clients share the one tree, for all of the trial: it is judged in time linear in the history.
		{Name: "tree", OpsMax: math.MaxInt, PerObject: math.MaxInt, step: stepTree, probe: probeTree, drain: drainTree,
			hear: hearTree, end: endTree, ended: endedTree},
	}
}
