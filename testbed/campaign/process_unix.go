//go:build unix

package campaign

import (
	"os/exec"
	"syscall"
	"time"
)

// detach keeps the terminal's interrupt from a worker: the campaign ends its workers itself, when it has written down
// what it found.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
