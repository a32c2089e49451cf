package data

import (
	"ordeal/cluster/recipes"
	"ordeal/cluster/wire"
)

// A counter is a znode's data, which is changed where it has the version that was seen; or its version, which every
// change of the data raises by one, so that adds are never in conflict.

// byVersion says whether a counter is its znode's version: every second one is.
func (o object) byVersion() bool { return o.number%2 == 0 }

// amount is what is added to a counter each time: to tell which different amounts a value is the sum of is hard.
func (o object) amount() int64 {
	if o.byVersion() {
		return 1
	}
	return []int64{1, 3, -2}[o.number/2%3]
}

// oldVersion is from which version on a counter has been changed often.
const oldVersion = 256

// onCounter draws an operation on a counter.
func (c caller) onCounter(o object) operation {
	switch n := c.Rand().IntN(100); {
	case n < 40:
		return c.count(o)
	case n < 70:
		return c.raise(o, "add")
	}
	return c.raise(o, "add-and-get")
}

// raise adds to a counter; f says whether the value that this makes is part of the history.
func (c caller) raise(o object, f string) operation {
	return operation{f, o.amount(), func() (any, recipes.Outcome, error) {
		value, outcome, err := c.raiseOnce(o)
		if f == "add" || err != nil {
			return nil, outcome, err
		}
		return value, outcome, nil
	}}
}

func (c caller) raiseOnce(o object) (value int64, outcome recipes.Outcome, err error) {
	if !o.byVersion() {
		return recipes.NewCounter(c, c.service, o.path).Add(o.amount(), c.Patience())
	}
	stat, err := c.service.Set(o.path, nil, wire.AnyVersion)
	if stat.Version >= oldVersion {
		c.saw(SawOld)
	}
	_, outcome, err = ended(nil, err)
	return int64(stat.Version), outcome, err
}

// count reads a counter. One that is gone counts as 0, which it was before the first add.
func (c caller) count(o object) operation {
	return operation{"read", nil, func() (any, recipes.Outcome, error) {
		if o.byVersion() {
			_, stat, err := c.service.SyncGet(o.path, nil)
			return looked(int64(stat.Version), int64(0), err)
		}
		value, err := recipes.NewCounter(c, c.service, o.path).Read(c.Patience())
		return looked(value, int64(0), err)
	}}
}
