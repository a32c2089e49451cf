package data

import (
	"slices"
	"strconv"

	"ordeal/cluster/recipes"
)

// store is what transactions work on.
type store uint8

const (
	// lists are znodes whose members are the elements, by their numbers: whoever appends makes a member, and sets the
	// list's data, so that whoever has read the list is told. Appends alone need no read, and are never in conflict.
	lists store = iota
	// registers are znodes whose data is the value.
	registers
)

// mop is one thing that a transaction does to an object.
type mop struct {
	object object
	write  bool
	value  int64
}

// transaction draws a transaction on some of the objects. It writes to those in use only, which come first.
func (c caller) transaction(kind store, objects []object, inUse int) operation {
	style, n := c.Rand().IntN(100), 1+c.Rand().IntN(4)
	if c.Chance(20) {
		n = 6 + c.Rand().IntN(7)
	}
	var mops []mop
	for range n {
		write := style >= 35 && (style < 60 || c.Chance(50))
		one := mop{object: objects[c.Rand().IntN(len(objects))], write: write}
		if write {
			one.object, one.value = objects[c.Rand().IntN(inUse)], c.NewValue()
		}
		mops = append(mops, one)
	}
	return c.operation(kind, mops)
}

// look is a transaction that reads one object, and Use one that writes to it and reads it.
func (c caller) look(kind store, o object) operation { return c.operation(kind, []mop{{object: o}}) }

// use is a transaction that writes to an object and reads it.
func (c caller) use(kind store, o object) operation {
	return c.operation(kind, []mop{{object: o}, {object: o, write: true, value: c.NewValue()}, {object: o}})
}

func (c caller) operation(kind store, mops []mop) operation {
	argument := make([]any, len(mops))
	for i, m := range mops {
		argument[i] = m.asked(kind)
	}
	return operation{"txn", argument, func() (any, recipes.Outcome, error) {
		return c.attempt(func() (any, recipes.Outcome, error) { return c.transact(kind, mops) })
	}}
}

// asked is what the history has of a mop that is asked for.
func (m mop) asked(kind store) any {
	switch {
	case !m.write:
		return []any{"r", m.object.key, nil}
	case kind == lists:
		return []any{"append", m.object.key, m.value}
	}
	return []any{"w", m.object.key, m.value}
}

// transact tries once.
func (c caller) transact(kind store, mops []mop) (any, recipes.Outcome, error) {
	t := recipes.NewTransaction(c, c.service)
	paths := pathsRead(mops)
	seen := make(map[string]any)
	if len(paths) > 0 {
		if err := c.load(t, kind, paths, seen); err != nil {
			return nil, recipes.NoEffect, err
		}
	}
	result := make([]any, len(mops))
	for i, m := range mops {
		if result[i] = m.asked(kind); !m.write {
			result[i] = []any{"r", m.object.key, seen[m.object.path]}
			continue
		}
		seen[m.object.path] = m.writeTo(t, kind, seen[m.object.path])
	}
	c.think()
	_, outcome, err := t.Commit()
	if outcome == recipes.Done {
		c.sawTransaction(mops, paths)
	}
	return result, outcome, err
}

// pathsRead are the znodes that a transaction has to read: those that it reads before it writes to them, and those of
// lists that it reads later.
func pathsRead(mops []mop) (paths []string) {
	for _, m := range mops {
		if !m.write && !slices.Contains(paths, m.object.path) {
			paths = append(paths, m.object.path)
		}
	}
	return paths
}

// load reads the znodes at one instant.
func (c caller) load(t *recipes.Transaction, kind store, paths []string, seen map[string]any) error {
	read := t.Read
	if kind == lists {
		read = t.ReadMembers
	}
	nodes, err := read(c.Patience(), paths...)
	if err != nil {
		return err
	}
	for i, n := range nodes {
		if kind == registers {
			seen[paths[i]] = decode(n.Data)
			continue
		}
		list := make([]any, 0, len(n.Members))
		for _, m := range n.Members {
			list = append(list, decode([]byte(m.Name)))
		}
		seen[paths[i]] = list
	}
	return nil
}

// writeTo has the transaction write, and returns what the object then holds, if it is known what it held.
func (m mop) writeTo(t *recipes.Transaction, kind store, was any) any {
	text := strconv.FormatInt(m.value, 10)
	if kind == registers {
		t.Set(m.object.path, []byte(text))
		return m.value
	}
	t.Set(m.object.path, nil)
	t.Add(m.object.path, text, nil)
	if list, known := was.([]any); known {
		return append(slices.Clone(list), m.value)
	}
	return nil
}

// sawTransaction tells what a transaction was that was carried out.
func (c caller) sawTransaction(mops []mop, read []string) {
	writes := slices.ContainsFunc(mops, func(m mop) bool { return m.write })
	onlyRead := slices.ContainsFunc(read, func(path string) bool {
		return !slices.ContainsFunc(mops, func(m mop) bool { return m.write && m.object.path == path })
	})
	switch {
	case writes && onlyRead:
		c.saw(SawOnlyRead)
	case !writes && len(read) >= longParts:
		c.saw(SawMany)
	}
	if writes && len(mops) >= longParts {
		c.saw(SawLong)
	}
}

// decode reads a value: nil for no data. Bytes that no client wrote stay a string, which no client wrote either.
func decode(data []byte) any {
	if len(data) == 0 {
		return nil
	}
	if n, err := strconv.ParseInt(string(data), 10, 64); err == nil {
		return n
	}
	return string(data)
}
