package main

import (
	"github.com/hashicorp/raft"

	"ordeal/guest/journal"
)

// store keeps in memory what raft has stored, and in a journal how it came to be.
type store struct {
	*raft.InmemStore
	*journal.Changes[change]
}

type change struct {
	Logs     []*raft.Log `json:",omitempty"`
	From, To uint64      // deleted, unless To is 0
	Key      []byte      `json:",omitempty"`
	Value    []byte      `json:",omitempty"`
	Number   uint64
}

func openStore(name string) (s store, err error) {
	s.InmemStore = raft.NewInmemStore()
	s.Changes, err = journal.OpenChanges(name, func(c change) error {
		switch {
		case c.Logs != nil:
			return s.InmemStore.StoreLogs(c.Logs)
		case c.To > 0:
			return s.InmemStore.DeleteRange(c.From, c.To)
		case c.Value != nil:
			return s.InmemStore.Set(c.Key, c.Value)
		}
		return s.InmemStore.SetUint64(c.Key, c.Number)
	})
	return s, err
}

func (s store) StoreLog(l *raft.Log) error           { return s.Make(change{Logs: []*raft.Log{l}}) }
func (s store) StoreLogs(l []*raft.Log) error        { return s.Make(change{Logs: l}) }
func (s store) DeleteRange(from, to uint64) error    { return s.Make(change{From: from, To: to}) }
func (s store) Set(key, value []byte) error          { return s.Make(change{Key: key, Value: value}) }
func (s store) SetUint64(key []byte, n uint64) error { return s.Make(change{Key: key, Number: n}) }
