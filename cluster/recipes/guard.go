package recipes

import (
	"errors"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// Guard carries out writes together, and only if the lock is held when they take effect: in one transaction with a
// check of the lock's own znode. So what is in the service itself needs no fencing token (CURATOR-689). c may be the
// client of another session. The results are those of the writes, in their order. NoEffect with ErrLost says that the
// lock was no longer held, and nothing was written; with another error, that one of the writes was not possible. After
// Unknown all of them took effect, or none.
//
// ZooKeeper can check the version of a znode, and that it is there, but not when it was made; and every znode begins at
// version 0. So the znode that is checked has a name that no other ever had: it is there, or the lock is lost.
func (l *Lock) Guard(c *client.Client, writes ...wire.Request) ([]wire.MultiResult, Outcome, error) {
	if l.line.own == "" {
		return nil, NoEffect, ErrNotHeld
	}
	check := wire.CheckRequest{Path: l.line.bendChecked(), Version: wire.AnyVersion}
	return guard(c, check, writes)
}

func guard(c *client.Client, check wire.CheckRequest, writes []wire.Request) ([]wire.MultiResult, Outcome, error) {
	results, err := c.Multi(append([]wire.Request{check}, writes...)...)
	if err == nil {
		return results[1:], Done, nil
	}
	if client.MaybeApplied(err) {
		return nil, Unknown, err
	}
	if _, at := (wire.MultiResponse{Results: results}).Failed(); at == 0 && errors.Is(err, wire.NoNode) {
		return nil, NoEffect, ErrLost
	}
	return nil, NoEffect, err
}
