package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"ordeal/cluster"
)

// BackupTo writes a backup of a directory to a file that must not be there yet. The file is whole or not there.
func BackupTo(dir, file string) (cluster.Backup, error) {
	if _, err := os.Lstat(file); err == nil {
		return cluster.Backup{}, fmt.Errorf("%s is there already", file)
	}
	b, err := backup(dir)
	if err != nil {
		return b, err
	}
	return b, WriteWhole(file, b.Encode(), 0o600)
}

// WriteWhole writes a file under another name, makes it durable, and gives it its own: it is whole then, also behind a
// power loss, or as it was before.
func WriteWhole(path string, data []byte, mode fs.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

// RestoreFrom makes the directory of a server from the backup in a file. If voters are given, they and the observers
// are the ensemble that begins with it, in the place of the one that the backup had.
func RestoreFrom(file, dir string, voters, observers []uint64, log *slog.Logger) (cluster.Backup, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return cluster.Backup{}, err
	}
	b, err := cluster.DecodeBackup(data)
	if err != nil {
		return b, fmt.Errorf("%s: %w", file, err)
	}
	if len(voters) > 0 {
		b.Voters, b.Observers = voters, observers
	}
	return b, restore(b, dir, log)
}
