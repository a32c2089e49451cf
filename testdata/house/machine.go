// Package sample holds what code under the simulator must not do.
package sample

import (
	"fmt"
	"net" // want net
	"os"  // want os
	"time"
)

func ask() (time.Duration, error) {
	start := time.Now()          // want time.Now
	time.Sleep(time.Millisecond) // want time.Sleep
	<-time.After(time.Second)    // want channel, time.After
	clock := time.Now            // want time.Now
	_ = clock
	if _, err := net.Dial("tcp", "a:1"); err != nil {
		return 0, err
	}
	return time.Since(start), os.Remove("x") // want time.Since
}

func address(p *int) string {
	return fmt.Sprintf("at %-12p", p) // want %p
}

func span(d time.Duration) string { return fmt.Sprintf("%v, 100%% prepared", d.Round(time.Second)) }
