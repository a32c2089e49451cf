//go:build !unix

package campaign

import (
	"os"
	"os/exec"
	"time"
)

func detach(*exec.Cmd) {}

var started = time.Now()

// cpuTime is the time since the start, for want of something better.
func cpuTime() time.Duration { return time.Since(started) }

// killed is not known here.
func killed(*os.ProcessState) bool { return false }
