package tree

import "ordeal/cluster/wire"

// Missed compares the watches that a client had with the state: those whose change came since the client's last zxid
// are to be fired to it at once, in this order, and the others to be set. A change that was taken back meanwhile
// (a znode created and deleted, for an exists) is missed: that gap is the protocol's own. Persistent watches are set
// again, whatever they missed: that is the protocol's, too.
func Missed(t *Tree, r wire.SetWatchesRequest) (fire []Event, rearm []Watch) {
	gone := map[string]bool{}
	for _, path := range r.Data {
		switch n := t.find(path); {
		case n == nil:
			gone[path] = true
			fire = append(fire, Event{wire.EventDeleted, path})
		case n.mzxid > r.RelativeZxid:
			fire = append(fire, Event{wire.EventDataChanged, path})
		default:
			rearm = append(rearm, Watch{Data, path})
		}
	}
	for _, path := range r.Exist {
		if t.find(path) != nil {
			fire = append(fire, Event{wire.EventCreated, path})
		} else {
			rearm = append(rearm, Watch{Data, path})
		}
	}
	for _, path := range r.Child {
		switch n := t.find(path); {
		case n == nil && gone[path]: // one delete is one event, as in Fire
		case n == nil:
			fire = append(fire, Event{wire.EventDeleted, path})
		case n.pzxid > r.RelativeZxid:
			fire = append(fire, Event{wire.EventChildrenChanged, path})
		default:
			rearm = append(rearm, Watch{Child, path})
		}
	}
	for _, path := range r.Persistent {
		rearm = append(rearm, Watch{Persistent, path})
	}
	for _, path := range r.PersistentRecursive {
		rearm = append(rearm, Watch{PersistentRecursive, path})
	}
	return fire, rearm
}
