package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"strings"

	"github.com/hashicorp/raft"
)

// store keeps in memory what raft has stored, and on a file, to which it only adds, how it came to be.
type store struct {
	*raft.InmemStore
	file *os.File
}

// change is a line of the file.
type change struct {
	Logs     []*raft.Log
	From, To uint64 // deleted
	Key      []byte
	Value    []byte
	Number   uint64
}

// openStore reads the file, up to where a crash may have torn it.
func openStore(name string) (*store, error) {
	s := &store{InmemStore: raft.NewInmemStore()}
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	whole := 0
	for line := range strings.Lines(string(text)) {
		var sum uint32
		var c change
		_, errSum := fmt.Sscanf(line, "%08x ", &sum)
		if errSum != nil || len(line) < 10 || crc32.ChecksumIEEE([]byte(line[9:])) != sum ||
			json.Unmarshal([]byte(line[9:]), &c) != nil {
			break
		}
		if whole += len(line); s.apply(c) != nil {
			return nil, fmt.Errorf("%s is no log", name)
		}
	}
	if s.file, err = os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, err
	}
	dir, err := os.Open(".")
	if err != nil {
		return nil, err
	}
	_, errSeek := s.file.Seek(int64(whole), 0)
	return s, errors.Join(s.file.Truncate(int64(whole)), errSeek, s.file.Sync(), dir.Sync(), dir.Close())
}

func (s *store) apply(c change) error {
	switch {
	case c.Logs != nil:
		return s.InmemStore.StoreLogs(c.Logs)
	case c.To > 0:
		return s.InmemStore.DeleteRange(c.From, c.To)
	case c.Value != nil:
		return s.InmemStore.Set(c.Key, c.Value)
	}
	return s.InmemStore.SetUint64(c.Key, c.Number)
}

// add makes a change durable, and then carries it out.
func (s *store) add(c change) error {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if _, err := fmt.Fprintf(s.file, "%08x %s", crc32.ChecksumIEEE(line), line); err != nil {
		return err
	}
	return errors.Join(s.file.Sync(), s.apply(c))
}

func (s *store) StoreLog(l *raft.Log) error           { return s.add(change{Logs: []*raft.Log{l}}) }
func (s *store) StoreLogs(l []*raft.Log) error        { return s.add(change{Logs: l}) }
func (s *store) DeleteRange(from, to uint64) error    { return s.add(change{From: from, To: to}) }
func (s *store) Set(key, value []byte) error          { return s.add(change{Key: key, Value: value}) }
func (s *store) SetUint64(key []byte, n uint64) error { return s.add(change{Key: key, Number: n}) }
