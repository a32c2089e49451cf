package checker

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// kvTwin is a store with a few keys. Values are of few, or each is of its own if there are none.
type kvTwin struct {
	keys      int
	values    int64
	simple    bool // nothing but get and put
	ranges    bool
	wholeOnly bool // ranges are over the whole store
	data      map[string]any
	last      int64
}

func kvKey(n int) string { return fmt.Sprintf("k%03d", n) }

func (t *kvTwin) draw(r *rand.Rand, _ int) (string, any) {
	t.last++
	v := t.last
	if t.values > 0 {
		v = r.Int64N(t.values)
	}
	key := kvKey(r.IntN(t.keys))
	kind := r.IntN(10)
	switch {
	case kind < 4:
		return "get", key
	case t.simple || kind < 6:
		return "put", []any{key, v}
	case kind == 6 && t.ranges && t.wholeOnly:
		return "range", []any{"", ""}
	case kind == 6 && t.ranges:
		return "range", []any{kvKey(r.IntN(t.keys)), kvKey(r.IntN(t.keys + 1))}
	case kind == 7:
		return "append", []any{"t" + key, fmt.Sprint(r.IntN(2))}
	case kind == 8:
		return "cas", []any{key, r.Int64N(t.values), v}
	}
	return "delete", key
}

func (t *kvTwin) apply(f string, argument any) (any, bool) {
	if t.data == nil {
		t.data = map[string]any{}
	}
	l, _ := argument.([]any)
	switch f {
	case "get":
		return t.data[argument.(string)], true
	case "put":
		t.data[l[0].(string)] = l[1]
	case "append":
		before, _ := t.data[l[0].(string)].(string)
		t.data[l[0].(string)] = before + l[1].(string)
	case "delete":
		_, there := t.data[argument.(string)]
		delete(t.data, argument.(string))
		return there, true
	case "cas":
		if t.data[l[0].(string)] != l[1] {
			return false, true
		}
		t.data[l[0].(string)] = l[2]
		return true, true
	case "range":
		out := []any{}
		for _, key := range slices.Sorted(maps.Keys(t.data)) {
			if key >= l[0].(string) && (l[1] == any("") || key < l[1].(string)) {
				out = append(out, []any{key, t.data[key]})
			}
		}
		return out, true
	}
	return nil, true
}

// setTwin adds every element once, or few elements often.
type setTwin struct {
	elements int64 // 0: each is added once
	removes  bool
	reads    int // in percent
	last     int64
	data     map[int64]bool
}

func (t *setTwin) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(100) < t.reads {
		return "read", nil
	}
	v := r.Int64N(max(t.elements, t.last+1))
	switch kind := r.IntN(5); {
	case kind < 2:
		return "contains", v
	case kind == 2 && t.removes:
		return "remove", v
	case t.elements == 0:
		t.last++
		return "add", t.last - 1
	}
	return "add", v
}

func (t *setTwin) apply(f string, argument any) (any, bool) {
	if t.data == nil {
		t.data = map[int64]bool{}
	}
	if f == "read" {
		out := []any{}
		for _, v := range slices.Sorted(maps.Keys(t.data)) {
			out = append(out, v)
		}
		return out, true
	}
	v := argument.(int64)
	there := t.data[v]
	switch f {
	case "add":
		t.data[v] = true
		return !there, true
	case "remove":
		delete(t.data, v)
	}
	return there, true
}

// counterTwin adds amounts of its own.
type counterTwin struct {
	amounts []int64
	gets    bool
	value   int64
}

func (t *counterTwin) draw(r *rand.Rand, _ int) (string, any) {
	amount := t.amounts[r.IntN(len(t.amounts))]
	switch kind := r.IntN(4); {
	case kind < 2:
		return "read", nil
	case kind == 2 && t.gets:
		return "add-and-get", amount
	}
	return "add", amount
}

func (t *counterTwin) apply(f string, argument any) (any, bool) {
	if f != "read" {
		t.value += argument.(int64)
	}
	return t.value, true
}

// logTwin appends entries of its own, or of few values.
type logTwin struct {
	values  int64
	told    int  // how many appends of ten say the offset
	appends int  // how many operations of ten append
	tail    bool // nothing is read but the newest entries
	r       *rand.Rand
	last    int64
	data    []any
}

func (t *logTwin) draw(r *rand.Rand, _ int) (string, any) {
	t.r = r
	from := r.Int64N(int64(len(t.data)) + 2)
	if t.tail {
		from = max(0, int64(len(t.data))-r.Int64N(5))
	}
	switch kind := r.IntN(10); {
	case kind < t.appends && t.values > 0:
		return "append", r.Int64N(t.values)
	case kind < t.appends:
		t.last++
		return "append", t.last
	case kind < 8:
		return "read", from
	case kind == 8:
		return "read", []any{from, r.Int64N(3)}
	}
	return "poll", from
}

func (t *logTwin) apply(f string, argument any) (any, bool) {
	if f == "append" {
		t.data = append(t.data, argument)
		if t.r.IntN(10) < t.told {
			return int64(len(t.data) - 1), true
		}
		return nil, true
	}
	from, most := argument, int64(len(t.data))
	if l, bounded := argument.([]any); bounded {
		from, most = l[0], l[1].(int64)
	}
	if f == "poll" {
		most = t.r.Int64N(3)
	}
	out := append([]any{}, t.data[min(from.(int64), int64(len(t.data))):]...)
	return out[:min(int64(len(out)), most)], true
}
