package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ordeal"
)

// folder writes files into a folder, which is made with the first.
func folder(dir string) ordeal.Folder {
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

// checkOut says, before anything is run, why results can't be written to dir.
func checkOut(dir string) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("results can't be written to %s: %w", dir, err)
	}
	f, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("results can't be written to %s: %w", dir, err)
	}
	defer func() {
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}()
	_, werr := f.Write(make([]byte, probeBytes))
	if werr == nil {
		werr = f.Sync()
	}
	if werr != nil {
		return fmt.Errorf("results can't be written to %s: %w", dir, werr)
	}
	return nil
}
