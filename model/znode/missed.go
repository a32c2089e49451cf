package znode

// Modes of an addWatch.
const (
	modePersistent = 0
	modeRecursive  = 1
)

// Watches are the watches that a client sets again after a reconnect, by paths: on data, on the coming of a znode,
// and on children; and those that stay when they fire. Zxid is the newest that the client has seen.
type Watches struct {
	Zxid                  int64
	Data, Exist, Child    []string
	Persistent, Recursive []string
}

// Missed says which of the watches have to fire at once, and leaves those that are to be set. The ones that stay are
// set again whatever they have missed. Whoever has lost its data and its child watch to one deletion is notified once
// or twice: so the second is returned apart, as again.
func (t *Tree) Missed(w Watches) (fire, again []Event, rearm Watches) {
	gone := map[string]bool{}
	rearm.Persistent, rearm.Recursive = w.Persistent, w.Recursive
	for _, path := range w.Data {
		switch n, _, there := t.find(path); {
		case !there:
			gone[path] = true
			fire = append(fire, Event{EventDeleted, path})
		case n.mzxid > w.Zxid:
			fire = append(fire, Event{EventDataChanged, path})
		default:
			rearm.Data = append(rearm.Data, path)
		}
	}
	for _, path := range w.Exist {
		if _, _, there := t.find(path); there {
			fire = append(fire, Event{EventCreated, path})
		} else {
			rearm.Exist = append(rearm.Exist, path)
		}
	}
	for _, path := range w.Child {
		switch n, _, there := t.find(path); {
		case !there && gone[path]:
			again = append(again, Event{EventDeleted, path})
		case !there:
			fire = append(fire, Event{EventDeleted, path})
		case n.pzxid > w.Zxid:
			fire = append(fire, Event{EventChildrenChanged, path})
		default:
			rearm.Child = append(rearm.Child, path)
		}
	}
	return fire, again, rearm
}
