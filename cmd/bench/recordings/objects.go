package recordings

import (
	"fmt"
	"math/rand/v2"

	"ordeal/history"
)

// Objects of the models that `ordeal check` judges. Values are all different where a fast algorithm wants that.

// cell is a register; versioned, with cas between few values, or with values that are all different.
type cell struct {
	versioned, cas bool
	value          any
	version, last  int64
}

func (c *cell) draw(r *rand.Rand, _ int) (string, any) {
	c.last++
	switch kind := r.IntN(4); {
	case kind < 2:
		return "read", nil
	case c.cas && kind == 2:
		return "cas", []any{r.Int64N(5), r.Int64N(5)}
	case c.cas:
		return "write", r.Int64N(5)
	case c.versioned && kind == 2:
		return "set-if", []any{c.last, max(0, c.version-r.Int64N(2))}
	}
	return "write", c.last
}

func (c *cell) apply(_ int, f string, argument any) (any, bool) {
	l, _ := argument.([]any)
	switch {
	case f == "write":
		c.value, c.version = argument, c.version+1
	case f == "set-if" && l[1] != any(c.version):
		return "refused", true
	case f == "set-if":
		c.value, c.version = l[0], c.version+1
	case f == "cas" && l[0] != c.value:
		return nil, false
	case f == "cas":
		c.value = l[1]
		return argument, true
	}
	if c.versioned {
		return []any{c.value, c.version}, true
	}
	return c.value, true
}

// cells are registers under keys, in operations on one or, if whole, on two at once.
type cells struct {
	keys  int
	names [2]string // of a read and a write
	lists bool      // a write appends to a list, of which most reads show the end
	small bool      // values are few
	last  int64
	data  map[any]any
	left  map[any]int64 // how often a key is still written to
	first int64         // the first key that is in use
}

func (c *cells) draw(r *rand.Rand, _ int) (string, any) {
	parts := make([]any, 1+r.IntN(4))
	for i := range parts {
		key := c.first + r.Int64N(int64(c.keys))
		if r.IntN(2) == 0 {
			parts[i] = []any{c.names[0], key, nil}
			continue
		}
		c.last++
		v := c.last
		if c.small {
			v = r.Int64N(4)
		}
		parts[i] = []any{c.names[1], key, v}
		if c.left == nil {
			c.left = map[any]int64{}
		}
		if c.left[c.first]++; c.lists && c.left[c.first] > 32 {
			c.first++
		}
	}
	return "txn", parts
}

func (c *cells) apply(_ int, _ string, argument any) (any, bool) {
	if c.data == nil {
		c.data = map[any]any{}
	}
	parts := argument.([]any)
	out := make([]any, len(parts))
	for i, one := range parts {
		p := one.([]any)
		switch {
		case p[0] == any(c.names[0]):
			out[i] = []any{p[0], p[1], c.data[p[1]]}
			continue
		case c.lists:
			before, _ := c.data[p[1]].([]any)
			c.data[p[1]] = append(before[:len(before):len(before)], p[2])
		default:
			c.data[p[1]] = p[2]
		}
		out[i] = p
	}
	return out, true
}

// store is a key-value store of 1,000 keys, each put value different.
type store struct {
	last int64
	data map[string]any
}

func (s *store) draw(r *rand.Rand, _ int) (string, any) {
	key := fmt.Sprintf("k%03d", r.IntN(1000))
	if r.IntN(2) == 0 {
		return "get", key
	}
	s.last++
	return "put", []any{key, s.last}
}

func (s *store) apply(_ int, f string, argument any) (any, bool) {
	if s.data == nil {
		s.data = map[string]any{}
	}
	if f == "get" {
		return s.data[argument.(string)], true
	}
	l := argument.([]any)
	s.data[l[0].(string)] = l[1]
	return nil, true
}

// elements are a set to which each element is added once; it is looked for, and where reads is set read as a whole.
type elements struct {
	reads bool
	all   []any
	there map[any]bool
	last  int64
}

func (e *elements) draw(r *rand.Rand, _ int) (string, any) {
	switch kind := r.IntN(100); {
	case e.reads && kind < 10:
		return "read", nil
	case e.reads || kind < 50:
		e.last++
		return "add", e.last
	}
	return "contains", r.Int64N(e.last + 1)
}

func (e *elements) apply(_ int, f string, argument any) (any, bool) {
	if e.there == nil {
		e.there = map[any]bool{}
	}
	switch f {
	case "read":
		return append([]any{}, e.all...), true
	case "contains":
		return e.there[argument], true
	}
	e.there[argument] = true
	e.all = append(e.all, argument)
	return true, true
}

// sum is a counter to which one is added; reads tell it, but where late is set only the end of many does.
type sum struct{ value int64 }

func (s *sum) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(2) == 0 {
		return "read", nil
	}
	return "add", int64(1)
}

func (s *sum) apply(_ int, f string, _ any) (any, bool) {
	if f == "add" {
		s.value++
	}
	return s.value, true
}

// entries are a log, or a queue of either kind.
type entries struct {
	log  bool
	data []any
	last int64
}

func (e *entries) draw(r *rand.Rand, _ int) (string, any) {
	switch write := r.IntN(2) == 0; {
	case write && e.log:
		e.last++
		return "append", e.last
	case write:
		e.last++
		return "enqueue", e.last
	case e.log:
		return "read", max(0, int64(len(e.data))-r.Int64N(5))
	}
	return "dequeue", nil
}

func (e *entries) apply(_ int, f string, argument any) (any, bool) {
	switch {
	case f == "append":
		e.data = append(e.data, argument)
		return int64(len(e.data) - 1), true
	case f == "enqueue":
		e.data = append(e.data, argument)
		return nil, true
	case f == "read":
		return append([]any{}, e.data[min(argument.(int64), int64(len(e.data))):]...), true
	case len(e.data) == 0:
		return nil, true
	}
	v := e.data[0]
	e.data = e.data[1:]
	return v, true
}

// topic is one of Kafka's, of one key: processes send, and poll behind what they polled before.
type topic struct {
	last int64
	data []any
	at   [clients]int
}

func (t *topic) draw(r *rand.Rand, _ int) (string, any) {
	if r.IntN(2) == 0 {
		return "poll", []any{[]any{"poll"}}
	}
	t.last++
	return "send", []any{[]any{"send", int64(0), t.last}}
}

func (t *topic) apply(process int, f string, argument any) (any, bool) {
	if f == "send" {
		v := argument.([]any)[0].([]any)[2]
		t.data = append(t.data, v)
		return []any{[]any{"send", int64(0), []any{int64(len(t.data) - 1), v}}}, true
	}
	to := min(len(t.data), t.at[process]+8)
	seen := []any{}
	for i := t.at[process]; i < to; i++ {
		seen = append(seen, []any{int64(i), t.data[i]})
	}
	t.at[process] = to
	m, _ := history.NewMap([]history.Pair{{Key: int64(0), Value: seen}})
	return []any{[]any{"poll", m}}, true
}
