package naming

import (
	"cmp"
	"fmt"
	"slices"
)

// RoundRobin picks one after the other. The zero value begins with the first.
type RoundRobin struct{ last string }

// Pick is the next of a list that is sorted by ID, which may be another each time.
func (r *RoundRobin) Pick(list []Instance) (Instance, error) {
	if len(list) == 0 {
		return Instance{}, ErrNone
	}
	at, there := slices.BinarySearchFunc(list, r.last, func(i Instance, id string) int { return cmp.Compare(i.ID, id) })
	if there {
		at++
	}
	i := list[at%len(list)]
	r.last = i.ID
	return i, nil
}

// Weighted picks each as often as its weight says, and spreads the picks of one evenly: it is nginx's smooth weighted
// round robin. The zero value is ready for use.
type Weighted struct{ credit map[string]int }

// Pick is the next of a list.
func (w *Weighted) Pick(list []Instance) (Instance, error) {
	if len(list) == 0 {
		return Instance{}, ErrNone
	}
	credit, total, best := make(map[string]int, len(list)), 0, 0
	for k, i := range list {
		credit[i.ID] = w.credit[i.ID] + i.Weight
		total += i.Weight
		if credit[i.ID] > credit[list[best].ID] {
			best = k
		}
	}
	credit[list[best].ID] -= total
	w.credit = credit // of those that are gone nothing is kept
	return list[best], nil
}

// LeastLoaded is the one that bears least for its weight, by what the instances say; of equals the first.
func LeastLoaded(list []Instance) (Instance, error) {
	if len(list) == 0 {
		return Instance{}, ErrNone
	}
	return slices.MinFunc(list, func(a, b Instance) int {
		return cmp.Compare(a.Load*int64(b.Weight), b.Load*int64(a.Weight))
	}), nil
}

// Ring picks by a key: the same one for the same key, as long as it is there, and where instances come and go few keys
// move (Karger and others, "Consistent hashing and random trees", 1997).
type Ring struct {
	points []point
	list   []Instance
}

type point struct {
	hash  uint64
	index int
}

// pointsOf is how many points an instance of weight 1 has; one of a greater weight has as many more, up to pointsMax.
const (
	pointsOf  = 64
	pointsMax = 4096
)

// NewRing makes the ring of a list.
func NewRing(list []Instance) *Ring {
	r := &Ring{list: slices.Clone(list)}
	for k, i := range list {
		for n := range min(pointsOf*i.Weight, pointsMax) {
			r.points = append(r.points, point{hash(fmt.Sprintf("%s#%d", i.ID, n)), k})
		}
	}
	slices.SortFunc(r.points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.index, b.index))
	})
	return r
}

// Pick is the one for a key.
func (r *Ring) Pick(key string) (Instance, error) {
	if len(r.points) == 0 {
		return Instance{}, ErrNone
	}
	at, _ := slices.BinarySearchFunc(r.points, hash(key), func(p point, h uint64) int { return cmp.Compare(p.hash, h) })
	return r.list[r.points[at%len(r.points)].index], nil
}

// hash is FNV-1a with SplitMix64's finalizer behind it, as FNV alone spreads similar keys badly.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for k := range len(s) {
		h = (h ^ uint64(s[k])) * 1099511628211
	}
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
