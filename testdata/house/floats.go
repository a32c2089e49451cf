// Package sample holds what code under the simulator must not do.
package sample

import "time"

type share float64 // want float

func half(n int) int {
	return int(float64(n) * 0.5) // want float
}

func exact(n int) (int, time.Duration) { return n * 1e3, 1.5e3 * time.Millisecond }
