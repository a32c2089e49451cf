package kept

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ordeal/reports"
)

// Folder writes files into a folder, which is made with the first.
func Folder(dir string) reports.Folder {
	return func(name string, data []byte) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o644)
	}
}

// probeBytes is how much room results are expected to want at least.
const probeBytes = 1 << 20

// CheckOut says, before anything is run, why results can't be written to dir. It then leaves nothing behind.
func CheckOut(dir string) error {
	_, err := os.Stat(dir)
	made := errors.Is(err, fs.ErrNotExist)
	err = os.MkdirAll(dir, 0o755)
	if err == nil {
		err = probe(dir)
	}
	if err == nil {
		return nil
	}
	if made {
		_ = os.Remove(dir)
	}
	return fmt.Errorf("--out %s: results can't be written there: %w", dir, err)
}

// probe writes a file and removes it again.
func probe(dir string) error {
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, probeBytes))
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close(), os.Remove(f.Name()))
}
