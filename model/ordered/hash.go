package ordered

import (
	"math/bits"
	"reflect"
)

// A hash must be equal on every machine and in every run, so it is made of integers by hand.

// Seed is what a hash begins with.
const Seed = 0x9e3779b97f4a7c15

// Mix adds an integer to a hash.
func Mix(h, x uint64) uint64 {
	high, low := bits.Mul64(h^x, Seed)
	return bits.RotateLeft64(high^low, 23) + x
}

// hashString adds a string to a hash.
func hashString(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return Mix(h, uint64(len(s)))
}

// HashValue adds a value without parts to a hash.
func HashValue(h uint64, v any) uint64 {
	switch v := v.(type) {
	case int64:
		return Mix(h, uint64(v))
	case string:
		return hashString(h, v)
	case bool:
		if v {
			return Mix(h, 3)
		}
		return Mix(h, 5)
	}
	if text := reflect.ValueOf(v); text.Kind() == reflect.String { // a number, as text
		return hashString(Mix(h, 9), text.String())
	}
	return Mix(h, 7)
}
