package coordination

// treeClasses are the classes of the operations of the workload tree, for plots. What is in none is of the class
// others.
var treeClasses = map[string]string{
	"getData": "reads", "exists": "reads", "getACL": "reads", "getConfig": "reads",
	"getChildren": "lists", "getChildren2": "lists", "getAllChildrenNumber": "lists", "getEphemerals": "lists",
	"create": "creates", "create2": "creates", "createContainer": "creates", "createTTL": "creates",
	"delete": "deletes", "setData": "sets", "setACL": "sets", "multi": "multi", "multiRead": "multi",
	"addWatch": "watches", "removeWatches": "watches", "checkWatches": "watches",
}

// waits says of which operations it is up to other clients how long they take: who wants a lock or an office waits
// until it is free, and who watches a register until it is set.
func waits(f string) bool { return f == "acquire" || f == "campaign" || f == "watch" }

func treeClass(f string) string {
	if class, ok := treeClasses[f]; ok {
		return class
	}
	return "others"
}
