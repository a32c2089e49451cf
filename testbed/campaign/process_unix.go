//go:build unix

package campaign

import (
	"os"
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

// killed says that a process was ended from outside, by who may or by a system that is short of memory: a program can't
// catch that, and does not do it to itself.
func killed(p *os.ProcessState) bool {
	status, ok := p.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
