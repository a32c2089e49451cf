//go:build linux || darwin || freebsd

package guest

import (
	"fmt"
	"syscall"
)

// reserve returns so many bytes, all 0.
func reserve(size uint64) []byte {
	b, err := syscall.Mmap(-1, 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		panic(fmt.Errorf("there are no %d bytes of addresses for a guest: %w", size, err))
	}
	return b
}

// release gives back what reserve has returned.
func release(b []byte) { _ = syscall.Munmap(b) }
