package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// versions is a register whose known operations all say which version they made or saw, and so have their places. What
// is left is which unknown change made each version that no known one did. An unknown change has no end, so it can have
// made any version that is not over by the time of its call; and it bounds no other operation. So it is never worse to
// take a set-if, which can have made one version only, nor to give earlier versions to writes that were called earlier.
type versions struct {
	calls []model.RegisterCall
	// writers made a version, as far as is known. shown is a read of each version.
	writers, shown map[int64]*model.RegisterCall
	// maybe are unknown changes that made a certain version or none, and unnamed are unknown writes that may have made
	// any: both in the order of their calls.
	maybe   map[int64][]*model.RegisterCall
	unnamed []*model.RegisterCall
	// made is the greatest version that some operation says was made, and last the greatest that there must have been:
	// what was refused, if it was after made, must have seen a greater one. past is the places of what had returned.
	made, last int64
	refused    *history.Operation
	past       []passed
}

// passed is the greatest place of all operations that had returned at an event.
type passed struct{ ret, place int }

// versionOrder places the change that made version n at 3n and what saw it at 3n+1.
func versionOrder(calls []model.RegisterCall) finding {
	v := &versions{calls: calls, writers: map[int64]*model.RegisterCall{}, shown: map[int64]*model.RegisterCall{},
		maybe: map[int64][]*model.RegisterCall{}}
	if f := v.read(); f.outcome == Invalid {
		return f
	}
	items := v.places()
	fits := v.placeKnown(items)
	if !v.matchShown() && fits {
		return finding{}
	}
	if f := v.sawWritten(); f.outcome == Invalid {
		return f
	}
	switch missing := v.fill(); {
	case missing > v.made:
		return wrong("its result fits nowhere in the only order there can be", v.refused)
	case missing > 0:
		reason := fmt.Sprintf("version %d was made, and version %d never was", v.made, missing)
		return finding{outcome: Invalid, reason: reason}
	}
	known := len(items)
	for version := int64(1); version <= v.last; version++ {
		if w := v.writers[version]; w.Out.Unknown {
			items = append(items, fixed(w.Op, 3*int(version)))
		}
	}
	if fits && len(items) == known {
		return finding{outcome: Valid}
	}
	return placedFinding(items)
}

// read sorts the calls.
func (v *versions) read() finding {
	for i := range v.calls {
		switch c := &v.calls[i]; {
		case c.Out.Refused:
		case c.In.Op == model.Read:
			v.shown[c.Out.Version] = c
			v.made = max(v.made, c.Out.Version)
		case c.Out.Unknown && !c.Out.Versioned && c.In.Op == model.Write:
			v.unnamed = append(v.unnamed, c)
		case c.Out.Unknown:
			// A set-if made the version behind the one that it expected, if any.
			version := c.Out.Version
			if !c.Out.Versioned {
				version = c.In.Expected + 1
			}
			if version >= 1 && (c.In.Op == model.Write || version == c.In.Expected+1) {
				v.maybe[version] = append(v.maybe[version], c)
			}
		default:
			if f := v.write(c); f.outcome == Invalid {
				return f
			}
		}
	}
	slices.SortFunc(v.unnamed, func(a, b *model.RegisterCall) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
	return finding{}
}

func (v *versions) write(c *model.RegisterCall) finding {
	other, twice := v.writers[c.Out.Version]
	switch {
	case twice:
		return wrong("two changes made the same version", other.Op, c.Op)
	case c.Out.Version < 1, c.In.Op == model.SetIf && c.Out.Version != c.In.Expected+1:
		return wrong("a change made a version that does not follow the one before", c.Op)
	}
	v.writers[c.Out.Version] = c
	v.made = max(v.made, c.Out.Version)
	return finding{}
}

// placeKnown says whether events allow the places of what is known, and notes what those bound. What was refused may
// have seen a version behind the last one.
func (v *versions) placeKnown(items []placed) bool {
	fits := place(items) == nil
	v.last = v.made
	for _, p := range items {
		if version := int64(p.at / 3); version > v.last {
			v.last, v.refused = version, p.op
		}
	}
	if len(v.maybe) == 0 {
		return fits
	}
	for _, p := range items {
		v.past = append(v.past, passed{p.ret, p.at})
	}
	slices.SortFunc(v.past, func(a, b passed) int { return cmp.Compare(a.ret, b.ret) })
	for i := 1; i < len(v.past); i++ {
		v.past[i].place = max(v.past[i].place, v.past[i-1].place)
	}
	return fits
}

// inTime says whether an unknown change was called before its version was over.
func (v *versions) inTime(c *model.RegisterCall, version int64) bool {
	i, _ := slices.BinarySearchFunc(v.past, c.Op.Call, func(p passed, call int) int { return cmp.Compare(p.ret, call) })
	return i == 0 || v.past[i-1].place <= 3*int(version)
}

// matchShown gives the versions that were seen the unknown changes that wrote the values that they had. It fails if
// there are several writes of one value to choose from.
func (v *versions) matchShown() bool {
	places := map[any][]int{}
	for i, c := range v.unnamed {
		places[c.In.Value] = append(places[c.In.Value], i)
	}
	used := make([]bool, len(v.unnamed))
	for i := range v.calls {
		c := &v.calls[i]
		_, known := v.writers[c.Out.Version]
		if c.In.Op != model.Read || known || c.Out.Version < 1 || v.took(c.Out.Version) {
			continue
		}
		switch list := places[c.Out.Value]; {
		case len(list) > 1:
			return false
		case len(list) == 1 && !used[list[0]]:
			v.writers[c.Out.Version] = v.unnamed[list[0]]
			used[list[0]] = true
		}
	}
	var spare []*model.RegisterCall
	for i, c := range v.unnamed {
		if !used[i] {
			spare = append(spare, c)
		}
	}
	v.unnamed = spare
	return true
}

// took gives a version the first unknown change that can have made this version and no other, if there is one.
func (v *versions) took(version int64) bool {
	r, shown := v.shown[version]
	for _, c := range v.maybe[version] {
		if (!shown || c.In.Value == r.Out.Value) && v.inTime(c, version) {
			v.writers[version] = c
			return true
		}
	}
	return false
}

func (v *versions) sawWritten() finding {
	for i := range v.calls {
		c := &v.calls[i]
		if c.In.Op != model.Read {
			continue
		}
		w, known := v.writers[c.Out.Version]
		switch {
		case c.Out.Version == 0 && c.Out.Value == nil:
		case c.Out.Version == 0:
			return wrong("a read saw a value in version 0, which has none", c.Op)
		case !known:
			return wrong("a read saw a version that no change made", c.Op)
		case w.In.Value != c.Out.Value:
			return wrong("a read saw a value that its version never had", w.Op, c.Op)
		}
	}
	return finding{}
}

// fill gives the other versions unknown changes. It returns one that none is left for, or 0.
func (v *versions) fill() (missing int64) {
	for version := int64(1); version <= v.last; version++ {
		if _, known := v.writers[version]; known || v.took(version) {
			continue
		}
		if len(v.unnamed) == 0 {
			return version
		}
		v.writers[version] = v.unnamed[0]
		v.unnamed = v.unnamed[1:]
	}
	return 0
}

// places are those of what is known.
func (v *versions) places() []placed {
	items := make([]placed, 0, len(v.calls))
	for i := range v.calls {
		switch c := &v.calls[i]; {
		case c.Out.Refused:
			items = append(items, refusal(c.Op, c.In.Expected))
		case c.Out.Unknown:
		case c.In.Op == model.Read:
			items = append(items, fixed(c.Op, 3*int(c.Out.Version)+1))
		default:
			items = append(items, fixed(c.Op, 3*int(c.Out.Version)))
		}
	}
	return items
}

// refusal may stand in any version but the expected one.
func refusal(op *history.Operation, expected int64) placed {
	p := fixed(op, 0)
	p.next = func(least int) (int, bool) {
		version := int64(least / 3)
		if version == expected {
			version++
		}
		return 3*int(version) + 1, true
	}
	return p
}
