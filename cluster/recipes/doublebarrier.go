package recipes

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ordeal/cluster/client"
	"ordeal/cluster/recipes/marks"
	"ordeal/cluster/wire"
	"ordeal/host"
)

// DoubleBarrier lets its members begin something together and end it together, round after round. Who enters waits
// until so many are there, and who leaves until all of the round have left. One DoubleBarrier is one member in one
// round.
//
// Guaranteed, in the service's order: no member passes Enter before as many as are needed have come; all of a round
// learn the same round; no round begins before those of the last one have left or their sessions have ended; no member
// passes Leave before that either. Spurious wake-ups change nothing: every look is a new one. Not guaranteed: that a
// round stays complete. A member may die as soon as it is in, and the others learn that by what they do there, or
// never.
//
// A round begins when the znode "ready" is made that lists its members, in one transaction that checks each of them,
// and that makes the version of the barrier's own znode the round's number. It ends when "ready" is deleted, in one
// that checks that number: whoever is late can't end a later round.
type DoubleBarrier struct {
	folder folder
	size   int
	own    string // the name of the member's znode; "" outside
	round  round
}

// round is what the znode "ready" says: the round's number, and the names of its members' znodes.
type round struct {
	number int64
	names  []string
}

const readyName = "ready"

// NewDoubleBarrier makes a member of the barrier at path, for rounds of so many. It panics if these are fewer than 1.
// The znode is made when it is needed.
func NewDoubleBarrier(p host.Process, c *client.Client, path string, size int) *DoubleBarrier {
	if size < 1 {
		panic("recipes: a round has at least one member")
	}
	return &DoubleBarrier{folder: folder{p: p, c: c, path: path, shape: marks.Long}, size: size}
}

// Enter waits until a round begins that the member is in, for about timeout or Forever, and returns its number, which
// grows, and the sessions of its members. When it gives up, NoEffect says that it was in none. After Unknown only the
// end of the session makes sure of that.
func (b *DoubleBarrier) Enter(timeout time.Duration) (number int64, sessions []int64, outcome Outcome, err error) {
	until := Deadline(b.folder.p, timeout)
	id, ok := b.folder.c.Session()
	if !ok {
		if err := b.folder.c.Sync("/"); err != nil {
			return 0, nil, NoEffect, err
		}
		id, _ = b.folder.c.Session()
	}
	b.folder.kind = fmt.Sprintf("%016x", uint64(id))
	name, _, outcome, err := b.folder.add(nil, wire.FlagEphemeral, false, until)
	if err != nil {
		return 0, nil, outcome, err
	}
	b.own = name
	if outcome, err := b.await(until); err != nil {
		return 0, nil, outcome, err
	}
	for _, name := range b.round.names {
		sessions = append(sessions, int64(marks.KindNumber(name)))
	}
	return b.round.number, sessions, Done, nil
}

// await waits until the member is in a round.
func (b *DoubleBarrier) await(until time.Duration) (Outcome, error) {
	leaving := false // a transaction to leave was sent and its answer lost
	for woken := false; ; {
		w := client.NewWatch()
		in, version, err := b.look(w, woken)
		if err == nil && !in && b.folder.p.Now() < until {
			w.Wait(timeLeft(b.folder.p, until))
			woken = true
		}
		b.folder.c.Forget(w)
		late := b.folder.p.Now() >= until
		switch {
		case err == nil && in:
			return Done, nil
		case leaving && errors.Is(err, ErrLost):
			b.own = ""
			return NoEffect, ErrGaveUp
		case err == nil && late:
			// No round has begun that it is in: one that begins now changes the version.
			_, err := b.folder.c.Multi(wire.CheckRequest{Path: b.folder.path, Version: version},
				wire.DeleteRequest{Path: b.folder.at(b.own), Version: wire.AnyVersion})
			if err == nil {
				b.own = ""
				return NoEffect, ErrGaveUp
			}
			leaving = leaving || client.MaybeApplied(err)
			if !Passing(err) && !errors.Is(err, wire.BadVersion) && !errors.Is(err, wire.NoNode) {
				return Unknown, err
			}
		case err != nil && !Passing(err):
			return Unknown, err
		}
		if late && b.folder.p.Now() >= until+b.folder.c.Timeout() {
			return Unknown, ErrGaveUp
		}
	}
}

// look sees whether the member is in a round, and begins one if it can. Else w fires when another look is worth it, and
// version is the barrier's, as of which the member is in none.
func (b *DoubleBarrier) look(w *client.Watch, woken bool) (in bool, version int32, err error) {
	for {
		names, stat, err := b.folder.c.SyncChildren(b.folder.path, w)
		if err != nil {
			return false, 0, err
		}
		present := members(b.folder.shape, names)
		if !slices.ContainsFunc(present, func(m member) bool { return m.name == b.own }) {
			return false, 0, ErrLost
		}
		if b.bendWokenInside(woken, stat.Version, present) {
			return true, 0, nil
		}
		again := false
		switch ready, there, err := b.ready(); {
		case err != nil:
			return false, 0, err
		case there && slices.Contains(ready.names, b.own):
			b.round = ready
			return true, 0, nil
		case there:
			again, err = b.dissolve(ready, present)
			if err != nil {
				return false, 0, err
			}
		case len(present) >= b.size:
			if again, err = b.begin(stat.Version, present); err != nil {
				return false, 0, err
			}
		}
		if !again {
			return false, stat.Version, nil
		}
		b.folder.c.Forget(w)
		*w = *client.NewWatch()
	}
}

// ready reads which round there is.
func (b *DoubleBarrier) ready() (r round, there bool, err error) {
	data, _, err := b.folder.c.SyncGet(b.folder.at(readyName), nil)
	if errors.Is(err, wire.NoNode) {
		return round{}, false, nil
	}
	if err != nil {
		return round{}, false, err
	}
	number, names, ok := strings.Cut(string(data), "\n")
	n, parseErr := strconv.ParseInt(number, 10, 64)
	if !ok || parseErr != nil {
		return round{}, false, fmt.Errorf("%w: %.40q lists no round", ErrForeign, data)
	}
	return round{n, strings.Fields(names)}, true, nil
}

// begin begins a round of those that came first. again says that there is something new to look at.
func (b *DoubleBarrier) begin(version int32, present []member) (again bool, err error) {
	r := round{number: int64(version) + 1}
	requests := []wire.Request{wire.SetDataRequest{Path: b.folder.path, Version: version}}
	for _, m := range present[:b.bendSize(len(present))] {
		r.names = append(r.names, m.name)
		requests = append(requests, wire.CheckRequest{Path: b.folder.at(m.name), Version: wire.AnyVersion})
	}
	data := fmt.Sprintf("%d\n%s", r.number, strings.Join(r.names, " "))
	requests = append(requests, client.CreateRequest(b.folder.at(readyName), []byte(data), 0))
	return b.changed(b.folder.c.Multi(requests...))
}

// dissolve ends a round of which all have left. again says that it is over.
func (b *DoubleBarrier) dissolve(r round, present []member) (again bool, err error) {
	for _, m := range present {
		if slices.Contains(r.names, m.name) {
			return false, nil
		}
	}
	requests := []wire.Request{wire.CheckRequest{Path: b.folder.path, Version: int32(r.number)},
		wire.DeleteRequest{Path: b.folder.at(readyName), Version: wire.AnyVersion}}
	return b.changed(b.folder.c.Multi(requests[bendUnchecked():]...))
}

// changed sorts the errors of a transaction: where another member was faster, there is something new to look at.
func (b *DoubleBarrier) changed(_ []wire.MultiResult, err error) (again bool, _ error) {
	if errors.Is(err, wire.BadVersion) || errors.Is(err, wire.NoNode) || errors.Is(err, wire.NodeExists) {
		err = nil
	}
	return true, err
}

// Leave leaves the round, and waits until all of it have left or their sessions have ended, for about timeout or
// Forever. NoEffect with ErrLost says that the member was out of it already: its session had ended. Unknown with
// ErrGaveUp says that it has left, and others have not.
func (b *DoubleBarrier) Leave(timeout time.Duration) (Outcome, error) {
	until := Deadline(b.folder.p, timeout)
	if b.own == "" {
		return NoEffect, ErrNotHeld
	}
	l := line{folder: b.folder, own: b.own}
	outcome, err := l.leave(until)
	if err != nil {
		return outcome, err
	}
	b.own = ""
	for woken := false; ; {
		w := client.NewWatch()
		over, err := b.over(w)
		if err == nil && !over && b.folder.p.Now() < until && !bendLeft(woken) {
			w.Wait(timeLeft(b.folder.p, until))
		}
		b.folder.c.Forget(w)
		switch {
		case err == nil && (over || bendLeft(woken)):
			return Done, nil
		case err != nil && !Passing(err):
			return Unknown, err
		case b.folder.p.Now() >= until:
			return Unknown, ErrGaveUp
		}
		woken = true
	}
}

// over sees whether the member's round is over. Else w fires when another look is worth it.
func (b *DoubleBarrier) over(w *client.Watch) (bool, error) {
	names, _, err := b.folder.c.SyncChildren(b.folder.path, w)
	if err != nil {
		return false, err
	}
	r, there, err := b.ready()
	if err != nil || !there || r.number != b.round.number {
		return err == nil, err
	}
	return b.dissolve(r, members(b.folder.shape, names))
}
