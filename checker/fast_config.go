package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
	"ordeal/model/recipes"
)

// configPlace is what is known of a revision: the change that made it and its transaction, 0 for none, each with the
// call that says so; and the calls that saw it as the last one.
type configPlace struct {
	write, named, stamped *recipes.ConfigCall
	zxid                  int64
	seen                  []*recipes.ConfigCall
}

// configOrder is a configuration whose calls are put in order.
type configOrder struct {
	changes map[int64]*recipes.ConfigCall // by id
	places  []configPlace                 // by revision
}

// fastConfig decides configurations (see recipes.Config) in near-linear time: as looks and answers name revisions,
// there is one order in which the changes can have been made, and each look has its place in it. Where changes whose
// answers were lost may have made revisions that no answer names, the search has to say which.
func fastConfig(part model.Part[recipes.ConfigInput, recipes.ConfigOutput]) finding {
	o := configOrder{changes: map[int64]*recipes.ConfigCall{}}
	last := int64(0)
	for i := range part.Calls {
		c := &part.Calls[i]
		if !c.Out.Unknown {
			last = max(last, c.Out.Revision, int64(len(c.Out.IDs)))
		}
		if c.In.Writes() && o.changes[c.In.ID] != nil || c.Out.Revision < 0 || c.Out.Zxid < 0 {
			return finding{outcome: Unknown}
		}
		if c.In.Writes() {
			o.changes[c.In.ID] = c
		}
	}
	if last > int64(len(o.changes)) {
		return wrong(fmt.Sprintf("revision %d is there, and %d changes were asked for", last, len(o.changes)),
			part.Calls[0].Op)
	}
	o.places = make([]configPlace, last+1)
	for i := range part.Calls {
		if f := o.place(&part.Calls[i]); f.outcome == Invalid {
			return f
		}
	}
	if f := o.fill(); f.outcome != Valid {
		return f
	}
	if f := o.replay(); f.outcome == Invalid {
		return f
	}
	return o.inTime()
}

// fill finds who made the revisions that no answer names: a change that took effect there if it did at all. Where
// there is one that could have made any of them, that is not known.
func (o *configOrder) fill() finding {
	named, might := map[*recipes.ConfigCall]bool{}, map[int64][]*recipes.ConfigCall{}
	for _, p := range o.places {
		named[p.write] = true
	}
	for _, c := range o.changes { //house:unordered those of one revision are counted, and one alone is used
		if c.Out.Unknown && !named[c] {
			might[c.Out.Revision] = append(might[c.Out.Revision], c)
		}
	}
	for n := int64(1); n < int64(len(o.places)); n++ {
		if o.places[n].write != nil {
			continue
		}
		if len(might[0]) > 0 || len(might[n]) > 1 {
			return finding{outcome: Unknown}
		}
		if len(might[n]) == 0 {
			return wrong(fmt.Sprintf("no change made revision %d, and a later one is there", n), o.later(n).Op)
		}
		c := might[n][0]
		if f := o.name(n, c.In.ID, c.Out.Zxid, c); f.outcome == Invalid {
			return f
		}
	}
	return finding{outcome: Valid}
}

// later is a call that shows a revision behind one.
func (o *configOrder) later(revision int64) *recipes.ConfigCall {
	for _, p := range o.places[revision:] {
		switch {
		case p.named != nil:
			return p.named
		case len(p.seen) > 0:
			return p.seen[0]
		}
	}
	return nil
}

// place notes what a call says of revisions.
func (o *configOrder) place(c *recipes.ConfigCall) finding {
	switch {
	case c.Out.Unknown:
		return finding{}
	case c.In.F == "history":
		for i, id := range c.Out.IDs {
			if f := o.name(int64(i)+1, id, 0, c); f.outcome == Invalid {
				return f
			}
		}
		o.places[len(c.Out.IDs)].seen = append(o.places[len(c.Out.IDs)].seen, c)
		return finding{}
	case c.In.Writes():
		return o.name(c.Out.Revision, c.In.ID, c.Out.Zxid, c)
	}
	o.places[c.Out.Revision].seen = append(o.places[c.Out.Revision].seen, c)
	if c.Out.Revision > 0 {
		return o.name(c.Out.Revision, c.Out.ID, c.Out.Zxid, c)
	}
	if c.Out.Zxid != 0 || c.Out.ID != 0 || c.Out.Settings != "" || c.Out.Gray != "" {
		return wrong("something was there before the first change", c.Op)
	}
	return finding{}
}

// name notes the change that made a revision, and its transaction, which a history does not say.
func (o *configOrder) name(revision, id, zxid int64, c *recipes.ConfigCall) finding {
	p, write := &o.places[revision], o.changes[id]
	switch {
	case revision == 0:
		return wrong("a change made no revision", c.Op)
	case write == nil:
		return wrong(fmt.Sprintf("revision %d is by %d, which is no change's id", revision, id), c.Op)
	case p.write != nil && p.write != write:
		return wrong(fmt.Sprintf("revision %d was made by %d, and by %d", revision, p.write.In.ID, id), p.named.Op, c.Op)
	case (!write.Out.Unknown || write.Out.Revision != 0) && write.Out.Revision != revision:
		return wrong(fmt.Sprintf("a change made revision %d, and revision %d", write.Out.Revision, revision), write.Op, c.Op)
	}
	if p.write == nil {
		if p.write, p.named = write, c; write.Out.Revision != 0 {
			p.zxid, p.stamped = write.Out.Zxid, write
		}
	}
	if c.In.F == "history" {
		return finding{}
	}
	if p.stamped != nil && p.zxid != zxid {
		return wrong(fmt.Sprintf("revision %d was made at zxid %d, and at %d", revision, p.zxid, zxid), p.stamped.Op, c.Op)
	}
	p.zxid, p.stamped = zxid, c
	return finding{}
}

// replay makes the changes one after the other, and compares what is there behind each with what was seen.
func (o *configOrder) replay() finding {
	var made []recipes.ConfigRevision
	by := map[*recipes.ConfigCall]bool{}
	for n := 1; n < len(o.places); n++ {
		p := &o.places[n]
		if by[p.write] {
			return wrong("a change was made twice", p.write.Op, p.named.Op)
		}
		by[p.write] = true
		r, ok := recipes.NextRevision(made, p.write.In)
		if !ok {
			return wrong(fmt.Sprintf("revision %d can't be made of the one before it", n), p.write.Op)
		}
		if p.stamped != nil {
			if p.zxid < r.Zxid {
				return wrong(fmt.Sprintf("revision %d is of an older zxid than the one before it", n), p.stamped.Op)
			}
			r.Zxid = p.zxid
		}
		for _, c := range p.seen {
			if c.In.F != "history" && (c.Out.Settings != r.Settings || c.Out.Gray != r.Gray) {
				return wrong(fmt.Sprintf("of revision %d something else was seen than was made", n), p.write.Op, c.Op)
			}
		}
		made = append(made, r)
	}
	return finding{outcome: Valid}
}

// inTime holds the one order against that of the events: nothing was over before something that comes before it was
// asked for.
func (o *configOrder) inTime() finding {
	var latest *recipes.ConfigCall // the last to be asked for, of what comes before
	for n := range o.places {
		p := &o.places[n]
		calls := slices.Clone(p.seen)
		slices.SortStableFunc(calls, func(a, b *recipes.ConfigCall) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
		if p.write != nil {
			calls = slices.Insert(calls, 0, p.write)
		}
		for _, c := range calls {
			if latest != nil && returned(c.Op) < latest.Op.Call {
				return wrong("an older state was seen, or made, than one that there was before it", latest.Op, c.Op)
			}
			if latest == nil || c.Op.Call > latest.Op.Call {
				latest = c
			}
		}
	}
	return finding{outcome: Valid}
}

// Shares holds what instances made of gray releases against their shares (see recipes.Config, serves): who has a
// release in a share has it in every larger one; in 100 all have it, and in 0 none.
func Shares() Checker {
	return Checker{"shares", func(_ history.History, ops []history.Operation) Verdict {
		type reading struct {
			share int64
			op    *history.Operation
		}
		type instance struct {
			key     string
			name    any
			release int64
		}
		has, hasNot := map[instance]reading{}, map[instance]reading{}
		var bad []Verdict
		for i := range ops {
			op := &ops[i]
			if op.F != "serves" || op.End != history.OK || !history.Plain(op.Argument) {
				continue
			}
			s, err := recipes.ParseServed(op.Result)
			if err != nil {
				return malformed(err)
			}
			who := instance{op.Key, op.Argument, s.Release}
			least, some := has[who]
			most, none := hasNot[who]
			switch {
			case s.Has && s.Share <= 0 || !s.Has && s.Share >= 100:
				bad = append(bad, Verdict{Outcome: Invalid, Key: op.Key, Evidence: []history.Operation{*op},
					Reason: aboutKey(op.Key) + fmt.Sprintf("of a release to %d in a hundred, has is %v", s.Share, s.Has)})
			case s.Has && none && most.share >= s.Share, !s.Has && some && least.share <= s.Share:
				other := most.op
				if !s.Has {
					other = least.op
				}
				bad = append(bad, Verdict{Outcome: Invalid, Key: op.Key, Evidence: []history.Operation{*other, *op},
					Reason: aboutKey(op.Key) + "an instance has a release in one share, and not in another that is no smaller"})
			case s.Has && (!some || s.Share < least.share):
				has[who] = reading{s.Share, op}
			case !s.Has && (!none || s.Share > most.share):
				hasNot[who] = reading{s.Share, op}
			}
		}
		return Compose("shares", bad...)
	}}
}
