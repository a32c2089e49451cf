//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || wasip1)

package oshost

import (
	"errors"
	"os"
)

// flock fails: two machines on one data directory would destroy it, and nothing here could keep them from it.
func flock(*os.File) error {
	return errors.ErrUnsupported
}
