// Package uses lists all workloads that there are: those of package workloads, which the default campaign draws, and
// those of the packages beside it, which are tried by their names.
package uses

import (
	"slices"

	"ordeal/workloads"
	"ordeal/workloads/counting"
	"ordeal/workloads/locks"
	"ordeal/workloads/meeting"
	"ordeal/workloads/numbers"
)

// Use is a workload, and how it is tried.
type Use struct {
	workloads.Workload
	// Model names the model by which its histories are judged.
	Model string
	// Apart says that the default campaign does not draw it.
	Apart bool
}

// Workloads are all that there are.
func Workloads() (list []Use) {
	for _, w := range workloads.All() {
		list = append(list, Use{Workload: w, Model: w.Name})
	}
	for _, w := range slices.Concat(counting.All(), locks.All(), meeting.All(), numbers.All()) {
		list = append(list, Use{Workload: w, Model: models[w.Name], Apart: true})
	}
	return list
}

// models are those of the workloads apart.
var models = map[string]string{
	"count": "counter", "value": "register",
	"rwlock": "rw-lock", "semaphore": "leases", "reentrant": "reentrant-lock", "multilock": "multi-lock",
	"guard":   "multi-lock",
	"barrier": "barrier", "meeting": "double-barrier",
	"ids": "ids", "workers": "ids",
}

// ByName finds a workload.
func ByName(name string) (u Use, ok bool) {
	list := Workloads()
	i := slices.IndexFunc(list, func(u Use) bool { return u.Name == name })
	if i < 0 {
		return Use{}, false
	}
	return list[i], true
}
