package schedule

import (
	"slices"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
)

// assignment says which instance has which shard. It is one znode, so at each of its versions every shard has one
// owner or none; and every claim checks the version.
type assignment struct {
	Shards    int      `json:"shards"`
	Instances []string `json:"instances,omitempty"` // sorted
	// Owners has an index of Instances for each shard; none if there are no instances.
	Owners []int `json:"owners,omitempty"`
}

func (l place) assignment(w *client.Watch, until time.Duration) (a assignment, version int32, err error) {
	data, stat, err := l.get(l.path+assignmentName, w, until)
	if err != nil {
		return assignment{}, 0, err
	}
	if err = decodeStrict(data, &a); err == nil && (a.Shards < 1 || a.Shards > ShardsMax || !a.whole()) {
		err = ErrForeign
	}
	return a, stat.Version, err
}

// instances are those that there are, sorted, and znodes beside them that have names which Join gives to none.
func (l place) instances(w *client.Watch, until time.Duration) (own, foreign []string, err error) {
	names, err := l.children(l.path+instancesName, w, until)
	slices.Sort(names)
	for _, name := range names {
		if _, ok := marks.Plain.Number(name); ok {
			own = append(own, name)
		} else {
			foreign = append(foreign, l.path+instancesName+"/"+name+": "+ErrForeign.Error())
		}
	}
	return own, foreign, err
}

// whole says whether every shard has an owner that there is, or none of them has one.
func (a assignment) whole() bool {
	return len(a.Owners) == 0 && len(a.Instances) == 0 || len(a.Owners) == a.Shards &&
		!slices.ContainsFunc(a.Owners, func(i int) bool { return i < 0 || i >= len(a.Instances) })
}

// owner is the instance that has a shard, "" for none.
func (a assignment) owner(shard int) string {
	if len(a.Owners) == 0 {
		return ""
	}
	return a.Instances[a.Owners[shard]]
}

// has says whether an instance is one of those that shards are assigned to.
func (a assignment) has(instance string) bool {
	_, has := slices.BinarySearch(a.Instances, instance)
	return has
}

// among is the assignment among the instances that there are, sorted: whoever has a shard and lives keeps it, but for
// the few that others need, so that no two have numbers of shards that differ by more than one.
func (a assignment) among(instances []string) assignment {
	next := assignment{Shards: a.Shards, Instances: instances}
	if len(instances) == 0 {
		return next
	}
	next.Owners = make([]int, a.Shards)
	load := make([]int, len(instances))
	for shard := range next.Owners {
		i, lives := slices.BinarySearch(instances, a.owner(shard))
		if !lives {
			i = -1
		} else {
			load[i]++
		}
		next.Owners[shard] = i
	}
	for shard, i := range next.Owners {
		if i < 0 {
			next.give(shard, load)
		}
	}
	for most := slices.Index(load, slices.Max(load)); load[most] > slices.Min(load)+1; {
		load[most]--
		next.give(slices.Index(next.Owners, most), load)
		most = slices.Index(load, slices.Max(load))
	}
	return next
}

// give gives a shard to the first of those that have the fewest.
func (a assignment) give(shard int, load []int) {
	i := slices.Index(load, slices.Min(load))
	a.Owners[shard] = i
	load[i]++
}

// rebalance writes down the assignment among the instances that there are, if it is of a version. Another instance
// may be faster, and writes the same.
func (s *Scheduler) rebalance(members []string) error {
	_, err := s.c.Set(s.path+assignmentName, encode(s.assigned.among(members)), s.version)
	if err == nil || err == error(wire.BadVersion) {
		s.assignmentWatch = nil // it is read again
		return nil
	}
	return err
}
