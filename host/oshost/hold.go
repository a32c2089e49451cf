package oshost

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// HoldDir keeps machines away from a data directory until release is called. It changes nothing there. An error says
// that there is no such directory, or which machine uses it.
func HoldDir(path string) (release func(), err error) {
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory", path)
	}
	f, err := os.Open(filepath.Join(path, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return func() {}, nil // no machine was ever there, or the directory is a copy
	}
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		holder, _ := os.ReadFile(f.Name())
		f.Close()
		return nil, fmt.Errorf("%s is in use by %s", path, holder)
	}
	return func() { f.Close() }, nil
}
