// Package doubt remembers of a directory that a sync failed there, until the machine is started anew or its files are
// written anew. Behind a sync that failed the system may take the bytes for written and go on showing them, though the
// disk does not have them and never will, and later syncs say nothing of it. Whoever reads them back then, and adds
// what is durable behind them, has a hole in the file after a power loss.
package doubt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Name is that of the file that says it. It need not be durable: when the machine has been started anew, what is read
// is what the disk has.
const Name = ".unsynced"

// suffix is that of files that are being written anew.
const suffix = ".anew"

// Noted notes of a directory that a sync failed there, if err is that failure, which it returns.
func Noted(dir string, err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(err, os.WriteFile(filepath.Join(dir, Name), nil, 0o640))
}

// Open opens a directory that the caller alone holds. If a sync failed there, its files are written anew first.
func Open(dir string) (*os.File, error) {
	if err := settle(dir); err != nil {
		return nil, err
	}
	return os.Open(dir)
}

// settle writes a directory's files anew, durably, if a sync failed there. What they show by then is what they have
// behind that.
func settle(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, Name)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case filepath.Ext(path) == suffix:
			err = os.RemoveAll(path) // one that was not finished, unless it has its own name by now
		case e.Type().IsRegular() && e.Name()[0] != '.':
			err = anew(path)
		}
		if err != nil {
			return fmt.Errorf("a sync failed there earlier, and %s can't be written anew: %w", e.Name(), err)
		}
	}
	if err := os.Remove(filepath.Join(dir, Name)); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// anew writes a file's bytes to another, makes that durable, and puts it in the first one's place.
func anew(path string) (err error) {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	to, err := os.OpenFile(path+suffix, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err == nil {
		err = os.Rename(path+suffix, path)
	}
	if err != nil {
		_ = os.Remove(path + suffix) // it is looked for in the next attempt, too
	}
	return err
}
