//go:build !unix

package usage

import (
	"os"
	"time"
)

// Peak is not known here.
func Peak(*os.ProcessState) int64 { return 0 }

// began is for systems that do not say how much CPU time a process has taken.
var began = time.Now()

// Own is the time that has passed: this process does one thing at a time.
func Own() time.Duration { return time.Since(began) }
