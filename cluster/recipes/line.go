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
	// blocks says for whom of those who stand before it a contender waits, "" for no one; nil for whoever stands right
	// before it. crowd says that the departure of any of them may let it in.
	blocks func(ahead []member) string
	crowd  bool
}

// acquire takes a place and waits until it is the contender's turn.
func (l *line) acquire(timeout time.Duration) (token int64, outcome Outcome, err error) {
	until := Deadline(l.p, timeout)
	if outcome, err = l.enter(until); err == nil {
		outcome, err = l.await(until)
	}
	if err != nil {
		return 0, outcome, err
	}
	return l.token, Done, nil
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
		final := err != nil && !Passing(err) && !errors.Is(err, wire.NoNode)
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

// before finds for whom the contender waits, and whether it stands in line at all.
func (l *line) before(names []string) (name string, present bool) {
	own := members(l.shape, []string{l.own})[0]
	var ahead []member
	for _, m := range members(l.shape, names) {
		if m == own {
			present = true
			break
		}
		if m.number < own.number {
			ahead = append(ahead, m)
		}
	}
	if !present || len(ahead) == 0 {
		return "", present
	}
	if l.blocks != nil {
		return l.blocks(ahead), true
	}
	return ahead[len(ahead)-1].name, true
}

// watch waits until the one before has gone, or something else is worth another look.
func (l *line) watch(before string, until time.Duration) {
	w := client.NewWatch()
	if l.blocked(before, w) {
		w.Wait(timeLeft(l.p, until))
	}
	l.c.Forget(w)
}

// blocked sets a watch and says whether it is worth waiting for.
func (l *line) blocked(before string, w *client.Watch) bool {
	if !l.crowd {
		_, there, err := l.c.Exists(l.at(before), w)
		return err == nil && there
	}
	names, _, err := l.c.Children(l.path, w)
	if err != nil {
		return false
	}
	before, _ = l.before(names)
	return before != ""
}

// confirm asks whether the contender's znode is there; ErrLost if it is not.
func (l *line) confirm(until time.Duration) error {
	err := Settle(l.p, until, func() error {
		_, _, err := l.c.SyncGet(l.at(l.own), nil)
		return err
	})
	if errors.Is(err, wire.NoNode) {
		return ErrLost
	}
	return err
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
		case !Passing(err) || l.p.Now() >= until:
			return failed(err, doubt), err
		}
		doubt = doubt || client.MaybeApplied(err)
	}
}
