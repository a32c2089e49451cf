//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package oshost

import (
	"os"
	"syscall"
)

// flock locks an open file, or fails at once. The lock goes with the last handle: a killed process leaves none.
func flock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
}
