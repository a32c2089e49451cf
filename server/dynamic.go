package server

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"ordeal/cluster/zoocfg"
	"ordeal/server/datadir"
)

// keeper writes an ensemble that was changed back to the files that the server was started from, so that they say what
// is. The server does not need them for that: its log knows. Operators and their tools do.
type keeper struct {
	config zoocfg.Config
	id     uint64
	log    *slog.Logger

	mu      sync.Mutex
	changed sync.Cond
	next    []byte // to be written
	written int64  // the version that the files have
	ended   bool
	done    chan struct{}
}

// startKeeper makes one; it writes nothing for a configuration that comes from no file.
func startKeeper(c zoocfg.Config, id uint64, log *slog.Logger) *keeper {
	k := &keeper{config: c, id: id, log: log, written: c.Version, done: make(chan struct{})}
	k.changed.L = &k.mu
	go k.run()
	return k
}

// keep has a configuration written, soon. It does not wait.
func (k *keeper) keep(text []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = text
	k.changed.Signal()
}

// close writes what is still to be written.
func (k *keeper) close() {
	k.mu.Lock()
	k.ended = true
	k.changed.Signal()
	k.mu.Unlock()
	<-k.done
}

func (k *keeper) run() {
	defer close(k.done)
	for {
		k.mu.Lock()
		for k.next == nil && !k.ended {
			k.changed.Wait()
		}
		text := k.next
		k.next = nil
		k.mu.Unlock()
		if text == nil {
			return
		}
		if err := k.write(text); err != nil {
			k.log.Warn("the ensemble was changed, and its configuration can't be written back", "file", k.config.File,
				"err", err)
		}
	}
}

// write brings the files to a configuration, unless they are of it, or newer.
func (k *keeper) write(text []byte) error {
	now := zoocfg.Config{ClientAddr: "*"} // a line need not name a port for clients
	if err := now.AddDynamic("the configuration", text); err != nil {
		return err
	}
	if k.config.File == "" || now.Version <= k.written {
		return nil
	}
	file, err := filepath.Abs(k.config.File)
	if err != nil {
		return err
	}
	dynamic := zoocfg.DynamicName(file, now.Version)
	if err := datadir.WriteWhole(dynamic, []byte(zoocfg.DynamicText(now.Servers)), 0o644); err != nil {
		return err
	}
	moved := false
	for _, s := range now.Servers {
		moved = moved || s.ID == k.id && s.ClientAddr != "" && portOf(s.ClientAddr) != portOf(k.config.ClientAddr)
	}
	if err := k.point(file, dynamic, moved); err != nil {
		return err
	}
	k.written = now.Version
	k.log.Info("the ensemble's configuration was written back", "file", dynamic)
	return nil
}

// point has zoo.cfg name the file with the servers. What its owner wrote is kept beside it.
func (k *keeper) point(file, dynamic string, moved bool) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mode := info.Mode().Perm()
	if k.config.DynamicFile == "" {
		if err := datadir.WriteWhole(file+".bak", text, mode); err != nil {
			return err
		}
	}
	k.config.DynamicFile = dynamic
	static, err := zoocfg.StaticText(string(text), dynamic, moved)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return datadir.WriteWhole(file, []byte(static), mode)
}
