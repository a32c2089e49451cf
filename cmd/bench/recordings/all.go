package recordings

// All are the models of which there are recordings: all but those of trees and of etcd.
func All() []Recording {
	held := func(how string, permits int) func() object {
		return func() object { return &holder{how: how, permits: permits} }
	}
	counted := func(how string) func() object { return func() object { return &numbers{how: how} } }
	return []Recording{
		{"register", 0, 1, func() object { return &cell{} }},
		{"versioned-register", 0, 1, func() object { return &cell{versioned: true} }},
		{"cas-register", 100, 1, func() object { return &cell{cas: true} }},
		{"multi-register", 100, 0, func() object { return &cells{keys: 3, names: [2]string{"r", "w"}, small: true} }},
		{"kv", 0, 1, func() object { return &store{} }},
		{"set", 0, 1, func() object { return &elements{} }},
		{"set-full", 100, 1, func() object { return &elements{reads: true} }},
		{"counter", 0, 1, func() object { return &sum{} }},
		{"pn-counter", 0, 0, func() object { return &sum{} }},
		{"bank", 0, 1, func() object { return &accounts{} }},
		{"unique-ids", 0, 1, counted("unique-ids")},
		{"log", 0, 1, func() object { return &entries{log: true} }},
		{"queue", 0, 0, func() object { return &entries{} }},
		{"unordered-queue", 0, 0, func() object { return &entries{} }},
		{"total-queue", 0, 1, func() object { return &entries{} }},
		{"kafka", 0, 1, func() object { return &topic{} }},
		{"mutex", 100, 0, held("mutex", 1)},
		{"owner-mutex", 0, 0, held("owner-mutex", 1)},
		{"reentrant-mutex", 0, 0, held("reentrant-mutex", 1)},
		{"reentrant-fenced-lock", 0, 0, held("reentrant-fenced-lock", 1)},
		{"semaphore", 0, 0, held("semaphore", 2)},
		{"lock", 0, 0, held("lock", 1)},
		{"fenced-lock", 0, 0, held("fenced-lock", 1)},
		{"election", 0, 0, held("election", 1)},
		{"long-fork", 0, 1, counted("long-fork")},
		{"monotonic", 0, 1, counted("monotonic")},
		{"sequential", 0, 1, counted("sequential")},
		{"causal", 0, 0, func() object { return &cell{} }},
		{"list-append", 0, 1, func() object {
			return &cells{keys: 8, names: [2]string{"r", "append"}, lists: true}
		}},
		{"rw-register", 0, 1, func() object { return &cells{keys: 8, names: [2]string{"r", "w"}} }},
	}
}
