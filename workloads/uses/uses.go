// Package uses lists all workloads that there are: those of package workloads, which the default campaign draws, and
// those of the packages beside it, which are tried by their names.
package uses

import (
	"cmp"
	"slices"

	"ordeal/checker"
	"ordeal/checker/txn"
	"ordeal/workloads"
	"ordeal/workloads/config"
	"ordeal/workloads/counting"
	"ordeal/workloads/data"
	"ordeal/workloads/dns"
	"ordeal/workloads/latch"
	"ordeal/workloads/locks"
	"ordeal/workloads/meeting"
	"ordeal/workloads/naming"
	"ordeal/workloads/numbers"
	"ordeal/workloads/queues"
	"ordeal/workloads/schedule"
)

// Use is a workload, and how it is tried.
type Use struct {
	workloads.Workload
	// Model names the model by which its histories are judged.
	Model string
	// Told is what the model is told.
	Told checker.Options
	// Apart says that the default campaign does not draw it.
	Apart bool
}

// Workloads are all that there are.
func Workloads() (list []Use) {
	for _, w := range workloads.All() {
		list = append(list, Use{Workload: w, Model: w.Name})
	}
	for _, w := range slices.Concat(counting.All(), data.All(), locks.All(), meeting.All(), numbers.All(),
		naming.All(), queues.All(), config.All(), latch.All(), dns.All(), schedule.All()) {
		list = append(list, Use{Workload: w, Model: cmp.Or(models[w.Name], w.Name), Told: told[w.Name],
			Apart: true})
	}
	return list
}

// models are those of the workloads apart whose names are others.
var models = map[string]string{
	"count": "counter", "value": "register", "append": "list-append", "rw": "rw-register", "logs": "kafka",
	"rwlock": "rw-lock", "semaphore": "leases", "reentrant": "reentrant-lock", "multilock": "multi-lock",
	"guard":   "multi-lock",
	"barrier": "barrier", "meeting": "double-barrier",
	"ids": "ids", "workers": "ids",
	"members": "members",
	"config":  "config", "latch": "latch", "dns": "dns",
	"priority": "priority-queue", "delay": "delay-queue", "work": "work-queue",
	"schedule": "schedule",
}

// told is what some models are told.
var told = map[string]checker.Options{
	// Strictly serializable registers are linearizable each, so the order of their versions is known better.
	"rw":   {Transactions: txn.Options{LinearizableKeys: true}},
	"bank": {Total: &bankTotal},
}

var bankTotal int64 = data.BankTotal

// Items are what clients of these workloads may have come to, as items of coverage.
func Items() []Item {
	return []Item{
		{data.SawConflict, "a transaction was not committed, since another had changed what it had read"},
		{data.SawLong, "a transaction of nine parts or more was committed"},
		{data.SawOnlyRead, "a transaction was committed that wrote one thing and only read another"},
		{data.SawMany, "nine znodes or more were read at one instant"},
		{data.SawRefused, "a transfer was not made, since an account would have had less than nothing"},
		{data.SawLongList, "a list of a hundred children or more was read"},
		{data.SawOld, "a counter had been changed 256 times"},
		{data.SawReadOn, "a client read a log on from where it had come to"},
		{data.SawSeveral, "entries of several logs were made at one instant"},
	}
}

// Item is a name, and what it says.
type Item struct{ Name, What string }

// ByName finds a workload.
func ByName(name string) (u Use, ok bool) {
	list := Workloads()
	i := slices.IndexFunc(list, func(u Use) bool { return u.Name == name })
	if i < 0 {
		return Use{}, false
	}
	return list[i], true
}
