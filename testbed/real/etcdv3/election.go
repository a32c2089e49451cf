package etcdv3

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.etcd.io/etcd/client/v3/concurrency"

	"ordeal/workloads/clients"
)

func officeKey(i int) string { return fmt.Sprintf("office%d", i) }

// stepElection campaigns by etcd's Election, leads for a while and resigns; or looks who leads.
func stepElection(w *worker) {
	key := officeKey(w.object())
	e := concurrency.NewElection(w.session, key)
	if w.c.Chance(40) {
		w.observe(key, e)
		return
	}
	epoch := w.campaign(key, e)
	if epoch == 0 {
		return
	}
	w.hold()
	w.resign(key, e, epoch)
}

// campaign returns the epoch, the revision at which the leader's key was made, or 0.
func (w *worker) campaign(key string, e *concurrency.Election) (epoch int64) {
	session := sessionName(w.lease)
	result, outcome := w.one(key, "campaign", session, false, func(ctx context.Context) (any, int64, error) {
		if err := e.Campaign(ctx, session); err != nil {
			return nil, 0, err
		}
		return []any{session, e.Rev()}, e.Header().Revision, nil
	})
	switch outcome {
	case clients.Unknown:
		w.abandon()
	case clients.Done:
		epoch, _ = result.([]any)[1].(int64)
	}
	return epoch
}

func (w *worker) resign(key string, e *concurrency.Election, epoch int64) {
	value, done := []any{sessionName(w.lease), epoch}, false
	_, outcome := w.one(key, "resign", value, false, func(ctx context.Context) (any, int64, error) {
		if err := e.Resign(ctx); err != nil {
			return nil, 0, err
		}
		done = true
		return nil, 0, errNotTold
	})
	if outcome == clients.Unknown && !done {
		w.abandon()
	}
}

func (w *worker) observe(key string, e *concurrency.Election) {
	w.one(key, "observe", nil, true, func(ctx context.Context) (any, int64, error) {
		r, err := e.Leader(ctx)
		switch {
		case errors.Is(err, concurrency.ErrElectionNoLeader):
			return nil, 0, nil
		case err != nil:
			return nil, 0, err
		}
		leader := r.Kvs[0]
		name := string(leader.Key)[strings.LastIndexByte(string(leader.Key), '/')+1:]
		return []any{"0x" + name, leader.CreateRevision}, r.Header.Revision, nil
	})
}

func probeElection(w *worker) bool {
	e := concurrency.NewElection(w.session, officeKey(0))
	epoch := w.campaign(officeKey(0), e)
	if epoch != 0 {
		w.resign(officeKey(0), e, epoch)
	}
	return epoch != 0
}
