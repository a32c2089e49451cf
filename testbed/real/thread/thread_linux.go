package thread

import (
	"os"
	"os/exec"
	"syscall"
)

func isFirst() bool { return syscall.Gettid() == os.Getpid() }

func dieWithThread(c *exec.Cmd) {
	if c.SysProcAttr == nil {
		c.SysProcAttr = &syscall.SysProcAttr{}
	}
	c.SysProcAttr.Pdeathsig = syscall.SIGKILL
}
