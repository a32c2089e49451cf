//go:build !unix

package campaign

import (
	"os/exec"
	"time"
)

func detach(*exec.Cmd) {}

var started = time.Now()

// cpuTime is the time since the start, for want of something better.
func cpuTime() time.Duration { return time.Since(started) }
