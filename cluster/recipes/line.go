package recipes

import (
	"errors"
	"math"
	"time"

	"github.com/pingcap/failpoint"

	"ordeal/cluster/client"
	"ordeal/cluster/wire"
)

// line is what a lock and an election share: contenders stand in line, each as an ephemeral sequential znode in one
// folder, and whoever is first has it. The token is the creation zxid of the contender's znode: it grows with every
// grant, because who comes later stands further back.
//
// A contender watches only the one before it, so that a departure wakes one and not all.
//
// No contender that is first leaves without having had it: a contender gives up only in a transaction that checks that
// another is still before it. So whoever finds a contender first in line may say "held".
type line struct {
	folder
	own   string // the name of the contender's znode; "" outside the line
	token int64
}

// enter takes a place at the end of the line.
func (l *line) enter(until time.Duration) (Outcome, error) {
	l.own, l.token = "", 0
	name, stat, outcome, err := l.add(nil, wire.FlagEphemeral, false, until)
	if err != nil {
		return outcome, err
	}
	// Marks are drawn anew for each attempt, so this is never the znode of another session; but adopting one is how
	// leaders were doubled elsewhere (CURATOR-498), and looking costs nothing.
	id, _ := l.c.Session()
	if stat.EphemeralOwner != id && !bendAnothers() {
		return Unknown, ErrLost
	}
	l.own, l.token = name, stat.Czxid
	failpoint.Inject("bugTokenFromClock", func(_ failpoint.Value) { l.token = stat.Ctime })
	return Done, nil
}

// await waits until the contender is first. When its time is up it leaves the line, unless it is first by then.
func (l *line) await(until time.Duration) (Outcome, error) {
	giveUpAt := until
	if until < math.MaxInt64-l.c.Timeout() {
		giveUpAt += l.c.Timeout()
	}
	leaving := false // a transaction to leave was sent and its answer lost
	for waited := false; ; waited = true {
		before, err := l.look(waited)
		switch {
		case err == nil && before == "":
			return Done, nil
		case err == nil && l.p.Now() < until:
			l.watch(before, until)
		case err == nil:
			err = l.giveWay(before)
			if err == nil {
				l.own = ""
				return NoEffect, ErrGaveUp
			}
			leaving = leaving || client.MaybeApplied(err)
		case leaving && errors.Is(err, ErrLost):
			l.own = ""
			return NoEffect, ErrGaveUp
		}
		final := err != nil && !passing(err) && !errors.Is(err, wire.NoNode)
		if final {
			return Unknown, err
		}
		if l.p.Now() >= giveUpAt {
			return Unknown, ErrGaveUp
		}
	}
}

// look says who stands right before the contender, "" if none does. fresh asks for the present instead of what the
// server has applied: once a contender has waited, its session may have ended and its znode be gone, and only the
// present shows it (etcd granted locks without looking: #11456).
func (l *line) look(fresh bool) (before string, err error) {
	list := l.c.Children
	if fresh {
		list = l.c.SyncChildren
	}
	names, _, err := list(l.path, nil)
	if err == nil {
		var present bool
		if before, present = l.before(names); !present {
			err = ErrLost
		}
	}
	return before, bendLooked(fresh && before == "", err)
}

// before finds who stands right before the contender, and whether the contender stands there at all.
func (l *line) before(names []string) (name string, present bool) {
	own := members([]string{l.own})[0]
	for _, m := range members(names) {
		switch {
		case m == own:
			return name, true
		case m.number < own.number:
			name = m.name
		}
	}
	return name, false
}

// watch waits until the one before has gone, or something else is worth another look.
func (l *line) watch(before string, until time.Duration) {
	w := client.NewWatch()
	if _, there, err := l.c.Exists(l.at(before), w); err == nil && there {
		left := until - l.p.Now()
		if until == math.MaxInt64 {
			left = -1
		}
		w.Wait(left)
	}
	l.c.Forget(w)
}

// giveWay leaves the line if the contender before is still there.
func (l *line) giveWay(before string) error {
	_, err := l.c.Multi(
		wire.CheckRequest{Path: l.at(before), Version: wire.AnyVersion},
		wire.DeleteRequest{Path: l.at(l.own), Version: wire.AnyVersion})
	return err
}

// leave removes the contender's znode, which has had its turn.
func (l *line) leave(until time.Duration) (Outcome, error) {
	if l.own == "" {
		return NoEffect, ErrNotHeld
	}
	doubt := false // a delete was sent and its answer lost
	for {
		l.bendLeaving(doubt, until)
		err := l.c.Delete(l.at(l.own), wire.AnyVersion)
		switch {
		case err == nil || doubt && errors.Is(err, wire.NoNode):
			l.own = ""
			return Done, nil
		case errors.Is(err, wire.NoNode):
			l.own = ""
			return NoEffect, ErrLost
		case !passing(err) || l.p.Now() >= until:
			return failed(err, doubt), err
		}
		doubt = doubt || client.MaybeApplied(err)
	}
}
