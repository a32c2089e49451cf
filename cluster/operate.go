package cluster

import (
	"errors"
	"fmt"
)

// What operators may ask of a node besides looking at it. Whoever is not the program calls these between two calls of
// it, as the real machine's Do has it.

// HandOver asks this leader to let another voter lead; 0 is whichever is furthest with the log. It comes to pass, or
// not, within about a TickTime, and no session ends for it. The error says why it can't begin.
func (n *Node) HandOver(to uint64) error {
	if !n.serving || !n.isLeader() {
		return errors.New("this server does not lead")
	}
	if to == 0 {
		to = n.transferee(func(uint64) bool { return true })
	}
	switch m, known := n.members.find(to); {
	case to == 0:
		return errors.New("no other voter answers and has the log")
	case to == n.config.ID:
		return errors.New("this server leads already")
	case !known || m.Observer:
		return fmt.Errorf("server %d does not vote", to)
	}
	n.host.Log().Info("leadership is handed over", "to", to)
	n.raft.TransferLeader(to)
	n.pump()
	return nil
}

// SaveSnapshot saves the state as it is now, instead of when enough has been applied. It reports false if there is
// nothing new, or if a snapshot is being saved. NewestSnapshot tells when it is durable.
func (n *Node) SaveSnapshot() bool {
	if !n.serving || n.snapshots.making != nil || n.snapshots.index == n.state.index {
		return false
	}
	n.saveSnapshot()
	return true
}
