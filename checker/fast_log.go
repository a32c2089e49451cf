package checker

import (
	"cmp"
	"fmt"
	"slices"

	"ordeal/history"
	"ordeal/model"
)

// offsets is what stands at the offsets of a log, as far as operations say.
type offsets struct {
	// entries are what is known to stand where, with the operation that says so; appends which call put it there.
	entries map[int64]shownEntry
	appends map[int64]model.LogCall
	// open are the appends whose offsets are not known, by their entries. Unless each entry is appended once only, what
	// is shown does not say by whom.
	open      map[any]model.LogCall
	ambiguous bool
	last      int64
}

type shownEntry struct {
	value any
	op    *history.Operation
}

// fastLog decides logs by placing the append of offset k at 2k+1, and what saw the log with n entries at 2n. It leaves
// logs to a search where appends whose offsets are not known have equal entries, or returned and were never seen.
func fastLog(part model.Part[model.LogInput, model.LogOutput]) finding {
	o := offsets{map[int64]shownEntry{}, map[int64]model.LogCall{}, map[any]model.LogCall{}, false, -1}
	for _, step := range []func([]model.LogCall) finding{o.told, o.shown} {
		if f := step(part.Calls); f.outcome == Invalid {
			return f
		}
	}
	if o.ambiguous {
		return finding{}
	}
	if f := o.assign(); f.outcome == Invalid {
		return f
	}
	var spare []model.LogCall // may have filled what gaps there are
	for _, c := range part.Calls {
		if _, isOpen := o.open[c.In.Entry]; c.In.Op == model.LogAppend && isOpen && !c.Out.Told {
			if !c.Unknown() {
				return finding{}
			}
			spare = append(spare, c)
		}
	}
	if f := o.fill(spare); f.outcome == Invalid {
		return f
	}
	return placedFinding(o.places(part.Calls))
}

// told reads the offsets that appends say.
func (o *offsets) told(calls []model.LogCall) finding {
	appended := map[any]int{}
	for _, c := range calls {
		switch {
		case c.In.Op != model.LogAppend:
			continue
		case !c.Out.Told:
			o.open[c.In.Entry] = c
		case c.Out.Offset < 0:
			return wrong("an entry was appended at a negative offset", c.Op)
		default:
			if other, twice := o.appends[c.Out.Offset]; twice {
				return wrong("two entries were appended at one offset", other.Op, c.Op)
			}
			o.appends[c.Out.Offset] = c
			o.entries[c.Out.Offset] = shownEntry{c.In.Entry, c.Op}
			o.last = max(o.last, c.Out.Offset)
		}
		appended[c.In.Entry]++
	}
	for _, c := range calls {
		o.ambiguous = o.ambiguous || c.In.Op == model.LogAppend && !c.Out.Told && appended[c.In.Entry] > 1
	}
	return finding{}
}

// shown compares what reads and polls show.
func (o *offsets) shown(calls []model.LogCall) finding {
	for _, c := range calls {
		if c.In.Op == model.LogRead && c.In.Max >= 0 && int64(len(c.Out.Entries)) > c.In.Max {
			return wrong("a read shows more entries than it asked for", c.Op)
		}
		for i, v := range c.Out.Entries {
			at := c.In.From + int64(i)
			known, ok := o.entries[at]
			if ok && known.value != v {
				return wrong(fmt.Sprintf("two entries stand at offset %d", at), known.op, c.Op)
			}
			if !ok {
				o.entries[at] = shownEntry{v, c.Op}
			}
			o.last = max(o.last, at)
		}
	}
	return finding{}
}

// assign gives what is shown, and was appended at no known offset, the append that there is of it.
func (o *offsets) assign() finding {
	at := make([]int64, 0, len(o.entries))
	for offset := range o.entries {
		at = append(at, offset)
	}
	slices.Sort(at)
	for _, offset := range at {
		if _, known := o.appends[offset]; known {
			continue
		}
		e := o.entries[offset]
		c, ok := o.open[e.value]
		if !ok {
			return wrong("an entry is shown at an offset at which it was never appended", e.op)
		}
		o.appends[offset] = c
		delete(o.open, e.value)
	}
	return finding{}
}

// fill puts unknown appends where some entry must stand that was never seen: those invoked first serve as well as any
// others. The rest never took effect, or after everything else.
func (o *offsets) fill(spare []model.LogCall) finding {
	slices.SortFunc(spare, func(a, b model.LogCall) int { return cmp.Compare(a.Op.Call, b.Op.Call) })
	for offset := int64(0); offset <= o.last; offset++ {
		if _, known := o.appends[offset]; known {
			continue
		}
		if len(spare) == 0 {
			return wrong(fmt.Sprintf("an entry stands at offset %d, and none at %d", o.last, offset), o.entries[o.last].op)
		}
		o.appends[offset] = spare[0]
		spare = spare[1:]
	}
	return finding{}
}

func (o *offsets) places(calls []model.LogCall) []placed {
	items := make([]placed, 0, len(calls))
	for offset := int64(0); offset <= o.last; offset++ {
		items = append(items, fixed(o.appends[offset].Op, int(2*offset+1)))
	}
	for _, c := range calls {
		if c.In.Op == model.LogAppend {
			continue
		}
		from, n := int(c.In.From), len(c.Out.Entries)
		p := fixed(c.Op, 2*(from+n))
		// What is empty may be read at any time before there is more, and what may have more behind it at any time.
		atLeast, atMost := p.at, p.at
		if n == 0 {
			atLeast = 0
		}
		if !c.Out.ToEnd(c.In) {
			atMost = endless
		}
		p.next = func(least int) (int, bool) {
			at := max(atLeast, (least+1)/2*2)
			return at, at <= atMost
		}
		items = append(items, p)
	}
	return items
}
