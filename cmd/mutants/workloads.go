package main

import (
	"path"
	"strings"
)

// apart has, of files that no workload of the default campaign uses, the workloads that do.
var apart = map[string][]string{
	"cluster/recipes/barrier.go":       {"barrier"},
	"cluster/recipes/counter.go":       {"count", "counter"},
	"cluster/recipes/delay.go":         {"delay"},
	"cluster/recipes/doublebarrier.go": {"meeting"},
	"cluster/recipes/group.go":         {"members", "latch"},
	"cluster/recipes/guard.go":         {"guard"},
	"cluster/recipes/log.go":           {"logs"},
	"cluster/recipes/multilock.go":     {"multilock", "guard"},
	"cluster/recipes/priority.go":      {"priority"},
	"cluster/recipes/reentrant.go":     {"reentrant"},
	"cluster/recipes/rwlock.go":        {"rwlock"},
	"cluster/recipes/semaphore.go":     {"semaphore"},
	"cluster/recipes/transaction.go":   {"append", "rw", "bank"},
	"cluster/recipes/value.go":         {"value", "count"},
	"cluster/recipes/windows.go":       {"ids"},
	"cluster/recipes/work.go":          {"work"},
}

// workloadsFor names the workloads of a campaign on a mistake in a file; nil for the default campaign.
func workloadsFor(file string) []string {
	if path.Dir(file) == "cluster" && strings.HasPrefix(path.Base(file), "etcd") {
		return []string{"etcd"}
	}
	return apart[file]
}
