package data

import (
	"errors"
	"strconv"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// A set is a znode with a child for each element. Of one that only grows all elements are read at once; of another,
// whose elements come and go, each is looked for by itself.

// grows says whether a set only grows: two of three do.
func (o object) grows() bool { return o.number%3 != 0 }

// elements are those of a set that does not only grow: 1 and on.
const elements = 6

// manyNames is how many children of a znode are many.
const manyNames = 100

func member(o object, v int64) string { return o.path + "/" + strconv.FormatInt(v, 10) }

// onSet draws an operation on a set.
func (c caller) onSet(o object) operation {
	n := c.Rand().IntN(100)
	switch {
	case o.grows() && n < 65:
		return c.add(o, c.NewValue())
	case o.grows() && n < 85:
		return c.all(o)
	case o.grows():
		return c.contains(o, c.NewValue()-c.Rand().Int64N(50))
	}
	v := 1 + c.Rand().Int64N(elements)
	switch {
	case n < 35:
		return c.add(o, v)
	case n < 70:
		return c.remove(o, v)
	}
	return c.contains(o, v)
}

// add adds an element. Half of the adds set the data of the znode above at the same instant, as those do whose readers
// watch that.
func (c caller) add(o object, v int64) operation {
	tells := c.Chance(50)
	return operation{"add", v, func() (any, recipes.Outcome, error) {
		var err error
		if tells {
			_, err = c.service.Multi(client.CreateRequest(member(o, v), nil, 0),
				wire.SetDataRequest{Path: o.path, Data: strconv.AppendInt(nil, v, 10), Version: wire.AnyVersion})
		} else {
			_, _, err = c.service.Create(member(o, v), nil, 0)
		}
		if errors.Is(err, wire.NodeExists) {
			return false, recipes.Done, nil
		}
		return ended(true, err)
	}}
}

func (c caller) remove(o object, v int64) operation {
	return operation{"remove", v, func() (any, recipes.Outcome, error) {
		err := c.service.Delete(member(o, v), wire.AnyVersion)
		if errors.Is(err, wire.NoNode) {
			return false, recipes.Done, nil
		}
		return ended(true, err)
	}}
}

// contains looks for an element.
func (c caller) contains(o object, v int64) operation {
	return operation{"contains", v, func() (any, recipes.Outcome, error) {
		_, _, err := c.service.SyncGet(member(o, v), nil)
		return looked(true, false, err)
	}}
}

// all reads a set that grows.
func (c caller) all(o object) operation {
	return operation{"read", nil, func() (any, recipes.Outcome, error) {
		names, _, err := c.service.SyncChildren(o.path, nil)
		list := make([]any, 0, len(names))
		for _, name := range names {
			list = append(list, decode([]byte(name)))
		}
		if len(names) >= manyNames {
			c.saw(SawLongList)
		}
		return looked(list, []any{}, err)
	}}
}

// looks are the operations that look for the last time at all of a set.
func (c caller) looks(o object) (looks []operation) {
	if o.grows() {
		return []operation{c.all(o)}
	}
	for v := range int64(elements) {
		looks = append(looks, c.contains(o, v+1))
	}
	return looks
}
