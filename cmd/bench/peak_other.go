//go:build !unix

package main

import (
	"os"
	"time"
)

// peakBytes is not known here.
func peakBytes(*os.ProcessState) int64 { return 0 }

// began is for systems that do not say how much CPU time a process has taken.
var began = time.Now()

// cpuTime is the time that has passed: this process does one thing at a time.
func cpuTime() time.Duration { return time.Since(began) }
