// Package sample holds what code under the simulator must not do.
package sample

import (
	"maps"
	"slices"
)

type table map[string]int

func first(t table) string {
	for k := range t { // want map
		return k
	}
	return ""
}

func keys(t table) []string {
	var all []string
	for k := range maps.Keys(t) { // want map
		all = append(all, k)
	}
	return slices.AppendSeq(all, maps.Keys(t)) // want map
}

func unsorted(t table) ([]string, []int) {
	var all []string
	for k := range t { // want map
		all = append(all, k)
	}
	var numbers []int
	for range t { // want map
		numbers = append(numbers, next())
	}
	slices.Sort(numbers)
	return all, numbers
}

func clean(t table) {
	//house:unordered
	for k := range t { // want map
		println(k)
	}
	maps.DeleteFunc(t, func(k string, v int) bool { println(k); return v == 0 }) // want maps.DeleteFunc
}

func gather(from, into table, last map[int]string) {
	for k, v := range from { // want map
		last[v] = k
	}
	for k := range from { // want map
		into[k] = next()
	}
}

func next() int { return 1 }

func ordered(t, other table) int {
	sum := 0
	for _, k := range slices.Sorted(maps.Keys(t)) {
		sum += t[k]
	}
	var keys []string
	for k := range t {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for k, v := range t {
		other[k] = v
	}
	for k := range t {
		delete(other, k)
	}
	//house:unordered a sum is the same in every order
	for _, v := range t {
		sum += v
	}
	return sum
}
