package checker

// numbering numbers values that have no parts. Integers, which most are, have a map of their own that is faster.
type numbering struct {
	integers map[int64]int32
	others   map[any]int32
}

func newNumbering(size int) numbering { return numbering{make(map[int64]int32, size), map[any]int32{}} }

// add gives a value a number; false if it has one.
func (v numbering) add(value any, number int) bool {
	if _, there := v.find(value); there {
		return false
	}
	if n, ok := value.(int64); ok {
		v.integers[n] = int32(number)
	} else {
		v.others[value] = int32(number)
	}
	return true
}

// count adds to a value's number, which is 0 at first, and returns what it is now.
func (v numbering) count(value any, by int32) int {
	if n, ok := value.(int64); ok {
		v.integers[n] += by
		return int(v.integers[n])
	}
	v.others[value] += by
	return int(v.others[value])
}

func (v numbering) has(value any) bool {
	_, there := v.find(value)
	return there
}

func (v numbering) find(value any) (number int, there bool) {
	var found int32
	if n, ok := value.(int64); ok {
		found, there = v.integers[n]
	} else {
		found, there = v.others[value]
	}
	return int(found), there
}
