package cluster

import (
	"slices"

	"ordeal/host"
)

// Member is one server of the ensemble.
type Member struct {
	// ID is the server's number, from 1 to 255, or zoocfg.ZeroID; its low byte is the high byte of the sessions that
	// it makes.
	ID   uint64
	Addr host.Addr
	// Observer says that the server holds the log and serves clients, but never votes, and can't lead.
	Observer bool
	// Dial is the host:port at which the others reach it, for a host that must be told (host.Router).
	Dial string
}

// members are the servers of an ensemble.
type members []Member

func (ms members) find(id uint64) (Member, bool) {
	for i := range ms {
		if ms[i].ID == id {
			return ms[i], true
		}
	}
	return Member{}, false
}

func (ms members) addr(id uint64) (host.Addr, bool) {
	for i := range ms {
		if ms[i].ID == id {
			return ms[i].Addr, true
		}
	}
	return "", false
}

// voters are those that vote, and observers the others.
func (ms members) voters() members    { return ms.where(false) }
func (ms members) observers() members { return ms.where(true) }

func (ms members) where(observer bool) (some members) {
	for _, m := range ms {
		if m.Observer == observer {
			some = append(some, m)
		}
	}
	return some
}

// ids are their numbers in ascending order.
func (ms members) ids() []uint64 {
	var ids []uint64
	for _, m := range ms {
		ids = append(ids, m.ID)
	}
	slices.Sort(ids)
	return ids
}
