package recipes

import (
	"bytes"
	"errors"

	"ordeal/cluster/etcdrecipes"
	"ordeal/workloads/clients"
)

func stepElection(w *worker, o *object) {
	m, p := w.manner(), w.place(o)
	if w.c.Chance(50) {
		observe(w, o)
		return
	}
	epoch := w.campaign(o, p)
	if epoch == 0 {
		return
	}
	if w.c.Chance(20) {
		_, _ = etcdrecipes.Proclaim(w.keys(), p.Key, epoch, p.Lease, []byte("proclaimed")) // no part of the model
	}
	w.hold(o, m)
	w.giveBack(o, "resign", m, p, epoch)
}

// campaign returns the epoch, or 0 without the office.
func (w *worker) campaign(o *object, p etcdrecipes.Place) int64 {
	return w.take(o, "campaign", p, func(k keys) (made int64, _ bool, err error) {
		made, _, err = etcdrecipes.Campaign(k, p, []byte(sessionName(p.Lease)))
		if err != nil {
			return made, false, err
		}
		leads, err := etcdrecipes.Leads(k, p, made)
		if err == nil && !leads {
			return 0, false, errLost
		}
		return made, false, err
	})
}

// observe looks who leads, and reports whether there was an answer.
func observe(w *worker, o *object) bool {
	_, outcome := w.do(o, "observe", nil, func() (any, clients.Outcome, error) {
		_, leader, err := etcdrecipes.Leader(w.keys(), o.name())
		switch {
		case errors.Is(err, etcdrecipes.ErrNoLeader):
			return nil, clients.Done, nil
		case err != nil:
			return nil, clients.NoEffect, err
		}
		name := leader.Key[bytes.LastIndexByte(leader.Key, '/')+1:]
		return []any{"0x" + string(name), leader.CreateRevision}, clients.Done, nil
	})
	return outcome == clients.Done
}

func probeElection(w *worker, o *object) bool {
	p := w.place(o)
	epoch := w.campaign(o, p)
	return epoch != 0 && w.giveBack(o, "resign", usual, p, epoch)
}
