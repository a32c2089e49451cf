//go:build unix || wasip1

package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// refused asks for what a machine of guests does not have, and prints what it is told.
func refused() {
	f, err := os.Create("file")
	must(err)
	_, errMap := syscall.Mmap(int(f.Fd()), 0, 4096, syscall.PROT_READ, syscall.MAP_SHARED)
	fmt.Println("exec:", exec.Command("/bin/true").Run())
	fmt.Println("lock:", syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB))
	fmt.Println("map:", errMap)
	fmt.Println("link:", os.Link("file", "other"))
	fmt.Println("symlink:", os.Symlink("file", "other"))
}
