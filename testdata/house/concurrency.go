// Package sample holds what code under the simulator must not do.
package sample

import "sync" // want sync

func start(f func()) {
	go f() // want go
}

func wait(a, b chan int) int { // want channel
	select { // want select
	case x := <-a: // want channel
		return x
	case b <- 1: // want channel
	}
	for range a { // want channel
	}
	return 0
}

type guarded struct{ sync.Mutex }
