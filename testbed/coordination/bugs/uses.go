package bugs

// What stands here is planted in recipes that the default campaign does not use: each bug shows in workloads of its
// own.

// use is a kind of recipe with its bugs.
type use struct {
	class, pkg string
	bugs       []usesBug
}

// usesBug is a bug of a use; Caught is "linearizable" if it is "".
type usesBug struct {
	Name, What, Imitates string
	Workloads            []string
	Caught               string
}

var uses = []use{counters}

var counters = use{classCounters, inRecipes, []usesBug{
	{"bugCountTwice", "an add whose answer was lost is made once more", "jetcd 0.8.2, etcd 14890", []string{"count"}, ""},
	{"bugCountUnversioned", "a counter is set whatever its version is", "kazoo's contract of counters", []string{"count"},
		""},
	{"bugCountReadStale", "a counter is read from a server that may be behind", "etcd 3879, consul 54", []string{"count"},
		""},
	{"bugSilenceIsFresh", "a kept value of which no change was heard is as good as new", "Spring Cloud ZooKeeper 289, " +
		"ShardingSphere-ElasticJob 2161", []string{"value"}, ""},
	{"bugAgeFromAnswer", "the age of a kept value counts from the answer, not from the question", "etcd 10082, " +
		"hashicorp/raft 108", []string{"value"}, ""},
}}
