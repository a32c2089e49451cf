//go:build !unix

package ordeal

import (
	"os/exec"
	"time"
)

func detach(*exec.Cmd) {}

var started = time.Now()

// openFiles is not known here.
func openFiles() (open, limit int64) { return -1, -1 }

// cpuTime is the time since the start, for want of something better.
func cpuTime() time.Duration { return time.Since(started) }
