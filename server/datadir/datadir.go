// Package datadir looks at a server's data directory while no server runs on it, takes backups of it, and makes one
// from a backup. It never changes a directory that it reads: what a server would repair at its start is repaired in
// memory.
package datadir

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"ordeal/cluster"
	"ordeal/cluster/wal"
	"ordeal/cluster/zoocfg"
	"ordeal/host/oshost"
)

// Findings are what Verify found.
type Findings struct {
	Files []wal.File
	// Recovery is what the next start would find, as long as Damage is nil.
	Recovery wal.Recovery
	// Damage is why no server would start here, nil if one would.
	Damage error
	// Stats are those of a server right after its start, as long as Damage is nil.
	Stats cluster.Stats
}

// Verify reads everything in a directory. An error says why it can't be read at all.
func Verify(dir string) (Findings, error) {
	disk, release, err := open(dir)
	if err != nil {
		return Findings{}, err
	}
	defer release()
	var found Findings
	if found.Files, err = wal.Examine(disk); err != nil {
		return found, err
	}
	if len(found.Files) == 0 {
		return found, fmt.Errorf("%s: there is no log of a server", dir)
	}
	for _, f := range found.Files {
		if f.Problem != "" && !f.Torn && found.Damage == nil {
			found.Damage = &wal.Damage{File: f.Name, Offset: f.Offset, Reason: f.Problem}
		}
	}
	log, err := wal.Open(newOverlay(disk), wal.Options{})
	if err != nil {
		found.Damage = err
		return found, nil
	}
	found.Recovery = log.Recovery()
	node, err := rehearse(dir, disk, log)
	if err != nil {
		found.Damage = err
		return found, nil
	}
	found.Stats = node.Stats()
	return found, nil
}

// backup is the state that a server would have right after its start. In an ensemble that is what its own log knows to
// be committed; a server that stands alone knows that of everything in its log.
func backup(dir string) (cluster.Backup, error) {
	disk, release, err := open(dir)
	if err != nil {
		return cluster.Backup{}, err
	}
	defer release()
	log, err := wal.Open(newOverlay(disk), wal.Options{})
	if err != nil {
		return cluster.Backup{}, err
	}
	if log.Empty() {
		return cluster.Backup{}, fmt.Errorf("%s: there is no log of a server", dir)
	}
	node, err := rehearse(dir, disk, log)
	if err != nil {
		return cluster.Backup{}, err
	}
	return node.Backup(), nil
}

// restore makes the directory of a server from a backup. The directory must be empty, but for myid, or not be there.
// The servers of the ensemble that begins with it are those that the backup names; each of them is made from the same
// backup.
func restore(b cluster.Backup, dir string, log *slog.Logger) error {
	if err := checkEmpty(dir); err != nil {
		return err
	}
	done := make(chan error, 1)
	m, err := oshost.Run(oshost.Config{Self: "restore", DataDir: dir, Logger: log},
		b.Restore(func(err error) { done <- err }))
	if err != nil {
		return err
	}
	defer m.Close()
	select {
	case err := <-done:
		return err
	case <-m.Done():
		return m.Err()
	}
}

func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != "myid" && e.Name()[0] != '.' {
			return fmt.Errorf("%s is not empty: it has %s", dir, e.Name())
		}
	}
	return nil
}

// open opens a directory for reading, as long as no server uses it.
func open(dir string) (files, func(), error) {
	release, err := oshost.HoldDir(dir)
	if err != nil {
		return "", nil, err
	}
	return files(dir), release, nil
}

// myID is which server of an ensemble a directory is, 0 if it does not say.
func myID(dir string) uint64 {
	path := filepath.Join(dir, "myid")
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	id, err := zoocfg.ParseMyID(path, text)
	if err != nil {
		return 0
	}
	return id
}
