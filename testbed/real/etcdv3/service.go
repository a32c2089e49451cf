package etcdv3

import (
	"context"
	"maps"
	"slices"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/checker"
	"ordeal/testbed/trial"
)

// Protocol is the name of what the clients speak, as the description of a cluster has it.
const Protocol = "etcd"

// kind is what clients of a workload do.
type kind struct {
	model string
	// step is a turn, and probe the least that shows that the store serves.
	step  func(w *worker)
	probe func(w *worker) bool
	// sessions says that clients have sessions, and that the ends of these are operations of the model.
	sessions bool
	// open makes what there has to be before clients come, nil for nothing, and users says that each of them is one.
	open  func(v *visit, ctx context.Context, c *clientv3.Client) error
	users bool
	// isolation is that of transactions.
	isolation concurrency.Isolation
}

// kinds are the workloads, by name.
var kinds = map[string]kind{
	"keys":     {model: "mvcc", step: stepKeys, probe: probeKeys},
	"register": {model: "register", step: stepRegister, probe: probeRegister},
	"lock":     {model: "lock", step: stepLock, probe: probeLock, sessions: true},
	"election": {model: "election", step: stepElection, probe: probeElection, sessions: true},
	"bank": {model: "bank", step: stepBank, probe: probeBank, open: (*visit).openBank,
		isolation: concurrency.SerializableSnapshot},
	"rights": {model: "rights", step: stepRights, probe: probeRights, open: (*visit).openRights, users: true},
}

// Service is etcd for trials where it runs: no world simulates it.
func Service() *trial.Service { return serviceOf(kinds) }

func serviceOf(kinds map[string]kind) *trial.Service {
	s := &trial.Service{
		Name: "ordeal", Version: 1, What: "etcd, where it runs",
		Remote: func(stage *trial.RemoteStage) trial.Remote { return newVisit(stage, kinds[stage.Workload]) },
	}
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		c, err := checker.ForModel(kinds[name].model)
		if err != nil {
			panic("etcdv3: " + err.Error())
		}
		s.Workloads = append(s.Workloads, trial.Workload{
			Name: name, Model: kinds[name].model, Judge: trial.JudgeBy(c),
			Waits: func(f string) bool { return f == "acquire" || f == "campaign" },
		})
	}
	return s
}
